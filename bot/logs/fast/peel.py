"""The wrappers of containers, taken off all lines of a block at once: Docker's JSON, and the prefix of Kubernetes (CRI).

Only what is plain is peeled: a whole record, an object, dated by its wrapper; Docker's with no escape but that of quotes. What
is inside is then as if nothing had been around it. All else is left to the parser, with its wrapper; so is the line that may
end a record of which another line holds the beginning.
"""

from collections.abc import Callable

import numpy as np

from bot.logs.blocks import PADDING, Block
from bot.logs.fast.bits import Flags, Places
from bot.logs.fast.block import Lines
from bot.logs.fast.instants import Clock
from bot.logs.fast.words import SPACE, Run
from bot.logs.times import PLAIN

LOOKED_AT = 8
"""Lines of a block that tell whether peeling is worth trying."""

_STREAMS = (b"stdout", b"stderr")
_TIME_SIZES = range(20, 36)
"""Of `2019-04-30T02:12:41Z` up to nine digits more, and an offset in place of the Z; runtimes leave zeros out."""

_DOCKER = Run.of(b'{"log":"')
_DOCKER_OBJECT = Run.of(b'{"log":"{\\"')
_DOCKER_QUOTES = 12
_DOCKER_TAILS = tuple(Run.of(b'\\n","stream":"%s","time":"' % stream) for stream in _STREAMS)
_CRI_WHOLE, _CRI_PARTS = (tuple(Run.of(b" %s %s" % (stream, tag)) for stream in _STREAMS) for tag in (b"F {", b"P"))
_NO_STREAM = -1


class Peeler:
    """Peels the lines of one file, block by block."""

    def __init__(self) -> None:
        self._waits = [False] * len(_STREAMS)  # for the end of a record, by the stream

    def lines(self, block: Block) -> Lines:
        """Return the lines of a block as they are inside of their wrappers; as they stand where they have none."""
        lines = Lines(block)
        heads = [lines.line(row)[:64] for row in range(min(LOOKED_AT, len(lines)))]
        if any(head.startswith(_DOCKER_OBJECT.text) for head in heads):
            return self._docker(block, lines)
        if any(tag.text in head for tag in _CRI_WHOLE for head in heads):
            return self._cri(lines)
        return lines

    def _cri(self, lines: Lines) -> Lines:
        """Let each line begin behind its prefix."""
        text, starts = lines.text, lines.starts
        sizes = _least_of(_TIME_SIZES, len(lines), lambda size: text.bytes[starts + size] == SPACE)
        streams = _streams(len(lines), lambda stream: text.matches(starts + sizes, _CRI_WHOLE[stream]))
        is_inside = (streams != _NO_STREAM) & (sizes > 0) & ~lines.odd & _are_times(lines, starts, sizes)
        parts = _streams(len(lines), lambda stream: text.matches(starts + sizes, _CRI_PARTS[stream]))
        self._leave_ends(is_inside, streams, parts != _NO_STREAM, parts)
        behind = starts + sizes + len(_CRI_WHOLE[0].text) - 1
        return lines.inside(np.where(is_inside, behind, starts), lines.ends, is_inside)

    def _docker(self, block: Block, lines: Lines) -> Lines:
        """Let each line be the text of its log, its quotes without their backslashes."""
        text, starts, ends, tail = lines.text, lines.starts, lines.ends, len(_DOCKER_TAILS[0].text)

        def streams_by(size: int | Places) -> Places:
            at = np.maximum(ends - 2 - size - tail, 0)
            return _streams(len(lines), lambda stream: text.matches(at, _DOCKER_TAILS[stream]))

        sizes = _least_of(_TIME_SIZES, len(lines), lambda size: streams_by(size) != _NO_STREAM)
        streams = streams_by(sizes)
        is_ended = (sizes > 0) & (ends - 2 - sizes - tail > starts + len(_DOCKER_OBJECT.text))
        is_inside = is_ended & ~lines.odd & (lines.quotes == _DOCKER_QUOTES) & (lines.other_escapes() == 1)
        is_inside &= text.matches(starts, _DOCKER_OBJECT) & _are_times(lines, ends - 2 - sizes, sizes)
        self._leave_ends(is_inside, streams, text.matches(starts, _DOCKER) & ~is_ended, None)
        plain = bytes(block.data).replace(b'\\"', b'"')
        room = memoryview(plain + bytes(PADDING))
        inner = Lines(Block(0, room[: len(plain)], room), lines.offsets)
        begins = np.where(is_inside, inner.starts + len(_DOCKER.text), inner.starts)
        behind = np.where(is_inside, inner.ends - 2 - sizes - tail, inner.ends)
        inner.odd |= ~is_inside
        inner.quotes -= _DOCKER_QUOTES * is_inside
        return inner.inside(begins, behind, is_inside, outside=lines)

    def _leave_ends(self, is_inside: Flags, streams: Places, is_part: Flags, streams_of_parts: Places | None) -> None:
        """Leave each line that may end what a part of its stream began; a part that tells no stream may be of any."""
        for stream in range(len(_STREAMS)):
            mine = is_part if streams_of_parts is None else is_part & (streams_of_parts == stream)
            parts = np.flatnonzero(mine)
            if self._waits[stream]:
                parts = np.append(-1, parts)
            whole = np.flatnonzero(is_inside & (streams == stream))
            following = np.searchsorted(whole, parts, "right")
            is_inside[whole[following[following < len(whole)]]] = False
            self._waits[stream] = bool(parts.size) and not (whole.size and whole[-1] > parts[-1])


def _streams(count: int, is_of: Callable[[int], Flags]) -> Places:
    """Return the number of each line's stream; _NO_STREAM where it is of none."""
    found = np.full(count, _NO_STREAM)
    for stream in range(len(_STREAMS)):
        found[is_of(stream)] = stream
    return found


def _least_of(sizes: range, count: int, fits: Callable[[int], Flags]) -> Places:
    """Return for each line the least of some sizes that fits; 0 where none does."""
    found = np.zeros(count, np.int64)
    for size in reversed(sizes):
        found[fits(size)] = size
    return found


def _are_times(lines: Lines, at: Places, sizes: Places) -> Flags:
    """Tell where the time of a wrapper stands, in the form that the first of them has."""
    good = np.zeros(len(lines), np.bool_)
    rows = np.flatnonzero(sizes)
    if not rows.size:
        return good
    begin = int(at[rows[0]])
    try:
        clock = Clock(bytes(lines.text.data[begin : begin + int(sizes[rows[0]])]), PLAIN)
    except ValueError:
        return good
    good[rows] = clock.read(lines.text, at[rows], sizes[rows]).good
    return good
