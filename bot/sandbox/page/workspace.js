// What the page knows: the workspace, who looks at it, where, and the sandbox's clock.

const SLACKBOT = "USLACKBOT";

export const workspace = {
  team: "", users: new Map(), channels: new Map(), usergroups: new Map(), commands: [], me: null, channel: null, thread: null,
};
let clock = { seconds: Date.now() / 1000, readAt: performance.now(), offset: 0 };

export function takeState(state) {
  workspace.team = nameOf(state.team) || "Sandbox";
  workspace.users = byId(state.users);
  workspace.channels = byId(state.channels);
  workspace.usergroups = byId(state.usergroups);
  workspace.commands = listOf(state.commands);
  workspace.me ??= state.default.user;
  workspace.channel ??= state.default.channel;
  takeClock(state);
}

export function takeClock({ now: instant, clock_offset_s: offset }) {
  const seconds = typeof instant === "number" ? instant : Number(instant) || Date.parse(instant) / 1000;
  clock = { seconds, readAt: performance.now(), offset: offset ?? clock.offset };
}

// Seconds since 1970 by the sandbox's clock.
export function now() {
  return clock.seconds + (performance.now() - clock.readAt) / 1000;
}

export function clockOffset() {
  return clock.offset;
}

export function userName(id) {
  const user = workspace.users.get(id);
  return user?.real_name || user?.name || id || "Unknown";
}

export function channelName(id) {
  const channel = workspace.channels.get(id);
  if (!channel) return id;
  return channel.is_im ? userName((channel.members ?? []).find((member) => member !== workspace.me)) : channel.name;
}

export function groupHandle(id) {
  const group = workspace.usergroups.get(id);
  return group?.handle || group?.name || id;
}

// People who can be acted as or picked: no bot is one.
export function people() {
  return [...workspace.users.values()].filter((user) => !user.is_bot && user.id !== SLACKBOT);
}

function nameOf(team) {
  return typeof team === "object" && team ? team.name : team;
}

function listOf(value) {
  return Array.isArray(value) ? value : Object.values(value ?? {});
}

function byId(value) {
  return new Map(listOf(value).map((item) => [item.id, item]));
}
