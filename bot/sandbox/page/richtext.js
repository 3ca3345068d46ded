// rich_text blocks: sections, lists, quotes and preformatted text.
import { dateToken } from "./dates.js";
import { h, link } from "./dom.js";
import { emoji, withGlyphs } from "./emoji.js";
import { channelMention, groupMention, rangeMention, userMention } from "./mentions.js";

const STYLES = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code" };
const BULLETS = ["disc", "circle", "square"];
const NUMBERS = ["decimal", "lower-alpha", "lower-roman"];

const PARTS = {
  rich_text_section: (part) => h("div", { class: "rich-section" }, inline(part.elements)),
  rich_text_quote: (part) => h("blockquote", null, inline(part.elements)),
  rich_text_preformatted: (part) => h("pre", null, inline(part.elements)),
  rich_text_list: list,
};

const INLINE = {
  text: (item) => withGlyphs(String(item.text ?? "")),
  link: (item) => (item.text ? link(item.url, item.text) : link(item.url)),
  user: (item) => userMention(item.user_id),
  channel: (item) => channelMention(item.channel_id, ""),
  usergroup: (item) => groupMention(item.usergroup_id, ""),
  broadcast: (item) => rangeMention(item.range),
  emoji: (item) => emoji(item.name, item.unicode),
  date: (item) => dateToken(item.timestamp, String(item.format ?? ""), item.url, item.fallback),
  color: (item) => h("code", null, item.value),
};

export function richText(block) {
  return h("div", { class: "rich-text" }, (block.elements ?? []).map(part));
}

function part(item) {
  return (PARTS[item?.type] ?? unknown)(item);
}

function inline(elements) {
  return (elements ?? []).map((item) => styled(item, (INLINE[item?.type] ?? unknown)(item)));
}

function styled(item, content) {
  const names = Object.keys(STYLES).filter((name) => item?.style?.[name]);
  return names.reduce((inner, name) => h(STYLES[name], null, inner), content);
}

function list(item) {
  const indent = Math.min(Math.max(Number(item.indent) || 0, 0), 8);
  const ordered = item.style === "ordered";
  const start = ordered ? (Number(item.offset) || 0) + 1 : null;
  const element = h(ordered ? "ol" : "ul", { start }, (item.elements ?? []).map((entry) => h("li", null, inline(entry.elements))));
  element.style.marginInlineStart = `${indent * 1.6}em`;
  element.style.listStyleType = (ordered ? NUMBERS : BULLETS)[indent % 3];
  return element;
}

function unknown(item) {
  return h("span", { class: "unknown" }, `[${item?.type ?? "element without a type"}]`);
}
