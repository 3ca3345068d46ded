"""From the bytes of one line to what it holds: records, a part of one, or text that is none.

One `Decoder` a file, in the order of its lines: a wrapper may have split a record over several of them. Wrappers are
opened first, from the outside in; then what is inside is read.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, NamedTuple

import orjson

from bot.logs import otlp
from bot.logs.access import Line
from bot.logs.dialect import COMMON, DIALECTS, LOGFMT, OTLP, TEXT, Dialect, dialect_of, dig, time_of
from bot.logs.format import SAMPLE_LINES, UNKNOWN, Format, Look, judge
from bot.logs.layout import read_layout
from bot.logs.pairs import read_logfmt
from bot.logs.record import Draft, says_how_it_went
from bot.logs.severity import SCALE_OF_NAME, Severity
from bot.logs.times import Instant, Reckoning
from bot.logs.wrapper import STDOUT, Wrapped, may_tell_writer, unwrap_object, unwrap_text
from bot.text.stack import begins_crash, continues, names_error

WRAPPERS_MAX = 6
"""Wrappers in wrappers that are opened (a container's log shipped by another container, into syslog)."""

PARTS_CHARACTERS_MAX = 1 << 20
"""Of one record that a wrapper split; what is longer is no record."""

PARTS_WRITERS_MAX = 64
"""Of whom parts are kept; of more, those who have waited longest will not go on."""

SHAPES_MAX = 2_000
"""Sets of marks whose dialect is remembered."""

TRACE = "stack_trace"
"""Under which name text has what stands below its first line."""

TORN = "broken JSON"
NO_OBJECT = "JSON that is no object"
NO_RECORD = "text that is no record"
NO_OWNER = "a stack trace without its record"

WRAPPER_NAMES = frozenset(
    (
        "log", "MESSAGE", "__REALTIME_TIMESTAMP", "logName", "insertId", "message", "line", "resourceLogs", "scopeLogs",
        "logRecords",
    )
)  # fmt: skip
"""Names of which one stands in every wrapper that is an object."""

MARKS = WRAPPER_NAMES.union(
    *((*row.tell, *row.any_of, *row.without) for row in DIALECTS),
    *(
        {name for full in names for name in (full, full.partition(".")[0])}
        for row in (*DIALECTS, LOGFMT, TEXT)
        for names in (row.time, row.level, row.message)
    ),
)
"""All names that have a say in which dialect an object is in, and where it keeps time, level and message."""

_CRASHED, _UNCAUGHT = "fatal", "error"
_TORN_OBJECT = re.compile(r"\s*\{\s*\"(?:[^\"\\]|\\.)*(?:\"\s*:|$)")
_COLOUR = re.compile(r"\x1b\[[0-9;]{0,20}m")


class Decoded(NamedTuple):
    """What a line holds.

    Args:
        drafts: Its records: one as a rule, many in OTLP; none where it holds text or a part.
        text: What it says where it is no record.
        at: The wrapper's time where it holds no record.
        crash: The record that it is where it begins the trace of a crash that nothing before it has reported.
        awaits_frames: Whether it is that only where frames follow.
        reason: Why it is no record; counts where it continues none either.
        is_part: Whether it is the beginning of a record that a later line ends.
        raw: The bytes in which an id of its records may be looked for.
        writer: Who wrote it, as far as its wrappers say: a line continues what its own writer wrote before.
    """

    drafts: tuple[Draft, ...] = ()
    text: str = ""
    at: Instant | None = None
    crash: Draft | None = None
    awaits_frames: bool = False
    reason: str = NO_RECORD
    is_part: bool = False
    raw: bytes = b""
    writer: str = ""


@dataclass(slots=True)
class _Outside:
    """What the wrappers said so far."""

    at: Instant | None = None
    context: dict[str, Any] = field(default_factory=dict)
    severity: Severity | None = None
    depth: int = 0
    stream: str = ""
    writer: str = ""
    is_joined: bool = False  # of parts, of which each has told its writer


class Decoder:
    """Decodes the lines of one file.

    Args:
        form: How the file is written, as `look` found it.
    """

    def __init__(self, form: Format = UNKNOWN) -> None:
        self._form = form
        self._parts: dict[str, list[str]] = {}
        self._dialects: dict[frozenset[str], tuple[Dialect, bool]] = {}  # by an object's marks: whether it may wrap

    @property
    def waits(self) -> bool:
        """Whether a part of a record was read whose end was not: what comes next may be that."""
        return bool(self._parts)

    def decode(self, raw: bytes) -> Decoded:
        """Return what a line that is not blank holds."""
        fields, outside = json_object(raw), _Outside()
        if fields is None:
            return self._text(_as_text(raw), outside, raw)
        return self._object(fields, outside, raw)

    def writer(self, raw: bytes) -> str:
        """Return who wrote a line, as its wrappers say, but for the end of a record of which they hold parts."""
        if not may_tell_writer(raw):
            return ""
        writer, text = "", _as_text(raw)
        fields: Mapping[str, Any] | None = json_object(raw)
        for _ in range(WRAPPERS_MAX):
            wrapped = unwrap_text(_without_colour(text), None) if fields is None else self._unwrap(fields, None)
            if wrapped is None:
                break
            writer = _named(writer, wrapped)
            if not isinstance(wrapped.inner, str):
                fields = wrapped.inner
                continue
            if wrapped.is_part:
                break
            text = wrapped.inner
            if not may_tell_writer(text.encode("utf-8", "replace")):
                break
            fields = _inner_object(text)
        return writer

    def _object(self, fields: Mapping[str, Any], outside: _Outside, raw: bytes) -> Decoded:
        dialect, may_wrap = self.dialect(fields)
        if may_wrap and outside.depth < WRAPPERS_MAX:
            if otlp.is_batch(fields):
                drafts = tuple(self._draft(record, OTLP, outside) for record in otlp.records(fields))
                return Decoded(drafts, reason="OTLP without records", raw=raw, writer=outside.writer)
            wrapped = self._unwrap(fields, self._form.reckoning)
            if wrapped is not None:
                return self._open(wrapped, outside, raw)
        if dialect is OTLP:
            fields = otlp.opened(fields)
        return Decoded((self._draft(fields, dialect, outside),), raw=raw, writer=outside.writer)

    def _unwrap(self, fields: Mapping[str, Any], reckoning: Reckoning | None) -> Wrapped | None:
        """Take one wrapper off an object; None where it is none, or holds many records."""
        if not self.dialect(fields)[1] or otlp.is_batch(fields):
            return None
        return unwrap_object(fields, reckoning, lines_end=self._form.lines_end)

    def dialect(self, fields: Mapping[str, Any]) -> tuple[Dialect, bool]:
        """Return the dialect of an object, and whether it may be a wrapper; both follow from its MARKS alone."""
        marks = MARKS.intersection(fields)
        known = self._dialects.get(marks)
        if known is None:
            if len(self._dialects) >= SHAPES_MAX:
                self._dialects.clear()
            known = self._dialects[marks] = self._dialect(fields), not WRAPPER_NAMES.isdisjoint(fields)
        return known

    def _dialect(self, fields: Mapping[str, Any]) -> Dialect:
        usual = COMMON if self._form.dialect in (TEXT, LOGFMT) else self._form.dialect
        if self._form.forced and usual is not COMMON:
            return usual
        found = dialect_of(fields)
        if found is not COMMON:
            return found
        heads = {name for full in (*usual.level, *usual.message) for name in (full, full.partition(".")[0])}
        return COMMON if heads.isdisjoint(fields) else usual

    def _open(self, wrapped: Wrapped, outside: _Outside, raw: bytes) -> Decoded:
        """Read what was in a wrapper."""
        at = wrapped.at
        if at is not None and (outside.at is None or self._form.reckoning.trusts(at)):
            outside.at = at
        outside.context |= wrapped.context
        outside.severity = wrapped.severity if wrapped.severity is not None else outside.severity
        outside.stream = wrapped.stream or outside.stream
        outside.depth += 1
        if not outside.is_joined:
            outside.writer = _named(outside.writer, wrapped)
        if not isinstance(wrapped.inner, str):
            return self._object(wrapped.inner, outside, raw)
        text = wrapped.inner
        if wrapped.is_part:
            parts = self._parts.setdefault(outside.writer, [])
            if len(self._parts) > PARTS_WRITERS_MAX:
                del self._parts[next(iter(self._parts))]
            if sum(map(len, parts)) < PARTS_CHARACTERS_MAX:
                parts.append(text)
            return Decoded(is_part=True, at=outside.at, raw=raw, writer=outside.writer)
        if parts := self._parts.pop(outside.writer, []):
            text = "".join((*parts, text))
            raw, outside.is_joined = text.encode("utf-8", "replace"), True
        inner = _inner_object(text)
        return self._text(text, outside, raw) if inner is None else self._object(inner, outside, raw)

    def _text(self, text: str, outside: _Outside, raw: bytes) -> Decoded:
        text = _without_colour(text)
        if outside.depth < WRAPPERS_MAX and (wrapped := unwrap_text(text, self._form.reckoning)):
            return self._open(wrapped, outside, raw)
        if _TORN_OBJECT.match(text):
            return Decoded(text=text, at=outside.at, reason=TORN, raw=raw, writer=outside.writer)
        if "=" in text and (pairs := read_logfmt(text)) is not None:
            return Decoded((self._draft(pairs, LOGFMT, outside),), raw=raw, writer=outside.writer)
        head, _, below = text.partition("\n")
        line = self._prose(head, outside)
        if line is not None:
            if below:
                line.fields[TRACE] = below
            return Decoded((self._draft(line.fields, TEXT, outside, line.at),), raw=raw, writer=outside.writer)
        if not continues(head):
            reason = NO_OBJECT if _json(text) is not None else NO_RECORD
            return Decoded(text=text, at=outside.at, reason=reason, raw=raw, writer=outside.writer)
        level = _level_of_crash(head, outside)
        crash = self._draft({"level": level, "message": head, TRACE: text}, TEXT, outside) if level else None
        awaits = level == _UNCAUGHT
        return Decoded((), text, outside.at, crash, awaits, NO_OWNER, raw=raw, writer=outside.writer)

    def _prose(self, text: str, outside: _Outside) -> Line | None:
        """Read a line of plain text: a record by its layout, or by its wrapper's time."""
        line = None if text[:1].isspace() else read_layout(text, self._form.reckoning)
        if line is not None and line.at is not None:
            if line.fields.get("level") or line.fields.get("status") or self._form.is_text or outside.at:
                return line
        elif continues(text):
            return None
        elif line is not None and (self._form.is_text or outside.at):
            return line
        return Line({"message": text}, None) if outside.at and text.strip() else None

    def _draft(
        self, fields: Mapping[str, Any], dialect: Dialect, outside: _Outside, at: Instant | None = None
    ) -> Draft:
        reckoning = self._form.reckoning
        at = at if dialect is TEXT else time_of(fields, dialect, reckoning)
        if outside.at is not None and (at is None or not reckoning.trusts(at)):
            at = outside.at
        return Draft(fields, dialect, at, outside.context, outside.severity, self._form.scale)


def look(lines: Iterable[bytes], form: Format = UNKNOWN) -> Format:
    """Return how a file is written, from its first lines.

    Args:
        lines: From the beginning of the file; SAMPLE_LINES of them are looked at.
        form: What the configuration says of it.
    """
    decoder = Decoder(replace(form, is_text=True))
    sample = islice((line for line in lines if line.strip()), SAMPLE_LINES)
    return judge((_look(decoder, line) for line in sample), form)


def tells(lines: Iterable[bytes], form: Format) -> bool:
    """Return whether any of the lines has a level or a status: without either none is an error, whatever happened."""
    decoder = Decoder(form)
    return any(says_how_it_went(draft) for line in lines if line.strip() for draft in decoder.decode(line).drafts)


def _look(decoder: Decoder, raw: bytes) -> Look:
    outer = json_object(raw) or {}
    ends = isinstance(log := outer.get("log"), str) and log.endswith("\n")
    drafts = decoder.decode(raw).drafts
    if not drafts:
        return Look(None, ends=ends)
    draft = drafts[0]
    level: Any = next((dig(draft.fields, name) for name in draft.dialect.level if name not in SCALE_OF_NAME), None)
    told = draft.dialect.scale is not None or isinstance(level, bool) or not isinstance(level, int | float)
    return Look(draft.dialect, None if told else level, ends=ends, tells=says_how_it_went(draft))


def _level_of_crash(head: str, outside: _Outside) -> str:
    """Return how bad it is what a line begins that may be all that is said of an error; empty where it begins nothing.

    Standard output is where loggers write: an exception's own line there belongs to what they said before it.
    """
    if begins_crash(head):
        return _CRASHED if outside.writer or outside.at is not None else ""
    return _UNCAUGHT if outside.writer and outside.stream != STDOUT and names_error(head) else ""


def _named(writer: str, wrapped: Wrapped) -> str:
    """Return a writer with what one more wrapper says of it."""
    return f"{writer}\x1e{wrapped.writer}" if writer and wrapped.writer else writer or wrapped.writer


def _as_text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").rstrip("\r\n")


def _without_colour(text: str) -> str:
    return _COLOUR.sub("", text) if "\x1b" in text else text


def _inner_object(text: str) -> dict[str, Any] | None:
    return json_object(text.encode("utf-8", "replace")) if text.lstrip().startswith("{") else None


def json_object(raw: bytes) -> dict[str, Any] | None:
    """Return the JSON object that bytes are, as leniently as loggers write it, or None."""
    if raw[:1] != b"{" and not raw.lstrip().startswith(b"{"):
        return None  # refusing it here costs a tenth of what the exception does
    value = _json(raw)
    return value if isinstance(value, dict) else None


def _json(raw: bytes | str) -> object:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _json_leniently(raw.encode("utf-8", "replace") if isinstance(raw, str) else raw)


def _json_leniently(raw: bytes) -> object:
    """Read what orjson refuses and loggers write all the same: NaN, lone surrogates, invalid UTF-8."""
    if not raw.lstrip().startswith(b"{") or not raw.rstrip().endswith(b"}"):
        return None
    try:
        value = json.loads(raw.decode("utf-8", "replace"), parse_constant=str)
        return orjson.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
