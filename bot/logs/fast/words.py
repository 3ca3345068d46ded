"""A block as numpy sees it: bytes at any place in one step, for many places at once.

Everything here takes arrays of places (offsets into the block) and answers with arrays of the same length.

What costs is to fetch bytes from a place that no word begins at: 5 ns for 8 bytes, 5 ns for 32. So as many as will be
needed are fetched at once. Where quotes stand is asked of a table of one bit a byte, whose words are fetched in 1 ns.
"""

import ctypes
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import stringzilla

from bot.logs.fast.bits import (
    KEEP,
    ONES,
    ZEROS,
    Flags,
    Places,
    Words,
    are_digits,
    digits,
    lowest_bit,
    mixed,
    other_bytes,
    zero_bytes,
)
from bot.logs.hashing import FACTOR, SEED, SHIFT

QUOTE, BACKSLASH, NEWLINE, RETURN, SPACE = b'"\\\n\r '
WINDOW_WORDS = 16
"""Words fetched at once at most: 128 bytes at the price of 8."""

HASH_WORDS = 4
"""Words of a text hashed at once: 32 bytes, as much as most have."""

SCALAR_BYTES = 32
"""Bytes in which a number's end is looked for, where it is not an integer."""

_KEEP_FIRST, _KEEP_SECOND = KEEP[np.clip(np.arange(17), 0, 8)], KEEP[np.clip(np.arange(17) - 8, 0, 8)]
"""Of a text of so many bytes: which of its first word belong to it, and which of its second."""

_TENS = np.array([10**power for power in range(9)], np.int64)
_DOTS = np.uint64(0x2E2E2E2E2E2E2E2E)
_ONE, _TOP, _WORD_BITS = (np.uint64(number) for number in (1, 56, 63))


@dataclass(frozen=True, slots=True)
class Run:
    """Bytes to compare with, in words: which bytes of each count, and what they are."""

    text: bytes
    words: tuple[tuple[np.uint64, np.uint64], ...]

    @classmethod
    def of(cls, text: bytes) -> "Run":
        """Cut a text into words."""
        pieces = [text[at : at + 8] for at in range(0, len(text), 8)]
        return cls(text, tuple((KEEP[len(piece)], np.uint64(int.from_bytes(piece, "little"))) for piece in pieces))


