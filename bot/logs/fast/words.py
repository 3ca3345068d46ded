"""A block as numpy sees it: eight bytes at any place in one step, for many places at once.

Everything here takes arrays of places (offsets into the block) and answers with arrays of the same length.
"""

import ctypes
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import stringzilla

from bot.logs.hashing import FACTOR, SEED, SHIFT

Places: TypeAlias = npt.NDArray[np.int64]
Words: TypeAlias = npt.NDArray[np.uint64]
Flags: TypeAlias = npt.NDArray[np.bool_]

QUOTE, BACKSLASH, NEWLINE, RETURN, SPACE = b'"\\\n\r '
NARROW, WIDE = 32, 256
"""Bytes in which an end is looked for at once, first and when it is not there."""

KEEP = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)
"""The first so many bytes of a word."""

_TENS = np.array([10**power for power in range(9)], np.int64)
_ONES = np.uint64(0x0101010101010101)
_HIGHS = np.uint64(0x8080808080808080)
_LOWS = np.uint64(0x7F7F7F7F7F7F7F7F)
_ZEROS = np.uint64(0x3030303030303030)
_DOTS = np.uint64(0x2E2E2E2E2E2E2E2E)
_LIMIT = np.uint64(0x4646464646464646)  # added to a byte above "9", it sets the highest bit


@dataclass(frozen=True, slots=True)
class Run:
    """Bytes to compare with, in words."""

    text: bytes
    parts: tuple[tuple[int, np.uint64, np.uint64], ...]

    @classmethod
    def of(cls, text: bytes) -> "Run":
        """Cut a text into words: where each begins, which bytes of it count, and what they are."""
        words = range(0, len(text), 8)
        pieces = [(at, text[at : at + 8]) for at in words]
        return cls(
            text, tuple((at, KEEP[len(piece)], np.uint64(int.from_bytes(piece, "little"))) for at, piece in pieces)
        )


class Text:
    """The bytes of a block, with as much behind them as a wide window is long.

    Args:
        room: The block and what stands behind it; writable.
        size: Of the block.
    """

    def __init__(self, room: memoryview, size: int) -> None:
        self.data = room[:size]
        self.bytes = np.frombuffer(room, np.uint8)
        self._words: Words = np.ndarray((len(room) - 7,), "<u8", room, 0, (1,))
        self._narrow = np.ndarray((len(room) - NARROW,), f"V{NARROW}", room, 0, (1,))
        self._wide = np.ndarray((len(room) - WIDE,), f"V{WIDE}", room, 0, (1,))

    def word(self, at: Places) -> Words:
        """Return the eight bytes at each place, the first the lowest."""
        return self._words[at]

    def head(self, at: Places, sizes: Places) -> Words:
        """Return up to eight bytes at each place, as many as its size says, zeros behind them."""
        return self._words[at] & KEEP[np.clip(sizes, 0, 8)]

    def matches(self, at: Places, run: Run) -> Flags:
        """Tell at which places a run stands."""
        found: Flags | None = None
        for offset, keep, expected in run.parts:
            same = (self._words[at + offset] & keep) == expected
            found = same if found is None else found & same
        return np.ones(len(at), np.bool_) if found is None else found

    def quote_from(self, at: Places) -> Places:
        """Return where the first quote from each place on stands; the place itself where the block has none."""
        window = self._narrow[at].view(np.uint8).reshape(len(at), NARROW) == QUOTE
        ends: Places = at + window.argmax(axis=1)
        missing = np.flatnonzero(self.bytes[ends] != QUOTE)
        if missing.size:
            ends[missing] = self._far_quote_from(at[missing])
        return ends

    def _far_quote_from(self, at: Places) -> Places:
        window = self._wide[at].view(np.uint8).reshape(len(at), WIDE) == QUOTE
        ends: Places = at + window.argmax(axis=1)
        for row in np.flatnonzero(self.bytes[ends] != QUOTE).tolist():
            place = int(at[row])
            found = stringzilla.find(self.data[place:], b'"')
            ends[row] = place + max(found, 0)
        return ends

    def scalar_end(self, at: Places) -> Places:
        """Return where the comma, brace or space behind each scalar stands; the place itself where none is near."""
        window = self._narrow[at].view(np.uint8).reshape(len(at), NARROW)
        ended = (window == ord(",")) | (window == ord("}")) | (window <= SPACE)
        ends: Places = at + ended.argmax(axis=1)
        return ends

    def hashes(self, at: Places, sizes: Places) -> Words:
        """Return the hash of each text, as `bot.logs.hashing.hash_text` defines it."""
        found = sizes.astype(np.uint64) * np.uint64(SEED)
        longest = int(sizes.max(initial=0))
        shortest = int(sizes.min(initial=longest))
        for offset in range(0, longest, 8):
            if offset + 8 <= shortest:
                found = mixed(found ^ self._words[at + offset])
            else:
                rows = np.flatnonzero(sizes > offset)
                found[rows] = mixed(found[rows] ^ self.head(at[rows] + offset, sizes[rows] - offset))
        return mixed(found)

    def integers(self, at: Places, sizes: Places) -> tuple[Places, Flags]:
        """Return the number that up to 19 digits are, and whether each is one."""
        total, good = np.zeros(len(at), np.int64), (sizes > 0) & (sizes < 20)
        for offset in range(0, min(int(sizes.max(initial=0)), 24), 8):
            here = np.clip(sizes - offset, 0, 8)
            word = self.head(at + offset, here) | (_ZEROS & ~KEEP[here])
            good &= are_digits(word)
            total = total * _TENS[here] + digits(word) // _TENS[8 - here]
        return total, good

    def are_integers(self, at: Places, sizes: Places) -> Flags:
        """Tell which texts are JSON integers, of at most 16 digits and without a sign."""
        first, second = self._two_words(at, sizes, np.uint64(0x30))
        good: Flags = are_digits(first) & are_digits(second) & (sizes <= 16) & (sizes > 0)
        good &= (sizes == 1) | (self.bytes[at] != ord("0"))
        return good

    def are_decimals(self, at: Places, sizes: Places) -> Flags:
        """Tell which texts are digits with a dot between them, as JSON writes them, of at most 16 characters."""
        first, second = self._two_words(at, sizes, np.uint64(0x30))
        dots_first, dots_second = zero_bytes(first ^ _DOTS), zero_bytes(second ^ _DOTS)
        first, second = (
            first ^ (dots_first >> np.uint64(7)) * np.uint64(0x1E),
            second ^ (dots_second >> np.uint64(7)) * np.uint64(0x1E),
        )
        good: Flags = are_digits(first) & are_digits(second) & (sizes <= 16) & (sizes > 2)
        good &= np.bitwise_count(dots_first) + np.bitwise_count(dots_second) == 1
        good &= (self.bytes[at] != ord(".")) & (self.bytes[at + np.maximum(sizes, 1) - 1] != ord("."))
        good &= (self.bytes[at] != ord("0")) | (self.bytes[at + 1] == ord("."))
        return good

    def _two_words(self, at: Places, sizes: Places, filler: np.uint64) -> tuple[Words, Words]:
        fill = _ONES * filler
        one, two = np.clip(sizes, 0, 8), np.clip(sizes - 8, 0, 8)
        first = self.head(at, one) | (fill & ~KEEP[one])
        if int(sizes.max(initial=0)) <= 8:
            return first, np.full(len(at), fill, np.uint64)
        return first, self.head(at + 8, two) | (fill & ~KEEP[two])


