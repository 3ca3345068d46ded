"""From lines to dated entries: which line is a record, which continues a stack trace, which is rubbish, and when it was.

The rules, per file:
- A JSON object is a record. Without a time of its own it has that of the dated line before it; the lines before the
  first dated one have its time.
- A line that is no JSON object continues the record before it when it stands directly after it (or after another
  continuation) and reads like a stack trace (`bot.text.stack.continues`). Everything else is rubbish. A torn JSON line
  begins with a brace, so it never continues anything.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from bot.logs.dialect import Record, add_frames, dialect_of, read_record, time_of
from bot.logs.flatten import flatten
from bot.logs.times import Instant, parse_time
from bot.text.stack import continues

LEADING_MAX = 10_000
"""Lines kept while waiting for the first dated one."""

WRAPPERS_MAX = 4
"""Wrappers in wrappers that are opened (a container's log shipped by another container)."""

CONTINUATION_LINES_MAX = 200

Wanted = Callable[[int, bytes], bool]
"""Whether the record of a line, dated in microseconds, is worth reading."""


@dataclass(slots=True)
class Entry:
    """One line that is not blank, and the record it holds.

    Args:
        at_us: Microseconds since the epoch; None in a file without any timestamp.
        parsed: Whether it is a record or continues one.
        naive: Whether its time carried no zone.
    """

    at_us: int | None
    offset: int
    parsed: bool
    record: Record | None = None
    naive: bool = False


@dataclass(frozen=True, slots=True)
class _Decoded:
    fields: Mapping[str, Any] | None
    outer: Instant | None = None
    text: str = ""


def entries(lines: Iterable[tuple[int, bytes]], wanted: Wanted) -> Iterator[Entry]:
    """Return the entries of one file; records are read only where `wanted(at_us, raw line)`."""
    return _Scanner(wanted).run(lines)


class _Scanner:
    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._at_us: int | None = None
        self._leading: list[Entry] = []
        self._pending: Entry | None = None  # the last record, until it is known what continues it
        self._trace: list[str] = []
        self._continuable = False

    def run(self, lines: Iterable[tuple[int, bytes]]) -> Iterator[Entry]:
        for offset, raw in lines:
            if not raw.strip():
                continue
            decoded = _decode(raw)
            if decoded.fields is None:
                yield from self._not_a_record(offset, decoded.text)
            else:
                yield from self._record(offset, raw, decoded)
        yield from self._finish_pending()
        yield from self._leading

    def _record(self, offset: int, raw: bytes, decoded: _Decoded) -> Iterator[Entry]:
        yield from self._finish_pending()
        fields = decoded.fields or {}
        dialect = dialect_of(fields)
        at = time_of(fields, dialect) or decoded.outer
        if at is not None and self._at_us is None:
            yield from self._date_leading(at.us)
        if at is not None:
            self._at_us = at.us
        entry = Entry(self._at_us, offset, parsed=True, naive=at is not None and at.naive)
        if self._at_us is None or self._wanted(self._at_us, raw):
            entry.record = read_record(flatten(fields), dialect)
        self._pending, self._continuable = entry, True

    def _not_a_record(self, offset: int, text: str) -> Iterator[Entry]:
        self._continuable = self._continuable and continues(text)
        if self._continuable and len(self._trace) < CONTINUATION_LINES_MAX:
            self._trace.append(text)
        yield from self._emit(Entry(self._at_us, offset, parsed=self._continuable))

    def _finish_pending(self) -> Iterator[Entry]:
        entry, self._pending = self._pending, None
        if entry is None:
            return
        if self._trace and entry.record and entry.record.is_error:
            add_frames(entry.record, self._trace)
        self._trace = []
        yield from self._emit(entry)

    def _emit(self, entry: Entry) -> Iterator[Entry]:
        if entry.at_us is not None:
            yield entry
        elif len(self._leading) < LEADING_MAX:
            self._leading.append(entry)
        else:
            yield entry

    def _date_leading(self, at_us: int) -> Iterator[Entry]:
        for entry in self._leading:
            entry.at_us = at_us
            yield entry
        self._leading = []


def _decode(raw: bytes) -> _Decoded:
    """Return the object of a line, out of its wrappers, or the text of a line that holds none."""
    fields = _json_object(raw)
    if fields is None:
        return _Decoded(None, text=raw.decode("utf-8", "replace"))
    outer: Instant | None = None
    for _ in range(WRAPPERS_MAX):
        log = fields.get("log")
        if not isinstance(log, str) or "stream" not in fields:
            break
        outer = parse_time(fields.get("time")) or outer
        inner = _json_object(log.encode("utf-8", "replace"))
        if inner is None:
            text = log.rstrip("\r\n")
            if continues(text):
                return _Decoded(None, text=text)
            return _Decoded({"message": text}, outer)
        fields = inner
    return _Decoded(fields, outer)


def _json_object(raw: bytes) -> dict[str, Any] | None:
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        value = _json_leniently(raw)
    return value if isinstance(value, dict) else None


def _json_leniently(raw: bytes) -> object:
    """Read what orjson refuses and loggers write all the same: NaN, lone surrogates, invalid UTF-8."""
    if not raw.lstrip().startswith(b"{") or not raw.rstrip().endswith(b"}"):
        return None
    try:
        value = json.loads(raw.decode("utf-8", "replace"), parse_constant=str)
        return orjson.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
