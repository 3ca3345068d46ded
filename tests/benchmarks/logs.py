"""Writes logs of any length at the speed of the disk: a stretch of five minutes is repeated, each time a little later.

What differs between the repetitions is put where it stands: the times, and the first digits of each request's id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.benchmarks.spelling import EPOCH, ID, ISO, SPELLINGS
from tests.benchmarks.traffic import STRETCH_S, Counts, Record, counts_of, stretch

STRETCHES = 29
"""Of a log: 2 h 25 min, the last five minutes of them broken."""

WINDOW_STRETCHES = 3
END = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
LINE_BYTES = 290
"""About a compact line's length; how many lines there are follows from it, whatever the spelling."""

LONG_LINE_BYTES = 500_000
_TIME, _ID = ord("~"), ord("^")

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Truth:
    """What a log holds, known because it was made so.

    Args:
        end: Of the window and of the log.
        window: The last fifteen minutes.
        before: All that is before them.
    """

    end: datetime
    window: Counts
    before: Counts

    @property
    def onset(self) -> datetime:
        """When it broke."""
        return self.end - timedelta(seconds=STRETCH_S)

    @property
    def lines(self) -> int:
        """Of the whole log."""
        return self.window.lines + self.before.lines

    @property
    def errors(self) -> int:
        """Of the whole log."""
        return self.window.errors + self.before.errors


class Press:
    """Prints one stretch again and again, each time with other times and ids."""

    def __init__(self, records: Sequence[Record], spelling: str) -> None:
        text = SPELLINGS[spelling](records).encode().replace(EPOCH.encode(), b"~" * len(EPOCH))
        self._text: Bytes = np.frombuffer(bytearray(text), np.uint8)
        self._is_epoch = spelling == "numeric"
        self._seconds: Places = np.array([record.at_ms // 1000 for record in records])
        self._times = self._places(_TIME, len(EPOCH if self._is_epoch else ISO))
        self._ids = self._places(_ID, len(ID))

    def printed(self, start: datetime, number: int) -> Bytes:
        """Return the stretch as it begins at an instant; valid until the next one."""
        self._text[self._times] = self._clock(start)[self._seconds]
        self._text[self._ids] = np.frombuffer(f"{number:0{len(ID)}x}".encode(), np.uint8)
        return self._text

    def _clock(self, start: datetime) -> Bytes:
        """Return how each second of the stretch is written."""
        seconds = [start + timedelta(seconds=second) for second in range(STRETCH_S)]
        written = [f"{at.timestamp():.0f}" if self._is_epoch else f"{at:%Y-%m-%dT%H:%M:%S}" for at in seconds]
        return np.frombuffer("".join(written).encode(), np.uint8).reshape(STRETCH_S, -1)

    def _places(self, mark: int, width: int) -> Places:
        found = np.flatnonzero(self._text == mark)
        assert len(found) == width * len(self._seconds), "a mark stands in the text of a record"
        return found.reshape(-1, width)


class Shop:
    """Writes the logs of one shop.

    Args:
        size: Of a compact log of STRETCHES stretches; the others have as many lines a second.
    """

    def __init__(self, size: int) -> None:
        lines = size // LINE_BYTES // STRETCHES
        self._quiet, self._broken = (stretch(lines, broken=broken) for broken in (False, True))

    @property
    def failing_id(self) -> str:
        """The id of a request that failed in the last stretch."""
        return f"{1:0{len(ID)}x}" + next(record.request for record in self._broken if record.group)

    def write(self, path: Path, *, spelling: str = "compact", stretches: int = STRETCHES, end: datetime = END) -> Truth:
        """Write a log that ends at an instant, its last stretch broken, and return what it holds."""
        quiet, broken = Press(self._quiet, spelling), Press(self._broken, spelling)
        with path.open("wb", buffering=0) as log:
            for left in range(stretches, 0, -1):
                start = end - timedelta(seconds=left * STRETCH_S)
                log.write((broken if left == 1 else quiet).printed(start, left).data)
        return self.truth(stretches, end)

    def truth(self, stretches: int = STRETCHES, end: datetime = END) -> Truth:
        """Return what the last stretches of a log hold."""
        quiet = counts_of(self._quiet)
        window = sum([quiet] * (min(stretches, WINDOW_STRETCHES) - 1), counts_of(self._broken))
        return Truth(end, window, sum([quiet] * max(0, stretches - WINDOW_STRETCHES), Counts()))


def write_long_lines(path: Path, size: int) -> int:
    """Write a log of long lines, every fourth longer than any reader takes, and return how many there are."""
    line = '{"level":"info","time":"%s","service":"web","msg":"%s"}\n'
    lengths = [LONG_LINE_BYTES * (6 if number % 4 == 3 else 1) for number in range(size // LONG_LINE_BYTES * 4 // 9)]
    with path.open("w") as log:
        for number, length in enumerate(lengths):
            at = END - timedelta(seconds=len(lengths) - number)
            log.write(line % (f"{at:%Y-%m-%dT%H:%M:%SZ}", "x" * length))
    return len(lengths)