def newlines(data: memoryview, text: npt.NDArray[np.uint8]) -> Places:
    """Return where the newlines of data stand.

    stringzilla splits four times as fast as numpy compares, and keeps the ends of the pieces as a table of numbers: of
    each piece, as if the separators were not there. That table is not documented well, so what it says is checked.
    """
    pieces: Any = stringzilla.Str(data).split("\n")
    size, count = 8 if pieces.offsets_are_large else 4, len(pieces)
    if count > 1 and pieces.offsets_address and pieces.offsets_nbytes == (count + 1) * size:
        raw = (ctypes.c_char * pieces.offsets_nbytes).from_address(pieces.offsets_address)
        ends = np.frombuffer(raw, np.uint64 if size == 8 else np.uint32)[1:-1]
        found = ends.astype(np.int64) + np.arange(count - 1)
        if found[-1] < len(data) and bool((text[found] == NEWLINE).all()):
            return found
    return np.flatnonzero(text[: len(data)] == NEWLINE)


def mixed(word: Words) -> Words:
    """Return words with every bit spread, as `bot.logs.hashing.mixed` defines it."""
    word = word * np.uint64(FACTOR)
    word ^= word >> np.uint64(SHIFT)
    word *= np.uint64(SEED)
    word ^= word >> np.uint64(32)
    return word


def hash_places(path: int, offsets: Places) -> Words:
    """Return the hash of lines, as `bot.logs.hashing.hash_place` defines it."""
    return mixed(mixed(offsets.astype(np.uint64)) ^ np.uint64(path))


def zero_bytes(word: Words) -> Words:
    """Return the highest bit of every byte that is zero."""
    return ~(((word & _LOWS) + _LOWS) | word | _LOWS)


def are_digits(word: Words) -> Flags:
    """Tell which words are eight ASCII digits."""
    found: Flags = (((word + _LIMIT) | (word - _ZEROS)) & _HIGHS) == 0
    return found


def digits(word: Words) -> Places:
    """Return the number that eight ASCII digits are, the first the most significant."""
    word = word - _ZEROS
    word = word * np.uint64(10) + (word >> np.uint64(8))
    pairs = np.uint64(0x000000FF000000FF)
    high = (word & pairs) * np.uint64(0x000F424000000064)
    low = ((word >> np.uint64(16)) & pairs) * np.uint64(0x0000271000000001)
    return ((high + low) >> np.uint64(32)).astype(np.int64)
