// What the composer offers while one types: the forms of a command after "/", people and groups after "@".
import { h } from "./dom.js";
import { people, workspace } from "./workspace.js";

const FORMS = {
  "/incident": [
    ["start [title] [service:NAME] [sev:1..4]", "Open an incident: triage, a clock, hypotheses"],
    ["status", "What is known about the open incident"],
    ["list", "Every open incident"],
    ["triage", "Read the logs and deployments again"],
    ["trace ID", "Follow one request from end to end"],
    ["cause TEXT", "Say that the cause is found"],
    ["resolve [TEXT]", "Close the incident"],
    ["help", "Every form, with buttons"],
  ],
};
const MOST = 10;

// Slack's own command; the page carries it out itself.
const INVITE = { insert: "/invite @", label: "/invite @NAME", hint: "Bring somebody, or the app, into this channel" };

// Suggestions for the text before the caret: [{insert, label, hint, from}], `from` is where `insert` replaces.
export function suggestionsFor(text, { inThread }) {
  const mention = text.match(/(?:^|\s)@([\w.-]*)$/);
  if (mention) return mentions(mention[1].toLowerCase(), text.length - mention[1].length - 1);
  return text.startsWith("/") && !inThread ? forms(text) : [];
}

function forms(text) {
  const typed = text.toLowerCase();
  const commands = workspace.commands.map((command) => ({ name: command.command, hint: command.description ?? "" }));
  const offered = commands.flatMap(({ name, hint }) => [
    { insert: name, label: name, hint },
    ...(FORMS[name] ?? []).map(([form, words]) => {
      const verb = form.split(" ")[0];
      return { insert: `${name} ${verb}${form === verb ? "" : " "}`, label: `${name} ${form}`, hint: words };
    }),
  ]);
  return [...offered, INVITE].filter(({ insert }) => insert.trim().startsWith(typed.trimEnd()) && insert.length >= typed.length)
    .map((item) => ({ ...item, from: 0 })).slice(0, MOST);
}

function mentions(typed, from) {
  const named = [
    ...[...workspace.users.values()].filter((user) => user.is_bot || people().includes(user)).map((user) => [user.name, user.real_name]),
    ...[...workspace.usergroups.values()].map((group) => [group.handle, group.name]),
    ["here", "Everyone who is active in this channel"],
  ];
  return named.filter(([name, words]) => [name, words].some((text) => String(text).toLowerCase().startsWith(typed)))
    .map(([name, words]) => ({ insert: `@${name} `, label: `@${name}`, hint: words, from })).slice(0, MOST);
}

// The list under the caret: a listbox driven from the text box, which keeps the focus.
export class SuggestionList {
  constructor(box, id, onPick) {
    this.box = box;
    this.onPick = onPick;
    this.items = [];
    this.active = 0;
    this.element = h("div", { class: "suggestions", id, role: "listbox", "aria-label": "Suggestions", hidden: true });
    box.setAttribute("role", "combobox");
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-controls", id);
    this.show([]);
  }

  show(items) {
    this.items = items;
    this.active = 0;
    this.element.replaceChildren(...items.map((item, index) => h("div", {
      class: "suggestion", role: "option", id: `${this.element.id}-${index}`,
      onpointerdown: (event) => event.preventDefault(), onclick: () => this.pick(index),
    }, h("span", { class: "suggestion-label" }, item.label), h("span", { class: "suggestion-hint" }, item.hint))));
    this.element.hidden = !items.length;
    this.box.setAttribute("aria-expanded", String(items.length > 0));
    this.mark();
  }

  mark() {
    for (const [index, option] of [...this.element.children].entries()) option.setAttribute("aria-selected", String(index === this.active));
    const option = this.element.children[this.active];
    if (option) {
      this.box.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else this.box.removeAttribute("aria-activedescendant");
  }

  pick(index = this.active) {
    const item = this.items[index];
    this.show([]);
    this.onPick(item);
  }

  // True when the key was for the list. Enter sends, rather than completes, what is already typed in full.
  onKey(event) {
    if (!this.items.length) return false;
    const item = this.items[this.active];
    const whole = this.box.value.slice(item.from).trim() === item.insert.trim();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : this.items.length - 1;
      this.active = (this.active + step) % this.items.length;
      this.mark();
    } else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !whole)) this.pick();
    else if (event.key === "Escape") this.show([]);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}
