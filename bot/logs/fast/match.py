"""Which lines of a block have which known shape, and where their values stand: a tree of shapes, walked by all at once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from bot.logs.fast.bits import Flags, Places
from bot.logs.fast.shape import Kind, Shape
from bot.logs.fast.words import SPACE, Run, Text

INTEGER_MAX = 16
"""Digits of a number that is plainly one; one of more may be too large to be taken for an integer."""

ALL = slice(None)

_NUMBER = re.compile(rb"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_WORDS = tuple(Run.of(word) for word in (b"true", b"false", b"null"))


class Spot(NamedTuple):
    """Where a value stands: so many bytes behind an anchor; and its size, or the anchor at its end."""

    anchor: int
    offset: int = 0
    size: int | None = None
    end: int = 0


@dataclass(slots=True)
class Matched:
    """Lines of one shape: their rows in the block, some places in each, and where its values stand behind them."""

    shape: Shape
    rows: Places
    anchors: list[Places]
    spots: Sequence[Spot]

    def begin(self, i: int, rows: Places | slice = ALL) -> Places:
        """Return where a value begins, in some of the lines."""
        spot = self.spots[i]
        found = self.anchors[spot.anchor][rows]
        return found + spot.offset if spot.offset else found

    def span(self, i: int, rows: Places | slice = ALL) -> tuple[Places, Places]:
        """Return where a value begins, and its size."""
        begins, spot = self.begin(i, rows), self.spots[i]
        if spot.size is not None:
            return begins, np.full(len(begins), spot.size)
        return begins, self.anchors[spot.end][rows] - begins

    def only(self, keep: Flags) -> "Matched":
        """Return the lines to keep."""
        if keep.all():
            return self
        return Matched(self.shape, self.rows[keep], [one[keep] for one in self.anchors], self.spots)


@dataclass(slots=True)
class _Node:
    """A stretch of bytes that stands between two values, and what may come after the second."""

    run: Run
    kind: Kind
    shape: Shape | None = None
    children: list["_Node"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Walk:
    """What all branches of one walk share."""

    text: Text
    ends: Places
    found: list[Matched]


class Matcher:
    """The shapes known so far."""

    def __init__(self) -> None:
        self._roots: list[_Node] = []
        self.count = 0

    def add(self, shape: Shape) -> bool:
        """Add a shape; return whether it was new."""
        nodes = self._roots
        for value in shape.values:
            nodes = _branch(nodes, value.before, value.kind).children
        leaf = _branch(nodes, shape.after, Kind.END)
        if leaf.shape is not None:
            return False
        leaf.shape = shape
        self.count += 1
        return True

    def match(self, text: Text, starts: Places, ends: Places, rows: Places) -> list[Matched]:
        """Return which of the rows have a known shape, and where their values stand.

        Args:
            text: The block.
            starts: Of every line.
            ends: Behind every line, its line break left out.
            rows: Which lines to look at.
        """
        walk = _Walk(text, ends, [])
        _choose(walk, self._roots, rows, starts[rows], [])
        return walk.found


def _branch(nodes: list[_Node], run: bytes, kind: Kind) -> _Node:
    for node in nodes:
        if node.run.text == run and node.kind is kind:
            return node
    node = _Node(Run.of(run), kind)
    nodes.append(node)
    nodes.sort(key=lambda one: -len(one.run.text))  # one may begin with another
    return node


def _choose(walk: _Walk, nodes: list[_Node], rows: Places, at: Places, anchors: list[Places]) -> None:
    """Part the lines by which of the nodes stands where they have come to; those of none are left.

    The anchors are begin and end of each value that was passed.
    """
    for node in nodes:
        hit = walk.text.matches(at, node.run)
        count = int(np.count_nonzero(hit))
        if count == len(rows):
            _enter(walk, node, rows, at, anchors)
            return
        if count:
            _enter(walk, node, rows[hit], at[hit], [one[hit] for one in anchors])
            rest = ~hit
            rows, at, anchors = rows[rest], at[rest], [one[rest] for one in anchors]


def _enter(walk: _Walk, node: _Node, rows: Places, at: Places, anchors: list[Places]) -> None:
    begin = at + len(node.run.text)
    if node.kind is Kind.END:
        assert node.shape is not None
        spots = [Spot(2 * i, end=2 * i + 1) for i in range(len(anchors) // 2)]
        found = Matched(node.shape, rows, anchors, spots).only(begin == walk.ends[rows])
        if len(found.rows):
            walk.found.append(found)
        return
    if node.kind is Kind.TEXT:
        end = walk.text.quote_from(begin)
    else:
        end, good = scalars(walk.text, begin)
        if not good.all():
            rows, begin, end = rows[good], begin[good], end[good]
            anchors = [one[good] for one in anchors]
    if len(rows):
        _choose(walk, node.children, rows, end, [*anchors, begin, end])


def scalars(text: Text, at: Places) -> tuple[Places, Flags]:
    """Return where scalars end, and which are numbers as JSON writes them, or true, false or null."""
    sizes = text.integer_sizes(at)
    ends = at + sizes
    behind = text.bytes[ends]
    good = (behind == ord(",")) | (behind == ord("}")) | (behind <= SPACE)
    good &= (sizes > 0) & (sizes <= INTEGER_MAX) & ((sizes == 1) | (text.bytes[at] != ord("0")))
    rest = np.flatnonzero(~good)
    if rest.size:
        ends[rest] = text.scalar_end(at[rest])
    for is_one in (_are_decimals, _are_words, _are_numbers):
        if not rest.size:
            break
        good[rest] = is_one(text, at[rest], ends[rest] - at[rest])
        rest = rest[~good[rest]]
    return ends, good


def _are_decimals(text: Text, at: Places, sizes: Places) -> Flags:
    return text.are_decimals(at, sizes)


def _are_words(text: Text, at: Places, sizes: Places) -> Flags:
    found = np.zeros(len(at), np.bool_)
    for word in _WORDS:
        found |= (sizes == len(word.text)) & text.matches(at, word)
    return found


def _are_numbers(text: Text, at: Places, sizes: Places) -> Flags:
    ends = (at + sizes).tolist()
    return np.array(
        [bool(_NUMBER.fullmatch(text.data, a, b)) for a, b in zip(at.tolist(), ends, strict=True)], np.bool_
    )
