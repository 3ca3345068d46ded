"""A block laid out in lines: where each begins and ends, and which of them cannot be read without a real parser."""

import numpy as np
import stringzilla

from bot.logs.blocks import Block
from bot.logs.fast.bits import Flags, Places
from bot.logs.fast.words import BACKSLASH, NEWLINE, QUOTE, RETURN, SPACE, Text, places_of

LINE_MAX = 32_000
"""A longer line is for the real parser: looking for the end of its values would keep all others waiting."""

_CONTROLS = bytes(byte for byte in range(SPACE) if byte != NEWLINE)
_NOT_ASCII = bytes(range(128, 256))
"""Bytes that a block is looked through for at once; most have none of them, and need no closer look."""

_AFTER_BACKSLASH = np.zeros(256, np.bool_)
_AFTER_BACKSLASH[list(b'"\\/bfnrtu')] = True
_HEX = np.zeros(256, np.bool_)
_HEX[list(b"0123456789abcdefABCDEF")] = True
_HALVES = np.zeros((2, 256), np.bool_)
_HALVES[0, list(b"89abAB")] = True
_HALVES[1, list(b"cdefCDEF")] = True
"""The second digit of a character written in two halves (RFC 8259, 7): d8 to db in the first, dc to df in the second."""

_CODED_BYTES = len(r"\u0000")


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
        quotes: How many quotes each has, escaped ones left out.
        has_hidden: Which have escaped quotes, which look like the end of a value and are none.
        is_inside: Which begin and end inside of a wrapper; None where none does.
        has_writer: Which have a wrapper that names their writer, as far as they were read.
    """

    def __init__(self, block: Block, offsets: Places | None = None) -> None:
        self.text = Text(block.room, len(block.data))
        size = len(block.data)
        breaks = places_of(NEWLINE, block.data, self.text.bytes)
        starts = np.concatenate(([0], breaks + 1))
        ends = np.concatenate((breaks, [size]))
        self._backslashes = places_of(BACKSLASH, block.data, self.text.bytes)
        self._escapes = _every_second(self._backslashes)
        has_odd_bytes = stringzilla.find_first_of(block.data, _CONTROLS + _NOT_ASCII) >= 0
        has_controls = has_odd_bytes and stringzilla.find_first_of(block.data, _CONTROLS) >= 0
        if has_controls:
            ends -= (ends > starts) & (self.text.bytes[ends - 1] == RETURN)
        kept = ends > starts
        self.starts, self.ends = (starts, ends) if kept.all() else (starts[kept], ends[kept])
        self.offsets: Places = self.starts + block.offset if offsets is None else offsets
        self.odd: Flags = self.ends - self.starts > LINE_MAX
        if len(self):
            if has_controls:
                self._look_at_controls(size)
            if has_odd_bytes:
                self._look_at_encoding(block.data)
            self._look_at_escapes()
        hidden = self._escaped_quotes()
        self._escaped, self.has_hidden = np.zeros(len(self), np.bool_), np.zeros(len(self), np.bool_)
        if len(self):
            self._escaped[self._rows(self._backslashes)] = True
            self.has_hidden[self._rows(hidden)] = True
        self.text.mark_quotes(hidden)
        self.quotes: Places = np.diff(self.text.quotes_before(np.append(self.starts, size)))
        self.is_inside: Flags | None = None
        self.has_writer: Flags = np.zeros(len(self), np.bool_)
        self._whole = self.text, self.starts, self.ends

    def __len__(self) -> int:
        return len(self.starts)

    def line(self, row: int) -> bytes:
        """Return one line."""
        return bytes(self.text.data[int(self.starts[row]) : int(self.ends[row])])

    def whole(self, row: int) -> bytes:
        """Return one line with its wrapper."""
        text, starts, ends = self._whole
        return bytes(text.data[int(starts[row]) : int(ends[row])])

    @property
    def sizes(self) -> Places:
        """The size of each line with its wrapper."""
        _, starts, ends = self._whole
        return ends - starts

    def inside(self, starts: Places, ends: Places, is_inside: Flags, outside: "Lines | None" = None) -> "Lines":
        """Let the lines begin and end inside of their wrappers, which stand in other lines where they are given."""
        if outside is not None:
            self._whole = outside.text, outside.starts, outside.ends
        self.starts, self.ends, self.is_inside, self.has_writer = starts, ends, is_inside, is_inside.copy()
        return self

    def other_escapes(self) -> Places:
        """Return how many backslashes of each line stand before anything but a quote."""
        places = self._backslashes[self.text.bytes[self._backslashes + 1] != QUOTE]
        edges = np.searchsorted(places, np.append(self.starts, len(self.text.data)))
        return np.diff(edges)

    def _rows(self, places: Places) -> Places:
        return np.maximum(np.searchsorted(self.starts, places, "right") - 1, 0)

    def _look_at_controls(self, size: int) -> None:
        is_control = self.text.bytes[:size] < SPACE
        is_control &= self.text.bytes[:size] != NEWLINE
        places = np.flatnonzero(is_control)
        rows = self._rows(places)
        inside = (places >= self.starts[rows]) & (places < self.ends[rows])
        self.odd[rows[inside]] = True

    def with_escapes(self, rows: Places, begins: Places, sizes: Places) -> Places:
        """Return which stretches, each of a line, contain a backslash."""
        if not self._backslashes.size:
            return self._backslashes
        maybe = np.flatnonzero(self._escaped[rows])
        before = np.searchsorted(self._backslashes, begins[maybe])
        behind = np.searchsorted(self._backslashes, begins[maybe] + sizes[maybe])
        found: Places = maybe[before < behind]
        return found

    def _escaped_quotes(self) -> Places:
        behind = self._escapes + 1
        found: Places = behind[self.text.bytes[behind] == QUOTE]
        return found

    def _look_at_encoding(self, data: memoryview) -> None:
        try:
            str(data, "utf-8")
        except UnicodeDecodeError:
            self.odd[self._rows(np.flatnonzero(self.text.bytes[: len(data)] > 127))] = True

    def _look_at_escapes(self) -> None:
        """Find what is not plainly a valid escape: such a line is odd."""
        places = self._escapes
        if not places.size:
            return
        after = self.text.bytes[places + 1]
        self.odd[self._rows(places[~_AFTER_BACKSLASH[after]])] = True
        coded = places[after == ord("u")]
        if coded.size:
            self.odd[self._rows(coded[~self._are_characters(coded)])] = True

    def _are_characters(self, coded: Places) -> Flags:
        """Tell which escapes by number are characters, or halves of one that stand together."""
        digits = [self.text.bytes[coded + place] for place in range(2, 6)]
        good: Flags = np.logical_and.reduce([_HEX[digit] for digit in digits])
        is_half = (digits[0] | 0x20) == ord("d")
        first, second = (is_half & _HALVES[number][digits[1]] for number in range(2))
        is_next = np.diff(coded) == _CODED_BYTES
        first[:-1] &= second[1:] & is_next
        first[-1:] = False
        paired = first.copy()
        paired[1:] |= first[:-1]
        good &= paired | ~is_half | (digits[1] < ord("8"))
        return good


def _every_second(places: Places) -> Places:
    """Return the places of which each begins a pair, in runs of places side by side: a backslash hides the one behind it."""
    numbers = np.arange(len(places))
    begins = np.where(np.diff(places, prepend=-2) != 1, numbers, 0)
    found: Places = places[(numbers - np.maximum.accumulate(begins)) & 1 == 0]
    return found
