"""The only reader of wall time.

Everything else takes `now` as an argument. FIFTEEN_CLOCK_FILE names a file that holds an offset in seconds; it is
read at every call, so that the demo and the tests can move the bot, the sandbox and the shop together.
"""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

CLOCK_FILE_VARIABLE = "FIFTEEN_CLOCK_FILE"


class Clock:
    """Wall time, plus the offset in the clock file where there is one.

    Args:
        offset_file: Holds a number of seconds as text; missing or torn reads as the last known offset.
    """

    def __init__(self, offset_file: Path | None = None) -> None:
        self._offset_file = offset_file
        self._offset_s = 0.0

    @classmethod
    def from_environment(cls) -> "Clock":
        """Return the clock that FIFTEEN_CLOCK_FILE asks for, else plain wall time."""
        name = os.environ.get(CLOCK_FILE_VARIABLE)
        return cls(Path(name) if name else None)

    def now(self) -> datetime:
        """Return the present instant, aware, UTC, with the offset."""
        return datetime.now(UTC) + timedelta(seconds=self._read_offset())

    def monotonic(self) -> float:
        """Return seconds that never jump: for guards on how long something took."""
        return time.monotonic()

    def _read_offset(self) -> float:
        if self._offset_file is None:
            return 0.0
        try:
            self._offset_s = float(self._offset_file.read_text())
        except (OSError, ValueError):  # being replaced at this moment, or not written yet
            return self._offset_s
        return self._offset_s
