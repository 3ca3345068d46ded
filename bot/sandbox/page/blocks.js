// Block Kit's layout blocks to elements. A block or element this page does not know is shown as such, never dropped.
import { control, isControl } from "./controls.js";
import { freshId, h, icon, localImage } from "./dom.js";
import { plainText, textObject, wordsOf } from "./mrkdwn.js";
import { showImage } from "./popover.js";
import { richText } from "./richtext.js";

const BLOCKS = {
  header: (block) => h("h3", { class: "block-header" }, plainText(wordsOf(block.text))),
  divider: () => h("hr", { class: "block-divider" }),
  section, context, actions, image, input, table,
  rich_text: (block) => richText(block),
  markdown: (block) => h("div", { class: "block-markdown" }, plainText(String(block.text ?? ""))),
};

// `formOf(block)` gives the form of a block's controls; see controls.js.
export function renderBlocks(blocks, formOf) {
  return (blocks ?? []).map((block) => (BLOCKS[block?.type] ?? unknown)(block, formOf?.(block)));
}

function unknown(block) {
  return h("details", { class: "unknown-block" },
    h("summary", null, `This page cannot show a “${block?.type ?? "block without a type"}” block.`),
    h("pre", null, JSON.stringify(block, null, 2)));
}

function section(block, form) {
  const text = block.text ? h("div", { class: "section-text" }, textObject(block.text)) : null;
  const fields = block.fields ? h("div", { class: "section-fields" }, block.fields.map((field) => h("div", null, textObject(field)))) : null;
  const accessory = block.accessory ? h("div", { class: "section-accessory" }, element(block.accessory, form)) : null;
  return h("div", { class: "block-section" }, h("div", { class: "section-main" }, text, fields), accessory);
}

function context(block) {
  const items = (block.elements ?? []).map((item) => (item.type === "image" ? smallImage(item) : h("span", null, textObject(item))));
  return h("div", { class: "block-context" }, items);
}

function actions(block, form) {
  return h("div", { class: "block-actions" }, (block.elements ?? []).map((item) => element(item, form)));
}

function element(spec, form) {
  if (spec.type === "image") return smallImage(spec);
  return isControl(spec) && form ? control(spec, form) : unknown(spec);
}

function smallImage(item) {
  const src = localImage(item.image_url ?? item.slack_file?.url);
  return src ? h("img", { class: "small-image", src, alt: item.alt_text ?? "" }) : h("span", { class: "image-missing" }, item.alt_text);
}

function image(block) {
  const title = block.title ? h("figcaption", null, plainText(wordsOf(block.title))) : null;
  return h("figure", { class: "block-image" }, title, picture(block.image_url ?? block.slack_file?.url, block.alt_text));
}

// A picture that opens large. One from elsewhere is named instead: the page fetches nothing from the network.
export function picture(url, alt) {
  const src = localImage(url);
  if (!src) return h("div", { class: "image-missing" }, icon("file"), alt || "Image", h("small", null, "not loaded: it is not on this machine"));
  const open = () => showImage(src, alt);
  return h("button", { type: "button", class: "picture", onclick: open, "aria-label": `Enlarge: ${alt || "image"}` }, h("img", { src, alt: alt ?? "" }));
}

// An input block: label, control, hint, and the error that the app (or the page itself) gave for the block.
function input(block, form) {
  if (!form || !isControl(block.element)) return unknown(block);
  const ids = { label: freshId("label"), hint: freshId("hint"), error: freshId("error") };
  const error = form.error();
  const labels = {
    "aria-labelledby": ids.label, "aria-describedby": `${ids.hint} ${ids.error}`, "aria-invalid": error ? "true" : null,
    "aria-required": block.optional ? null : "true",
  };
  if (/button|checkboxes/.test(block.element.type)) delete labels["aria-required"];
  return h("div", { class: error ? "block-input invalid" : "block-input", dataset: { block: block.block_id } },
    h("div", { class: "input-label", id: ids.label }, plainText(wordsOf(block.label)), block.optional ? h("span", { class: "optional" }, " (optional)") : null),
    control(block.element, form, labels),
    h("div", { class: "input-hint", id: ids.hint }, block.hint ? plainText(wordsOf(block.hint)) : null),
    h("div", { class: "input-error", id: ids.error, role: error ? "alert" : null }, error));
}

function table(block) {
  const [head, ...body] = block.rows ?? [];
  const align = (index) => ({ class: `align-${{ center: "center", right: "right" }[block.column_settings?.[index]?.align] ?? "left"}` });
  const cells = (tag, row) => (row ?? []).map((cell, index) => h(tag, { ...align(index), scope: tag === "th" ? "col" : null }, tableCell(cell)));
  return h("div", { class: "block-table", tabindex: "0", role: "region", "aria-label": "Table" },
    h("table", null, h("thead", null, h("tr", null, cells("th", head))), h("tbody", null, body.map((row) => h("tr", null, cells("td", row))))));
}

function tableCell(cell) {
  if (cell?.type === "rich_text") return richText(cell);
  return cell?.type === "raw_text" || cell?.type === "raw_number" ? String(cell.text ?? cell.value ?? "") : unknown(cell);
}
