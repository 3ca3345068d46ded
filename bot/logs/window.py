"""Where in a log a stretch of time stands: found by looking at few places, so that a log's size costs nothing.

A log is ordered by time, give or take its disorder. A line dated more than that before the stretch has nothing of it above;
one dated as much after its end has nothing of it below. Whether a log keeps to it is sampled over its whole length; one
that does not is read whole.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from bot.logs.blocks import BOM

DISORDER_US = 60_000_000
"""How far lines may stand out of order, unless configured: writers flush every few seconds, shippers retry for a minute."""

SAMPLES = 32
"""Places looked at over a whole file, to see that it is in order."""

NEAR_BYTES = 64 << 10
"""How near to the edge of the stretch the search comes; reading as much costs less than another look."""

WHOLE_BYTES = 2 * NEAR_BYTES
"""A file this small is read whole, whatever its order."""

LOOK_BYTES = 16 << 10
LOOK_BYTES_MAX = 256 << 10
"""How far a dated line is looked for: past a stack trace, a run of undated lines, a long line."""

Read = Callable[[int, int], bytes]
"""Bytes of a file, by size and offset."""

DateOf = Callable[[bytes], int | None]
"""The time in microseconds of the record that a line is, by itself; None where it is none, or says no time."""


LINES_LOOKED_AT = 3
"""Dated lines that must agree, so that one with a wrong clock misleads nobody."""


class Place(NamedTuple):
    """The beginning of a dated line, and the earliest and latest of it and the next ones."""

    offset: int
    earliest_us: int
    latest_us: int


class LogIndex:
    """Finds places by time in one file of plain text.

    Args:
        read: Reads the file.
        size: Its size.
        date_of: Dates a line.
        begin: Where its text begins.
        disorder_us: How far its lines may stand out of order.
    """

    def __init__(self, read: Read, size: int, date_of: DateOf, begin: int = 0, disorder_us: int = DISORDER_US) -> None:
        self._read = read
        self._size = size
        self._date_of = date_of
        self._begin = begin
        self._disorder_us = disorder_us

    def slice(self, start_us: int, end_us: int) -> tuple[int, int]:
        """Return the offsets between which every line of start <= t < end stands; each where a dated line begins."""
        places = self._samples() if self._size - self._begin > WHOLE_BYTES else ()
        early, late = start_us - self._disorder_us, end_us + self._disorder_us
        begin = Place(self._begin, 0, 0)
        upper = self._size
        for place in places:
            if place.latest_us >= early:
                upper = place.offset
                break
            begin = place
        end = next((place for place in places if place.earliest_us >= late), Place(self._size, 0, 0))
        lower = max((place.offset for place in places if place.offset < end.offset), default=0)
        if not places:
            return self._begin, self._size
        return self._last_before(early, begin, upper).offset, self._first_from(late, lower, end).offset

    def dated_from(self, offset: int) -> Place | None:
        """Return the first dated line that begins at or after an offset, within LOOK_BYTES_MAX."""
        is_first = offset <= self._begin
        begin = self._begin if is_first else offset - 1  # the byte before tells whether a line begins here
        look = LOOK_BYTES
        while True:
            data = self._read(look, begin)
            at = 0 if is_first else data.find(b"\n") + 1
            dated = list(islice(self._dated(data, at), LINES_LOOKED_AT)) if at or is_first else []
            is_all = len(data) < look or look >= LOOK_BYTES_MAX
            if dated and (is_all or len(dated) == LINES_LOOKED_AT):
                times = [at_us for _, at_us in dated]
                return Place(begin + dated[0][0], min(times), max(times))
            if is_all:
                return None
            look *= 4

    def newest_us(self) -> int | None:
        """Return the newest time among the last lines, or None where none is dated within LOOK_BYTES_MAX."""
        look = NEAR_BYTES
        while True:
            begin = max(self._begin, self._size - look)
            is_all = begin == self._begin
            data = self._read(look, begin) + b"\n"
            newest = max((at_us for _, at_us in self._dated(data, 0 if is_all else data.find(b"\n") + 1)), default=None)
            if newest is not None or is_all or look >= LOOK_BYTES_MAX:
                return newest
            look *= 2

    def _dated(self, data: bytes, at: int) -> Iterator[tuple[int, int]]:
        """Yield place and time of the whole lines in data that are dated."""
        while (end := data.find(b"\n", at)) >= 0:
            at_us = self._date_of(data[at:end].removeprefix(BOM))
            if at_us is not None:
                yield at, at_us
            at = end + 1

    def _samples(self) -> Sequence[Place]:
        """Return dated places over the whole file in order; none where the file is not, or is not dated."""
        places: list[Place] = []
        highest = 0
        size = self._size - self._begin
        count = min(SAMPLES, size // NEAR_BYTES)
        for number in range(count):
            place = self.dated_from(self._begin + size * number // count)
            if place is None and not places:
                return ()
            if place is None or (places and place.offset <= places[-1].offset):
                continue
            if place.latest_us < highest - self._disorder_us:
                return ()
            highest = max(highest, place.earliest_us)
            places.append(place)
        return places

    def _last_before(self, early_us: int, found: Place, upper: int) -> Place:
        """Return about the last place before an instant, from one known to be before it up to an offset."""
        while upper - found.offset > NEAR_BYTES:
            middle = (found.offset + upper) // 2
            place = self.dated_from(middle)
            if place is not None and place.offset < upper and place.latest_us < early_us:
                found = place
            else:
                upper = middle
        return found

    def _first_from(self, late_us: int, lower: int, found: Place) -> Place:
        """Return about the first place from an instant on, from an offset up to one known to be there."""
        upper = found.offset
        while upper - lower > NEAR_BYTES:
            middle = (lower + upper) // 2
            place = self.dated_from(middle)
            if place is None or place.offset >= upper:
                upper = middle
            elif place.earliest_us >= late_us:
                found, upper = place, middle
            else:
                lower = place.offset
        return found
