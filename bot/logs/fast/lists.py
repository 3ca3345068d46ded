"""Lists of anything but texts, cut out of the lines of a block: nothing is asked of them where a record did not fail."""

from collections.abc import Iterator

import numpy as np
import orjson

from bot.logs.blocks import PADDING, Block
from bot.logs.fast.bits import Places
from bot.logs.fast.block import Lines
from bot.logs.fast.words import places_of

BRACKET_EACH = 16
"""Bytes for each bracket in a block; where there are more of them, it is no log, and to look at each takes much memory."""

_OPEN, _CLOSE = b"[]"
_KEPT = b'"]'
"""What the first byte of a list of texts is, and of an empty one."""


def without_lists(lines: Lines, rows: Places) -> Lines:
    """Return the lines of a block, those of the rows with `[]` in place of lists of numbers, objects or lists.

    A list that is no JSON stays, so that the line is taken for none either.
    """
    cuts = np.array(list(_cuts(lines, rows)), np.int64).reshape(-1, 2)
    if not cuts.size:
        return lines
    data = lines.text.data
    begins, ends = np.append(0, cuts[:, 1]).tolist(), np.append(cuts[:, 0], len(data)).tolist()
    pieces = [data[begin:end] for begin, end in zip(begins, ends, strict=True)]
    room = memoryview(b"".join((*pieces, bytes(PADDING))))
    gone = np.append(0, np.cumsum(cuts[:, 1] - cuts[:, 0]))
    starts, behind = (at - gone[np.searchsorted(cuts[:, 0], at)] for at in (lines.starts, lines.ends))
    shorter = Lines(Block(0, room[: len(room) - PADDING], room), lines.offsets)
    shorter.odd |= lines.odd
    return shorter.inside(starts, behind, np.zeros(len(lines), np.bool_))


def _cuts(lines: Lines, rows: Places) -> Iterator[tuple[int, int]]:
    """Yield from where to where something is to be cut out, in order."""
    text, data = lines.text, lines.text.data
    brackets = np.concatenate([places_of(byte, data, text.bytes) for byte in (_OPEN, _CLOSE)])
    if not 0 < len(brackets) <= len(data) // BRACKET_EACH:
        return
    brackets.sort()
    row = np.maximum(np.searchsorted(lines.starts, brackets, "right") - 1, 0)
    is_wanted = np.zeros(len(lines), np.bool_)
    is_wanted[rows] = True
    quotes = text.quotes_before(brackets) - text.quotes_before(lines.starts[row])
    which = np.flatnonzero(is_wanted[row] & (quotes & 1 == 0))
    found = brackets[which]
    depth = last = begin = -1
    for at, of, is_open in zip(found.tolist(), row[which].tolist(), (text.bytes[found] == _OPEN).tolist(), strict=True):
        if of != last:
            last, depth = of, 0
        depth += 1 if is_open else -1
        if is_open and depth == 1:
            begin = at
        elif depth == 0 and data[begin + 1] not in _KEPT and _is_json(data[begin : at + 1]):
            yield begin + 1, at


def _is_json(raw: memoryview) -> bool:
    try:
        orjson.loads(raw)
    except orjson.JSONDecodeError:
        return False
    return True
