"""The lines of a block, for whatever wants them one by one."""

from collections.abc import Iterator

from bot.logs.blocks import LINE_BYTES_MAX, Block


def lines_of(block: Block) -> Iterator[tuple[int, bytes]]:
    """Yield (offset in the text, line without its end), empty ones left out; a long line is cut at LINE_BYTES_MAX."""
    data, at = bytes(block.data), 0
    while at < len(data):
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        if end > at:
            yield block.offset + at, trimmed(data[at:end])
        at = end + 1


def trimmed(line: bytes) -> bytes:
    """Return a line without its carriage return, and no longer than LINE_BYTES_MAX."""
    if len(line) > LINE_BYTES_MAX:
        return line[:LINE_BYTES_MAX]
    return line[:-1] if line.endswith(b"\r") else line
