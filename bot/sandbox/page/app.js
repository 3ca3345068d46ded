// The page: keeps the panes current with the sandbox and remembers in the address where one is.
import { coalesced, get, listen, post } from "./api.js";
import { Composer } from "./composer.js";
import { clockTime, refreshDates } from "./dates.js";
import { h, icon, iconButton } from "./dom.js";
import { drawHome, showViews } from "./modal.js";
import { closeMenu, notice } from "./popover.js";
import { drawSidebar, HOME } from "./sidebar.js";
import { drawChannel, drawThread, keepAtEnd } from "./timeline.js";
import { Traffic } from "./traffic.js";
import { canSee, channelName, clockOffset, now, takeClock, takeState, workspace } from "./workspace.js";

const at = (id) => document.getElementById(id);
const unread = new Set();
let messages = [];
let home = null;
let loaded = null;

const channelComposer = new Composer(() => {
  const channel = workspace.channels.get(workspace.channel);
  const name = channelName(workspace.channel);
  if (channel?.is_archived) return { channel: workspace.channel, placeholder: `#${name} is archived`, closed: true };
  return { channel: workspace.channel, placeholder: `Message ${channel?.is_im ? name : `#${name}`}` };
});
const threadComposer = new Composer(() => ({ channel: workspace.channel, thread_ts: workspace.thread, placeholder: "Reply…" }));
const traffic = new Traffic(at("traffic"), () => showTraffic(false));

function go(change) {
  Object.assign(workspace, change);
  if ("channel" in change && !("thread" in change)) workspace.thread = null;
  unread.delete(workspace.channel);
  closeMenu();
  document.body.classList.remove("sidebar-open");
  const query = new URLSearchParams({ channel: workspace.channel, user: workspace.me, ...(workspace.thread ? { thread: workspace.thread } : {}) });
  history.replaceState(null, "", `?${query}`);
}

const refreshState = coalesced(async () => {
  takeState(await get("state"));
  if (workspace.channel !== HOME && !workspace.channels.has(workspace.channel)) workspace.channel = [...workspace.channels.keys()][0];
  drawFrame();
});

const refreshMessages = coalesced(async () => {
  const { channel } = workspace;
  if (channel === HOME) return;
  const answer = await get(`messages?channel=${encodeURIComponent(channel)}`);
  if (channel !== workspace.channel) return;
  messages = answer.messages;
  drawMessages();
});

const refreshViews = coalesced(async () => {
  const answer = await get(`views?user=${encodeURIComponent(workspace.me)}`);
  home = answer.home;
  showViews(answer.views);
  if (workspace.channel === HOME) drawHome(at("messages"), home);
});

function drawFrame() {
  const channel = workspace.channels.get(workspace.channel);
  const name = workspace.channel === HOME ? "App home" : channelName(workspace.channel);
  document.title = `${name} – ${workspace.team}`;
  at("channel-name").replaceChildren(
    workspace.channel === HOME ? icon("bolt") : channel?.is_private ? icon("lock") : channel?.is_im ? "" : h("span", { class: "hash" }, "#"), name);
  drawSidebar(at("sidebar"), unread, { open, actAs });
  at("channel-foot").hidden = workspace.channel === HOME;
  at("messages").setAttribute("aria-label", `Messages in ${name}`);
  channelComposer.refresh();
  drawClock();
}

function drawMessages() {
  const list = at("messages");
  const first = loaded !== workspace.channel;
  if (first) list.replaceChildren();
  drawChannel(list, workspace.channel, messages);
  if (first) list.scrollTop = list.scrollHeight;
  loaded = workspace.channel;
  drawOpenThread();
  drawHint();
}

function drawOpenThread() {
  const pane = at("thread");
  const opening = pane.hidden;
  pane.hidden = !workspace.thread;
  document.body.classList.toggle("thread-open", Boolean(workspace.thread));
  if (!workspace.thread) return;
  const list = at("thread-messages");
  if (list.dataset.thread !== workspace.thread) list.replaceChildren();
  const fresh = opening || list.dataset.thread !== workspace.thread;
  list.dataset.thread = workspace.thread;
  const shown = drawThread(list, workspace.channel, messages, workspace.thread);
  at("thread-place").textContent = workspace.channels.get(workspace.channel)?.is_im ? channelName(workspace.channel) : `#${channelName(workspace.channel)}`;
  threadComposer.refresh();
  if (fresh) list.scrollTop = list.scrollHeight;
  if (!shown.length && messages.length) closeThread();
}

// The one line that says what to type first; gone once the app has spoken here.
function drawHint() {
  const spoken = messages.some((message) => message.bot_id || workspace.users.get(message.user)?.is_bot);
  const command = workspace.commands.map((item) => item.command)[0];
  at("hint").replaceChildren(...(spoken || !command ? ["Enter sends, Shift+Enter starts a new line"] : ["Type ", h("kbd", null, `${command} start`), " to begin."]));
  at("hint").classList.toggle("first", !spoken);
}

function drawClock() {
  const minutes = Math.round(clockOffset() / 60);
  at("clock-time").textContent = clockTime(now());
  at("clock-offset").textContent = minutes ? `+${minutes} min` : "";
}

async function open(channel) {
  go({ channel });
  drawFrame();
  drawOpenThread();
  if (channel === HOME) {
    loaded = null;
    drawHome(at("messages"), home);
    await attempt(() => post("home", { user: workspace.me }));
    await refreshViews();
  } else await refreshMessages();
  focusComposer();
}

// Not on a touch screen, where it would bring up the keyboard.
function focusComposer() {
  if (matchMedia("(hover: hover)").matches) channelComposer.box.focus();
}

async function actAs(user) {
  go({ me: user, thread: workspace.thread });
  await refreshState();
  const channel = workspace.channels.get(workspace.channel);
  if (channel && !canSee(channel)) go({ channel: [...workspace.channels.values()].find(canSee).id });
  drawFrame();
  await Promise.all([refreshMessages(), refreshViews()]);
}

function openThread(ts) {
  showTraffic(false);
  go({ thread: ts });
  drawOpenThread();
  threadComposer.box.focus();
}

function closeThread() {
  go({ thread: null });
  drawOpenThread();
  focusComposer();
}

function showTraffic(shown) {
  at("traffic").hidden = !shown;
  at("traffic-button").setAttribute("aria-pressed", String(shown));
  if (shown) at("traffic").querySelector("input").focus();
}

async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    notice(error.message);
    return null;
  }
}

