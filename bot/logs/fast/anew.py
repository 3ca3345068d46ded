"""Lines that have no known shape, written anew so that they have few: names in order, no spaces, no lists.

Nothing that is asked of a record depends on the order of its names; and of a list, only its texts are looked at where
the record did not fail. Errors that had a list are left to the real parser.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from bot.logs.blocks import PADDING, Block
from bot.logs.decode import WRAPPER_NAMES
from bot.logs.fast.block import LINE_MAX, Lines
from bot.logs.fast.shape import LISTED
from bot.logs.fast.words import Flags, Places
from bot.logs.flatten import DEPTH_MAX, LIST_ITEMS_MAX
from bot.logs.record import is_status

LINES_MIN = 32
"""Of a block; the parser has read fewer before a block of them is laid out."""

_LISTED = LISTED.encode()
_CONTAINERS = frozenset((dict, list))


@dataclass(frozen=True, slots=True)
class Anew:
    """Lines of a block, written anew.

    Args:
        lines: What they are now.
        rows: Which lines of the block they were.
        is_whole: Which of them had no list.
    """

    lines: Lines
    rows: Places
    is_whole: Flags


def written_anew(lines: Lines, rows: Places) -> Anew | None:
    """Write some lines of a block anew, as far as they are JSON objects; None where there are too few."""
    if len(rows) < LINES_MIN:
        return None
    kept, texts, is_whole = _written(lines, rows)
    if len(kept) < LINES_MIN:
        return None
    room = memoryview(b"\n".join((*texts, bytes(PADDING))))
    block = Block(0, room[: len(room) - PADDING], room)
    found = np.array(kept)
    return Anew(Lines(block, lines.offsets[found]), found, np.array(is_whole))


def _written(lines: Lines, rows: Places) -> tuple[list[int], list[bytes], list[bool]]:
    """Return which of the rows could be written anew, what they are now, and which of them had no list."""
    kept, texts, is_whole = [], [], []
    loads, dumps, sort = orjson.loads, orjson.dumps, orjson.OPT_SORT_KEYS
    data = lines.text.data
    near = rows[lines.ends[rows] - lines.starts[rows] <= LINE_MAX]
    for row, start, end in zip(near.tolist(), lines.starts[near].tolist(), lines.ends[near].tolist(), strict=True):
        raw = bytes(data[start:end])
        try:
            fields = loads(raw)
            whole = type(fields) is dict
            if b"[" in raw or b"{}" in raw:
                whole = not _take_lists(fields, raw)
            text = dumps(fields, None, sort)
        except (orjson.JSONDecodeError, orjson.JSONEncodeError, _UnfitError):
            continue
        kept.append(row)
        texts.append(text)
        is_whole.append(whole)
    return kept, texts, is_whole


class _UnfitError(Exception):
    """A line that would say something else."""


def _take_lists(fields: Any, raw: bytes, depth: int = 1) -> bool:
    """Take the lists and empty objects out of an object, and return whether there were any.

    A list of texts becomes one text, under a name of its own.
    """
    if depth > DEPTH_MAX or _LISTED in raw or type(fields) is not dict:
        raise _UnfitError
    taken = False
    for name in [name for name, value in fields.items() if type(value) in _CONTAINERS]:
        value = fields[name]
        if not value:
            fields[name] = None
        elif type(value) is dict:
            taken |= _take_lists(value, raw, depth + 1)
            continue
        else:
            is_text = all(type(one) is str for one in value[:LIST_ITEMS_MAX])
            fields[name] = {LISTED: "\n".join(value[:LIST_ITEMS_MAX])} if is_text else None
        if name in WRAPPER_NAMES or is_status(name) or is_status(name.rpartition(".")[2]):
            raise _UnfitError
        taken = True
    return taken
