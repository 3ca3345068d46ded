"""Lines of logfmt as JSON objects, so that they are counted many at once as those are."""

import re

from bot.logs.fast.bits import Places
from bot.logs.fast.block import Lines
from bot.logs.fast.parsed import NO_OBJECT, with_texts

_PAIR = re.compile(
    rb"([A-Za-z_@][\w.@/-]{0,100}+)=(?:\"([^\"\\\x80-\xff]*+(?:\\[nrt\"\\/][^\"\\\x80-\xff]*+)*+)\"|([^\s\"\\\x80-\xff]*+))(?: ++|$)"
)
"""A pair as `bot.logs.layout.read_logfmt` reads it, as far as its value means the same between the quotes of JSON.

What is not ASCII is left: of other alphabets' letters and spaces only the real reader knows which may stand where.
"""

_LINE = re.compile(rb" *+(?:%b)++" % re.sub(rb"\((?!\?)", b"(?:", _PAIR.pattern))
_AS_JSON = rb'"\1":"\2\3",'


def as_objects(lines: Lines, rows: Places) -> Lines:
    """Return the lines of a block, those of the rows that are logfmt as objects; all others say nothing."""
    data, texts = lines.text.data, [NO_OBJECT] * len(lines)
    edges = lines.starts[rows].tolist(), lines.ends[rows].tolist()
    for row, start, end in zip(rows.tolist(), *edges, strict=True):
        line = bytes(data[start:end])
        if _LINE.fullmatch(line):
            texts[row] = b"{%b}" % _PAIR.sub(_AS_JSON, line).strip()[:-1]
    found = with_texts(lines, texts)
    found.odd |= lines.odd
    return found
