"""From lines to dated entries: which line is a record, which continues a stack trace, which is rubbish, and when it was.

The rules, per file:
- What holds a record is for `bot.logs.decode` to say. Without a time of its own, or of its wrapper, a record has that of
  the dated line before it; the lines before the first dated one have its time.
- A part of a record that a wrapper split is parsed; the record is that of the last part.
- A line that is no record continues the record before it when it stands directly after it (or after another
  continuation) and reads like a stack trace (`bot.text.stack.continues`). Everything else is rubbish. A torn JSON line
  begins with a brace, so it never continues anything.
- Where wrappers say who wrote a line (`Decoded.writer`), the record before it is its writer's last one, and what others
  wrote meanwhile, up to REACH_BYTES of it, does not part them. A line of which nobody says who wrote it continues whatever
  stands directly before it.
- A trace of an error that nobody reported is a record of its own: it begins as that of a crash does
  (`bot.text.stack.begins_crash`), or is an exception's own line on another stream than standard output, with frames below it.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from bot.logs.decode import Decoded, Decoder, look
from bot.logs.entry import Entry
from bot.logs.format import SAMPLE_LINES, UNKNOWN, Format
from bot.logs.last import Last, Named, is_its_own
from bot.logs.record import Draft, add_lines, read_record
from bot.logs.times import Instant
from bot.text.stack import continues, is_frame

LEADING_MAX = 10_000
"""Lines kept while waiting for the first dated one."""

CONTINUATION_LINES_MAX = 200

SAMPLE_BYTES = 1 << 20
"""At most, of the lines from which a file's format is told."""

EXAMPLE_BYTES = 400
"""Kept of a line that is skipped, for the report's one example."""

REACH_BYTES = 16 << 10
"""What others may write between two lines of one writer that belong together. A trace is written at once; Docker and containerd
read what a container writes 16 KiB at a time. It bounds how many records wait for their traces, too.
"""

