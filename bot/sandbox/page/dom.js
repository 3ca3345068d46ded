// Makes elements. Data only ever becomes text or a vetted attribute: nothing here, or anywhere in the page, parses HTML.

const LINK_SCHEMES = new Set(["http:", "https:", "mailto:"]);
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);
const SVG = "http://www.w3.org/2000/svg";

// h("button", {class: "x", onclick: f, "aria-label": "y", dataset: {ts}}, "text", node, null, [nodes])
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props ?? {})) setProp(element, key, value);
  element.append(...children.flat(Infinity).filter(present));
  return element;
}

function present(child) {
  return child !== null && child !== undefined && child !== false;
}

function setProp(element, key, value) {
  if (!present(value)) return;
  if (key === "dataset") Object.assign(element.dataset, value);
  else if (key.startsWith("on")) {
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
  } else if (key === "href" || key === "src") {
    const url = key === "href" ? safeLink(value) : localImage(value);
    if (url) element.setAttribute(key, url);
  } else element.setAttribute(key, value === true ? "" : String(value));
}

// The URL when it is one a reader may follow, else null: no javascript:, no data:, no file:.
export function safeLink(raw) {
  try {
    const url = new URL(String(raw));
    return LINK_SCHEMES.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

// The path of an image the sandbox itself serves, else null: the page loads nothing from anywhere else.
export function localImage(raw) {
  try {
    const url = new URL(String(raw), location.origin);
    const ours = url.host === location.host || (LOOPBACK.has(url.hostname) && url.port === location.port);
    return ours && /^https?:$/.test(url.protocol) ? url.pathname + url.search : null;
  } catch {
    return null;
  }
}

export function link(raw, ...label) {
  const url = safeLink(raw);
  const shown = label.length ? label : [String(raw)];
  return url ? h("a", { href: url, target: "_blank", rel: "noreferrer noopener" }, shown) : h("span", null, shown);
}

const ICONS = {
  menu: "M3 5h14M3 10h14M3 15h14",
  close: "M5 5l10 10M15 5L5 15",
  reply: "M3 4h14v9H9l-4 4v-4H3z",
  smile: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M7.5 8v1M12.5 8v1M6.8 11.8c1.6 2.4 4.8 2.4 6.4 0",
  more: "M10 4.5v.1M10 10v.1M10 15.5v.1",
  send: "M3 10L17 3l-4 14-3.5-5.5z",
  lock: "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  eye: "M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10M10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
  chevron: "M5.5 7.5L10 12l4.5-4.5",
  traffic: "M6 16V4M6 4L3 7M6 4l3 3M14 4v12M14 16l-3-3M14 16l3-3",
  clock: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M10 6v4.2l3 1.8",
  file: "M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5",
  bolt: "M11 2L4 11.5h5L8.5 18 16 8h-5z",
};

// A drawn icon: no icon or emoji font is needed.
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export function iconButton(name, label, onclick, extra = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...extra }, icon(name));
}

let lastId = 0;
export function freshId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}
