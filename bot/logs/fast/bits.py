"""Eight bytes as one number, the first the lowest: what is asked of each byte of many such words at once."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from bot.logs.hashing import FACTOR, SEED, SHIFT

Places: TypeAlias = npt.NDArray[np.int64]
Words: TypeAlias = npt.NDArray[np.uint64]
Flags: TypeAlias = npt.NDArray[np.bool_]

KEEP = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)
"""The first so many bytes of a word."""

ONES = np.uint64(0x0101010101010101)
ZEROS = np.uint64(0x3030303030303030)
"""Eight bytes of one, and eight digits of zero."""

_HIGHS = np.uint64(0x8080808080808080)
_LOWS = np.uint64(0x7F7F7F7F7F7F7F7F)
_LIMIT = np.uint64(0x4646464646464646)  # added to a byte above "9", it sets the highest bit
_ABOVE_NINE = np.uint64(0x7676767676767676)  # the same for a byte from which "0" was taken away
_DIGITS_OF_ONE = np.uint64(0x3131313131313131)
_ONE, _SEVEN, _BYTE = (np.uint64(number) for number in (1, 7, 0xFF))


def mixed(word: Words) -> Words:
    """Return words with every bit spread, as `bot.logs.hashing.mixed` defines it."""
    word = word * np.uint64(FACTOR)
    word ^= word >> np.uint64(SHIFT)
    word *= np.uint64(SEED)
    word ^= word >> np.uint64(32)
    return word


def lowest_bit(word: Words) -> Places:
    """Return the number of the lowest bit that is set; 64 where none is."""
    found: Places = np.bitwise_count((word & (~word + _ONE)) - _ONE)
    return found


def zero_bytes(word: Words) -> Words:
    """Return the highest bit of every byte that is zero."""
    return ~(((word & _LOWS) + _LOWS) | word | _LOWS)


def other_bytes(word: Words) -> Words:
    """Return the highest bit of every byte that is no ASCII digit."""
    word = word ^ ZEROS
    return (((word & _LOWS) + _ABOVE_NINE) | word) & _HIGHS


def ones_for_digits(word: Words) -> Words:
    """Return words in which every ASCII digit is a 1."""
    digit_bytes = ((~other_bytes(word) & _HIGHS) >> _SEVEN) * _BYTE
    found: Words = (word & ~digit_bytes) | (_DIGITS_OF_ONE & digit_bytes)
    return found


def are_digits(word: Words) -> Flags:
    """Tell which words are eight ASCII digits."""
    found: Flags = (((word + _LIMIT) | (word - ZEROS)) & _HIGHS) == 0
    return found


def digits(word: Words) -> Places:
    """Return the number that eight ASCII digits are, the first the most significant."""
    word = word - ZEROS
    word = word * np.uint64(10) + (word >> np.uint64(8))
    pairs = np.uint64(0x000000FF000000FF)
    high = (word & pairs) * np.uint64(0x000F424000000064)
    low = ((word >> np.uint64(16)) & pairs) * np.uint64(0x0000271000000001)
    return ((high + low) >> np.uint64(32)).astype(np.int64)