Wanted = Callable[[int, bytes], bool]
"""Whether the record of a line, dated in microseconds, is worth reading."""


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
        self._last: dict[str, Last] = {}  # of each writer; whose line was the last of all comes last

    def run(self, lines: Iterable[tuple[int, bytes]]) -> Iterator[Entry]:
        before = -1
        for offset, raw in lines:
            if offset < before:  # another share of the file
                yield from self._finish_all()
            before = offset
            if raw.strip():
                yield from self._line(offset, offset + len(raw), self._decoder.decode(raw))
        yield from self._finish_all()
        yield from self._leading

    def _line(self, offset: int, end: int, decoded: Decoded) -> Iterator[Entry]:
        yield from self._out_of_reach(offset)
        if decoded.drafts:
            for number, draft in enumerate(decoded.drafts):  # a line has more bytes than records: each gets a place
                at = offset + number
                yield from self._record(decoded.writer, at, end, decoded.raw, draft, lines=int(number == 0))
            return
        last = self._before(decoded.writer, end)
        if last.named is not None:
            yield from self._with_frames(last, last.named, decoded)
        if decoded.crash is None or not is_its_own(decoded, decoded.crash, last):
            yield from self._not_a_record(offset, decoded, last)
        elif decoded.awaits_frames:
            yield from self._date(decoded.at)
            last.named = Named(self._skipped(offset, decoded), decoded)
        else:
            yield from self._record(decoded.writer, offset, end, decoded.raw, decoded.crash)

    def _out_of_reach(self, offset: int) -> Iterator[Entry]:
        """Finish the records that no line from here on can continue."""
        while self._last:
            writer, last = next(iter(self._last.items()))
            is_directly_before = not writer and len(self._last) == 1
            if offset - last.end <= REACH_BYTES or is_directly_before:
                return
            del self._last[writer]
            yield from self._finish(last)

    def _before(self, writer: str, end: int) -> Last:
        """Return what the writer of a line, which ends somewhere, wrote before it; where nobody is named, what anybody did."""
        if not writer and self._last:
            writer = next(reversed(self._last))
        last = self._last.pop(writer, None) or Last(end)
        last.end = end
        self._last[writer] = last
        return last

    def _with_frames(self, last: Last, named: Named, below: Decoded) -> Iterator[Entry]:
        """Make a record of an exception's own line, if the line below it is a frame; else let it be what else it is."""
        draft, entry = named.decoded.crash, named.entry
        if draft is None or below.is_part or not is_frame(below.text):
            yield from self._finish_named(last)
            return
        last.named = None
        yield from self._finish(last)
        entry.parsed, entry.reason, entry.text = True, "", ""
        entry.naive = draft.at is not None and draft.at.naive
        if entry.at_us is None or self._wanted(entry.at_us, named.decoded.raw):
            entry.record = read_record(draft)
        last.entry, last.draft, last.trace, last.goes_on = entry, draft, [], True

    def _finish_named(self, last: Last) -> Iterator[Entry]:
        named, last.named = last.named, None
        if named is None:
            return
        if last.goes_on and last.entry is not None:
            yield from self._emit(self._continued(named.entry.offset, named.decoded, last, last.entry))
        else:
            yield from self._emit(named.entry)

    def _record(
        self, writer: str, offset: int, end: int, raw: bytes, draft: Draft, *, lines: int = 1
    ) -> Iterator[Entry]:
        before = self._last.pop(writer, None)
        if before is not None:
            yield from self._finish(before)
        at = draft.at
        yield from self._date(at)
        entry = Entry(self._at_us, offset, parsed=True, naive=at is not None and at.naive, lines=lines)
        if self._at_us is None or self._wanted(self._at_us, raw):
            entry.record = read_record(draft)
        self._last[writer] = Last(end, entry, draft, goes_on=True)

    def _date(self, at: Instant | None) -> Iterator[Entry]:
        """Go on to the time of a line, if it has one; yield the lines that had to wait for the first."""
        if at is None:
            return
        if self._at_us is None:
            for last in self._last.values():
                if last.entry is not None:
                    last.entry.at_us = at.us
                if last.named is not None:
                    last.named.entry.at_us = at.us
            for entry in self._leading:
                entry.at_us = at.us
                yield entry
            self._leading = []
        self._at_us = at.us

    def _not_a_record(self, offset: int, decoded: Decoded, last: Last) -> Iterator[Entry]:
        last.goes_on = last.goes_on and (decoded.is_part or continues(decoded.text))
        if last.goes_on and last.entry is not None and not decoded.is_part:
            yield from self._emit(self._continued(offset, decoded, last, last.entry))
            return
        yield from self._date(decoded.at)
        if decoded.is_part:
            yield from self._emit(Entry(self._at_us, offset, parsed=True))
        else:
            yield from self._emit(self._skipped(offset, decoded))

    @staticmethod
    def _continued(offset: int, decoded: Decoded, last: Last, record: Entry) -> Entry:
        """Let a line continue a record; whenever a wrapper says, it is of the time of that."""
        if len(last.trace) < CONTINUATION_LINES_MAX:
            last.trace.append(decoded.text)
        return Entry(record.at_us, offset, parsed=True)

    def _skipped(self, offset: int, decoded: Decoded) -> Entry:
        return Entry(self._at_us, offset, parsed=False, reason=decoded.reason, text=decoded.text[:EXAMPLE_BYTES])

    def _finish_all(self) -> Iterator[Entry]:
        for last in self._last.values():
            yield from self._finish(last)
        self._last.clear()

    def _finish(self, last: Last) -> Iterator[Entry]:
        yield from self._finish_named(last)
        if last.entry is None:
            return
        if last.trace and last.entry.record:
            add_lines(last.entry.record, last.trace)
        yield from self._emit(last.entry)

    def _emit(self, entry: Entry) -> Iterator[Entry]:
        if entry.at_us is not None:
            yield entry
        elif len(self._leading) < LEADING_MAX:
            self._leading.append(entry)
        else:
            yield entry
