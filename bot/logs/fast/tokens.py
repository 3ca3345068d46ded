"""JSON objects of any names in any order, many lines at once: which names each has, and where their values stand.

All texts of all lines are looked at together, and what stands between them. A line is well-formed when each of its gaps
is of a kind that may come after the one before it, and it closes as many objects as it opens.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.logs.fast.block import LINE_MAX, Lines
from bot.logs.fast.columns import Codes, scalar
from bot.logs.fast.gaps import BAD, COMMA, END, LIST, NAMES, OBJECT, TEXT, UNLISTS, Gaps, Kinds
from bot.logs.fast.shape import Kind
from bot.logs.fast.words import SPACE, Flags, Places, Text, Words, mixed
from bot.logs.flatten import DEPTH_MAX, Scalar

TEXTS_MAX = 400
"""Of a line; one of more is a dump, and not all of its fields are counted."""

NAMES_MAX = 2_000
"""Names of a file; one that makes names of its data is left to the parser."""

UNKNOWN = 0
"""Stands for the names beyond."""

_NARROW = 1_000
"""Names up to which it is looked for doubles by marking, not by sorting."""

Bytes = npt.NDArray[np.uint8]


class Names:
    """The dotted names of one file, learnt while they are met: a number for each.

    Attributes:
        known: By number: the name.
        numbers: By name: its number.
        tops: Those that have been met without anything around them, by number.
    """

    def __init__(self) -> None:
        self.known: list[str] = [""]
        self.numbers: dict[str, int] = {}
        self.tops: dict[int, str] = {}
        self._codes = Codes()

    def __len__(self) -> int:
        return len(self.known)

    def of(self, hashes: Words, path_of: Callable[[int], tuple[str, ...]]) -> Places:
        """Return the number of each name, by the hash of its path; `path_of(row)` gives the path of one of them."""
        return self._codes.of(hashes, lambda row: self._number(path_of(row)))

    def number(self, name: str) -> int:
        """Return the number of a name."""
        number = self.numbers.get(name)
        if number is None:
            if len(self.known) > NAMES_MAX:
                return UNKNOWN
            number = self.numbers[name] = len(self.known)
            self.known.append(name)
        return number

    def _number(self, path: tuple[str, ...]) -> int:
        number = self.number(".".join(path))
        if len(path) == 1:
            self.tops[number] = path[0]
        return number


@dataclass(slots=True)
class _Texts:
    """All texts of some lines.

    Args:
        rows: Which lines of the block.
        counts: Of each line: how many it has.
        opens: Of each text: where it begins, its quote included.
        closes: Of each text: where its second quote stands.
        kinds: Of each text: of what kind the gap behind it is.
        flags: What that says.
        depth: Of each text: in how many objects it stands.
    """

    rows: Places
    counts: Places
    opens: Places
    closes: Places
    kinds: Kinds
    flags: Bytes
    depth: npt.NDArray[np.int8]

    def only(self, keep: Flags) -> "_Texts":
        """Return the texts of the lines to keep."""
        if keep.all():
            return self
        of = np.repeat(keep, self.counts)
        return _Texts(
            self.rows[keep], self.counts[keep], self.opens[of], self.closes[of],
            self.kinds[of], self.flags[of], self.depth[of],
        )  # fmt: skip


class Tokens:
    """The names of some lines, in the order in which they stand there.

    Args:
        texts: Of the lines.
        which: Which of them are names.
        numbers: Of these.
        gaps: Between the texts.

    Attributes:
        rows: Which lines of the block they are; each has a name at least.
        row: Of each name: which of those lines.
        name: Of each name: its number.
        is_top: Of each name: whether nothing is around it.
        is_strange: Of each line: whether it has a name that is unknown, or one twice.
    """

    def __init__(self, texts: _Texts, which: Places, numbers: Places, gaps: Gaps) -> None:
        self._texts, self._which, self._gaps = texts, which, gaps
        self.rows = texts.rows
        self.row: Places = np.repeat(np.arange(len(texts.rows)), texts.counts)[which]
        self.name = numbers
        self.is_top: Flags = texts.depth[which] == 1
        self.is_strange = np.zeros(len(texts.rows), np.bool_)
        self.is_strange[self.row[numbers == UNKNOWN]] = True
        self.is_strange[self.doubled(np.arange(len(which)))] = True

    def doubled(self, which: Places) -> Places:
        """Return which lines have one of some names twice."""
        numbers, row = self.name[which], self.row[which]
        width = int(numbers.max(initial=0)) + 1
        keys = row * width + numbers
        if width <= _NARROW:
            met = np.zeros(len(self.rows) * width, np.bool_)
            met[keys] = True
            if np.count_nonzero(met) == len(keys):
                return keys[:0]
        keys = np.sort(keys)
        found: Places = keys[1:][keys[1:] == keys[:-1]] // width
        return found

    def named(self, number: int, rows: Places) -> Places:
        """Return which of the names is a certain one, in each of some of the lines, which have it once."""
        found = np.flatnonzero(self.name == number)
        return found if len(rows) == len(self.rows) else found[self.are_in(found, rows)]

    def are_in(self, which: Places, rows: Places) -> Flags:
        """Tell which of the names are in some of the lines."""
        is_one = np.zeros(len(self.rows), np.bool_)
        is_one[rows] = True
        found: Flags = is_one[self.row[which]]
        return found

    def values(self, which: Places) -> "Spans":
        """Return where the values of some names stand."""
        texts, gaps, at = self._texts, self._gaps, self._which[which]
        kinds, flags = texts.kinds[at], texts.flags[at]
        sizes = gaps.scalar_size[kinds]
        begins = texts.closes[at] + 1 + gaps.scalar_at[kinds]
        found = Spans(begins, sizes, (sizes > 0).astype(np.uint8) * np.uint8(Kind.SCALAR))
        written = np.flatnonzero((flags & TEXT) != 0)
        self._place(found, written, at[written] + 1, Kind.TEXT)
        listed = np.flatnonzero((flags & LIST) != 0)
        if listed.size:
            self._place(found, listed, at[listed] + 1, Kind.LIST)
        return found

    def _place(self, found: "Spans", which: Places, texts: Places, kind: Kind) -> None:
        """Say where some of the values are texts, or lists of which the texts are the first."""
        opens, closes = self._texts.opens, self._texts.closes
        lasts = texts
        if kind is Kind.LIST:
            ends = np.flatnonzero((self._texts.flags & UNLISTS) != 0)
            lasts = ends[np.searchsorted(ends, texts)]
        found.begins[which] = opens[texts] + 1
        found.sizes[which] = closes[lasts] - opens[texts] - 1
        found.kinds[which] = kind


class Spans(NamedTuple):
    """Where values stand, without quotes or brackets; their sizes, and how they are written."""

    begins: Places
    sizes: Places
    kinds: Bytes

    def value(self, text: Text, i: int) -> Scalar:
        """Return one of the values."""
        begin = int(self.begins[i])
        return scalar(bytes(text.data[begin : begin + int(self.sizes[i])]), Kind(self.kinds[i]))


def tokens_of(lines: Lines, rows: Places, gaps: Gaps, names: Names) -> Tokens:
    """Return the names of those of the rows that are well-formed."""
    texts = _texts_of(lines, rows, gaps)
    which = np.flatnonzero((texts.flags & NAMES) != 0)
    return Tokens(texts, which, _numbers_of(lines.text, texts, which, names), gaps)


def _texts_of(lines: Lines, rows: Places, gaps: Gaps) -> _Texts:
    """Return the texts of those of the rows that are well-formed."""
    text = lines.text
    starts, ends = lines.starts[rows], lines.ends[rows]
    before = text.quotes_before(starts)
    quotes = text.quotes_before(ends) - before
    fit = ~lines.odd[rows] & (text.bytes[starts] == ord("{")) & (ends - starts <= LINE_MAX)
    fit &= (quotes & 1 == 0) & (quotes > 0) & (quotes <= 2 * TEXTS_MAX)
    rows, starts, ends, before, quotes = (one[fit] for one in (rows, starts, ends, before, quotes))
    places = text.quotes()
    if int(quotes.sum()) != len(places):
        behind = np.cumsum(quotes)
        places = places[np.repeat(before - (behind - quotes), quotes) + np.arange(int(quotes.sum()))]
    counts = quotes >> 1
    opens, closes = places[0::2], places[1::2]
    lasts = np.cumsum(counts) - 1
    firsts = lasts - counts + 1
    gap_sizes = np.empty_like(opens)
    np.subtract(opens[1:], closes[:-1], out=gap_sizes[:-1])
    gap_sizes[lasts] = ends - closes[lasts]
    gap_sizes -= 1
    kinds = gaps.of(text, closes + 1, gap_sizes)
    flags = gaps.flags[kinds]
    behind_gap = _running(gaps.deeper[kinds], firsts, counts, 1)
    depth = np.ones_like(behind_gap)
    depth[1:] = behind_gap[:-1]
    depth[firsts] = 1
    wrong = _are_wrong(flags, behind_gap, firsts, lasts, counts)
    good = np.ones(len(rows), np.bool_)
    if wrong.any():
        good[np.repeat(np.arange(len(rows)), counts)[wrong]] = False
    head = opens[firsts] - starts
    good &= (head == 1) | ((head == 2) & (text.bytes[starts + 1] == SPACE))
    return _Texts(rows, counts, opens, closes, kinds, flags, depth).only(good)


def _running(changes: npt.NDArray[np.int8], firsts: Places, counts: Places, first: int) -> npt.NDArray[np.int8]:
    """Return the sum of the changes in each line, up to each text and with it; as far as it stays small."""
    if not changes.size:
        return changes
    sums = np.add.reduceat(changes, firsts, dtype=np.int32)
    if (sums == -first).all():  # so each begins with what the one before it ended with
        changes = changes.copy()
        changes[firsts] += np.int8(first)
        return np.clip(np.cumsum(changes, dtype=np.int32), -1, 127).astype(np.int8)
    running = np.cumsum(changes, dtype=np.int32) + first
    running -= np.repeat(np.cumsum(sums) - sums, counts)
    return np.clip(running, -1, 127).astype(np.int8)


def _are_wrong(flags: Bytes, depth: npt.NDArray[np.int8], firsts: Places, lasts: Places, counts: Places) -> Flags:
    """Tell behind which texts something stands that may not be there.

    Args:
        flags: Of the gaps.
        depth: In how many objects the line is behind each gap.
        firsts: The first text of each line.
        lasts: The last one.
        counts: How many it has.
    """
    before = np.empty_like(flags)
    before[1:] = flags[:-1]
    before[firsts] = OBJECT
    is_name = (before & TEXT) == 0
    wrong: Flags = (flags & BAD) != 0
    if (flags & (LIST | UNLISTS)).any():
        opened = ((flags & LIST) != 0).astype(np.int8) - ((flags & UNLISTS) != 0).astype(np.int8)
        listed = np.zeros(len(flags), np.bool_)
        listed[1:] = _running(opened, firsts, counts, 0)[:-1] > 0
        listed[firsts] = False
        is_name &= ~listed
        wrong |= listed & ((flags & (UNLISTS | COMMA)) == 0)
        wrong |= ((flags & UNLISTS) != 0) & ~listed
    wrong |= ((flags & NAMES) != 0) != is_name
    is_last = np.zeros(len(flags), np.bool_)
    is_last[lasts] = True
    wrong |= (((flags & END) != 0) != is_last) | ((depth == 0) != is_last) | (depth < 0) | (depth > DEPTH_MAX)
    return wrong


def _numbers_of(text: Text, texts: _Texts, which: Places, names: Names) -> Places:
    """Return the number of each name; of the one in an object its path counts."""
    begins = texts.opens[which] + 1
    sizes = texts.closes[which] - begins
    hashes = text.marks(begins, sizes)
    nested = np.flatnonzero(texts.depth[which] > 1)
    above = np.full(len(which), -1)
    if nested.size:
        depth, openers = texts.depth[which], np.flatnonzero((texts.flags[which] & OBJECT) != 0)
        for level in range(2, int(depth.max()) + 1):
            around = openers[depth[openers] == level - 1]
            here = nested[depth[nested] == level]
            above[here] = around[np.searchsorted(around, here) - 1]
            hashes[here] = mixed(hashes[here] ^ mixed(hashes[above[here]] + np.uint64(level)))

    def path_of(i: int) -> tuple[str, ...]:
        path: list[str] = []
        while i >= 0:
            begin = int(begins[i])
            path.insert(0, str(scalar(bytes(text.data[begin : begin + int(sizes[i])]), Kind.TEXT)))
            i = int(above[i])
        return tuple(path)

    return names.of(hashes, path_of)