function onEvent(event) {
  if (event.type === "traffic") traffic.add(event.entry);
  if (event.type === "clock") {
    takeClock(event);
    drawClock();
    refreshDates();
  }
  if (event.type === "views" && event.user === workspace.me) attempt(refreshViews);
  if (event.type !== "messages") return;
  if (!workspace.channels.has(event.channel)) attempt(refreshState);
  if (event.channel === workspace.channel) attempt(refreshMessages);
  else {
    unread.add(event.channel);
    drawFrame();
  }
}

function onOpen() {
  document.body.classList.remove("offline");
  attempt(async () => {
    const first = loaded === null;
    await refreshState();
    await Promise.all([refreshMessages(), refreshViews(), traffic.catchUp()]);
    if (first && document.activeElement === document.body) focusComposer();
  });
}

function wire() {
  keepAtEnd(at("messages"));
  keepAtEnd(at("thread-messages"));
  at("channel-foot").prepend(channelComposer.element);
  at("thread-foot").append(threadComposer.element);
  at("menu-slot").append(iconButton("menu", "Channels", () => document.body.classList.toggle("sidebar-open")));
  at("thread-close").append(iconButton("close", "Close thread", closeThread));
  at("traffic-button").append(icon("traffic"));
  at("traffic-button").addEventListener("click", () => showTraffic(at("traffic").hidden));
  at("scrim").addEventListener("click", () => document.body.classList.remove("sidebar-open"));
  for (const button of document.querySelectorAll("[data-advance]")) {
    button.addEventListener("click", () => attempt(() => post("clock/advance", { seconds: Number(button.dataset.advance) })));
  }
  document.addEventListener("open-thread", (event) => openThread(event.detail.ts));
  document.addEventListener("open-channel", (event) => open(event.detail.channel));
  document.addEventListener("redraw", () => drawMessages());
  document.addEventListener("keydown", onEscape);
  document.addEventListener("click", onTap);
  setInterval(() => {
    drawClock();
    refreshDates();
  }, 1000);
}

function onEscape(event) {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  if (document.body.classList.contains("sidebar-open")) document.body.classList.remove("sidebar-open");
  else if (!at("traffic").hidden) showTraffic(false);
  else if (workspace.thread) closeThread();
}

// Without a mouse, a tap on a message brings its actions out.
function onTap(event) {
  const tapped = event.target.closest(".message");
  for (const message of document.querySelectorAll(".message.active")) if (message !== tapped) message.classList.remove("active");
  if (!event.target.closest("button, a, input, textarea, select, summary")) tapped?.classList.toggle("active");
}

const asked = new URLSearchParams(location.search);
workspace.me = asked.get("user");
workspace.channel = asked.get("channel");
workspace.thread = asked.get("thread");
wire();
listen(onEvent, onOpen, () => document.body.classList.add("offline"));
