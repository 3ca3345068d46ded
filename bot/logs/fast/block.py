"""A block laid out in lines: where each begins and ends, and which of them cannot be read without a real parser."""

import numpy as np
import stringzilla

from bot.logs.blocks import Block
from bot.logs.fast.words import BACKSLASH, NEWLINE, QUOTE, RETURN, SPACE, Flags, Places, Text, places_of

LINE_MAX = 32_000
"""A longer line is for the real parser: looking for the end of its values would keep all others waiting."""

_CONTROLS = bytes(byte for byte in range(SPACE) if byte != NEWLINE)
_NOT_ASCII = bytes(range(128, 256))
"""Bytes that a block is looked through for at once; most have none of them, and need no closer look."""

_AFTER_BACKSLASH = np.zeros(256, np.bool_)
_AFTER_BACKSLASH[list(b'"/bfnrtu')] = True
_HEX = np.zeros(256, np.bool_)
_HEX[list(b"0123456789abcdefABCDEF")] = True


class Lines:
    """The lines of a block.

    Args:
        block: The bytes.
        offsets: Where each line begins in the text of the file; None where the block is a part of it.

    Attributes:
        text: The bytes.
        starts: Where each line begins; empty ones are left out.
        ends: Behind each, its line break left out.
        offsets: Where each begins in the text of the file.
        odd: Which need a real parser, whatever their shape: JSON has rules that a shape says nothing of.
        escaped: Which contain a backslash; None where none does.
        quotes: How many quotes each has, escaped ones left out.
    """

    def __init__(self, block: Block, offsets: Places | None = None) -> None:
        self.text = Text(block.room, len(block.data))
        size = len(block.data)
        breaks = places_of(NEWLINE, block.data, self.text.bytes)
        starts = np.concatenate(([0], breaks + 1))
        ends = np.concatenate((breaks, [size]))
        self.escaped: Flags | None = None
        self._quotes = np.empty(0, np.int64)
        has_controls = stringzilla.find_first_of(block.data, _CONTROLS) >= 0
        if has_controls:
            ends -= (ends > starts) & (self.text.bytes[ends - 1] == RETURN)
        kept = ends > starts
        self.starts, self.ends = (starts, ends) if kept.all() else (starts[kept], ends[kept])
        self.offsets: Places = self.starts + block.offset if offsets is None else offsets
        self.odd: Flags = self.ends - self.starts > LINE_MAX
        if len(self):
            if has_controls:
                self._look_at_controls(size)
            self._look_at_encoding(block.data)
            self._look_at_backslashes(block.data)
        self.text.mark_quotes(self._quotes)
        self.quotes: Places = np.diff(self.text.quotes_before(np.append(self.starts, size)))

    def __len__(self) -> int:
        return len(self.starts)

    def line(self, row: int) -> bytes:
        """Return one line."""
        return bytes(self.text.data[int(self.starts[row]) : int(self.ends[row])])

    def _rows(self, places: Places) -> Places:
        return np.maximum(np.searchsorted(self.starts, places, "right") - 1, 0)

    def _look_at_controls(self, size: int) -> None:
        is_control = self.text.bytes[:size] < SPACE
        is_control &= self.text.bytes[:size] != NEWLINE
        places = np.flatnonzero(is_control)
        rows = self._rows(places)
        inside = (places >= self.starts[rows]) & (places < self.ends[rows])
        self.odd[rows[inside]] = True

    def _look_at_encoding(self, data: memoryview) -> None:
        if stringzilla.find_first_of(data, _NOT_ASCII) < 0:
            return
        try:
            str(data, "utf-8")
        except UnicodeDecodeError:
            self.odd[self._rows(np.flatnonzero(self.text.bytes[: len(data)] > 127))] = True

    def _look_at_backslashes(self, data: memoryview) -> None:
        """Find the escaped quotes; a line with what is not plainly a valid escape is odd."""
        places = places_of(BACKSLASH, data, self.text.bytes)
        if not places.size:
            return
        rows, after = self._rows(places), self.text.bytes[places + 1]
        self.escaped = np.zeros(len(self), np.bool_)
        self.escaped[rows] = True
        self.odd[rows[~_AFTER_BACKSLASH[after]]] = True
        coded = places[after == ord("u")]
        if coded.size:
            digits = [self.text.bytes[coded + place] for place in range(2, 6)]
            good = np.logical_and.reduce([_HEX[digit] for digit in digits])
            surrogate = ((digits[0] | 0x20) == ord("d")) & ~((digits[1] >= ord("0")) & (digits[1] <= ord("7")))
            self.odd[self._rows(coded[~good | surrogate])] = True
        self._quotes = places[after == QUOTE] + 1
