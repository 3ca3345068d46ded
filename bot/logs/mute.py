"""Files whose lines say neither how bad they are nor how a request ended: that no error was found there says nothing."""

from collections.abc import Iterable
from itertools import islice

from bot.errors import SourceError
from bot.logs.blocks import Block, BlockReader
from bot.logs.decode import tells
from bot.logs.format import Format
from bot.logs.lines import lines_of
from bot.logs.paths import LogFile

NAMED_MAX = 3

TAIL_BYTES = 64 * 1024
"""Looked at, too, where the first lines are mute: they may be what a service says while it starts."""


def mute(read: Iterable[tuple[LogFile, Format]]) -> tuple[str, bool]:
    """Return which of the files that were read are mute, in a sentence, and whether none of the others tells anything."""
    tell, found = False, []
    for file, form in read:
        if form.tells is False and _ends_mute(file, form):
            found.append(file.label)
        else:
            tell |= form.tells is not None
    if not found:
        return "", False
    more = f" and {len(found) - NAMED_MAX} more" if len(found) > NAMED_MAX else ""
    named = ", ".join(sorted(found)[:NAMED_MAX])
    return f"{named}{more}: no line looked at has a level or an HTTP status, so errors cannot be told", not tell


def _ends_mute(file: LogFile, form: Format) -> bool:
    """Tell whether the last lines are mute as well; what cannot be read again, or is packed, is taken for what it was."""
    try:
        with BlockReader(file.path) as reader:
            if not reader.seekable or reader.size <= TAIL_BYTES:
                return True
            at = reader.size - TAIL_BYTES
            tail = memoryview(reader.pread(TAIL_BYTES, at))
    except SourceError:
        return True
    whole = islice(lines_of(Block(at, tail, tail)), 1, None)  # the first is torn
    return not tells((raw for _, raw in whole), form)
