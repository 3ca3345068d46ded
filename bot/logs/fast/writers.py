"""Which lines the real parser needs beside those that are left to it: what their writers wrote last, which they may continue.

Lines without a wrapper are continued by the line directly below them, and so need nothing more. Where wrappers name writers, the
line to continue may stand up to REACH_BYTES above, in the block before as well.
"""

from collections.abc import Iterator

import numpy as np

from bot.logs.decode import Decoder
from bot.logs.fast.bits import Flags
from bot.logs.fast.block import Lines
from bot.logs.format import Format
from bot.logs.lines import trimmed
from bot.logs.scan import REACH_BYTES

Place = tuple[int, int]
"""Where a line begins and ends in the text of its file."""


class Writers:
    """Knows the writers of the lines of one file.

    Args:
        form: How it is written.
    """

    def __init__(self, form: Format) -> None:
        self._decoder = Decoder(form)

    def needed(self, lines: Lines, known: Flags) -> list[int]:
        """Return which known lines of a block those may continue that are not known, in this block or in the next."""
        if not (known & lines.has_writer).any():
            return []
        places = list(zip(lines.offsets.tolist(), (lines.offsets + lines.sizes).tolist(), strict=True))
        names = _Names(self._decoder, lines, known)
        found = {_above(names, places, row) for row in np.flatnonzero(~known).tolist()}
        return sorted(row for row in found.union(_last_ones(names, places)) if row is not None)


class _Names(dict[int, str]):
    """The writer of each line of a block; found out once."""

    def __init__(self, decoder: Decoder, lines: Lines, known: Flags) -> None:
        super().__init__()
        self._decoder = decoder
        self._lines = lines
        self._is_nobody = (known & ~lines.has_writer).tolist()

    def __missing__(self, row: int) -> str:
        name = "" if self._is_nobody[row] else self._decoder.writer(trimmed(self._lines.whole(row)))
        self[row] = name
        return name


def _above(names: _Names, places: list[Place], row: int) -> int | None:
    """Return the line above one that its writer wrote last, if it is in reach."""
    writer = names[row]
    return next((above for above in _in_reach(places, row) if names[above] == writer), None) if writer else None


def _last_ones(names: _Names, places: list[Place]) -> list[int]:
    """Return the last line of each writer that is in reach of what follows a block."""
    last = {names[row]: row for row in reversed([*_in_reach(places, len(places))])}
    return [row for writer, row in last.items() if writer]


def _in_reach(places: list[Place], row: int) -> Iterator[int]:
    """Yield the lines from above one on upwards that are in reach of it, and in the same share of the file."""
    at = places[row][0] if row < len(places) else places[-1][1]
    for above in range(row - 1, -1, -1):
        if not at - REACH_BYTES <= places[above][1] <= at:
            return
        yield above
