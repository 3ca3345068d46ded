// Where controls keep their values and send their actions: a message's form and a view's form.
import { post } from "./api.js";
import { confirmed, notice } from "./popover.js";
import { workspace } from "./workspace.js";

const entered = new Map();

// What was entered under `key` (a message or a view), kept across re-renders while `version` stays: "block|action" -> state.
function valuesOf(key, version = "") {
  if (entered.get(key)?.version !== version) entered.set(key, { version, values: new Map() });
  return entered.get(key).values;
}

function bound(values, block, sendAction, rest) {
  const place = (spec) => `${block.block_id}|${spec.action_id}`;
  return {
    read: (spec) => values.get(place(spec)),
    write: (spec, state) => values.set(place(spec), state),
    act: (spec, value) => sendAction({ user: workspace.me, block_id: block.block_id, action_id: spec.action_id, ...(value === undefined ? {} : { value }) }),
    dispatches: () => true,
    error: () => null,
    ...rest,
  };
}

// Choices made in a message last until the app edits it: then its own initial_option speaks again.
export function messageForm(channel, message) {
  const values = valuesOf(`${workspace.me}|${channel}|${message.ts}`, JSON.stringify(message.blocks));
  return (block) => bound(values, block, (action) => post("click", { ...action, channel, ts: message.ts }));
}

export function viewForm(view, errors) {
  return (block) => bound(valuesOf(view.id), block, (action) => post("click", { ...action, view_id: view.id }), {
    dispatches: () => block.type !== "input" || block.dispatch_action === true,
    error: () => errors[block.block_id] ?? null,
  });
}

// The values of a view, shaped like Slack's view.state.values; only of blocks that are in it now.
export function viewValues(view) {
  const values = {};
  const present = new Set((view.blocks ?? []).map((block) => block.block_id));
  for (const [place, state] of valuesOf(view.id)) {
    const cut = place.lastIndexOf("|");
    const block = place.slice(0, cut);
    if (present.has(block)) (values[block] ??= {})[place.slice(cut + 1)] = state;
  }
  return values;
}

export function forget(viewId) {
  entered.delete(viewId);
}

// Sends a control's action once its confirm dialog, if it has one, agreed; the control is busy meanwhile. True when sent.
export async function act(element, spec, form, value) {
  if (element.getAttribute("aria-busy") === "true") return false;
  if (spec.confirm && !(await confirmed(spec.confirm))) return false;
  element.setAttribute("aria-busy", "true");
  try {
    await form.act(spec, value);
    return true;
  } catch (error) {
    notice(error.message);
    return false;
  } finally {
    element.removeAttribute("aria-busy");
  }
}
