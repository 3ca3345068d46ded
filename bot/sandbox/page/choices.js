// The elements where one chooses: select menus of every kind, radio buttons and checkboxes.
import { freshId, h, icon } from "./dom.js";
import { act } from "./forms.js";
import { plainText, textObject, wordsOf } from "./mrkdwn.js";
import { openMenu } from "./popover.js";
import { channelName, people, userName, workspace } from "./workspace.js";

// What a menu offers, by kind, and the key its choice has in Slack's state.
const SOURCES = {
  static: { offer: staticOptions, key: "option", name: (option) => wordsOf(option.text), id: (option) => option.value },
  external: { offer: () => [], key: "option", name: (option) => wordsOf(option.text), id: (option) => option.value },
  users: { offer: () => people().map((user) => ({ it: user.id })), key: "user", name: userName, id: (id) => id },
  channels: { offer: channels, key: "channel", name: (id) => `#${channelName(id)}`, id: (id) => id },
  conversations: { offer: channels, key: "conversation", name: (id) => `#${channelName(id)}`, id: (id) => id },
};

function staticOptions(spec) {
  const groups = spec.option_groups ?? [{ options: spec.options ?? [] }];
  return groups.flatMap((group) => (group.options ?? []).map((option) => ({ it: option, group: wordsOf(group.label) })));
}

function channels() {
  return [...workspace.channels.values()].filter((channel) => !channel.is_im && !channel.is_archived).map((channel) => ({ it: channel.id }));
}

// A select menu, single or multi.
export function picker(spec, form, labels) {
  const multiple = spec.type.startsWith("multi_");
  const source = SOURCES[spec.type.replace("multi_", "").replace("_select", "")];
  const key = `selected_${source.key}${multiple ? "s" : ""}`;
  const initial = spec[`initial_${source.key}${multiple ? "s" : ""}`];
  let chosen = [form.read(spec)?.[key] ?? initial ?? []].flat();
  const placeholder = wordsOf(spec.placeholder) || "Choose an option";
  const text = h("span", { class: "select-text", id: freshId("chosen") });
  const button = h("button", { type: "button", class: "button select", ...labels, "aria-haspopup": "listbox", "aria-expanded": "false" }, text, icon("chevron"));
  if (labels["aria-labelledby"]) button.setAttribute("aria-labelledby", `${labels["aria-labelledby"]} ${text.id}`);
  const show = () => {
    const names = chosen.map(source.name);
    text.replaceChildren(...plainText(names.join(", ") || placeholder));
    if (!labels["aria-labelledby"]) button.setAttribute("aria-label", names.length ? `${placeholder}: ${names.join(", ")}` : placeholder);
    text.classList.toggle("placeholder", !names.length);
    form.write(spec, { type: spec.type, [key]: multiple ? chosen : chosen[0] ?? null });
  };
  const pick = async (it) => {
    const before = chosen;
    const ids = chosen.map(source.id);
    chosen = !multiple ? [it] : ids.includes(source.id(it)) ? chosen.filter((other) => source.id(other) !== source.id(it)) : [...chosen, it];
    show();
    if (!form.dispatches(spec)) return;
    const sent = await act(button, spec, form, multiple ? chosen.map(source.id) : source.id(it));
    if (!sent) chosen = before;
    show();
  };
  button.addEventListener("click", () => openMenu(button, {
    label: placeholder, role: "listbox", multiple, onPick: pick,
    items: source.offer(spec).map(({ it, group }) => ({
      label: source.name(it), description: it.description, value: it, group, selected: chosen.some((other) => source.id(other) === source.id(it)),
    })),
  }));
  show();
  return button;
}

// Radio buttons and checkboxes: native inputs, in a group.
export function choices(spec, form, labels) {
  const single = spec.type === "radio_buttons";
  const key = single ? "selected_option" : "selected_options";
  const initial = single ? spec.initial_option : spec.initial_options;
  const chosen = new Set([form.read(spec)?.[key] ?? initial ?? []].flat().map((option) => option.value));
  const name = freshId("choice");
  const state = () => {
    const picked = (spec.options ?? []).filter((option) => chosen.has(option.value));
    return { type: spec.type, [key]: single ? picked[0] ?? null : picked };
  };
  const onchange = (option) => (event) => {
    if (single) chosen.clear();
    if (event.target.checked) chosen.add(option.value);
    else chosen.delete(option.value);
    form.write(spec, state());
    if (form.dispatches(spec)) act(event.target, spec, form, single ? option.value : [...chosen]);
  };
  const rows = (spec.options ?? []).map((option) => h("label", { class: "choice" },
    h("input", { type: single ? "radio" : "checkbox", name, checked: chosen.has(option.value), value: option.value, onchange: onchange(option) }),
    h("span", null, textObject(option.text), option.description ? h("span", { class: "choice-description" }, textObject(option.description)) : null)));
  form.write(spec, state());
  return h("div", { class: "choices", role: single ? "radiogroup" : "group", ...labels }, rows);
}
