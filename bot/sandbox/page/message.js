// One message: who, when, what it says, its files, reactions, thread, and what can be done with it.
import { post } from "./api.js";
import { picture, renderBlocks } from "./blocks.js";
import { fullTime, shortTime } from "./dates.js";
import { freshId, h, icon, iconButton, localImage } from "./dom.js";
import { emoji, REACTIONS } from "./emoji.js";
import { messageForm } from "./forms.js";
import { decode, mrkdwn } from "./mrkdwn.js";
import { confirmed, notice, openMenu } from "./popover.js";
import { userName, workspace } from "./workspace.js";

const JOINS = { channel_join: "joined the channel", channel_leave: "left the channel", group_join: "joined the channel" };
const QUOTED_LENGTH = 90;

// context: {channel, inThread, grouped, replies: {count, users, latest}, root: the thread's first message}
export function renderMessage(message, context) {
  const joined = JOINS[message.subtype];
  const body = h("div", { class: "message-body" },
    message.ephemeral_to ? h("div", { class: "message-flag" }, icon("eye"), "Only visible to you") : null,
    context.grouped ? null : header(message),
    broadcastLine(message, context),
    h("div", { class: "message-content" }, joined ? h("span", { class: "muted" }, joined) : content(message, context)),
    reactions(message, context.channel),
    context.inThread ? null : threadBar(message, context.replies));
  const gutter = context.grouped ? h("div", { class: "message-gutter" }, stamp(message)) : h("div", { class: "message-gutter" }, avatar(message));
  const kind = `message${context.grouped ? " grouped" : ""}${message.ephemeral_to ? " ephemeral" : ""}`;
  return h("article", { class: kind, dataset: { ts: message.ts }, "aria-label": `${authorName(message)}, ${shortTime(message.ts)}` },
    gutter, body, message.subtype === "tombstone" ? null : toolbar(message, context));
}

export function authorName(message) {
  return message.username || workspace.users.get(message.user)?.real_name || message.bot_profile?.name || userName(message.user);
}

