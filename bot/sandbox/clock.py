"""The sandbox's clock: wall time plus an offset that the tests move, shared with other processes through a file."""

import contextlib
import os
import time
from pathlib import Path


class SandboxClock:
    """Seconds since the epoch, shifted; the file always holds the offset that is in force.

    An offset found in the file is kept: a restarted sandbox goes on in the time that the others already saw.

    Args:
        offset_file: Written atomically, so that a reader never sees half a number.
    """

    def __init__(self, offset_file: Path) -> None:
        self.offset_file = offset_file
        self._offset_s = 0.0
        self._last_us = 0
        with contextlib.suppress(OSError, ValueError):
            self._offset_s = float(offset_file.read_text())
        self.write()

    @property
    def offset_s(self) -> float:
        """Return how far the clock runs ahead of wall time."""
        return self._offset_s

    def now(self) -> float:
        """Return the present instant on the sandbox's clock."""
        return time.time() + self._offset_s

    @staticmethod
    def wall() -> float:
        """Return wall time: for signatures, and for waits that measure how long a real process takes."""
        return time.time()

    def move_to(self, instant: float) -> None:
        """Make `now()` at least this instant; the file is not touched until `write()`."""
        self._offset_s += max(0.0, instant - self.now())

    def write(self) -> None:
        """Hand the offset to the other processes."""
        draft = self.offset_file.with_name(f"{self.offset_file.name}.{os.getpid()}")
        draft.write_text(repr(round(self._offset_s, 6)))
        draft.replace(self.offset_file)

    def next_ts(self) -> str:
        """Return a message timestamp: seconds and microseconds, never the same twice, never going back."""
        self._last_us = max(int(self.now() * 1_000_000), self._last_us + 1)
        return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06d}"
