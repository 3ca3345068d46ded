"""From lines to dated entries: which line is a record, which continues a stack trace, which is rubbish, and when it was.

The rules, per file:
- What holds a record is for `bot.logs.decode` to say. Without a time of its own, or of its wrapper, a record has that of
  the dated line before it; the lines before the first dated one have its time.
- A part of a record that a wrapper split is parsed; the record is that of the last part.
- A line that is no record continues the record before it when it stands directly after it (or after another
  continuation) and reads like a stack trace (`bot.text.stack.continues`). Everything else is rubbish. A torn JSON line
  begins with a brace, so it never continues anything.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from bot.logs.decode import Decoded, Decoder, look
from bot.logs.format import SAMPLE_LINES, UNKNOWN, Format
from bot.logs.record import Draft, Record, add_lines, read_record
from bot.logs.times import Instant
from bot.text.stack import continues

LEADING_MAX = 10_000
"""Lines kept while waiting for the first dated one."""

CONTINUATION_LINES_MAX = 200

SAMPLE_BYTES = 1 << 20
"""At most, of the lines from which a file's format is told."""

EXAMPLE_BYTES = 400
"""Kept of a line that is skipped, for the report's one example."""

CRASH_GAP_US = 1_000_000
"""A trace that a wrapper dates this much after the error before it is no part of that error."""

Wanted = Callable[[int, bytes], bool]
"""Whether the record of a line, dated in microseconds, is worth reading."""


@dataclass(slots=True)
class Entry:
    """One line that is not blank, and the record it holds; a line of many records is many entries.

    Args:
        at_us: Microseconds since the epoch; None in a file without any timestamp.
        parsed: Whether it is a record or continues one.
        naive: Whether its time carried no zone.
        lines: 1, or 0 for the second and later records of one line.
        reason: Why it is skipped, where it is.
        text: Its beginning, where it is skipped.
    """

    at_us: int | None
    offset: int
    parsed: bool
    record: Record | None = None
    naive: bool = False
    lines: int = 1
    reason: str = ""
    text: str = ""


def entries(
    lines: Iterable[tuple[int, bytes]], wanted: Wanted, form: Format | None = None, hints: Format = UNKNOWN
) -> Iterator[Entry]:
    """Return the entries of one file; records are read only where `wanted(at_us, raw line)`.

    Args:
        lines: With their offsets, in order.
        wanted: Which records to read.
        form: How the file is written; without it the first lines are looked at.
        hints: What is known before anybody looked.
    """
    if form is None:
        lines = iter(lines)
        sample = first_lines(lines)
        form = look((raw for _, raw in sample), hints)
        lines = chain(sample, lines)
    return _Scanner(wanted, form).run(lines)


def first_lines(lines: Iterator[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """Take from lines those from which the format of their file is told."""
    sample: list[tuple[int, bytes]] = []
    size = 0
    for line in lines:
        sample.append(line)
        size += len(line[1])
        if len(sample) >= SAMPLE_LINES or size >= SAMPLE_BYTES:
            break
    return sample


class _Scanner:
    def __init__(self, wanted: Wanted, form: Format = UNKNOWN) -> None:
        self._wanted = wanted
        self._decoder = Decoder(form)
        self._at_us: int | None = None
        self._leading: list[Entry] = []
        self._pending: Entry | None = None  # the last record, until it is known what continues it
        self._trace: list[str] = []
        self._continuable = False

    def run(self, lines: Iterable[tuple[int, bytes]]) -> Iterator[Entry]:
        for offset, raw in lines:
            if raw.strip():
                yield from self._line(offset, self._decoder.decode(raw))
        yield from self._finish_pending()
        yield from self._leading

    def _line(self, offset: int, decoded: Decoded) -> Iterator[Entry]:
        if decoded.crash is not None and not self._is_reported(decoded.crash):
            yield from self._record(offset, decoded.raw, decoded.crash)
        elif decoded.drafts:
            for number, draft in enumerate(decoded.drafts):  # a line has more bytes than records: each gets a place
                yield from self._record(offset + number, decoded.raw, draft, lines=int(number == 0))
        else:
            yield from self._not_a_record(offset, decoded)

    def _is_reported(self, crash: Draft) -> bool:
        """Tell whether the record before a crash's trace is an error, and so close that the trace is its own."""
        before = self._pending
        if before is None or before.record is None or not before.record.is_error:
            return False
        return before.at_us is None or crash.at is None or crash.at.us - before.at_us <= CRASH_GAP_US

    def _record(self, offset: int, raw: bytes, draft: Draft, *, lines: int = 1) -> Iterator[Entry]:
        yield from self._finish_pending()
        at = draft.at
        yield from self._date(at)
        entry = Entry(self._at_us, offset, parsed=True, naive=at is not None and at.naive, lines=lines)
        if self._at_us is None or self._wanted(self._at_us, raw):
            entry.record = read_record(draft)
        self._pending, self._continuable = entry, True

    def _date(self, at: Instant | None) -> Iterator[Entry]:
        """Go on to the time of a line, if it has one; yield the lines that had to wait for the first."""
        if at is None:
            return
        if self._at_us is None:
            for entry in self._leading:
                entry.at_us = at.us
                yield entry
            self._leading = []
        self._at_us = at.us

    def _not_a_record(self, offset: int, decoded: Decoded) -> Iterator[Entry]:
        self._continuable = self._continuable and (decoded.is_part or continues(decoded.text))
        if self._continuable and not decoded.is_part:  # whenever a wrapper says: it belongs to the record before
            if len(self._trace) < CONTINUATION_LINES_MAX:
                self._trace.append(decoded.text)
            yield from self._emit(Entry(self._at_us, offset, parsed=True))
            return
        yield from self._date(decoded.at)
        if decoded.is_part:
            yield from self._emit(Entry(self._at_us, offset, parsed=True))
        else:
            text = decoded.text[:EXAMPLE_BYTES]
            yield from self._emit(Entry(self._at_us, offset, parsed=False, reason=decoded.reason, text=text))

    def _finish_pending(self) -> Iterator[Entry]:
        entry, self._pending = self._pending, None
        if entry is None:
            return
        if self._trace and entry.record:
            add_lines(entry.record, self._trace)
        self._trace = []
        yield from self._emit(entry)

    def _emit(self, entry: Entry) -> Iterator[Entry]:
        if entry.at_us is not None:
            yield entry
        elif len(self._leading) < LEADING_MAX:
            self._leading.append(entry)
        else:
            yield entry
