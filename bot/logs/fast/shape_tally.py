"""Counts lines of one shape."""

from dataclasses import dataclass

import numpy as np
import orjson

from bot.logs.dialect import severity_of
from bot.logs.fast.bits import Flags, Places, Words, mixed
from bot.logs.fast.block import Lines
from bot.logs.fast.columns import Codes, FieldColumn, where_of
from bot.logs.fast.counts import Counts
from bot.logs.fast.failures import Failures
from bot.logs.fast.match import Matched
from bot.logs.fast.names import raw_of, requests_of, users_of
from bot.logs.fast.shape import Path, Shape, Watched
from bot.logs.fast.signatures import Signatures
from bot.logs.record import Record, read_record

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


class ShapeTally:
    """Counts the lines of one shape.

    Args:
        shape: Of the lines.
        counts: Of the file.
        name: Its path.
    """

    def __init__(self, shape: Shape, counts: Counts, name: str) -> None:
        self._shape = shape
        self._counts = counts
        self._verdicts = Codes()
        self._signatures = Signatures(shape)
        tally = counts.tally
        self._failures = Failures(tally, name)
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
        tally = self._counts.tally
        lines, found, us, is_error = judged.lines, judged.found, judged.us, judged.is_error
        in_window = us >= tally.window_us
        if is_error.any():
            self._count_errors(lines, found, us, np.flatnonzero(is_error))
        told = self._counts.tells(us, is_error)
        rows = np.flatnonzero(told)
        if not rows.size:
            return
        where = where_of(is_error[rows], in_window[rows])
        inside = np.flatnonzero(in_window[rows])
        places = self._counts.told(where, lines.offsets[found.rows[rows[inside]]])
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
