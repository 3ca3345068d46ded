"""Files: what is found, what is refused, and how a broken one is said."""

import bz2
import gzip
import json
import lzma
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest

from bot.errors import SourceError
from bot.logs import part, reading
from bot.logs.file import FileLogSource
from bot.triage.summary import LogRequest, Span
from tests.logs.make import T0, lines, record, write

REQUEST = LogRequest(Span(T0 - timedelta(hours=1), T0), Span(T0, T0 + timedelta(minutes=15)))


def log(start: int, count: int) -> str:
    """Return `count` records, a second apart."""
    return lines([record(T0 + timedelta(seconds=start + i)) for i in range(count)])


def test_rotated_and_compressed_files_of_a_folder_are_one_log(tmp_path: Path) -> None:
    """gzip, xz and bzip2 are told by their first bytes, in folders of any depth."""
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    write(tmp_path / "app.log", log(40, 10))
    write(tmp_path / "app.log.1.gz", gzip.compress(log(30, 10).encode()))
    write(deep / "app.log.2", lzma.compress(log(20, 10).encode()))
    write(deep / "app.log.3.bz2", bz2.compress(log(10, 10).encode()))
    found = FileLogSource([str(tmp_path)]).summarize(REQUEST)
    assert (found.source.files, found.source.lines, found.source.partial) == (4, 40, False)
    assert found.source.bytes_read == sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    assert FileLogSource([f"{tmp_path}/**/*.log*", str(tmp_path)]).summarize(REQUEST).source.lines == 40


def test_files_are_a_field_but_rotation_is_not(tmp_path: Path) -> None:
    """app.log and app.log.1 are one file in two pieces."""
    write(tmp_path / "eu.log", log(0, 5))
    write(tmp_path / "eu.log.1", log(5, 5))
    assert "file" not in {field.name for field in FileLogSource([str(tmp_path)]).summarize(REQUEST).fields}
    write(tmp_path / "us.log", log(10, 5))
    (field,) = [field for field in FileLogSource([str(tmp_path)]).summarize(REQUEST).fields if field.name == "file"]
    assert [(value.value, value.events) for value in field.values] == [("eu.log", 10), ("us.log", 5)]


def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path: Path) -> None:
    """A pipe would block for ever."""
    os.mkfifo(tmp_path / "pipe.log")
    write(tmp_path / "app.log", log(0, 3))
    found = FileLogSource([str(tmp_path)]).summarize(REQUEST)
    assert found.source.lines == 3
    assert any("pipe.log: not a regular file" in problem for problem in found.source.problems)
    with pytest.raises(SourceError, match="not a regular file"):
        FileLogSource([str(tmp_path / "pipe.log")]).newest()


def test_what_leads_out_of_the_root_is_refused(tmp_path: Path) -> None:
    """By a link as by two dots."""
    root = tmp_path / "root"
    root.mkdir()
    write(root / "app.log", log(0, 3))
    write(tmp_path / "secret.log", log(0, 50))
    (root / "link.log").symlink_to(tmp_path / "secret.log")
    found = FileLogSource([f"{root}/*", f"{root}/../secret.log"], root=root).summarize(REQUEST)
    assert found.source.lines == 3
    assert sum("leads out of" in problem for problem in found.source.problems) == 2


