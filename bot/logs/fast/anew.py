"""Lines that are not understood as they stand, written anew: without lists of anything but texts, each name once.

Of a list only texts are looked at, and only where the record did not fail; an error is read as it stands.
"""

from typing import Any

import numpy as np
import orjson

from bot.logs.blocks import PADDING, Block
from bot.logs.fast.block import LINE_MAX, Lines
from bot.logs.fast.words import Places
from bot.logs.flatten import DEPTH_MAX, LIST_ITEMS_MAX


def written_anew(lines: Lines, rows: Places) -> tuple[Lines, Places]:
    """Write some lines of a block anew, as far as they are JSON objects; return them, and which lines they were."""
    kept, texts = [], []
    data = lines.text.data
    near = rows[lines.ends[rows] - lines.starts[rows] <= LINE_MAX]
    for row, start, end in zip(near.tolist(), lines.starts[near].tolist(), lines.ends[near].tolist(), strict=True):
        try:
            fields = orjson.loads(data[start:end])
            if type(fields) is dict:
                _empty_lists(fields)
                texts.append(orjson.dumps(fields))
                kept.append(row)
        except (orjson.JSONDecodeError, orjson.JSONEncodeError):
            continue
    found = np.array(kept, np.int64)
    room = memoryview(b"\n".join((*texts, bytes(PADDING))))
    return Lines(Block(0, room[: len(room) - PADDING], room), lines.offsets[found]), found


def _empty_lists(fields: dict[str, Any], depth: int = 1) -> None:
    """Empty what no field comes of: lists of anything but texts, and what is too deep."""
    for name, value in fields.items():
        if type(value) is dict:
            if depth < DEPTH_MAX:
                _empty_lists(value, depth + 1)
            else:
                fields[name] = {}
        elif type(value) is list:
            fields[name] = value[:LIST_ITEMS_MAX] if all(type(one) is str for one in value[:LIST_ITEMS_MAX]) else []
