// The drawer with what went between the app and the sandbox: newest first, filtered, each opening into its JSON.
import { get } from "./api.js";
import { clockTime } from "./dates.js";
import { freshId, h, iconButton } from "./dom.js";

const KEPT = 500;
const ARROWS = { in: ["→", "app to Slack"], out: ["←", "Slack to app"] };

export class Traffic {
  constructor(container, onClose) {
    this.entries = new Map();
    this.last = 0;
    this.filter = "";
    this.list = h("ol", { class: "traffic-list", "aria-label": "Requests, newest first" });
    this.count = h("span", { class: "muted", "aria-live": "polite", id: freshId("count") });
    const oninput = (event) => {
      this.filter = event.target.value.trim().toLowerCase();
      this.applyFilter();
    };
    container.replaceChildren(
      h("header", { class: "pane-head" }, h("h2", null, "Traffic"), this.count, iconButton("close", "Close traffic", onClose)),
      h("div", { class: "traffic-filter" }, h("input", { type: "search", placeholder: "Filter: chat.postMessage, block_actions, H1 …", "aria-label": "Filter traffic", oninput })),
      this.list);
  }

  // Reads what was missed; entries that the stream brings go to `add`.
  async catchUp() {
    const { entries } = await get(`traffic?after=${this.last}`);
    for (const entry of entries) this.add(entry);
  }

  add(entry) {
    if (this.entries.has(entry.n)) return;
    this.last = Math.max(this.last, entry.n);
    const row = this.row(entry);
    this.entries.set(entry.n, { row, text: `${entry.kind} ${entry.name} ${entry.status} ${JSON.stringify(entry.body)}`.toLowerCase() });
    this.list.prepend(row);
    if (this.entries.size > KEPT) this.dropOldest();
    this.applyFilter();
  }

  dropOldest() {
    const [oldest, { row }] = this.entries.entries().next().value;
    row.remove();
    this.entries.delete(oldest);
  }

  row(entry) {
    const [arrow, words] = ARROWS[entry.direction] ?? ["·", entry.direction];
    const failed = /^(?!ok|2\d\d|ack|sent)/i.test(String(entry.status ?? "ok"));
    const details = h("details", null, h("summary", null,
      h("span", { class: `arrow arrow-${entry.direction}`, title: words, role: "img", "aria-label": words }, arrow),
      h("span", { class: "traffic-name" }, entry.name), h("span", { class: "traffic-kind" }, entry.kind),
      h("span", { class: failed ? "traffic-status failed" : "traffic-status" }, entry.status ?? ""),
      h("time", { class: "stamp" }, clockTime(Number(entry.at)))));
    details.addEventListener("toggle", () => {
      if (details.open && !details.querySelector("pre")) details.append(h("pre", { tabindex: "0" }, JSON.stringify(entry.body, null, 2)));
    });
    return h("li", null, details);
  }

  applyFilter() {
    let shown = 0;
    for (const { row, text } of this.entries.values()) {
      row.hidden = !text.includes(this.filter);
      shown += row.hidden ? 0 : 1;
    }
    this.count.textContent = this.filter ? `${shown} of ${this.entries.size}` : String(this.entries.size);
  }
}
