// The sidebar: channels, direct messages, the app's home, and whom one acts as.
import { h, icon } from "./dom.js";
import { openMenu } from "./popover.js";
import { canSee, channelName, people, userName, workspace } from "./workspace.js";

export const HOME = "home";

// actions: {open(channel id | HOME), actAs(user id)}; `unread` holds the ids of channels where something is new.
export function drawSidebar(container, unread, { open, actAs }) {
  const mine = [...workspace.channels.values()].filter(canSee);
  const rooms = mine.filter((channel) => !channel.is_im);
  const direct = mine.filter((channel) => channel.is_im);
  const row = (channel) => entry(channel.id, label(channel), unread.has(channel.id), open, channel.is_archived);
  container.replaceChildren(
    h("div", { class: "team" }, h("span", { class: "team-name" }, workspace.team), h("span", { class: "team-note" }, "a local Slack, nothing leaves this machine")),
    h("nav", { "aria-label": "Channels" },
      group("Channels", rooms.map(row)), group("Direct messages", direct.map(row)),
      group("Apps", [entry(HOME, [icon("bolt"), "App home"], false, open, false)])),
    actingAs(actAs));
}

function label(channel) {
  if (channel.is_im) return [h("span", { class: "presence", "aria-hidden": "true" }), channelName(channel.id)];
  return [channel.is_private ? icon("lock") : h("span", { class: "hash", "aria-hidden": "true" }, "#"), channel.name];
}

function group(title, entries) {
  return entries.length ? h("section", null, h("h2", null, title), h("ul", null, entries)) : null;
}

function entry(id, content, isNew, open, archived) {
  const current = workspace.channel === id;
  const kind = `channel-entry${isNew ? " unread" : ""}${archived ? " archived" : ""}`;
  return h("li", null, h("button", { type: "button", class: kind, "aria-current": current ? "page" : null, onclick: () => open(id) },
    content, archived ? h("span", { class: "entry-note" }, "archived") : null,
    isNew ? h("span", { class: "unread-dot", role: "img", "aria-label": "unread" }) : null));
}

function actingAs(actAs) {
  const choose = (event) => openMenu(event.currentTarget, {
    label: "Act as", role: "listbox", onPick: actAs,
    items: people().map((user) => ({ label: userName(user.id), description: user.is_guest ? "guest" : null, value: user.id, selected: user.id === workspace.me })),
  });
  return h("button", { type: "button", class: "act-as", "aria-haspopup": "listbox", "aria-expanded": "false", onclick: choose },
    h("span", { class: "act-as-label" }, "Acting as"), h("span", { class: "act-as-name" }, userName(workspace.me)), icon("chevron"));
}