// The first words of a message, without markup.
export function excerpt(message) {
  const text = decode(String(message.text ?? "")).replace(/<[^>|]*\|([^>]*)>/g, "$1").replace(/<@(\w+)>/g, (_, id) => `@${userName(id)}`);
  const line = text.replace(/[*_~`]/g, "").replace(/\s+/g, " ").trim();
  return line.length > QUOTED_LENGTH ? `${line.slice(0, QUOTED_LENGTH - 1)}…` : line || "a message";
}

function isApp(message) {
  return Boolean(message.bot_id || workspace.users.get(message.user)?.is_bot);
}

export function avatar(message) {
  const name = authorName(message);
  const initials = name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase();
  const hue = [...String(message.user ?? name)].reduce((sum, char) => (sum * 31 + char.codePointAt(0)) % 8, 3);
  return h("span", { class: isApp(message) ? "avatar avatar-app" : `avatar hue-${hue}`, "aria-hidden": "true" }, isApp(message) ? icon("bolt") : initials);
}

function stamp(message) {
  return h("time", { class: "stamp", title: fullTime(message.ts) }, shortTime(message.ts));
}

function header(message) {
  return h("div", { class: "message-header" },
    h("span", { class: "author" }, authorName(message)), isApp(message) ? h("span", { class: "badge" }, "APP") : null,
    workspace.users.get(message.user)?.is_guest ? h("span", { class: "badge" }, "GUEST") : null, stamp(message));
}

function broadcastLine(message, { inThread, root }) {
  if (message.subtype !== "thread_broadcast") return null;
  if (inThread) return h("div", { class: "message-flag" }, icon("reply"), "Also sent to the channel");
  const open = () => openThread(message.thread_ts);
  return h("div", { class: "message-flag" }, icon("reply"), "replied to a thread: ",
    h("button", { type: "button", class: "text-button", onclick: open }, root ?? message.root ? excerpt(root ?? message.root) : "open it"));
}

export function openThread(ts) {
  document.dispatchEvent(new CustomEvent("open-thread", { detail: { ts } }));
}

function content(message, context) {
  if (message.subtype === "tombstone") return h("span", { class: "muted" }, "This message was deleted.");
  const typed = !isApp(message) && (message.blocks ?? []).every((block) => block.type === "rich_text");
  const useText = typed || !message.blocks?.length;
  const edited = message.edited ? h("span", { class: "edited", title: fullTime(message.edited.ts) }, " (edited)") : null;
  const words = useText && (message.text || message.edited) ? h("div", { class: "message-text" }, mrkdwn(String(message.text ?? "")), edited) : null;
  return [
    words, useText ? null : renderBlocks(message.blocks, messageForm(context.channel, message)), useText ? null : edited,
    (message.attachments ?? []).map((attachment) => renderAttachment(attachment, message, context)),
    (message.files ?? []).map(renderFile),
  ];
}

function renderAttachment(attachment, message, context) {
  const element = h("div", { class: "attachment" }, attachment.blocks
    ? renderBlocks(attachment.blocks, messageForm(context.channel, message))
    : [attachment.title ? h("strong", null, mrkdwn(attachment.title)) : null, mrkdwn(String(attachment.text ?? attachment.fallback ?? ""))]);
  if (/^#?[0-9a-f]{6}$/i.test(attachment.color ?? "")) element.style.borderColor = `#${attachment.color.replace("#", "")}`;
  return element;
}

function renderFile(file) {
  const name = file.title || file.name || "File";
  const label = h("div", { class: "file-name" }, name);
  if (file.mimetype?.startsWith("image/")) return h("div", { class: "file" }, label, picture(file.url_private, file.alt_txt || name));
  const path = localImage(file.url_private);
  const open = path ? { href: location.origin + path, target: "_blank", rel: "noopener" } : {};
  return h(path ? "a" : "div", { class: "file file-chip", ...open }, icon("file"), name);
}

function reactions(message, channel) {
  if (!message.reactions?.length) return null;
  return h("div", { class: "reactions" }, message.reactions.map((reaction) => {
    const mine = reaction.users?.includes(workspace.me);
    const names = (reaction.users ?? []).map(userName).join(", ");
    return h("button", {
      type: "button", class: "reaction", "aria-pressed": String(Boolean(mine)), title: `${names} reacted with :${reaction.name}:`,
      onclick: () => attempt("react", { channel, ts: message.ts, name: reaction.name, remove: Boolean(mine) }),
    }, emoji(reaction.name), h("span", { class: "reaction-count" }, reaction.count));
  }));
}

function threadBar(message, replies) {
  if (!replies?.count) return null;
  const words = `${replies.count} ${replies.count === 1 ? "reply" : "replies"}`;
  return h("button", { type: "button", class: "thread-bar", onclick: () => openThread(message.ts) },
    replies.authors.map(avatar), h("span", { class: "reply-count" }, words), h("span", { class: "muted" }, `Last reply ${shortTime(replies.latest)}`));
}

async function attempt(path, body) {
  try {
    await post(path, { user: workspace.me, ...body });
  } catch (error) {
    notice(error.message);
  }
}

function toolbar(message, context) {
  if (message.ephemeral_to) return null;
  const label = `Actions for the message of ${authorName(message)}`;
  return h("div", { class: "toolbar", role: "toolbar", "aria-label": label },
    iconButton("smile", "Add reaction", (event) => pickReaction(event.currentTarget, message, context.channel), { "aria-haspopup": "menu" }),
    context.inThread ? null : iconButton("reply", "Reply in thread", () => openThread(message.thread_ts ?? message.ts)),
    iconButton("more", "More actions", (event) => moreActions(event.currentTarget, message, context), { "aria-haspopup": "menu" }));
}

function pickReaction(anchor, message, channel) {
  const items = REACTIONS.map((name) => ({ label: h("span", { class: "reaction-choice" }, emoji(name), ` ${name.replaceAll("_", " ")}`), value: name }));
  const mine = (name) => message.reactions?.some((reaction) => reaction.name === name && reaction.users?.includes(workspace.me)) ?? false;
  const onPick = (name) => attempt("react", { channel, ts: message.ts, name, remove: mine(name) });
  openMenu(anchor, { label: "Reactions", items, onPick });
}

function moreActions(anchor, message, { channel }) {
  const own = message.user === workspace.me && !message.bot_id;
  const at = { channel, ts: message.ts };
  const items = workspace.shortcuts.filter((shortcut) => shortcut.type === "message")
    .map(({ name, callback_id }) => ({ label: name, value: () => attempt("shortcut", { ...at, callback_id }) }));
  if (own) {
    items.push({ label: "Edit message", value: () => edit(anchor.closest(".message"), message, at) });
    items.push({ label: "Delete message…", danger: true, value: () => remove(message, at) });
  }
  if (items.length) openMenu(anchor, { label: "More actions", items, onPick: (run) => run() });
}

async function remove(message, at) {
  const agreed = await confirmed({
    title: { text: "Delete message" }, text: { type: "plain_text", text: `“${excerpt(message)}” will be gone for everyone.` },
    confirm: { text: "Delete" }, style: "danger",
  });
  if (agreed) await attempt("delete", at);
}

// Edits in place; timeline.js leaves a message alone while it is edited.
function edit(article, message, at) {
  const box = h("textarea", { rows: 2, "aria-label": "Edit message", id: freshId("edit") });
  box.value = decode(String(message.text ?? ""));
  const contentBox = article.querySelector(".message-content");
  const before = [...contentBox.childNodes];
  const stop = () => {
    delete article.dataset.editing;
    contentBox.replaceChildren(...before);
    document.dispatchEvent(new CustomEvent("redraw"));
  };
  const save = async () => {
    if (box.value.trim()) await attempt("edit", { ...at, text: box.value });
    stop();
  };
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" && (event.key !== "Enter" || event.shiftKey || event.isComposing)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter") save();
    else stop();
  });
  article.dataset.editing = "1";
  contentBox.replaceChildren(h("div", { class: "editor" }, box, h("div", { class: "dialog-buttons" },
    h("button", { type: "button", class: "button", onclick: stop }, "Cancel"),
    h("button", { type: "button", class: "button primary-fill", onclick: save }, "Save"))));
  box.focus();
}
