"""Where a file may be cut in two that are read apart: where no line below is understood only with those above."""

from collections.abc import Iterator

from bot.logs.blocks import Block, BlockReader
from bot.logs.decode import PARTS_CHARACTERS_MAX, Decoded, Decoder
from bot.logs.entry import Entry
from bot.logs.format import Format
from bot.logs.last import CRASH_GAP_US
from bot.logs.lines import lines_of
from bot.logs.scan import REACH_BYTES, entries
from bot.logs.wrapper import may_hold_parts
from bot.text.stack import is_frame

Line = tuple[int, bytes]


def may_be_cut(reader: BlockReader, form: Format, begin: int, at: int) -> bool:
    """Tell whether a file may be cut.

    Args:
        reader: Of the file.
        form: How it is written.
        begin: Where what is read of it begins.
        at: Where a dated line begins.
    """
    first = max(begin, at - PARTS_CHARACTERS_MAX)
    data = reader.pread(at - first, first)
    if may_hold_parts(memoryview(data)):
        return False
    below = [*_lines(reader.pread(2 * REACH_BYTES, at), at, at + REACH_BYTES)]
    decoder = Decoder(form)
    waiting = set(_waiting(decoder, below))
    if not waiting:
        return True
    edge = max(0, len(data) - REACH_BYTES)
    edge = data.find(b"\n", edge) + 1 if edge else 0
    above = [*_lines(data[edge:], first + edge, at)]
    return _have_begun(decoder, above, waiting) and _read(form, [*above, *below], at) == _read(form, below, at)


def _waiting(decoder: Decoder, lines: list[Line]) -> Iterator[str]:
    """Yield the writers whose first line is no record: it may continue one."""
    seen = {""}  # without a name it continues the line directly before it, and the first line is a record
    for _, raw in lines:
        writer = decoder.writer(raw)
        if writer not in seen:
            seen.add(writer)
            if not decoder.decode(raw).drafts:
                yield writer


def _have_begun(decoder: Decoder, lines: list[Line], writers: set[str]) -> bool:
    """Tell whether something begins among the lines of each of the writers that has any, whatever stands above them."""
    above = [(writer, decoder.decode(raw)) for _, raw in lines if (writer := decoder.writer(raw)) in writers]
    since_us = next((us for _, raw in lines if (us := _time_us(decoder.decode(raw))) is not None), None)
    begun, below = set[str](), dict[str, str]()
    for writer, decoded in reversed(above):
        is_late = since_us is not None and decoded.at is not None and decoded.at.us - since_us > CRASH_GAP_US
        is_whole = not decoded.awaits_frames or is_frame(below.get(writer, ""))
        if decoded.drafts or (decoded.crash is not None and is_late and is_whole):
            begun.add(writer)
        below[writer] = decoded.text
    return begun.issuperset(writer for writer, _ in above)


def _time_us(decoded: Decoded) -> int | None:
    at = decoded.drafts[0].at if decoded.drafts else decoded.at
    return None if at is None else at.us


def _read(form: Format, lines: list[Line], at: int) -> list[Entry]:
    """Return what the lines from a place on are, when they are read with those above."""
    found = entries(lines, lambda _at, _raw: True, form)
    return sorted((entry for entry in found if entry.offset >= at), key=lambda entry: entry.offset)


def _lines(data: bytes, begin: int, end: int) -> Iterator[Line]:
    block = memoryview(data)
    return ((offset, raw) for offset, raw in lines_of(Block(begin, block, block)) if offset < end and raw.strip())
