// Block Kit's interactive elements. A control is made from its spec and a `form` (forms.js), which keeps its value, shaped
// like Slack's state (form.read, form.write), and carries its actions (form.act; form.dispatches says whether it has any).
import { choices, picker } from "./choices.js";
import { h, icon, link } from "./dom.js";
import { act } from "./forms.js";
import { plainText, wordsOf } from "./mrkdwn.js";
import { openMenu } from "./popover.js";

const CONTROLS = {
  button, overflow, workflow_button: button,
  static_select: picker, external_select: picker, users_select: picker, channels_select: picker, conversations_select: picker,
  multi_static_select: picker, multi_users_select: picker, multi_channels_select: picker, multi_conversations_select: picker,
  radio_buttons: choices, checkboxes: choices,
  plain_text_input: textInput, email_text_input: textInput, url_text_input: textInput, number_input: textInput,
  datepicker: (spec, form, labels) => dateInput(spec, form, labels, "date", "selected_date"),
  timepicker: (spec, form, labels) => dateInput(spec, form, labels, "time", "selected_time"),
};

export function isControl(spec) {
  return Object.hasOwn(CONTROLS, spec?.type ?? "");
}

// The element for a spec. `labels` are its ARIA attributes: aria-labelledby, aria-describedby, aria-invalid.
export function control(spec, form, labels = {}) {
  return CONTROLS[spec.type](spec, form, labels);
}

function button(spec, form, labels) {
  const words = wordsOf(spec.text);
  const style = { primary: "button primary", danger: "button danger" }[spec.style] ?? "button";
  const onclick = (event) => {
    if (spec.url) openLink(spec.url);
    act(event.currentTarget, spec, form, spec.value);
  };
  return h("button", { type: "button", class: style, "aria-label": spec.accessibility_label, ...labels, onclick }, plainText(words));
}

function overflow(spec, form) {
  const items = (spec.options ?? []).map((option) => ({ label: wordsOf(option.text), description: option.description, value: option }));
  const onPick = (anchor) => (option) => {
    if (option.url) openLink(option.url);
    act(anchor, spec, form, option.value);
  };
  const onclick = (event) => openMenu(event.currentTarget, { label: "More options", items, onPick: onPick(event.currentTarget) });
  return h("button", { type: "button", class: "button overflow", "aria-label": "More options", "aria-haspopup": "menu", onclick }, icon("more"));
}

function openLink(url) {
  const anchor = link(url);
  if (anchor.tagName === "A") anchor.click();
}

const INPUT_TYPES = { number_input: "text", email_text_input: "email", url_text_input: "url", plain_text_input: "text" };

function textInput(spec, form, labels) {
  const value = form.read(spec)?.value ?? spec.initial_value ?? "";
  const props = {
    ...labels, maxlength: spec.max_length, placeholder: wordsOf(spec.placeholder), autocomplete: "off",
    inputmode: spec.type !== "number_input" ? null : spec.is_decimal_allowed ? "decimal" : "numeric",
    oninput: (event) => form.write(spec, { type: spec.type, value: event.target.value || null }),
    onkeydown: (event) => dispatchOnEnter(event, spec, form),
  };
  const input = spec.multiline ? h("textarea", { ...props, rows: 4 }) : h("input", { ...props, type: INPUT_TYPES[spec.type] });
  input.value = value;
  form.write(spec, { type: spec.type, value: value || null });
  if (spec.focus_on_load) input.dataset.focus = "1";
  return input;
}

function dispatchOnEnter(event, spec, form) {
  const triggers = spec.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  if (event.key !== "Enter" || spec.multiline || !form.dispatches(spec) || !triggers.includes("on_enter_pressed")) return;
  event.preventDefault();
  act(event.currentTarget, spec, form, event.currentTarget.value);
}

function dateInput(spec, form, labels, type, key) {
  const input = h("input", { ...labels, type });
  input.value = form.read(spec)?.[key] ?? spec[`initial_${type}`] ?? "";
  form.write(spec, { type: spec.type, [key]: input.value || null });
  input.addEventListener("change", () => {
    form.write(spec, { type: spec.type, [key]: input.value || null });
    if (form.dispatches(spec)) act(input, spec, form, input.value);
  });
  return input;
}
