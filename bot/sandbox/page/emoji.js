// :shortcodes: to Unicode, and to a drawn disc or a labelled chip where no installed font has the character.
import { h } from "./dom.js";

const COMMON = {
  "+1": "👍", "-1": "👎", thumbsup: "👍", thumbsdown: "👎", eyes: "👀", heart: "❤️", tada: "🎉", fire: "🔥", rocket: "🚀",
  wave: "👋", pray: "🙏", clap: "👏", muscle: "💪", raised_hands: "🙌", ok_hand: "👌", point_right: "👉", point_down: "👇",
  smile: "😄", slightly_smiling_face: "🙂", joy: "😂", thinking_face: "🤔", sweat_smile: "😅", cry: "😢", scream: "😱",
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌", no_entry: "⛔", no_entry_sign: "🚫",
  warning: "⚠️", exclamation: "❗", bangbang: "‼️", question: "❓", grey_question: "❔", grey_exclamation: "❕",
  rotating_light: "🚨", bell: "🔔", no_bell: "🔕", mega: "📣", loudspeaker: "📢", zap: "⚡", boom: "💥", bug: "🐛", ambulance: "🚑",
  fire_engine: "🚒", sos: "🆘", red_circle: "🔴", large_orange_circle: "🟠", large_yellow_circle: "🟡",
  large_green_circle: "🟢", large_blue_circle: "🔵", large_purple_circle: "🟣", white_circle: "⚪", black_circle: "⚫",
  large_red_square: "🟥", large_orange_square: "🟧", large_yellow_square: "🟨", large_green_square: "🟩",
  large_blue_square: "🟦", white_large_square: "⬜", black_large_square: "⬛", small_red_triangle: "🔺",
  small_red_triangle_down: "🔻", arrow_up: "⬆️", arrow_down: "⬇️", arrow_left: "⬅️", arrow_right: "➡️",
  arrow_upper_right: "↗️", arrow_lower_right: "↘️", arrows_counterclockwise: "🔄", repeat: "🔁", rewind: "⏪",
  leftwards_arrow_with_hook: "↩️", arrow_right_hook: "↪️", back: "🔙", hourglass: "⌛", hourglass_flowing_sand: "⏳",
  watch: "⌚", stopwatch: "⏱️", timer_clock: "⏲️", alarm_clock: "⏰", clock3: "🕒", calendar: "📆", date: "📅", mag: "🔍",
  mag_right: "🔎", memo: "📝", pencil: "📝", pencil2: "✏️", clipboard: "📋", pushpin: "📌", round_pushpin: "📍", link: "🔗",
  paperclip: "📎", bar_chart: "📊", chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", page_facing_up: "📄",
  file_folder: "📁", package: "📦", wrench: "🔧", hammer: "🔨", hammer_and_wrench: "🛠️", gear: "⚙️", key: "🔑", lock: "🔒",
  unlock: "🔓", shield: "🛡️", bulb: "💡", speech_balloon: "💬", thought_balloon: "💭", busts_in_silhouette: "👥",
  bust_in_silhouette: "👤", robot_face: "🤖", ghost: "👻", sleeping: "😴", zzz: "💤", sunny: "☀️", cloud: "☁️", snowflake: "❄️",
  100: "💯", one: "1️⃣", two: "2️⃣", three: "3️⃣", four: "4️⃣", five: "5️⃣", information_source: "ℹ️", new: "🆕", ok: "🆗",
  pager: "📟", computer: "💻", globe_with_meridians: "🌐", satellite: "🛰️", telescope: "🔭", microscope: "🔬", test_tube: "🧪",
  checkered_flag: "🏁", triangular_flag_on_post: "🚩", construction: "🚧", octagonal_sign: "🛑", traffic_light: "🚥",
  black_small_square: "▪️", white_small_square: "▫️", small_blue_diamond: "🔹", small_orange_diamond: "🔸",
  arrow_forward: "▶️", double_vertical_bar: "⏸️", black_square_for_stop: "⏹️", speaking_head_in_silhouette: "🗣️",
};
const GLYPHS = new Map(Object.entries(COMMON));

export const REACTIONS = ["+1", "eyes", "white_check_mark", "x", "fire", "tada", "pray", "heart", "thinking_face",
  "warning", "rocket", "leftwards_arrow_with_hook"];

const NAMES = new Map(Object.entries(COMMON).map(([name, glyph]) => [glyph, name]));
const RAW_GLYPH = /(\p{Emoji_Presentation})/u;

// Text as nodes: an emoji that was written as the character itself is treated like its shortcode.
export function withGlyphs(text) {
  return text.split(RAW_GLYPH).filter(Boolean).map((piece) => (NAMES.has(piece) ? emoji(NAMES.get(piece)) : piece));
}

export function isEmoji(name) {
  return GLYPHS.has(name);
}

// An element for :name:, or the shortcode as written when it is unknown.
export function emoji(name, unicode) {
  const base = String(name).split("::")[0];
  const glyph = GLYPHS.get(base) ?? fromCodePoints(unicode);
  if (!glyph) return h("span", null, `:${name}:`);
  const drawn = canDraw(glyph);
  const shape = drawn ? null : base.match(/^(?:large_)?(red|orange|yellow|green|blue|purple|white|black)_(circle|square|large_square)$/);
  if (shape) return h("span", { class: `shape shape-${shape[1]} ${shape[2]}`, role: "img", "aria-label": base, title: `:${base}:` });
  return h("span", { class: drawn ? "emoji" : "emoji-name", role: "img", "aria-label": base, title: `:${base}:` }, drawn ? glyph : `:${base}:`);
}

function fromCodePoints(unicode) {
  if (!/^[0-9a-f]{2,6}(-[0-9a-f]{2,6})*$/i.test(unicode ?? "")) return null;
  const points = unicode.split("-").map((part) => parseInt(part, 16));
  return points.every((point) => point <= 0x10ffff) ? String.fromCodePoint(...points) : null;
}

const drawable = new Map();
let pen = null;

// Whether a font here has the glyph: it is drawn and compared with a code point that no font has.
function canDraw(glyph) {
  if (!drawable.has(glyph)) drawable.set(glyph, draw(glyph.replace("\ufe0f", "")) !== draw("\u{10fffe}"));
  return drawable.get(glyph);
}

function draw(text) {
  pen ??= Object.assign(document.createElement("canvas"), { width: 24, height: 24 }).getContext("2d", { willReadFrequently: true });
  pen.clearRect(0, 0, 24, 24);
  pen.textBaseline = "top";
  pen.font = "16px sans-serif";
  pen.fillText(text, 2, 2);
  return pen.getImageData(0, 0, 24, 24).data.join();
}
