"""Which files need not be opened: those that were last written before the stretch.

A file is never written before its last line was, unless the lines are dated by another clock: in local time without a
zone, or made up. How far lines are ahead of their file is measured where a file is opened anyway. Copying makes files
younger, so that a copied log is opened where it need not be, and never the other way round.
"""

from bot.logs.paths import LogFile

CLOCKS_APART_US = 86_400_000_000
"""How far lines may be ahead of a file of which that was not measured: a day covers local time, taken as UTC."""

SLACK_US = 3_600_000_000
"""How much further a file's lines may be ahead than those of another file of the same log: daylight saving."""

_NEVER = 1 << 62


class Ages:
    """How far lines are ahead of the files that they stand in, by label, in microseconds."""

    def __init__(self) -> None:
        self._ahead_us: dict[str, int] = {}

    def know(self, file: LogFile) -> bool:
        """Tell whether a file of the same log was measured."""
        return file.label in self._ahead_us

    def learn(self, file: LogFile, newest_us: int | None, *, is_whole: bool) -> None:
        """Measure a file by the newest of its lines, or of its first lines where it is not seen whole."""
        if newest_us is None:
            return
        ahead_us = max(0, newest_us - _written_us(file))
        if ahead_us >= CLOCKS_APART_US:
            ahead_us = _NEVER
        elif not is_whole:
            ahead_us = CLOCKS_APART_US
        self._ahead_us[file.label] = ahead_us

    def is_too_old(self, file: LogFile, from_us: int | None) -> bool:
        """Tell whether no line of a file can be dated at or after an instant."""
        if from_us is None or not self._ahead_us:
            return False
        ahead_us = self._ahead_us.get(file.label, max(CLOCKS_APART_US, *self._ahead_us.values()))
        return _written_us(file) < from_us - ahead_us - SLACK_US


def _written_us(file: LogFile) -> int:
    return int(file.written_s * 1e6)
