"""Counts the lines of a file that have a known shape, many at once; all others are left to the real parser.

A line that was left is read together with the one before it, and with that of its own writer (`writers`), which it may
continue. So is the first line of all, on which those above it wait for their time, and the last one of a block, of which
nobody knows yet what follows.
"""

from collections.abc import Generator, Iterable, Iterator
from typing import TypeVar

import numpy as np

from bot.logs.blocks import Block
from bot.logs.fast.aside import ASIDE_SHARE, Aside
from bot.logs.fast.bits import Flags
from bot.logs.fast.block import Lines
from bot.logs.fast.columns import where_of
from bot.logs.fast.counts import Counts
from bot.logs.fast.known import Known
from bot.logs.fast.loose import Loose
from bot.logs.fast.peel import Peeler
from bot.logs.fast.records import Read, Records
from bot.logs.fast.shape import Shape
from bot.logs.fast.shape_tally import Judged, ShapeTally
from bot.logs.fast.writers import Writers
from bot.logs.format import Format
from bot.logs.lines import trimmed
from bot.logs.tally import Tally

Found = TypeVar("Found", Judged, Read)


class Counter:
    """Counts one file, or a part of one, into a tally.

    Args:
        tally: Of the request.
        name: The path of the file.
        label: Its name among the others.
        form: How it is written.
        one_in: Of how many seconds of the baseline the fields of one are counted.
    """

    def __init__(self, tally: Tally, name: str, label: str, form: Format, *, one_in: int = 1) -> None:
        self._name = name
        self._has_zone = form.reckoning.zone is not None
        self._counts = Counts(tally, name, label, one_in)
        self._shapes: dict[int, ShapeTally] = {}
        self._known = Known(form, self._learnt)
        self._aside = Aside()
        self._records = Records(tally, name)
        self._loose = Loose(self._records, form)
        self._writers = Writers(form)
        self._begun = False

    def left(self, blocks: Iterable[Block]) -> Generator[tuple[int, bytes], None, None]:
        """Count the blocks; yield the lines that the real parser must read, with their offsets and in order.

        What is counted is handed over at the end, also when it is closed before all is read.
        """
        peeler = Peeler()
        try:
            for block in blocks:
                lines = peeler.lines(block)
                if not self._count_most(lines):
                    yield from self._left_aside()
                    yield from self._left_of(lines)
                elif self._aside.is_full:
                    yield from self._left_aside()
            yield from self._left_aside()
        finally:
            for _ in self._left_aside():  # where nobody waits for them; what needs no parser counts
                pass
            self._flush()

    def _count_most(self, lines: Lines) -> bool:
        """Count most lines of a block, and set the others aside; tell whether they are few enough for that."""
        if not self._begun or lines.is_inside is not None:
            return False
        known = np.zeros(len(lines), np.bool_)
        judged = [self._shapes[id(found.shape)].judged(lines, found) for found in self._known.fitted(lines)]
        for one in judged:
            known[one.rows] = True
        aside = self._left_to_parse(lines, known)
        if np.count_nonzero(aside) > ASIDE_SHARE * len(lines):
            return False
        for one in judged:
            self._count(one.only(~aside[one.rows]), aside)
        self._aside.add(lines, np.flatnonzero(aside))
        return True

    def _left_aside(self) -> Iterator[tuple[int, bytes]]:
        lines = self._aside.take()
        if lines is not None:
            yield from self._left_of(lines)

    def _left_of(self, lines: Lines) -> Iterator[tuple[int, bytes]]:
        known = np.zeros(len(lines), np.bool_)
        judged = [self._dated(lines, one) for one in self._judged(lines)]
        for shaped in judged:
            known[shaped.rows] = True
        loose = [self._dated(lines, one) for one in self._loose.read(lines, np.flatnonzero(~known))]
        for read in loose:
            known[read.rows] = True
        parsed = list(self._loose.parse(lines, np.flatnonzero(~known), self._counts.tells_one))
        for read in parsed:
            known[read.rows] = True
        left = self._left_to_parse(lines, known)
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
        self._shapes[id(shape)] = ShapeTally(shape, self._counts, self._name)

    def _judged(self, lines: Lines) -> Iterator[Judged]:
        for found in self._known.match(lines):
            yield self._shapes[id(found.shape)].judged(lines, found)

    def _left_to_parse(self, lines: Lines, known: Flags) -> Flags:
        left = ~known
        left[:-1] |= ~known[1:]
        left[-1:] = True
        left[self._writers.needed(lines, known)] = True
        if not self._begun and known.any():
            left[int(np.argmax(known))] = True
            self._begun = True
        return left

    def _count(self, judged: Judged, aside: Flags | None = None) -> None:
        """Count lines of a shape; where lines are set aside, those of the baseline whose fields are asked for are, too."""
        placed = self._counts.placed(judged.us)
        if placed is None:
            return
        judged = judged.only(placed)
        if aside is not None:
            told = self._counts.tells(judged.us, judged.is_error) & (judged.us < self._counts.tally.window_us)
            if np.count_nonzero(told) <= ASIDE_SHARE * len(aside):
                aside[judged.rows[told]] = True
                judged = judged.only(~told)
        self._counts.seconds(judged.us, judged.is_error, judged.naive)
        self._shapes[id(judged.found.shape)].count(judged)

    def _count_loose(self, loose: Read) -> None:
        placed = self._counts.placed(loose.us)
        if placed is None:
            return
        loose = loose.only(placed)
        self._counts.seconds(loose.us, loose.is_error, loose.naive)
        in_window = loose.us >= self._counts.tally.window_us
        told = self._counts.tells(loose.us, loose.is_error)
        loose, in_window = loose.only(told), in_window[told]
        where = where_of(loose.is_error, in_window)
        self._counts.told(where, loose.lines.offsets[loose.rows[in_window]])
        self._records.count(loose, where)

    def _flush(self) -> None:
        self._counts.flush()
        self._records.flush()
        for shape in self._shapes.values():
            shape.flush()
