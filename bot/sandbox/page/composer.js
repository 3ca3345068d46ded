// Where one types: Enter sends, Shift+Enter breaks the line; one draft for each channel and thread.
import { post } from "./api.js";
import { freshId, h, icon } from "./dom.js";
import { notice } from "./popover.js";
import { SuggestionList, suggestionsFor } from "./suggestions.js";
import { workspace } from "./workspace.js";

const LARGEST_PX = 220;
const drafts = new Map();

function idOf(name) {
  return [...workspace.users.values()].find((user) => user.name === name.toLowerCase())?.id ?? name;
}

// A composer for `place()`: {channel, thread_ts?, placeholder, closed?}.
export class Composer {
  constructor(place) {
    this.place = place;
    this.box = h("textarea", { rows: 1, autocomplete: "off", spellcheck: "true" });
    this.list = new SuggestionList(this.box, freshId("suggestions"), (item) => this.complete(item));
    this.button = h("button", { type: "submit", class: "send", "aria-label": "Send", title: "Send" }, icon("send"));
    const onsubmit = (event) => {
      event.preventDefault();
      this.send();
    };
    this.element = h("form", { class: "composer", onsubmit }, this.list.element, this.box, this.button);
    this.box.addEventListener("input", () => this.changed());
    this.box.addEventListener("keydown", (event) => this.onKey(event));
    this.box.addEventListener("blur", () => this.list.show([]));
  }

  key() {
    const { channel, thread_ts: thread } = this.place();
    return `${channel}|${thread ?? ""}`;
  }

  // Takes up the place it is now in: its draft, its name, whether one may write there.
  refresh() {
    const { placeholder, closed } = this.place();
    this.box.placeholder = placeholder;
    this.box.setAttribute("aria-label", placeholder);
    this.box.disabled = Boolean(closed);
    if (this.shown !== this.key()) {
      this.shown = this.key();
      this.box.value = drafts.get(this.shown) ?? "";
      this.list.show([]);
    }
    this.fit();
  }

  changed() {
    drafts.set(this.key(), this.box.value);
    const before = this.box.value.slice(0, this.box.selectionStart);
    const whole = before.length === this.box.value.length;
    this.list.show(whole ? suggestionsFor(before, { inThread: Boolean(this.place().thread_ts) }) : []);
    this.fit();
  }

  complete(item) {
    this.box.value = this.box.value.slice(0, item.from) + item.insert;
    this.box.focus();
    this.changed();
    if (!item.insert.endsWith(" ")) this.list.show([]);
  }

  onKey(event) {
    if (event.isComposing || this.list.onKey(event)) return;
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    this.send();
  }

  async send() {
    const text = this.box.value.trim();
    if (!text || this.sending) return;
    this.sending = true;
    const { channel, thread_ts } = this.place();
    this.box.value = "";
    this.changed();
    try {
      const invited = text.match(/^\/invite\s+@?(\S+)$/)?.[1];
      if (invited) await post("invite", { user: workspace.me, channel, invitee: idOf(invited) });
      else await post("say", { user: workspace.me, channel, text, ...(thread_ts ? { thread_ts } : {}) });
    } catch (error) {
      notice(error.message);
      if (!this.box.value) this.box.value = text;
      this.changed();
    } finally {
      this.sending = false;
    }
  }

  fit() {
    this.button.disabled = !this.box.value.trim();
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, LARGEST_PX)}px`;
  }
}
