// The acting user's open views: the top modal of the stack as a dialog, and the app's home tab.
import { post } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { h, iconButton } from "./dom.js";
import { forget, viewForm, viewValues } from "./forms.js";
import { plainText, wordsOf } from "./mrkdwn.js";
import { closeMenu } from "./popover.js";
import { workspace } from "./workspace.js";

const REQUIRED = "Please complete this required field.";
let dialog = null;
let shown = { id: null, version: null };
let known = new Set();
let opener = null;

// Shows what is open now. `views` is the stack, bottom first.
export function showViews(views) {
  for (const id of known) if (!views.some((view) => view.id === id)) forget(id);
  known = new Set(views.map((view) => view.id));
  const top = views.at(-1);
  if (!top) return shut();
  const version = JSON.stringify([top, views.length]);
  if (version === shown.version) return undefined;
  const fresh = shown.id !== top.id;
  shown = { id: top.id, version };
  return draw(top, views.length, top.errors, top.trouble, fresh);
}

function shut() {
  shown = { id: null, version: null };
  if (!dialog) return;
  closeMenu();
  dialog.remove();
  dialog = null;
  if (opener?.isConnected) opener.focus();
}

function draw(view, depth, errors, trouble, fresh) {
  if (!dialog) {
    opener = document.activeElement;
    dialog = h("dialog", { class: "modal", "aria-labelledby": "modal-title" });
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      dismiss();
    });
    document.body.append(dialog);
    dialog.showModal();
  }
  const focused = fresh ? null : focusedBlock();
  closeMenu();
  const onsubmit = (event) => {
    event.preventDefault();
    submit(view, depth);
  };
  dialog.replaceChildren(h("form", { novalidate: true, onsubmit }, head(view), body(view, errors, trouble), foot(view, depth)));
  const first = dialog.querySelector(".invalid input, .invalid textarea, .invalid button, [data-focus]")
    ?? (focused ? dialog.querySelector(`[data-block="${CSS.escape(focused)}"] :is(input, textarea, button)`) : null)
    ?? dialog.querySelector(".modal-body :is(input, textarea, .button)") ?? dialog.querySelector(".modal-foot button");
  first?.focus();
}

function focusedBlock() {
  return document.activeElement?.closest("[data-block]")?.dataset.block ?? null;
}

function head(view) {
  return h("header", { class: "modal-head" },
    h("h2", { id: "modal-title" }, plainText(wordsOf(view.title))), iconButton("close", "Close", () => dismiss()));
}

function body(view, errors, trouble) {
  const warning = trouble ? h("div", { class: "modal-trouble", role: "alert" }, trouble) : null;
  return h("div", { class: "modal-body" }, warning, renderBlocks(view.blocks, viewForm(view, errors)));
}

function foot(view, depth) {
  const back = wordsOf(view.close) || (depth > 1 ? "Back" : view.submit ? "Cancel" : "Close");
  return h("footer", { class: "modal-foot" },
    h("button", { type: "button", class: "button", onclick: () => dismiss() }, plainText(back)),
    view.submit ? h("button", { type: "submit", class: "button primary-fill" }, plainText(wordsOf(view.submit))) : null);
}

async function dismiss() {
  await guarded(() => post("close", { user: workspace.me, view_id: shown.id }));
}

// What the page itself checks before it sends: required fields, numbers, lengths.
function missing(view, values) {
  const errors = {};
  for (const block of view.blocks ?? []) {
    if (block.type !== "input") continue;
    const state = values[block.block_id]?.[block.element.action_id] ?? {};
    const value = Object.entries(state).find(([key]) => key !== "type")?.[1] ?? null;
    const empty = value === null || (Array.isArray(value) && !value.length) || String(value).trim() === "";
    const error = empty ? (block.optional ? null : REQUIRED) : wrong(block.element, value);
    if (error) errors[block.block_id] = error;
  }
  return errors;
}

function wrong(element, value) {
  if (element.min_length && value.length < element.min_length) return `Please enter at least ${element.min_length} characters.`;
  if (element.type !== "number_input") return null;
  const number = Number(value);
  if (!Number.isFinite(number)) return "Please enter a number.";
  if (!element.is_decimal_allowed && !Number.isInteger(number)) return "Please enter a whole number.";
  if (element.min_value !== undefined && number < Number(element.min_value)) return `Please enter ${element.min_value} or more.`;
  if (element.max_value !== undefined && number > Number(element.max_value)) return `Please enter ${element.max_value} or less.`;
  return null;
}

async function submit(view, depth) {
  if (dialog.querySelector(".modal-foot [aria-busy=true]")) return;
  const values = viewValues(view);
  const errors = missing(view, values);
  if (Object.keys(errors).length) {
    draw(view, depth, errors, "", false);
    return;
  }
  draw(view, depth, {}, "", false);
  shown.version = null;
  await guarded(() => post("submit", { user: workspace.me, view_id: view.id, values }));
}

// Busy until the view changes or goes; the sandbox says so by an event, also when the app did not answer.
async function guarded(send) {
  const buttons = [...dialog.querySelectorAll(".modal-foot button")];
  const busy = (value) => buttons.forEach((button) => button.setAttribute("aria-busy", String(value)));
  busy(true);
  try {
    await send();
  } catch (error) {
    busy(false);
    dialog?.querySelector(".modal-body").prepend(h("div", { class: "modal-trouble", role: "alert" }, error.message));
  }
}

export function drawHome(container, home) {
  container.replaceChildren(h("div", { class: "home" }, home
    ? renderBlocks(home.blocks, viewForm(home, {}))
    : h("p", { class: "muted" }, "The app has not published its home tab yet.")));
}