@pytest.fixture
def secret() -> Iterator[Path]:
    """A folder that nobody may look into, below one that everybody may; we are nobody meanwhile, if we were root."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        folder = Path(name) / "secret"
        (folder / "deep").mkdir(parents=True)
        write(folder / "app.log", log(0, 3))
        folder.chmod(0)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(user)
            folder.chmod(0o700)


@pytest.mark.parametrize("pattern", ["app.log", "*.log", "deep/app.log", "deep/*.log", "**/*.log"])
def test_a_folder_that_may_not_be_looked_into_is_named(secret: Path, pattern: str) -> None:
    """The file may well be there."""
    with pytest.raises(SourceError, match=f"permission denied in {re.escape(str(secret))}$"):
        FileLogSource([f"{secret}/{pattern}"]).newest()


def test_what_is_not_there_is_not_said_to_be_forbidden(secret: Path) -> None:
    """A forbidden folder beside it says nothing of it."""
    with pytest.raises(SourceError, match="no such file or folder"):
        FileLogSource([f"{secret.parent}/app.log"]).newest()


def test_a_missing_file_raises_with_its_path(tmp_path: Path) -> None:
    """Nothing could be read at all."""
    with pytest.raises(SourceError, match="no such file"):
        FileLogSource([str(tmp_path / "nope.log")]).summarize(REQUEST)
    with pytest.raises(SourceError, match="no file matches"):
        FileLogSource([str(tmp_path / "*.log")]).summarize(REQUEST)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"plain words\nand more\n", "no timestamps"),
        (b'{"msg":"x"}\n', "no timestamps"),
        (b"\x00\x01\x02binary", "binary"),
        (b"\x28\xb5\x2f\xfd....", "damaged"),
        (b"PK\x03\x04....", "packed with zip"),
        (gzip.compress(log(0, 500).encode())[:-20], "broken off"),
        (b'{"time":"2026-11-23 12:00:01","level":30}\n', "without a zone"),
        (log(7200, 3).encode(), "no lines between"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    """In the report's problems, with the other files still read."""
    found = FileLogSource([write(tmp_path / "app.log", content)]).summarize(REQUEST)
    assert any(said in problem for problem in found.source.problems), found.source.problems


def test_a_picture_among_logs_keeps_nobody_from_being_cleared(tmp_path: Path) -> None:
    """It is named, and no log is missing; a log in another encoding is."""
    write(tmp_path / "app.log", log(0, 500).encode())
    write(tmp_path / "logo.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    write(tmp_path / "wtmp", (b"\x07" + bytes(31) + b"pts/0" + bytes(347)) * 20)
    source = FileLogSource([str(tmp_path)]).summarize(REQUEST).source
    assert not source.partial
    for name in ("logo.png", "wtmp"):
        assert [problem for problem in source.problems if f"{name}: binary, no log" in problem]
    write(tmp_path / "windows.log", log(0, 50).encode("utf-16"))
    source = FileLogSource([str(tmp_path)]).summarize(REQUEST).source
    assert source.partial
    assert [problem for problem in source.problems if "windows.log: not UTF-8" in problem]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["quiet.log"], True),
        (["quiet.log", "empty.log"], True),
        (["quiet.log", "app.log"], False),
    ],
)
def test_a_log_without_levels_or_statuses_clears_nobody(tmp_path: Path, names: list[str], said: bool) -> None:
    """Nothing in it could be an error; beside others it is named."""
    quiet = "".join(
        json.dumps({"time": one["time"], "event": "x"}) + "\n" for one in map(json.loads, log(0, 500).splitlines())
    )
    for name in names:
        write(tmp_path / name, {"quiet.log": quiet, "empty.log": ""}.get(name, log(0, 500)).encode())
    source = FileLogSource([str(tmp_path)]).summarize(REQUEST).source
    problem = "quiet.log: no line looked at has a level or an HTTP status, so errors cannot be told"
    assert problem in source.problems
    assert source.mute == (problem if said else "")


def test_byte_order_mark_crlf_blank_lines_and_a_torn_end_cost_nothing_else(tmp_path: Path) -> None:
    """Blank lines are no lines; the torn one is skipped."""
    text = "\ufeff" + log(0, 3).replace("\n", "\r\n\r\n  \r\n") + '{"level":50,"ti'
    source = FileLogSource([write(tmp_path / "app.log", text)]).summarize(REQUEST).source
    assert (source.lines, source.parsed, source.skipped) == (4, 3, 1)


def test_a_huge_line_is_cut_and_the_next_one_read(tmp_path: Path) -> None:
    """Memory is bounded by the cap, not by the line."""
    text = log(0, 1) + '{"time":' + "9" * (5 << 20) + "\n" + log(1, 1)
    source = FileLogSource([write(tmp_path / "app.log", text)]).summarize(REQUEST).source
    assert (source.lines, source.parsed, source.skipped) == (3, 2, 1)
    assert any("cut and skipped" in problem for problem in source.problems)


def test_the_deadline_ends_the_reading_and_says_how_far_it_came(tmp_path: Path) -> None:
    """What was read until then is reported as partial."""
    ticks = iter(range(1000))
    write(tmp_path / "a.log", "".join(log(0, 800) for _ in range(20)))
    write(tmp_path / "b.log", log(0, 10))
    source = FileLogSource([str(tmp_path)], monotonic=lambda: next(ticks) * 40.0)
    found = source.summarize(REQUEST).source
    assert found.partial
    assert any("out of time" in problem for problem in found.problems)
    assert found.lines == found.parsed < 16010


