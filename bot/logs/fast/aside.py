"""Lines set aside until there are as many of them as a block has.

What is done with lines costs a few microseconds for each thing, however few the lines are. Of most blocks all but a few lines
are like those before, and few of a long baseline are asked for more than their time: those few wait for those of other blocks.
"""

import numpy as np

from bot.logs.blocks import PADDING, Block
from bot.logs.fast.bits import Places
from bot.logs.fast.block import Lines

ASIDE_BYTES = 1 << 20
"""From here on they are enough."""

ASIDE_SHARE = 0.25
"""Of the lines of a block; where more would be set aside, it is not worth copying them."""


class Aside:
    """Some lines of several blocks, in order."""

    def __init__(self) -> None:
        self._texts: list[bytes] = []
        self._offsets: list[Places] = []
        self._size = 0

    @property
    def is_full(self) -> bool:
        """Whether there are enough of them."""
        return self._size >= ASIDE_BYTES

    def add(self, lines: Lines, rows: Places) -> None:
        """Set some lines of a block aside, which are not inside of wrappers."""
        data, edges = lines.text.data, zip(lines.starts[rows].tolist(), lines.ends[rows].tolist(), strict=True)
        text = b"\n".join([data[begin:end] for begin, end in edges])
        self._texts.append(text)
        self._size += len(text)
        self._offsets.append(lines.offsets[rows])

    def take(self) -> Lines | None:
        """Return the lines, which are no longer aside; None where there is none."""
        if not self._texts:
            return None
        room = memoryview(b"\n".join((*self._texts, bytes(PADDING))))
        lines = Lines(Block(0, room[: len(room) - PADDING], room), np.concatenate(self._offsets))
        self._texts, self._offsets, self._size = [], [], 0
        return lines
