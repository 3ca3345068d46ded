"""Counts the lines of a file that have a known shape, many at once; all others are left to the real parser.

A line that was left is read together with the one before it, which it may continue. So is the first line of all, on
which those above it wait for their time, and the last one of a block, of which nobody knows yet what follows.
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import orjson

from bot.logs.blocks import Block
from bot.logs.dialect import severity_of
from bot.logs.fast.bits import Flags, Places, Words, mixed
from bot.logs.fast.block import Lines
from bot.logs.fast.columns import Codes, FieldColumn, where_of
from bot.logs.fast.failures import Failures
from bot.logs.fast.known import Known
from bot.logs.fast.loose import Loose
from bot.logs.fast.match import Matched
from bot.logs.fast.names import raw_of, requests_of, users_of
from bot.logs.fast.peel import Peeler
from bot.logs.fast.records import Read, Records
from bot.logs.fast.shape import Path, Shape, Watched
from bot.logs.fast.signatures import Signatures
from bot.logs.fast.words import hash_places
from bot.logs.format import Format
from bot.logs.lines import trimmed
from bot.logs.record import Record, read_record
from bot.logs.tally import Tally, path_hash

_FINE, _FAILED, _UNKNOWN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Judged:
    """Lines of one shape that need no parser.

    Args:
        lines: Of the block.
        found: Which of them these are.
        us: Their times.
        is_error: Whether each is an error.
        naive: Whether each time has no zone.
    """

    lines: Lines
    found: Matched
    us: Places
    is_error: Flags
    naive: Flags

    @property
    def rows(self) -> Places:
        """Which lines of the block they are."""
        return self.found.rows

    def only(self, keep: Flags) -> "Judged":
        """Return the lines to keep."""
        if keep.all():
            return self
        found = self.found.only(keep)
        return Judged(self.lines, found, self.us[keep], self.is_error[keep], self.naive[keep])


Found = TypeVar("Found", Judged, Read)


class ShapeTally:
    """Counts the lines of one shape.

    Args:
        shape: Of the lines.
        counter: Of the file.
    """

    def __init__(self, shape: Shape, counter: "Counter") -> None:
        self._shape = shape
        self._counter = counter
        self._verdicts = Codes()
        self._signatures = Signatures(shape)
        tally = counter.tally
        self._failures = Failures(tally, counter.name)
        self._fields = {
            i: FieldColumn(tally.fields, name, shape.values[i].kind)
            for i, name in enumerate(shape.names)
            if name is not None and not tally.fields.is_dropped(name)
        }
        self._named = (users_of(shape, tally), requests_of(shape, tally))

    def judged(self, lines: Lines, found: Matched) -> Judged:
        """Return the lines that need no parser."""
        shape, text = self._shape, lines.text
        us, good, naive = shape.clock.read(text, *found.span(shape.time))
        for i in shape.guarded:
            good &= text.bytes[found.begin(i)] != ord("{")
        hashes: Words = np.zeros(len(found.rows), np.uint64)
        for i in shape.deciding:
            hashes = mixed(hashes ^ text.marks(*found.span(i)))
        verdicts = self._verdicts.of(hashes, lambda row: self._verdict(lines.line(int(found.rows[row]))))
        good &= verdicts != _UNKNOWN
        return Judged(lines, found, us, verdicts == _FAILED, naive).only(good)

    def count(self, judged: Judged) -> None:
        """Count lines of baseline and window."""
        tally = self._counter.tally
        lines, found, us, is_error = judged.lines, judged.found, judged.us, judged.is_error
        in_window = us >= tally.window_us
        if is_error.any():
            self._count_errors(lines, found, us, np.flatnonzero(is_error))
        told = self._counter.tells(us, is_error)
        rows = np.flatnonzero(told)
        if not rows.size:
            return
        where = where_of(is_error[rows], in_window[rows])
        self._counter.where += np.bincount(where, minlength=4)
        inside = np.flatnonzero(in_window[rows])
        places = hash_places(self._counter.path, lines.offsets[found.rows[rows[inside]]])
        self._counter.key += int(places.sum())
        for i, column in tuple(self._fields.items()):
            begins, sizes = found.span(i, rows)
            column.add(lines.text.marks(begins, sizes), raw_of(lines, begins, sizes), where, places, inside)
            if column.is_dropped:
                del self._fields[i]
        if inside.size:
            for named in self._named:
                named.add(lines, found, rows[inside], is_error[rows[inside]])

    def flush(self) -> None:
        """Hand what was counted to the tally."""
        self._failures.flush()
        for column in self._fields.values():
            column.flush()

    def _verdict(self, line: bytes) -> int:
        """Return what a line is; unknown where more than the deciding values has a say in it."""
        shape, seen = self._shape, set[Path]()
        draft = shape.draft._replace(fields=orjson.loads(line))
        severity = severity_of(Watched(draft.fields, seen), draft.dialect, draft.scale)
        if shape.names_severity:
            read = {i for i, value in enumerate(shape.values) if value.path in seen}
            if severity is None or not read <= set(shape.deciding):
                return _UNKNOWN
        return _FAILED if read_record(draft).is_error else _FINE

    def _count_errors(self, lines: Lines, found: Matched, us: Places, rows: Places) -> None:
        def record(i: int) -> Record:
            fields = orjson.loads(lines.line(int(found.rows[rows[i]])))
            return read_record(self._shape.draft._replace(fields=fields))

        signatures, offsets = self._signatures.of(lines, found, rows), lines.offsets[found.rows[rows]]
        self._failures.count(signatures, us[rows], offsets, record, has_ids=self._shape.has_ids)


class Counter:
    """Counts one file, or a part of one, into a tally.

    Args:
        tally: Of the request.
        name: The path of the file.
        label: Its name among the others.
        form: How it is written.
        one_in: Of how many seconds of the baseline the fields of one are counted. Which ones their hash decides, so that
            what runs once a minute is not always missed. Counting all would cost as much as the rest together.
    """

    def __init__(self, tally: Tally, name: str, label: str, form: Format, *, one_in: int = 1) -> None:
        self.tally = tally
        self.name = name
        self.path = path_hash(name)
        self._label = label
        self._has_zone = form.reckoning.zone is not None
        self._shapes: dict[int, ShapeTally] = {}
        self._known = Known(form, self._learnt)
        self._begun = False
        self._events = np.zeros(len(tally.events), np.int64)
        self._errors = np.zeros(len(tally.errors), np.int64)
        self.where = np.zeros(4, np.int64)
        self.key = 0
        first = tally.start_us // 1_000_000
        seconds = mixed(np.arange(first, first + len(tally.events), dtype=np.uint64))
        self._looked_at = None if one_in == 1 else seconds % np.uint64(one_in) == 0
        self._records = Records(tally, name)
        self._loose = Loose(self._records, form)

    def left(self, blocks: Iterable[Block]) -> Generator[tuple[int, bytes], None, None]:
        """Count the blocks; yield the lines that the real parser must read, with their offsets and in order.

        What is counted is handed over at the end, also when it is closed before all is read.
        """
        peeler = Peeler()
        try:
            for block in blocks:
                yield from self._left_of(peeler.lines(block))
        finally:
            self._flush()

    def tells(self, us: Places, is_error: Flags) -> Flags:
        """Tell by times and verdicts of which records of baseline and window the fields are counted."""
        found: Flags = is_error | (us >= self.tally.window_us)
        if self._looked_at is None:
            found[:] = True
        else:
            found |= self._looked_at[(us - self.tally.start_us) // 1_000_000]
        return found

    def _tells_one(self, us: int, is_error: bool) -> bool:
        """Tell the same of one record, whenever it was."""
        tally = self.tally
        if is_error or us >= tally.window_us or self._looked_at is None:
            return tally.wants(us)
        return tally.wants(us) and bool(self._looked_at[(us - tally.start_us) // 1_000_000])

    def _left_of(self, lines: Lines) -> Iterator[tuple[int, bytes]]:
        known = np.zeros(len(lines), np.bool_)
        judged = [self._dated(lines, one) for one in self._judged(lines)]
        for shaped in judged:
            known[shaped.rows] = True
        loose = [self._dated(lines, one) for one in self._loose.read(lines, np.flatnonzero(~known))]
        for read in loose:
            known[read.rows] = True
        parsed = list(self._loose.parse(lines, np.flatnonzero(~known), self._tells_one))
        for read in parsed:
            known[read.rows] = True
        left = self._left_to_parse(known)
        for shaped in judged:
            self._count(shaped.only(~left[shaped.rows]))
        for read in (*loose, *parsed):
            self._count_loose(read.only(~left[read.rows]))
        for row in np.flatnonzero(left).tolist():
            yield int(lines.offsets[row]), trimmed(lines.whole(row))

    def _dated(self, lines: Lines, found: Found) -> Found:
        """Return the lines that are dated by themselves; in a wrapper, a time without a zone gives way to the wrapper's."""
        if lines.is_inside is None or self._has_zone:
            return found
        return found.only(~(found.naive & lines.is_inside[found.rows]))

    def _learnt(self, shape: Shape) -> None:
        self._shapes[id(shape)] = ShapeTally(shape, self)

    def _judged(self, lines: Lines) -> Iterator[Judged]:
        for found in self._known.match(lines):
            yield self._shapes[id(found.shape)].judged(lines, found)

    def _left_to_parse(self, known: Flags) -> Flags:
        left = ~known
        left[:-1] |= ~known[1:]
        left[-1:] = True
        if not self._begun and known.any():
            left[int(np.argmax(known))] = True
            self._begun = True
        return left

    def _count(self, judged: Judged) -> None:
        placed = self._placed(judged.us)
        if placed is None:
            return
        judged = judged.only(placed)
        self._count_seconds(judged.us, judged.is_error, judged.naive)
        self._shapes[id(judged.found.shape)].count(judged)

    def _count_loose(self, loose: Read) -> None:
        placed = self._placed(loose.us)
        if placed is None:
            return
        loose = loose.only(placed)
        self._count_seconds(loose.us, loose.is_error, loose.naive)
        in_window = loose.us >= self.tally.window_us
        told = self.tells(loose.us, loose.is_error)
        loose, in_window = loose.only(told), in_window[told]
        where = where_of(loose.is_error, in_window)
        self.where += np.bincount(where, minlength=4)
        self.key += int(hash_places(self.path, loose.lines.offsets[loose.rows[in_window]]).sum())
        self._records.count(loose, where)

    def _placed(self, us: Places) -> Flags | None:
        """Tell which times lie in baseline or window, and note how far they reach; None where none does."""
        tally = self.tally
        if not len(us):
            return None
        tally.saw_oldest(int(us.min()))
        ended = us < tally.end_us
        if not ended.any():
            return None
        newest = int(us[ended].max())
        tally.newest_us = newest if tally.newest_us is None else max(tally.newest_us, newest)
        placed: Flags = ended & (us >= tally.start_us)
        return placed if placed.any() else None

    def _count_seconds(self, us: Places, is_error: Flags, naive: Flags) -> None:
        tally = self.tally
        tally.lines += len(us)
        tally.parsed += len(us)
        tally.naive += int(np.count_nonzero(naive))
        seconds = (us - tally.start_us) // 1_000_000
        self._events += np.bincount(seconds, minlength=len(self._events))
        self._errors += np.bincount(seconds[is_error], minlength=len(self._errors))

    def _flush(self) -> None:
        tally = self.tally
        tally.events = [a + b for a, b in zip(tally.events, self._events.tolist(), strict=True)]
        tally.errors = [a + b for a, b in zip(tally.errors, self._errors.tolist(), strict=True)]
        before, before_failed, fine, failed = self.where.tolist()
        tally.fields.fine_records += fine
        if tally.several_files and self.where.any():
            counts = (fine + failed, failed, before + before_failed, before_failed, self.key)
            tally.fields.add_counts("file", self._label, counts)
        self._records.flush()
        for shape in self._shapes.values():
            shape.flush()
