"""Logs that are rotated, copied, packed and emptied while they are read: every line once, or the report says not.

What happens meanwhile happens in the clock that the deadline asks: before each file, and between two blocks of one.
"""

import gzip
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from bot.logs.blocks import BlockReader, Shrunk
from bot.logs.file import FileLogSource
from bot.logs.window import LogIndex
from bot.triage.summary import LogRequest, SourceReport, Span
from tests.logs.make import T0, lines, record, write

REQUEST = LogRequest(Span(T0 - timedelta(hours=1), T0), Span(T0, T0 + timedelta(minutes=15)))
PAD = "x" * 4000
"""So that a block of 2 MiB is full after some 500 lines."""

MANY = 1500
AT_LISTING, AT_FIRST_FILE, AT_SECOND_FILE = 0, 1, 2
IN_FIRST_FILE = 2
"""Which question to the clock stands for which moment; a file of several blocks asks in between."""


def log(start_s: int, lines_count: int, pad: str = "") -> str:
    """Return records, a tenth of a second apart, each unlike the others."""
    return lines([record(T0 + timedelta(seconds=start_s + i / 10), f"order {i}", pad=pad) for i in range(lines_count)])


def read(folder: Path, at: int | None = None, action: Callable[[], object] = lambda: None) -> SourceReport:
    """Read a folder's log while something happens to it, at a moment, or at every one."""
    ticks = count()

    def clock() -> float:
        if next(ticks) == at or at is None:
            action()
        return 0.0

    return FileLogSource([f"{folder}/app.log*"], monotonic=clock).summarize(REQUEST).source


def rename(folder: Path) -> None:
    """Rotate by renaming, and go on writing under the old name."""
    if (folder / "app.log.1").exists():
        (folder / "app.log.1").rename(folder / "app.log.2")
    (folder / "app.log").rename(folder / "app.log.1")
    write(folder / "app.log", log(700, 7))


def copy_and_empty(folder: Path) -> None:
    """Rotate as logrotate's copytruncate does."""
    shutil.copyfile(folder / "app.log", folder / "app.log.1")
    os.truncate(folder / "app.log", 0)
    with (folder / "app.log").open("a") as file:
        file.write(log(700, 7))


def pack(path: Path) -> None:
    """Pack a file as logrotate does: beside it, then it is gone."""
    write(path.with_name(path.name + ".gz"), gzip.compress(path.read_bytes()))
    path.unlink()


def assert_whole(found: SourceReport, expected: int) -> None:
    """See that every line was counted once."""
    assert (found.lines, found.parsed, found.partial) == (expected, expected, False), found.problems


@pytest.mark.parametrize("moment", [AT_FIRST_FILE, AT_SECOND_FILE])
def test_a_rotation_by_renaming_between_two_files_loses_and_doubles_nothing(tmp_path: Path, moment: int) -> None:
    """Each name stands for another file by then; a file is known by its inode."""
    write(tmp_path / "app.log", log(500, 50))
    write(tmp_path / "app.log.1", log(300, 30))
    assert_whole(read(tmp_path, moment, lambda: rename(tmp_path)), 50 + 30 + 7)


def test_a_rotation_by_renaming_within_a_file_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """What is open stays what it is; what is new is found by looking again."""
    write(tmp_path / "app.log", log(300, MANY, PAD))
    assert_whole(read(tmp_path, IN_FIRST_FILE, lambda: rename(tmp_path)), MANY + 7)
    assert (tmp_path / "app.log.1").exists()


@pytest.mark.parametrize("moment", [AT_LISTING, AT_FIRST_FILE, IN_FIRST_FILE])
def test_a_rotation_by_copying_and_emptying_loses_and_doubles_nothing(tmp_path: Path, moment: int) -> None:
    """The file that shrank is left, and everything is read afresh."""
    write(tmp_path / "app.log", log(300, MANY, PAD))
    assert_whole(read(tmp_path, moment, lambda: copy_and_empty(tmp_path)), MANY + 7)


