"""All texts of JSON objects, and whether what stands between them makes the lines well-formed.

All texts of all lines are looked at together. A line is well-formed when each of its gaps is of a kind that may come
after the one before it, and it closes as many objects as it opens.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.logs.fast.bits import Flags, Places
from bot.logs.fast.block import LINE_MAX, Lines
from bot.logs.fast.gaps import BAD, COMMA, END, LIST, NAMES, OBJECT, TEXT, UNLISTS, Gaps, Kinds
from bot.logs.fast.words import SPACE
from bot.logs.flatten import DEPTH_MAX

TEXTS_MAX = 400
"""Of a line; one of more is a dump, and not all of its fields are counted."""

Bytes = npt.NDArray[np.uint8]
Changes = npt.NDArray[np.int32]
"""As numbers of this size they are summed up in a fifth of the time; `_running` keeps none of them as it was."""


@dataclass(slots=True)
class Texts:
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

    def only(self, keep: Flags) -> "Texts":
        """Return the texts of the lines to keep."""
        if keep.all():
            return self
        of = np.repeat(keep, self.counts)
        return Texts(
            self.rows[keep], self.counts[keep], self.opens[of], self.closes[of],
            self.kinds[of], self.flags[of], self.depth[of],
        )  # fmt: skip


def texts_of(lines: Lines, rows: Places, gaps: Gaps) -> Texts:
    """Return the texts of those of the rows that are well-formed."""
    text = lines.text
    rows, counts, places = _quoted(lines, rows)
    opens, closes = places[0::2], places[1::2]
    lasts = np.cumsum(counts) - 1
    firsts = lasts - counts + 1
    sizes = np.empty_like(opens)
    np.subtract(opens[1:], closes[:-1], out=sizes[:-1])
    sizes[lasts] = lines.ends[rows] - closes[lasts]
    kinds = gaps.of(text, closes + 1, sizes - 1)
    flags = gaps.flags.take(kinds)
    behind = _running(gaps.deeper.take(kinds), firsts, counts, 1)
    depth = np.ones_like(behind)
    depth[1:] = behind[:-1]
    depth[firsts] = 1
    wrong = _are_wrong(flags, behind, firsts, lasts, counts)
    good = np.ones(len(rows), np.bool_)
    if wrong.any():
        good[np.repeat(np.arange(len(rows)), counts)[wrong]] = False
    starts = lines.starts[rows]
    head = opens[firsts] - starts
    good &= (head == 1) | ((head == 2) & (text.bytes[starts + 1] == SPACE))
    return Texts(rows, counts, opens, closes, kinds, flags, depth).only(good)


def _quoted(lines: Lines, rows: Places) -> tuple[Places, Places, Places]:
    """Return which of the rows may be objects with texts, how many texts each has, and where their quotes stand."""
    text, starts, ends = lines.text, lines.starts[rows], lines.ends[rows]
    before = text.quotes_before(starts)
    quotes = text.quotes_before(ends) - before
    fit = ~lines.odd[rows] & (text.bytes[starts] == ord("{")) & (ends - starts <= LINE_MAX)
    fit &= (quotes & 1 == 0) & (quotes > 0) & (quotes <= 2 * TEXTS_MAX)
    first, before, quotes = before[0], before[fit], quotes[fit]
    places, total = text.quotes(int(starts[0]), int(ends[-1])), int(quotes.sum())
    if total != len(places):
        before -= first
        places = places[np.repeat(before - np.cumsum(quotes) + quotes, quotes) + np.arange(total)]
    return rows[fit], quotes >> 1, places


def _running(changes: Changes, firsts: Places, counts: Places, first: int) -> npt.NDArray[np.int8]:
    """Return the sum of the changes in each line, up to each text and with it; as far as it stays small."""
    if not changes.size:
        return changes.astype(np.int8)
    sums = np.add.reduceat(changes, firsts)
    if (sums == -first).all():  # so each begins with what the one before it ended with
        changes[firsts] += first
        running = np.cumsum(changes, dtype=np.int32)
    else:
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
        opened = ((flags & LIST) != 0).astype(np.int32) - ((flags & UNLISTS) != 0)
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
