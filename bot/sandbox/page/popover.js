// What floats: menus, the confirm dialog, the image viewer and short notices.
import { freshId, h, iconButton } from "./dom.js";
import { plainText, textObject, wordsOf } from "./mrkdwn.js";

const FILTER_FROM = 9;
const NOTICE_MS = 6000;
let open = null;

// Opens a menu at `anchor`. items: [{label, value, description?, selected?, danger?, group?}]; `onPick(value)`.
// `multiple` keeps it open and toggles. Arrow keys, Home, End, type to filter, Esc, Tab.
export function openMenu(anchor, { label, items, onPick, multiple = false, role = "menu" }) {
  const again = open?.anchor === anchor;
  closeMenu();
  if (again) return;
  const panel = h("div", { class: "menu" });
  const list = h("div", { role, "aria-label": label, id: freshId("menu"), "aria-multiselectable": multiple || null });
  const entries = items.map((item) => menuItem(item, role, multiple, (chosen, entry) => {
    if (multiple) entry.setAttribute("aria-selected", String(entry.getAttribute("aria-selected") !== "true"));
    else closeMenu(true);
    onPick(chosen);
  }));
  list.append(...withGroups(items, entries));
  if (items.length >= FILTER_FROM) panel.append(filterBox(label, items, entries));
  panel.append(list);
  anchor.setAttribute("aria-expanded", "true");
  (anchor.closest("dialog") ?? document.body).append(panel);
  open = { anchor, panel };
  place(panel, anchor);
  panel.addEventListener("keydown", (event) => onMenuKey(event, panel));
  (panel.querySelector("input") ?? entries.find((entry) => entry.matches("[aria-selected=true]")) ?? entries[0])?.focus();
}

export function closeMenu(refocus = false) {
  if (!open) return;
  const { anchor, panel } = open;
  open = null;
  anchor.setAttribute("aria-expanded", "false");
  panel.remove();
  if (refocus) anchor.focus();
}

function menuItem(item, role, multiple, pick) {
  const props = {
    type: "button", class: item.danger ? "menu-item danger" : "menu-item", role: role === "menu" ? "menuitem" : "option", tabindex: "-1",
    "aria-selected": role === "menu" ? null : String(Boolean(item.selected)), onclick: () => pick(item.value, entry),
  };
  const description = item.description ? h("span", { class: "menu-description" }, plainText(wordsOf(item.description))) : null;
  const entry = h("button", props, h("span", null, typeof item.label === "object" ? item.label : plainText(item.label)), description);
  return entry;
}

function withGroups(items, entries) {
  return entries.flatMap((entry, index) => {
    const group = items[index].group;
    const opens = group && group !== items[index - 1]?.group;
    return opens ? [h("div", { class: "menu-group", role: "presentation" }, plainText(group)), entry] : [entry];
  });
}

function filterBox(label, items, entries) {
  const onFilter = (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    for (const [index, entry] of entries.entries()) entry.hidden = !entry.textContent.toLowerCase().includes(wanted);
  };
  return h("input", { type: "search", class: "menu-filter", placeholder: "Search", "aria-label": `Search: ${label}`, oninput: onFilter });
}

function onMenuKey(event, panel) {
  const entries = [...panel.querySelectorAll(".menu-item:not([hidden])")];
  const at = entries.indexOf(document.activeElement);
  const steps = { ArrowDown: at + 1, ArrowUp: at < 0 ? entries.length - 1 : at - 1 + entries.length, Home: 0, End: entries.length - 1 };
  if (event.key === "Escape" || event.key === "Tab") closeMenu(true);
  else if (event.key === "Enter" && at < 0) entries[0]?.click();
  else if (event.key in steps && entries.length) entries[steps[event.key] % entries.length].focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

// Below the anchor when there is room, else above; always inside the window.
function place(panel, anchor) {
  const edge = 8;
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const below = at.bottom + 4 + height <= innerHeight - edge;
  const top = below ? at.bottom + 4 : Math.max(edge, at.top - 4 - height);
  panel.style.top = `${top}px`;
  panel.style.left = `${Math.max(edge, Math.min(at.left, innerWidth - width - edge))}px`;
}

addEventListener("pointerdown", (event) => {
  if (open && !open.panel.contains(event.target) && !open.anchor.contains(event.target)) closeMenu();
}, true);
addEventListener("resize", () => closeMenu());

// A dialog that takes itself away; `wire(dialog)` may add to it. Resolves with the dialog's returnValue.
function ask(name, content, focus) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const dialog = h("dialog", { class: name, "aria-label": content.label }, content.body);
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(""); });
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (before?.isConnected) before.focus();
      resolve(dialog.returnValue);
    });
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector(focus)?.focus();
  });
}

// Slack's confirm object as a dialog; true when the person agrees.
export async function confirmed(confirm) {
  const style = confirm.style === "danger" ? "button danger-fill" : "button primary-fill";
  const finish = (value) => (event) => event.target.closest("dialog").close(value);
  const body = [
    h("h2", null, plainText(wordsOf(confirm.title) || "Are you sure?")),
    h("div", { class: "confirm-text" }, textObject(confirm.text)),
    h("div", { class: "dialog-buttons" },
      h("button", { type: "button", class: "button", onclick: finish("no") }, plainText(wordsOf(confirm.deny) || "Cancel")),
      h("button", { type: "button", class: `${style} confirm-yes`, onclick: finish("yes") }, plainText(wordsOf(confirm.confirm) || "Yes"))),
  ];
  return (await ask("confirm", { label: wordsOf(confirm.title), body }, ".confirm-yes")) === "yes";
}

export function showImage(src, alt) {
  const close = (event) => event.target.closest("dialog").close("");
  const body = [iconButton("close", "Close image", close), h("img", { src, alt })];
  return ask("viewer", { label: alt || "Image", body }, "button");
}

// A short line at the bottom of the window, read out by screen readers.
export function notice(text) {
  const line = h("div", { class: "notice" }, text);
  document.getElementById("notices").append(line);
  setTimeout(() => line.remove(), NOTICE_MS);
}
