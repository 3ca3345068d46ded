"""From lines to dated entries: which line is a record, which continues a stack trace, which is rubbish, and when it was.

The rules, per file:
- A JSON object is a record. Without a time of its own it has that of the dated line before it; the lines before the
  first dated one have its time.
- A line that is no JSON object continues the record before it when it stands directly after it (or after another
  continuation) and reads like a stack trace (`bot.text.stack.continues`). Everything else is rubbish. A torn JSON line
  begins with a brace, so it never continues anything.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bot.logs.decode import Decoded, Decoder, Draft
from bot.logs.dialect import Record, add_frames, read_record
from bot.logs.flatten import flatten
from bot.text.stack import continues

LEADING_MAX = 10_000
"""Lines kept while waiting for the first dated one."""

CONTINUATION_LINES_MAX = 200

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
    """

    at_us: int | None
    offset: int
    parsed: bool
    record: Record | None = None
    naive: bool = False
    lines: int = 1


def entries(lines: Iterable[tuple[int, bytes]], wanted: Wanted) -> Iterator[Entry]:
    """Return the entries of one file; records are read only where `wanted(at_us, raw line)`."""
    return _Scanner(wanted).run(lines)


class _Scanner:
    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._decoder = Decoder()
        self._at_us: int | None = None
        self._leading: list[Entry] = []
        self._pending: Entry | None = None  # the last record, until it is known what continues it
        self._trace: list[str] = []
        self._continuable = False

    def run(self, lines: Iterable[tuple[int, bytes]]) -> Iterator[Entry]:
        for offset, raw in lines:
            if not raw.strip():
                continue
            yield from self._line(offset, self._decoder.decode(raw))
        yield from self._finish_pending()
        yield from self._leading

    def _line(self, offset: int, decoded: Decoded) -> Iterator[Entry]:
        if not decoded.drafts:
            yield from self._not_a_record(offset, decoded.text)
        for number, draft in enumerate(decoded.drafts):  # a line has more bytes than records: each gets a place
            yield from self._record(offset + number, decoded.raw, draft, lines=int(number == 0))

    def _record(self, offset: int, raw: bytes, draft: Draft, *, lines: int) -> Iterator[Entry]:
        yield from self._finish_pending()
        at = draft.at
        if at is not None and self._at_us is None:
            yield from self._date_leading(at.us)
        if at is not None:
            self._at_us = at.us
        entry = Entry(self._at_us, offset, parsed=True, naive=at is not None and at.naive, lines=lines)
        if self._at_us is None or self._wanted(self._at_us, raw):
            entry.record = read_record(flatten(draft.fields), draft.dialect)
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