class Text:
    """The bytes of a block, with as much behind them as a window is long.

    Args:
        room: The block and what stands behind it.
        size: Of the block.
    """

    def __init__(self, room: memoryview, size: int) -> None:
        self.data = room[:size]
        self.bytes = np.frombuffer(room, np.uint8)
        self._room = room
        self._windows: dict[int, npt.NDArray[np.void]] = {}
        self._quotes: Words = np.empty(0, np.uint64)
        self._quotes_before: Places = np.empty(0, np.int64)

    def word(self, at: Places) -> Words:
        """Return the eight bytes at each place, the first the lowest."""
        found: Words = self._overlapping(1)[at].view(np.uint64)  # as numbers they are fetched at half the speed
        return found

    def window(self, at: Places, words: int) -> list[Words]:
        """Return up to WINDOW_WORDS words at each place: the first ones, the second ones, and so on."""
        found: Words = self._overlapping(words)[at].view(np.uint64)
        return [found[number::words] for number in range(words)]

    def _overlapping(self, words: int) -> npt.NDArray[np.void]:
        """Return the block as so many words from each place on."""
        known = self._windows.get(words)
        if known is None:
            size = 8 * words
            known = self._windows[words] = np.ndarray((len(self._room) - size + 1,), f"V{size}", self._room, 0, (1,))
        return known

    def head(self, at: Places, sizes: Places) -> Words:
        """Return up to eight bytes at each place, as many as its size says, zeros behind them."""
        return self.word(at) & KEEP[np.clip(sizes, 0, 8)]

    def matches(self, at: Places, run: Run) -> Flags:
        """Tell at which places a run stands."""
        if len(run.text) == 1:
            found: Flags = self.bytes[at] == run.text[0]
            return found
        differ: Words = np.zeros(len(at), np.uint64)
        for first in range(0, len(run.words), WINDOW_WORDS):
            expected = run.words[first : first + WINDOW_WORDS]
            for (keep, word), here in zip(expected, self.window(at + 8 * first, len(expected)), strict=True):
                wrong = here ^ word
                differ |= wrong if keep == KEEP[8] else wrong & keep
        same: Flags = differ == 0
        return same

    def mark_quotes(self, hidden: Places) -> None:
        """Note where the quotes stand, those left out that are hidden."""
        size = len(self.data)
        marks = _spare((len(self.bytes) // 64 + 2) * 64)
        np.equal(self.bytes[:size], QUOTE, out=marks[:size])
        marks[size:] = True  # so that whoever looks beyond the block finds an end
        marks[hidden] = False
        self._quotes = np.packbits(marks, bitorder="little").view(np.uint64)
        self._quotes_before = np.zeros(len(self._quotes) + 1, np.int64)
        np.cumsum(np.bitwise_count(self._quotes), out=self._quotes_before[1:])

    def quotes_before(self, at: Places) -> Places:
        """Return how many quotes stand before each place, those left out that are hidden."""
        which, skipped = at >> 6, (at & 63).view(np.uint64)
        found: Places = self._quotes_before[which] + np.bitwise_count(self._quotes[which] & ((_ONE << skipped) - _ONE))
        return found

    def quotes(self, begin: int, end: int) -> Places:
        """Return where the quotes stand from one place to another, those left out that are hidden."""
        first = begin >> 3
        marks = np.unpackbits(self._quotes.view(np.uint8)[first : (end >> 3) + 1], bitorder="little")
        marks[: begin & 7] = 0
        found = np.flatnonzero(marks[: end - 8 * first].view(np.bool_))
        found += 8 * first
        return found

    def quote_from(self, at: Places) -> Places:
        """Return where the first quote from each place on stands; the end of the block where there is none."""
        ends = self._quote_near(at)
        far = np.flatnonzero(ends - at == 64)
        while far.size:
            ends[far] = self._quote_near(np.minimum(ends[far], len(self.data)))
            far = far[(self.bytes[ends[far]] != QUOTE) & (ends[far] < len(self.data))]
        return ends

    def _quote_near(self, at: Places) -> Places:
        """Return where the first quote from each place on stands, or the place 64 bytes further on."""
        which, skipped = at >> 6, (at & 63).view(np.uint64)
        bits = self._quotes[which] >> skipped
        bits |= (self._quotes[which + 1] << _ONE) << (_WORD_BITS - skipped)
        ends: Places = at + lowest_bit(bits)
        return ends

    def integer_sizes(self, at: Places) -> Places:
        """Return how many digits stand at each place, as far as 24."""
        sizes = self._digits_near(at)
        for offset in (8, 16):
            more = np.flatnonzero(sizes == offset)
            if not more.size:
                break
            sizes[more] += self._digits_near(at[more] + offset)
        return sizes

    def _digits_near(self, at: Places) -> Places:
        found: Places = (lowest_bit(other_bytes(self.word(at))) >> 3).astype(np.int64)
        return found

    def scalar_end(self, at: Places) -> Places:
        """Return where the comma, brace or space behind each scalar stands; the place itself where none is near."""
        window = self._overlapping(SCALAR_BYTES // 8)[at].view(np.uint8).reshape(len(at), SCALAR_BYTES)
        ended = (window == ord(",")) | (window == ord("}")) | (window <= SPACE)
        ends: Places = at + ended.argmax(axis=1)
        return ends

    def hashes(self, at: Places, sizes: Places) -> Words:
        """Return the hash of each text, as `bot.logs.hashing.hash_text` defines it."""
        found = sizes.astype(np.uint64) * np.uint64(SEED)
        longest = int(sizes.max(initial=0))
        shortest = int(sizes.min(initial=longest))
        for begin in range(0, longest, 8 * HASH_WORDS):
            count = min(HASH_WORDS, -(-(longest - begin) // 8))
            if begin < shortest:
                words = self.window(at + begin, count)
                for number, word in enumerate(words):
                    offset = begin + 8 * number
                    if offset + 8 <= shortest:
                        found = mixed(found ^ word)
                    elif offset < shortest:
                        found = mixed(found ^ (word & KEEP[np.minimum(sizes - offset, 8)]))
                    else:
                        self._hash_on(found, word, sizes - offset)
                continue
            rows = np.flatnonzero(sizes > begin)
            part = found[rows]
            for number, word in enumerate(self.window(at[rows] + begin, count)):
                self._hash_on(part, word, sizes[rows] - begin - 8 * number)
            found[rows] = part
        return mixed(found)

    def _hash_on(self, found: Words, word: Words, left: Places) -> None:
        """Go on with the hashes of the texts that have bytes left."""
        rows = np.flatnonzero(left > 0)
        found[rows] = mixed(found[rows] ^ (word[rows] & KEEP[np.minimum(left[rows], 8)]))

    def marks(self, at: Places, sizes: Places) -> Words:
        """Return a number for each text, the same only for the same text (as far as 64 bits can tell).

        Costs half of what `hashes` does for the short texts that fields of few values hold.
        """
        longest = int(sizes.max(initial=0))
        if longest > 16:
            return self.hashes(at, sizes)
        first, second = self.window(at, 2) if longest > 8 else (self.word(at), None)
        found = first & _KEEP_FIRST.take(sizes)
        found *= np.uint64(FACTOR)
        found ^= found >> np.uint64(SHIFT)
        if second is not None:
            found += second & _KEEP_SECOND.take(sizes)
        found ^= sizes.view(np.uint64) << _TOP
        found *= np.uint64(SEED)
        return found

    def integers(self, at: Places, sizes: Places) -> tuple[Places, Flags]:
        """Return the number that up to 19 digits are, and whether each is one."""
        total, good = np.zeros(len(at), np.int64), (sizes > 0) & (sizes < 20)
        for offset in range(0, min(int(sizes.max(initial=0)), 24), 8):
            here = np.clip(sizes - offset, 0, 8)
            word = self.head(at + offset, here) | (ZEROS & ~KEEP[here])
            good &= are_digits(word)
            total = total * _TENS[here] + digits(word) // _TENS[8 - here]
        return total, good

    def are_integers(self, at: Places, sizes: Places) -> Flags:
        """Tell which texts are JSON integers, of at most 16 digits and without a sign."""
        good: Flags = (self.integer_sizes(at) == sizes) & (sizes <= 16) & (sizes > 0)
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
        fill = ONES * filler
        one, two = np.clip(sizes, 0, 8), np.clip(sizes - 8, 0, 8)
        first = self.head(at, one) | (fill & ~KEEP[one])
        if int(sizes.max(initial=0)) <= 8:
            return first, np.full(len(at), fill, np.uint64)
        return first, self.head(at + 8, two) | (fill & ~KEEP[two])


_marks: Flags = np.empty(0, np.bool_)


def _spare(size: int) -> Flags:
    """Lend room for so many flags, for as long as nobody else asks: fresh room costs as much as what is done in it."""
    global _marks  # noqa: PLW0603 - one a process
    if len(_marks) < size:
        _marks = np.empty(size, np.bool_)
    return _marks[:size]


def places_of(byte: int, data: memoryview, text: npt.NDArray[np.uint8]) -> Places:
    """Return where a byte stands in data, of which `text` holds the first bytes.

    stringzilla splits four times as fast as numpy compares, and keeps the ends of the pieces as a table of numbers: of
    each piece, as if the separators were not there. That table is not documented well, so what it says is checked.
    """
    pieces: Any = stringzilla.Str(data).split(chr(byte))
    size, count = 8 if pieces.offsets_are_large else 4, len(pieces)
    if count == 1:
        return np.empty(0, np.int64)
    if pieces.offsets_address and pieces.offsets_nbytes == (count + 1) * size:
        raw = (ctypes.c_char * pieces.offsets_nbytes).from_address(pieces.offsets_address)
        ends = np.frombuffer(raw, np.uint64 if size == 8 else np.uint32)[1:-1]
        found = ends.astype(np.int64) + np.arange(count - 1)
        if found[-1] < len(data) and bool((text[found] == byte).all()):
            return found
    return np.flatnonzero(text[: len(data)] == byte)


def hashes_of(texts: list[bytes]) -> Words:
    """Return the hash of each of some texts."""
    sizes = np.array([len(text) for text in texts], np.int64)
    room = memoryview(b"".join((*texts, bytes(8 * HASH_WORDS))))
    return Text(room, len(room)).hashes(np.cumsum(sizes) - sizes, sizes)


def hash_places(path: int, offsets: Places) -> Words:
    """Return the hash of lines, as `bot.logs.hashing.hash_place` defines it."""
    return mixed(mixed(offsets.astype(np.uint64)) ^ np.uint64(path))
