"""What stands between the texts of a JSON object: of such gaps there are few kinds, however many objects.

A gap is what is between the end of one text and the beginning of the next, or the end of the line: `:`, `,`, `:42,`,
`},`. Each kind is parsed once, whatever its digits; which kinds may follow each other is for `bot.logs.fast.tokens`.
"""

import re

import numpy as np
import numpy.typing as npt

from bot.logs.fast.bits import KEEP, Places, Words, mixed, ones_for_digits
from bot.logs.fast.columns import Codes
from bot.logs.fast.words import Text
from bot.logs.hashing import FACTOR

Kinds = npt.NDArray[np.uint16]

GAP_BYTES_MAX = 24
"""Of a longer gap nothing is known: it holds a number that no program counts with, or a list of numbers."""

KINDS_MAX = 4_096

NAMES, TEXT, LIST, OBJECT, UNLISTS, COMMA, END, BAD = (np.uint8(1 << bit) for bit in range(8))
"""What a kind of gap says: the text before it is a name; the one behind it is that name's value, or the first of a list
of texts, or the first name of an object; it ends a list; it is a comma and no more; no text comes behind it; it is no JSON.
"""

_NUMBER = r"-?1+(?:\.1+)?(?:[eE][+-]?11?)?"
_OPENING = re.compile(r" *: *(?P<what>[{[]?) *")
_CLOSING = re.compile(
    rf" *(?:(?P<colon>:) *(?:(?P<scalar>{_NUMBER}|true|false|null)|\{{ *\}}|\[ *\])|(?P<unlists>\]))?"
    r" *(?P<closers>(?:\} *)*)(?P<comma>,?) *"
)
_DIGIT = re.compile("1")
_WORDS_MAX = GAP_BYTES_MAX // 8
_NOT_LEARNT, _BAD = 0, 1


class Gaps:
    """The kinds of gaps of one file, learnt while they are met.

    Attributes:
        flags: By kind: what it says.
        deeper: By kind: how many objects it opens, less those it closes.
        scalar_at: By kind: how far from its beginning a scalar begins.
        scalar_size: By kind: how long the scalar is; 0 where it has none.
        digit_at: By kind: how far from its beginning a number's first digit stands; 0 where it has none.
    """

    def __init__(self) -> None:
        self.flags = np.full(KINDS_MAX + 1, BAD, np.uint8)
        self.deeper = np.zeros(KINDS_MAX + 1, np.int32)
        self.scalar_at = np.zeros(KINDS_MAX + 1, np.int64)
        self.scalar_size = np.zeros(KINDS_MAX + 1, np.int64)
        self.digit_at = np.zeros(KINDS_MAX + 1, np.int64)
        self._kinds: dict[str, int] = {"": _BAD}
        self._single = np.array([self._kind(bytes((byte,))) for byte in range(256)], np.uint16)
        self._codes = Codes()

    def of(self, text: Text, at: Places, sizes: Places) -> Kinds:
        """Return the kind of each gap; most are of one byte."""
        kinds: Kinds = self._single.take(text.bytes.take(at))
        longer = np.flatnonzero(sizes != 1)
        if longer.size:
            kinds[longer] = self._of_longer(text, at[longer], sizes[longer])
        return kinds

    def _of_longer(self, text: Text, at: Places, sizes: Places) -> Places:
        count = min(_WORDS_MAX, max(1, -(-int(sizes.max()) // 8)))
        first, *more = text.window(at, count)
        found: Words = ones_for_digits(first) & KEEP[np.minimum(sizes, 8) if more else sizes]
        found *= np.uint64(FACTOR)
        for number, word in enumerate(more, 1):
            found = mixed(found ^ ones_for_digits(word) & KEEP[np.clip(sizes - 8 * number, 0, 8)])
        kinds = self._codes.of(found, lambda row: self._kind(bytes(text.data[at[row] : at[row] + sizes[row]])))
        digits = at + self.digit_at[kinds]
        zeros = np.flatnonzero(text.bytes[digits] == ord("0"))  # a gap without a number does not begin with a digit
        after = text.bytes[digits[zeros] + 1]
        kinds[zeros[(after >= ord("0")) & (after <= ord("9"))]] = _BAD
        kinds[sizes > GAP_BYTES_MAX] = _BAD
        return kinds

    def _kind(self, raw: bytes) -> int:
        """Return the number of a kind of gap, by one of them."""
        gap = "" if len(raw) > GAP_BYTES_MAX else re.sub(r"\d", "1", raw.decode("latin-1"), flags=re.ASCII)
        if gap not in self._kinds:
            if len(self._kinds) >= KINDS_MAX:
                return _BAD
            kind = self._kinds[gap] = len(self._kinds) + 1
            self._learn(kind, gap)
        return self._kinds[gap]

    def _learn(self, kind: int, gap: str) -> None:
        if opening := _OPENING.fullmatch(gap):
            self.flags[kind] = NAMES | {"": TEXT, "{": OBJECT, "[": LIST}[opening["what"]]
            self.deeper[kind] = opening["what"] == "{"
            return
        found = _CLOSING.fullmatch(gap)
        if found is None or not (found["closers"] or found["comma"]):
            return
        is_comma = gap.strip(" ") == ","
        says = ((NAMES, found["colon"]), (UNLISTS, found["unlists"]), (COMMA, is_comma), (END, not found["comma"]))
        self.flags[kind] = sum(flag for flag, holds in says if holds)
        self.deeper[kind] = -found["closers"].count("}")
        if found["scalar"]:
            self.scalar_at[kind], end = found.span("scalar")
            self.scalar_size[kind] = end - self.scalar_at[kind]
            if digit := _DIGIT.search(gap):
                self.digit_at[kind] = digit.start()
