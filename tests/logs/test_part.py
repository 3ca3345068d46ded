"""Where a large log is cut: for two processes, and where there may not be time for all of it."""

from pathlib import Path

import pytest

from bot.logs import part
from bot.logs.blocks import BlockReader
from bot.logs.format import UNKNOWN
from bot.logs.part import Part, dater, format_of, index_of
from bot.logs.window import DISORDER_US
from tests.logs import logmaker
from tests.logs.make import write


def whole(reader: BlockReader) -> Part:
    """Return all of a file as a part."""
    form = format_of(reader, UNKNOWN)
    return Part(reader, form, index_of(reader, dater(form), DISORDER_US))


def test_shares_are_all_of_a_log_the_newest_first_and_the_last_ones_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each begins where a line does."""
    monkeypatch.setattr(part, "SHARED_BYTES", 1 << 16)
    monkeypatch.setattr(part, "SHARE_BYTES_MIN", 1 << 14)
    log = Path(write(tmp_path / "app.log", logmaker.log(1, 5000, rubbish=0.05)))
    with BlockReader(log) as reader:
        shares = whole(reader).shares()
    text, behind = log.read_bytes(), None
    for begin, end in shares:
        assert end == behind
        assert begin == 0 or text[begin - 1] == ord("\n")
        behind = begin
    assert behind == 0
    sizes = [(len(text) if end is None else end) - begin for begin, end in shares]
    assert sizes[:2] == pytest.approx([len(text) / 4] * 2, rel=0.1)
    assert max(sizes[-2:]) < 3 << 14


def test_a_small_log_is_one_share(tmp_path: Path) -> None:
    """Whose end may still be written to."""
    with BlockReader(Path(write(tmp_path / "app.log", logmaker.log(1, 500)))) as reader:
        assert whole(reader).shares() == [(0, None)]