def test_a_file_that_is_emptied_at_every_reading_ends_in_part(tmp_path: Path) -> None:
    """Reading afresh has an end, and the report says that lines are missing; growing again hides nothing."""
    path = tmp_path / "app.log"
    write(path, log(300, MANY, PAD))
    seconds = count()

    def empty_and_refill(_done: int, _total: int) -> None:
        write(path, log(next(seconds), MANY, PAD))

    found = FileLogSource([str(path)], progress=empty_and_refill).summarize(REQUEST).source
    assert found.partial
    assert any("emptied while it was read" in problem for problem in found.problems)
    assert found.lines == found.parsed + found.skipped


def test_a_file_that_shrinks_under_the_search_for_a_time_ends_the_search(tmp_path: Path) -> None:
    """Nothing stands at the places that are looked at any more."""
    path = tmp_path / "app.log"
    write(path, log(0, MANY, PAD))
    dated = count()

    def date_of(_line: bytes) -> int:
        if next(dated) == 5:
            os.truncate(path, 0)
        return 0

    with BlockReader(path) as reader:
        LogIndex(reader.pread, reader.size, date_of).slice(-(10**12), 10**12)
        with pytest.raises(Shrunk):
            reader.check()
        with pytest.raises(Shrunk):
            list(reader.blocks())


@pytest.mark.parametrize("share", [0.4, 1.0])
def test_a_packed_copy_beside_its_original_is_read_once(tmp_path: Path, share: float) -> None:
    """The original is; the copy may be in the making."""
    text = log(300, 500)
    packed = gzip.compress(text.encode())
    write(tmp_path / "app.log", log(600, 20))
    write(tmp_path / "app.log.1", text)
    write(tmp_path / "app.log.1.gz", packed[: int(len(packed) * share)])
    assert_whole(read(tmp_path), 520)


def test_a_copy_in_the_making_is_read_once(tmp_path: Path) -> None:
    """Between the two steps of copytruncate both are there."""
    text = log(300, 500)
    write(tmp_path / "app.log", text)
    write(tmp_path / "app.log.1", text[: len(text) // 3])
    assert_whole(read(tmp_path), 500)


@pytest.mark.parametrize("moment", [AT_FIRST_FILE, AT_SECOND_FILE])
def test_a_file_that_is_packed_meanwhile_is_read_once(tmp_path: Path, moment: int) -> None:
    """Under its new name, where it was not read before."""
    write(tmp_path / "app.log", log(600, 20))
    write(tmp_path / "app.log.1", log(300, 500))
    assert_whole(read(tmp_path, moment, lambda: pack(tmp_path / "app.log.1")), 520)


def test_a_file_that_is_deleted_meanwhile_is_said_to_be_gone(tmp_path: Path) -> None:
    """The report is in part."""
    write(tmp_path / "app.log", log(600, 20))
    write(tmp_path / "app.log.1", log(300, 500))
    found = read(tmp_path, AT_SECOND_FILE, (tmp_path / "app.log.1").unlink)
    assert (found.lines, found.partial) == (20, True)
    assert any("app.log.1: gone before it was read" in problem for problem in found.problems)


def test_rotated_files_that_begin_with_the_same_banner_are_no_copies(tmp_path: Path) -> None:
    """A logger that writes its version first does so in every file."""
    banner = lines([record(T0, "starting version 4")])
    write(tmp_path / "app.log", banner + log(600, 20))
    write(tmp_path / "app.log.1", banner)
    write(tmp_path / "app.log.2", banner + log(300, 30))
    assert_whole(read(tmp_path), 53)


def test_a_live_line_torn_within_a_letter_is_counted_as_skipped(tmp_path: Path) -> None:
    """It is a line, and not yet a record: lines = parsed + skipped."""
    torn = lines([record(T0 + timedelta(seconds=9), "grün")]).replace("\\u00fc", "ü").encode()
    write(tmp_path / "app.log", log(0, 3).encode() + torn[: torn.index("ü".encode()) + 1])
    found = read(tmp_path)
    assert (found.lines, found.parsed, found.skipped, found.partial) == (4, 3, 1, False)


def test_a_log_that_copytruncate_left_with_a_hole_begins_behind_it(tmp_path: Path) -> None:
    """A writer that does not append goes on at its old place; before it are zero bytes that nobody wrote."""
    with (tmp_path / "app.log").open("wb") as file:
        file.seek((3 << 30) + 17)
        file.write(log(-3000, 40).encode() + log(300, MANY, PAD).encode())
    found = read(tmp_path)
    assert_whole(found, MANY + 40)
    assert found.bytes_read < 1 << 27