def test_where_the_time_may_not_do_the_window_is_read_before_the_baseline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the window its end first; no line twice, whatever the pieces."""
    monkeypatch.setattr(part, "JSON_BYTES_A_SECOND", 0)
    monkeypatch.setattr(reading, "LINES_AT_ONCE", 100)
    path = write(tmp_path / "a.log", log(-3600, 3600 + 900))
    whole = FileLogSource([path]).summarize(REQUEST)
    assert whole.series.events == (1,) * 4500
    ticks = iter(range(1000))
    found = FileLogSource([path], monotonic=lambda: next(ticks) * 7.0).summarize(REQUEST)  # eight looks, each 100 lines
    assert found.source.partial
    seconds = [second for second, events in enumerate(found.series.events) if events]
    assert 300 < found.source.lines == len(seconds) < 900
    assert seconds[-1] == 4499
    assert seconds[0] > 3000  # an edge is found to some KiB, and a minute before the window


def test_the_time_is_looked_at_within_a_block_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A block of plain text may take seconds; what was counted of it stays counted."""
    monkeypatch.setattr(reading, "FAST_BYTES", 0)
    monkeypatch.setattr(part, "TEXT_AT_ONCE", 2000)
    texts = [f"{T0 + timedelta(seconds=i):%Y-%m-%d %H:%M:%S} INFO order {i}\n" for i in range(600)]
    path = write(tmp_path / "a.log", "".join(texts))
    ticks = iter(range(1000))
    found = FileLogSource([path], monotonic=lambda: next(ticks) * 15.0).summarize(REQUEST).source
    assert found.partial
    assert 100 < found.lines < 500


def plain(start: int, seconds: int) -> str:
    """Return a line a second of plain text, whose times carry no zone."""
    return "".join(f"{T0 + timedelta(seconds=start + i):%Y-%m-%d %H:%M:%S} INFO ok\n" for i in range(seconds))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (plain(-3600, 4500), ""),
        (
            plain(-3600, 4100),
            "no record in the last 5 min of the window, and times carry no zone: local time? Set timezone",
        ),
        (plain(7200, 60), "no line in baseline or window, and times carry no zone: local time? Set timezone"),
        (log(-3600, 4100), ""),
        (log(7200, 60), ""),
    ],
    ids=[
        "to the end",
        "not to the end",
        "at another time",
        "not to the end, with a zone",
        "at another time, with a zone",
    ],
)
def test_times_without_a_zone_are_doubted_where_the_window_ends_without_a_record(
    tmp_path: Path, content: str, said: str
) -> None:
    """Local time that is taken as UTC puts the lines hours away; who set a zone is believed."""
    path = write(tmp_path / "app.log", content)
    source = FileLogSource([path]).summarize(REQUEST).source
    assert source.doubt.startswith(said)
    assert bool(source.doubt) == bool(said) == (source.doubt in source.problems)
    assert not FileLogSource([path], timezone=ZoneInfo("UTC")).summarize(REQUEST).source.doubt


@pytest.mark.parametrize(
    ("seconds_after", "is_doubted"),
    [(5, False), (5 * 3600 + 20, True), (-2 * 3600, True), (5 * 3600 + 900, False), (20 * 3600, False)],
)
def test_times_without_a_zone_that_end_whole_hours_from_the_writing_are_doubted(
    tmp_path: Path, seconds_after: int, is_doubted: bool
) -> None:
    """New York's log of now ends five hours ago, where it is taken for UTC."""
    path = write(tmp_path / "a.log", plain(-3600, 3600 + 900))
    written = (T0 + timedelta(seconds=900 + seconds_after)).timestamp()
    os.utime(path, (written, written))
    doubt = FileLogSource([path]).summarize(REQUEST).source.doubt
    assert bool(doubt) == is_doubted
    assert not doubt or "h before the file was written" in doubt or "h after the file was written" in doubt
    assert not FileLogSource([path], timezone=ZoneInfo("America/New_York")).summarize(REQUEST).source.doubt
