// Slack's mrkdwn to nodes. Input is text as Slack stores it: &, < and > are entities, <...> is a token.
import { dateToken } from "./dates.js";
import { h, link } from "./dom.js";
import { emoji, isEmoji, withGlyphs } from "./emoji.js";
import { channelMention, groupMention, rangeMention, userMention } from "./mentions.js";

const STYLES = { "*": "strong", "_": "em", "~": "s" };
// The inside of a styled run: tokens and code are taken whole, so that a marker in a URL does not end it.
const INSIDE = "(?:<[^>\\n]*>|`[^`\\n]+`|[^\\n<`])";
const styled = (mark) => {
  const run = `[${mark}](?=[^\\s${mark}])${INSIDE}{1,3000}?(?<=\\S)[${mark}]`;
  return `(?<![\\p{L}\\p{N}${mark}])${run}(?![\\p{L}\\p{N}${mark}])`;
};
const PIECES = ["<[^<>\\n]+>", "`[^`\\n]+`", ":[a-z0-9_+'-]+(?:::skin-tone-\\d)?:", styled("*"), styled("_"), styled("~"), "\\n"];
const VERBATIM = new RegExp(PIECES.join("|"), "gu");
const WITH_BARE_LINKS = new RegExp(["https?://[^\\s<>|*`]+", ...PIECES].join("|"), "gu");

export function decode(text) {
  return text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);
}

// A text object ({type: mrkdwn | plain_text, text}) or a bare mrkdwn string.
export function textObject(value) {
  if (value && typeof value === "object") {
    const text = String(value.text ?? "");
    return value.type === "plain_text" ? plainText(text, value.emoji !== false) : mrkdwn(text, value.verbatim ? VERBATIM : WITH_BARE_LINKS);
  }
  return mrkdwn(String(value ?? ""));
}

// The words of a text object, for labels: no nodes, no entities.
export function wordsOf(value) {
  const text = typeof value === "object" && value ? String(value.text ?? "") : String(value ?? "");
  return value?.type === "plain_text" ? text : decode(text);
}

export function plainText(text, withEmoji = true) {
  const pieces = withEmoji ? text.split(/(:[a-z0-9_+'-]+:)/) : [text];
  return pieces.flatMap((piece) => (/^:.+:$/.test(piece) && isEmoji(piece.slice(1, -1)) ? emoji(piece.slice(1, -1)) : lines(piece)));
}

function lines(text) {
  return text.split("\n").flatMap((line, index) => (index ? [h("br"), ...withGlyphs(line)] : withGlyphs(line)));
}

export function mrkdwn(text, pattern = WITH_BARE_LINKS) {
  const pieces = text.split(/```([\s\S]+?)```/);
  return pieces.flatMap((piece, index) => {
    if (index % 2) return [h("pre", null, tokensAsText(piece.replace(/^\n|\n$/g, "")))];
    const trimmed = piece.replace(index > 0 ? /^\n/ : /^(?!)/, "").replace(index < pieces.length - 1 ? /\n$/ : /(?!)$/, "");
    return trimmed ? quotesAndLines(trimmed, pattern) : [];
  });
}

// Lines that begin with ">" are a quote, and ">>>" quotes all that follows.
function quotesAndLines(text, pattern) {
  const nodes = [];
  let run = [];
  let quoting = false;
  const flush = () => {
    const parts = run.length ? inline(run.join("\n"), pattern) : [];
    if (run.length) nodes.push(...(quoting ? [h("blockquote", null, parts)] : parts));
    run = [];
  };
  const all = text.split("\n");
  for (const [index, line] of all.entries()) {
    const rest = line.match(/^(?:&gt;|>){3}\s?(.*)/);
    const quote = rest ?? line.match(/^(?:&gt;|>)\s?(.*)/);
    if (Boolean(quote) !== quoting) flush();
    quoting = Boolean(quote);
    if (rest) {
      run = [rest[1], ...all.slice(index + 1)];
      break;
    }
    run.push(quote ? quote[1] : line);
  }
  flush();
  return nodes;
}

function inline(text, pattern) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > from) nodes.push(...withGlyphs(decode(text.slice(from, match.index))));
    nodes.push(node(match[0], pattern));
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push(...withGlyphs(decode(text.slice(from))));
  return nodes;
}

function node(piece, pattern) {
  const first = piece[0];
  if (piece === "\n") return h("br");
  if (first === "<") return token(piece.slice(1, -1));
  if (first === "`") return h("code", null, tokensAsText(piece.slice(1, -1)));
  if (first === ":") return isEmoji(piece.slice(1, -1).split("::")[0]) ? emoji(piece.slice(1, -1)) : piece;
  if (first in STYLES) return h(STYLES[first], null, inline(piece.slice(1, -1), pattern));
  return bareLink(piece);
}

// A URL typed as it is; the punctuation that ends the sentence is not part of it.
function bareLink(piece) {
  const url = piece.replace(/(?:[.,;:!?)\]]|&gt;|&lt;)+$/, "");
  return [link(decode(url)), decode(piece.slice(url.length))];
}

function token(body) {
  const bar = body.indexOf("|");
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? "" : decode(body.slice(bar + 1));
  const id = target.slice(1);
  if (target.startsWith("@")) return userMention(id);
  if (target.startsWith("#")) return channelMention(id, label);
  if (target.startsWith("!date^")) return dateOf(target, label);
  if (target.startsWith("!subteam^")) return groupMention(target.slice("!subteam^".length), label);
  if (/^!(here|channel|everyone)$/.test(target)) return rangeMention(id);
  if (target.startsWith("!")) return label || `<${body}>`;
  return label ? link(decode(target), plainText(label)) : link(decode(target));
}

function dateOf(target, fallback) {
  const [, timestamp, template, ...rest] = target.split("^");
  return dateToken(timestamp, decode(template ?? ""), rest.length ? decode(rest.join("^")) : null, fallback);
}

// Inside code a token is shown by its label or its target, as Slack does.
function tokensAsText(text) {
  return decode(text.replace(/<((?:https?:|mailto:)[^<>|]*)(?:\|([^<>]*))?>/g, (_, target, label) => label || target));
}
