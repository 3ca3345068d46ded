"""JSON objects of any names in any order, many lines at once: which names each has, and where their values stand."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bot.logs.fast.bits import Flags, Places, Words
from bot.logs.fast.block import Lines
from bot.logs.fast.columns import Codes, scalar
from bot.logs.fast.gaps import LIST, NAMES, OBJECT, TEXT, UNLISTS, Gaps
from bot.logs.fast.shape import Kind
from bot.logs.fast.texts import Bytes, Texts, texts_of
from bot.logs.fast.words import Text
from bot.logs.flatten import Scalar
from bot.logs.hashing import FACTOR
from bot.logs.ids import id_rank

NAMES_MAX = 10_000
"""Names of a file that somebody asks for; a line with further ones is left to the parser."""

REMEMBERED_MAX = 50_000
"""Names whose hashes are remembered; logs that make names of their data have ever new ones."""

UNKNOWN, USELESS = 0, 1
"""Stand for the names beyond, and for all those that nobody asks for."""

AS_TEXT, AS_SCALAR = np.uint8(Kind.TEXT), np.uint8(Kind.SCALAR)
"""Kinds of values, as numpy compares them: with a member of an enumeration it takes ten times as long."""

_NARROW = 1_000
"""Names up to which it is looked for doubles by marking, not by sorting."""


class Names:
    """The dotted names of one file, learnt while they are met: a number for each that somebody asks for.

    Args:
        is_useless: Tells of which name nobody wants to know, now or ever.

    Attributes:
        known: By number: the name.
        numbers: By name: its number.
        ranks: Of those that are correlation ids: how far up each stands among them.
        tops: Those that have been met without anything around them, by number.
    """

    def __init__(self, is_useless: Callable[[str], bool]) -> None:
        self._is_useless = is_useless
        self.known: list[str] = ["", ""]
        self.numbers: dict[str, int] = {}
        self.ranks: dict[str, int] = {}
        self.tops: dict[int, str] = {}
        self._codes = Codes()

    def __len__(self) -> int:
        return len(self.known)

    def of(self, hashes: Words, path_of: Callable[[int], tuple[str, ...]]) -> Places:
        """Return the number of each name, by the hash of its path; `path_of(row)` gives the path of one of them."""
        if len(self._codes) > REMEMBERED_MAX:
            self._codes = Codes()
        return self._codes.of(hashes, lambda row: self._number(path_of(row)))

    def number(self, name: str) -> int:
        """Return the number of a name."""
        number = self.numbers.get(name)
        if number is None:
            if len(self.known) > NAMES_MAX:
                return UNKNOWN
            number = self.numbers[name] = len(self.known)
            self.known.append(name)
            if (rank := id_rank(name)) is not None:
                self.ranks[name] = rank
        return number

    def _number(self, path: tuple[str, ...]) -> int:
        name = ".".join(path)
        if name not in self.numbers and self._is_useless(name):
            return USELESS
        number = self.number(name)
        if len(path) == 1 and number != UNKNOWN:
            self.tops[number] = name
        return number


class Tokens:
    """Those names of some lines that somebody asks for, in the order in which they stand there.

    Args:
        texts: Of the lines.
        which: Which of them are names.
        numbers: Of these.
        gaps: Between the texts.

    Attributes:
        rows: Which lines of the block they are.
        row: Of each name: which of those lines.
        name: Of each name: its number.
        is_top: Of each name: whether nothing is around it.
        is_strange: Of each line: whether it has a name that is unknown, or one twice.
    """

    def __init__(self, texts: Texts, which: Places, numbers: Places, gaps: Gaps) -> None:
        asked = np.flatnonzero(numbers != USELESS)
        if len(asked) < len(numbers):
            which, numbers = which[asked], numbers[asked]
        self._texts, self._gaps, self._which = texts, gaps, which
        self.rows = texts.rows
        self.row: Places = np.repeat(np.arange(len(texts.rows)), texts.counts)[which]
        self.name = numbers
        self.is_top: Flags = texts.depth[which] == 1
        self.is_strange = np.zeros(len(texts.rows), np.bool_)
        self.is_strange[self.row[self.name == UNKNOWN]] = True
        self.is_strange[self._doubled(self.row, self.name)] = True

    def doubled(self, number: int) -> Places:
        """Return which lines have a certain name twice."""
        which = np.flatnonzero(self.name == number)
        return self._doubled(self.row[which], self.name[which])

    def _doubled(self, row: Places, numbers: Places) -> Places:
        """Return which lines have one of some names twice."""
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

    def places(self, column_of: Places) -> Places:
        """Return where some names stand at the top of each line, a row for each column; -1 where they do not.

        Args:
            column_of: By number: in which column the name is to stand; -1 for none.
        """
        columns = column_of[self.name]
        which = np.flatnonzero((columns >= 0) & self.is_top)
        found = np.full((int(column_of.max(initial=-1)) + 1, len(self.rows)), -1)
        found[columns[which], self.row[which]] = which
        return found

    def are_in(self, which: Places, rows: Places) -> Flags:
        """Tell which of the names are in some of the lines."""
        is_one = np.zeros(len(self.rows), np.bool_)
        is_one[rows] = True
        found: Flags = is_one[self.row[which]]
        return found

    def values(self, which: Places) -> "Spans":
        """Return where the values of some names stand."""
        texts, gaps, at = self._texts, self._gaps, self._which[which]
        flags = texts.flags[at]
        written = (flags & TEXT) != 0
        if written.all():
            begins = texts.opens[at + 1] + 1
            return Spans(begins, texts.closes[at + 1] - begins, np.full(len(at), AS_TEXT))
        kinds = texts.kinds[at]
        sizes = gaps.scalar_size[kinds]
        begins = texts.closes[at] + 1 + gaps.scalar_at[kinds]
        found = Spans(begins, sizes, (sizes > 0).astype(np.uint8) * AS_SCALAR)
        self._place(found, np.flatnonzero(written), at[written] + 1, Kind.TEXT)
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
        found.kinds[which] = np.uint8(kind)


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
    texts = texts_of(lines, rows, gaps)
    which = np.flatnonzero((texts.flags & NAMES) != 0)
    return Tokens(texts, which, _numbers_of(lines.text, texts, which, names), gaps)


def _numbers_of(text: Text, texts: Texts, which: Places, names: Names) -> Places:
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
            hashes[here] ^= (hashes[above[here]] + np.uint64(level)) * np.uint64(FACTOR)

    def path_of(i: int) -> tuple[str, ...]:
        path: list[str] = []
        while i >= 0:
            begin = int(begins[i])
            path.insert(0, str(scalar(bytes(text.data[begin : begin + int(sizes[i])]), Kind.TEXT)))
            i = int(above[i])
        return tuple(path)

    return names.of(hashes, path_of)
