"""Where a log may be cut, so that what is read of its pieces is what is read of the whole."""

import random
from pathlib import Path

import pytest

from bot.logs.blocks import BlockReader
from bot.logs.cut import may_be_cut
from bot.logs.entry import Entry
from bot.logs.format import Format
from bot.logs.part import dater, format_of
from bot.logs.scan import entries
from tests.logs import crowd
from tests.logs.make import write

CUTS = 30


def read(lines: list[tuple[int, bytes]], form: Format) -> list[Entry]:
    """Return the entries of lines, in their order."""
    return sorted(entries(lines, lambda _at, _raw: True, form), key=lambda entry: entry.offset)


@pytest.mark.parametrize("traces", [0.02, 0.2])
@pytest.mark.parametrize("wrap", crowd.WRAPS)
def test_pieces_of_a_log_of_several_writers_are_read_as_the_whole_is(tmp_path: Path, wrap: str, traces: float) -> None:
    """Most places will do; those between a record and its trace are no places."""
    log = Path(write(tmp_path / "app.log", crowd.log(1, wrap, kind="both", traces=traces)))
    lines, at = [], 0
    for raw in log.read_bytes().splitlines(keepends=True):
        lines.append((at, raw.rstrip(b"\n")))
        at += len(raw)
    refused = 0
    with BlockReader(log) as reader:
        form = format_of(reader)
        date_of, whole = dater(form), read(lines, form)
        dated = [i for i, (_, raw) in enumerate(lines) if i and date_of(raw) is not None]
        for i in random.Random(wrap).sample(dated, CUTS):
            if may_be_cut(reader, form, 0, lines[i][0]):
                assert read(lines[:i], form) + read(lines[i:], form) == whole
            else:
                refused += 1
    assert refused < CUTS / 2
    assert refused == 0 or wrap != "none"
