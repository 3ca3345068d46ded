// Slack's date tokens, in the reader's time zone and by the sandbox's clock.
import { h, link } from "./dom.js";
import { now } from "./workspace.js";

const LOCALE = "en-GB";
const DAY_S = 86400;

const plain = (options) => (date) => new Intl.DateTimeFormat(LOCALE, options).format(date);
const time = plain({ hour: "2-digit", minute: "2-digit" });
const timeSecs = plain({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const long = plain({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const medium = plain({ day: "numeric", month: "long", year: "numeric" });
const short = plain({ day: "numeric", month: "short", year: "numeric" });
const dayDivider = plain({ weekday: "long", day: "numeric", month: "long" });
const pad = (number) => String(number).padStart(2, "0");

const TOKENS = {
  date_num: (d) => `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}`,
  date_slash: (d) => `${pad(d.getDate())}/${pad(d.getMonth() + 1)}/${d.getFullYear()}`,
  date: medium,
  date_short: short,
  date_long: long,
  date_long_full: medium,
  date_pretty: (d) => nearDay(d) ?? medium(d),
  date_short_pretty: (d) => nearDay(d) ?? short(d),
  date_long_pretty: (d) => nearDay(d) ?? long(d),
  day_divider_pretty: (d) => nearDay(d) ?? dayDivider(d),
  time,
  time_secs: timeSecs,
  ago: (d) => ago(d.getTime() / 1000),
};

export function clockTime(seconds) {
  return timeSecs(new Date(seconds * 1000));
}

export function shortTime(seconds) {
  return time(new Date(seconds * 1000));
}

export function fullTime(seconds) {
  return `${long(new Date(seconds * 1000))} at ${clockTime(seconds)}`;
}

export function dayName(seconds) {
  const name = TOKENS.day_divider_pretty(new Date(seconds * 1000));
  return name[0].toUpperCase() + name.slice(1);
}

function nearDay(date) {
  const noon = (d) => Date.UTC(d.getFullYear(), d.getMonth(), d.getDate()) / 1000;
  const days = Math.round((noon(date) - noon(new Date(now() * 1000))) / DAY_S);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] ?? null;
}

// "4 minutes ago", "in 11 minutes": by the sandbox's clock.
export function ago(seconds) {
  const distance = seconds - now();
  const size = Math.abs(distance);
  if (size < 10) return "just now";
  const [count, unit] = size < 60 ? [size, "second"] : size < 3600 ? [size / 60, "minute"]
    : size < DAY_S ? [size / 3600, "hour"] : [size / DAY_S, "day"];
  const whole = Math.floor(count);
  const words = `${whole} ${unit}${whole === 1 ? "" : "s"}`;
  return distance < 0 ? `${words} ago` : `in ${words}`;
}

function format(seconds, template) {
  const date = new Date(seconds * 1000);
  return template.replace(/\{(\w+)\}/g, (token, name) => (Object.hasOwn(TOKENS, name) ? TOKENS[name](date) : token));
}

// A date token as an element that stays current; the fallback when the time cannot be read.
export function dateToken(timestamp, template, url, fallback) {
  const seconds = Number(timestamp);
  if (!/^-?\d+$/.test(String(timestamp)) || Math.abs(seconds) > 8.64e12) return h("span", null, fallback ?? "");
  const props = { class: "date", title: fullTime(seconds), dataset: { seconds, template } };
  const element = h("time", props, format(seconds, template));
  return url ? link(url, element) : element;
}

// Rewrites every date that is on the page; called as the clock moves.
export function refreshDates() {
  for (const element of document.querySelectorAll("time.date")) {
    const text = format(Number(element.dataset.seconds), element.dataset.template);
    if (element.textContent !== text) element.textContent = text;
  }
}
