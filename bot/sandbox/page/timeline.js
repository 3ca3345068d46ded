// The lists of messages: the channel and the open thread, kept current without losing place or focus.
import { dayName } from "./dates.js";
import { h } from "./dom.js";
import { renderMessage } from "./message.js";
import { workspace } from "./workspace.js";

const GROUP_S = 300;
const AT_END_PX = 60;
const FACES = 3;

// Messages this person can see.
function visible(messages) {
  return messages.filter((message) => !message.ephemeral_to || message.ephemeral_to === workspace.me);
}

const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts;

export function drawChannel(container, channel, messages) {
  const all = visible(messages);
  const byTs = new Map(all.map((message) => [message.ts, message]));
  const shown = all.filter((message) => !isReply(message) || message.subtype === "thread_broadcast");
  const replies = repliesByThread(all);
  draw(container, shown, (message) => ({ channel, replies: replies.get(message.ts), root: byTs.get(message.thread_ts) }));
}

export function drawThread(container, channel, messages, ts) {
  const all = visible(messages).filter((message) => message.ts === ts || message.thread_ts === ts);
  const count = all.filter((message) => isReply(message)).length;
  draw(container, all, () => ({ channel, inThread: true }), count ? `${count} ${count === 1 ? "reply" : "replies"}` : "");
  return all;
}

// Keeps a list that shows its end at its end, when it gets smaller or a picture in it arrives.
export function keepAtEnd(container) {
  const pin = () => { if (container.dataset.atEnd === "1") container.scrollTop = container.scrollHeight; };
  container.addEventListener("scroll", () => { container.dataset.atEnd = isAtEnd(container) ? "1" : ""; }, { passive: true });
  container.addEventListener("load", pin, true);
  new ResizeObserver(pin).observe(container);
}

function isAtEnd(container) {
  return container.scrollHeight - container.scrollTop - container.clientHeight < AT_END_PX;
}

function repliesByThread(messages) {
  const threads = new Map();
  for (const message of messages.filter((item) => isReply(item) && !item.ephemeral_to)) {
    const thread = threads.get(message.thread_ts) ?? { count: 0, authors: [], latest: 0 };
    thread.count += 1;
    thread.latest = message.ts;
    const known = thread.authors.some((author) => author.user === message.user);
    if (!known && thread.authors.length < FACES) thread.authors.push({ user: message.user, bot_id: message.bot_id, bot_profile: message.bot_profile });
    threads.set(message.thread_ts, thread);
  }
  return threads;
}

// `afterFirst` is the line between a thread's first message and its replies.
function draw(container, messages, contextOf, afterFirst = "") {
  const atEnd = isAtEnd(container);
  const entries = [];
  let previous = null;
  for (const message of messages) {
    const day = dayName(message.ts);
    if (!previous || dayName(previous.ts) !== day) entries.push({ key: `day-${day}`, version: "", make: () => divider(day) });
    const context = { ...contextOf(message), grouped: !(afterFirst && previous === messages[0]) && grouped(previous, message) };
    const version = JSON.stringify([message, context, workspace.me]);
    entries.push({ key: `${message.ts}${message.ephemeral_to ?? ""}`, version, make: () => renderMessage(message, context) });
    if (!previous && afterFirst) entries.push({ key: "replies", version: afterFirst, make: () => h("div", { class: "day replies" }, h("span", null, afterFirst)) });
    previous = message;
  }
  if (!entries.length) entries.push({ key: "empty", version: "", make: () => h("p", { class: "empty" }, "No messages here yet.") });
  reconcile(container, entries);
  if (atEnd) container.scrollTop = container.scrollHeight;
}

function divider(day) {
  return h("div", { class: "day", role: "separator", "aria-label": day }, h("span", null, day));
}

function grouped(previous, message) {
  const plain = (item) => (!item.subtype || item.subtype === "file_share") && !item.ephemeral_to;
  return Boolean(previous && plain(previous) && plain(message) && previous.user === message.user
    && previous.username === message.username && message.ts - previous.ts < GROUP_S
    && dayName(previous.ts) === dayName(message.ts));
}

// Makes the container's children match the entries; a node whose version stands, or that is being edited, is kept.
function reconcile(container, entries) {
  const old = new Map([...container.children].map((node) => [node.dataset.key, node]));
  let cursor = container.firstElementChild;
  for (const { key, version, make } of entries) {
    let node = old.get(key);
    const keep = node && (node.dataset.editing || versions.get(node) === version);
    if (!keep) {
      const fresh = make();
      fresh.dataset.key = key;
      versions.set(fresh, version);
      if (node) cursor = replace(node, fresh, cursor);
      node = fresh;
    }
    old.delete(key);
    if (node === cursor) cursor = cursor.nextElementSibling;
    else container.insertBefore(node, cursor);
  }
  for (const node of old.values()) node.remove();
}
const versions = new WeakMap();

function replace(node, fresh, cursor) {
  const focused = node.contains(document.activeElement) ? document.activeElement : null;
  fresh.classList.toggle("active", node.classList.contains("active"));
  node.replaceWith(fresh);
  if (focused) sameControl(fresh, focused)?.focus({ preventScroll: true });
  return cursor === node ? fresh : cursor;
}

function sameControl(fresh, focused) {
  const nameOf = (element) => element.getAttribute("aria-label") ?? element.textContent;
  return [...fresh.querySelectorAll("button, input, textarea")].find((element) => nameOf(element) === nameOf(focused));
}
