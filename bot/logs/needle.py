"""Lines of a block that carry an id, found in its bytes; nothing else of the block is parsed."""

from collections.abc import Collection, Iterator

import stringzilla

from bot.logs.blocks import Block
from bot.logs.lines import trimmed
from bot.logs.window import DateOf

LINES_AROUND_MAX = 1_000
"""How far above a line its time is looked for, and below it what continues it."""


def runs_with(needles: Collection[bytes], block: Block, date_of: DateOf) -> Iterator[list[tuple[int, bytes]]]:
    """Yield runs of lines, each a dated line up to the next one, that carry one of the needles somewhere.

    Args:
        needles: Not empty, without line breaks.
        block: Is searched.
        date_of: Dates a line by itself.
    """
    if all(stringzilla.find(block.data, needle) < 0 for needle in needles):
        return
    data, done = bytes(block.data), 0
    while (at := _first(needles, data, done)) >= 0:
        begin = _begin_of_run(data, at, done, date_of)
        end = _end_of_run(data, at, date_of)
        yield [(block.offset + offset, trimmed(line)) for offset, line in _lines(data, begin, end)]
        done = end


def _first(needles: Collection[bytes], data: bytes, start: int) -> int:
    return min((at for needle in needles if (at := data.find(needle, start)) >= 0), default=-1)


def _begin_of_run(data: bytes, at: int, limit: int, date_of: DateOf) -> int:
    begin = data.rfind(b"\n", limit, at) + 1 or limit
    for _ in range(LINES_AROUND_MAX):
        if begin <= limit or date_of(trimmed(data[begin : _end_of_line(data, begin)].rstrip(b"\n"))) is not None:
            break
        begin = data.rfind(b"\n", limit, begin - 1) + 1 or limit
    return begin


def _end_of_run(data: bytes, at: int, date_of: DateOf) -> int:
    end = _end_of_line(data, at)
    for _ in range(LINES_AROUND_MAX):
        if end >= len(data) or date_of(trimmed(data[end : _end_of_line(data, end)].rstrip(b"\n"))) is not None:
            break
        end = _end_of_line(data, end)
    return end


def _end_of_line(data: bytes, at: int) -> int:
    return data.find(b"\n", at) + 1 or len(data)


def _lines(data: bytes, begin: int, end: int) -> Iterator[tuple[int, bytes]]:
    while begin < end:
        after = _end_of_line(data, begin)
        if line := data[begin:after].rstrip(b"\n"):
            yield begin, line
        begin = after
