"""The quick way to see that lines have a known shape: laid over a line, a stencil shows only the bytes that never vary.

In most logs a time, an id or a region has the same size on every line. Around such values nothing needs to be looked
for: the bytes before and behind stand at fixed distances, and are fetched and compared in one step. Only where a value
of varying size ends, the next quote is looked up; the end of the last value follows from that of the line. That no
quote stands where none was looked for is told by how many the line has.

A line that a stencil does not fit may have the shape all the same; the matcher finds out.
"""

from dataclasses import dataclass

import numpy as np

from bot.logs.fast.bits import KEEP, Flags, Places, Words
from bot.logs.fast.block import Lines
from bot.logs.fast.match import Matched, Spot, scalars
from bot.logs.fast.shape import Kind, Shape
from bot.logs.fast.words import WINDOW_WORDS, Text

PART_MAX = 256
"""Bytes between two values of varying size; a longer stretch is left to the matcher."""

FIXED_MAX = 64
"""A longer value has no size of its own, though it was the same in all lines seen: a sentence that comes again."""

_QUOTE = b'"'


@dataclass(frozen=True, slots=True)
class _Look:
    """Some words from a place on: which of them must be what, where they are kept in part or whole."""

    offset: int
    count: int
    expected: tuple[tuple[int, np.uint64, np.uint64], ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """What stands between the end of one value of varying size and the beginning of the next, the value included."""

    looks: tuple[_Look, ...]
    size: int
    kind: Kind


class Stencil:
    """Fits lines of one shape whose values have the sizes that most have.

    Args:
        shape: Of the lines.
        fixed: The size of each value that has always the same; None for the others.
        parts: From the beginning of the line on.
        spots: Where the values stand.
        is_last: Whether the last value of varying size is the last of the line.
    """

    def __init__(
        self,
        shape: Shape,
        fixed: tuple[int | None, ...],
        parts: tuple[_Part, ...],
        spots: tuple[Spot, ...],
        *,
        is_last: bool,
    ) -> None:
        self.shape = shape
        self.fixed = fixed
        self.quotes = sum(value.before.count(_QUOTE) for value in shape.values) + shape.after.count(_QUOTE)
        self._parts = parts
        self._spots = spots
        self._is_last = is_last

    def match(self, lines: Lines, rows: Places) -> Matched:
        """Return those of the rows that fit; all of them must have as many quotes as the shape, and none that is escaped."""
        text, ends = lines.text, lines.ends[rows]
        at = lines.starts[rows]
        anchors, differ = [at], np.zeros(len(rows), np.uint64)
        wrong: Flags | None = None
        for number, part in enumerate(self._parts):
            _compare(text, at, part, differ)
            begin = at + part.size
            if part.kind is Kind.END:
                at = begin
            elif number == len(self._parts) - 2 and self._is_last:
                at = ends - len(self.shape.after)
                wrong = at < begin if wrong is None else wrong | (at < begin)
                at = np.maximum(at, 0)
                anchors.append(at)
            elif part.kind is Kind.TEXT:
                at = np.minimum(text.quote_from(begin), len(text.data))
                anchors.append(at)
            else:
                at, good = scalars(text, np.minimum(begin, len(text.data)))
                at = np.minimum(at, len(text.data))
                wrong = ~good if wrong is None else wrong | ~good
                anchors.append(at)
        fits = (differ == 0) & (at == ends)
        if wrong is not None:
            fits &= ~wrong
        return Matched(self.shape, rows, anchors, self._spots).only(fits)


def stencil_of(found: Matched, known: "Stencil | None") -> Stencil | None:
    """Return the stencil that fits lines of a shape, and those that another one has fitted; None where none can.

    Args:
        found: Lines of the shape; what they agree in is taken to be so for all.
        known: That did not fit them.
    """
    shape = found.shape
    fixed = tuple(
        _common_size(found.span(i)[1]) if value.kind is Kind.TEXT else None for i, value in enumerate(shape.values)
    )
    if known is not None:
        fixed = tuple(size if size == before else None for size, before in zip(fixed, known.fixed, strict=True))
    parts: list[_Part] = []
    spots: list[Spot] = []
    mask, said = bytearray(), bytearray()
    for value, size in zip(shape.values, fixed, strict=True):
        mask += b"\xff" * len(value.before)
        said += value.before
        if size is None:
            spots.append(Spot(len(parts), len(said), None, len(parts) + 1))
            parts.append(_Part(_looks(bytes(mask), bytes(said)), len(said), value.kind))
            mask, said = bytearray(), bytearray()
        else:
            spots.append(Spot(len(parts), len(said), size))
            mask += bytes(size)
            said += bytes(size)
    mask += b"\xff" * len(shape.after)
    said += shape.after
    parts.append(_Part(_looks(bytes(mask), bytes(said)), len(said), Kind.END))
    if any(part.size > PART_MAX for part in parts):
        return None
    is_last = shape.values[-1].kind is Kind.TEXT and fixed[-1] is None
    return Stencil(shape, fixed, tuple(parts), tuple(spots), is_last=is_last)


def _common_size(sizes: Places) -> int | None:
    first = int(sizes[0])
    return first if first <= FIXED_MAX and bool((sizes == first).all()) else None


def _looks(mask: bytes, said: bytes) -> tuple[_Look, ...]:
    """Return how to compare the bytes that a mask keeps."""
    looks = []
    for begin in range(0, len(mask), 8 * WINDOW_WORDS):
        expected = []
        count = min(WINDOW_WORDS, -(-(len(mask) - begin) // 8))
        for number in range(count):
            at = begin + 8 * number
            keep, word = (int.from_bytes(one[at : at + 8], "little") for one in (mask, said))
            if keep:
                expected.append((number, np.uint64(keep), np.uint64(word & keep)))
        if expected:
            first = expected[0][0]
            moved = tuple((number - first, keep, word) for number, keep, word in expected)
            looks.append(_Look(begin + 8 * first, moved[-1][0] + 1, moved))
    return tuple(looks)


def _compare(text: Text, at: Places, part: _Part, differ: Words) -> None:
    for look in part.looks:
        words = text.window(at + look.offset if look.offset else at, look.count)
        for number, keep, word in look.expected:
            wrong = words[number] ^ word
            if keep != KEEP[8]:
                wrong &= keep
            differ |= wrong
