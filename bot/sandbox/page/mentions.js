// Mentions of people, channels and groups: the chips in a text.
import { h } from "./dom.js";
import { channelName, groupHandle, userName, workspace } from "./workspace.js";

export function userMention(id) {
  return h("span", { class: id === workspace.me ? "mention mention-me" : "mention" }, `@${userName(id)}`);
}

export function channelMention(id, label) {
  if (!workspace.channels.has(id)) return h("span", { class: "mention" }, `#${label || id}`);
  const open = () => document.dispatchEvent(new CustomEvent("open-channel", { detail: { channel: id } }));
  return h("button", { type: "button", class: "mention", onclick: open }, `#${channelName(id)}`);
}

export function groupMention(id, label) {
  return h("span", { class: "mention" }, label || `@${groupHandle(id)}`);
}

export function rangeMention(range) {
  return h("span", { class: "mention mention-me" }, `@${range}`);
}
