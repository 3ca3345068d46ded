// What the page knows: the workspace, who looks at it, where, and the sandbox's clock.

const SLACKBOT = "USLACKBOT";

export const workspace = {
  team: "", users: new Map(), channels: new Map(), usergroups: new Map(), commands: [], shortcuts: [], me: null, channel: null, thread: null,
};
let clock = { seconds: Date.now() / 1000, readAt: performance.now(), offset: 0 };

export function takeState(state) {
  workspace.team = state.team.name;
  workspace.users = byId(state.users);
  workspace.channels = byId(state.channels);
  workspace.usergroups = byId(state.usergroups);
  workspace.commands = state.commands;
  workspace.shortcuts = state.shortcuts ?? [];
  workspace.me ??= state.default.user;
  workspace.channel ??= state.default.channel;
  takeClock(state);
}

export function takeClock(state) {
  clock = { seconds: state.now, readAt: performance.now(), offset: state.clock_offset_s };
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

// Whether this person sees a channel: members, and for public ones everybody but guests.
export function canSee(channel) {
  const open = !channel.is_private && !channel.is_im && !workspace.users.get(workspace.me)?.is_guest;
  return open || channel.members.includes(workspace.me);
}

// People who can be acted as or picked: no bot is one.
export function people() {
  return [...workspace.users.values()].filter((user) => !user.is_bot && user.id !== SLACKBOT);
}

function byId(items) {
  return new Map(items.map((item) => [item.id, item]));
}
