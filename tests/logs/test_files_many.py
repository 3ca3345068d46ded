"""A folder of a thousand rotated files: those that matter are opened, and no others; and the answer is that of all."""

import gzip
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.logs.ages import SLACK_US, Ages
from bot.logs.paths import LogFile
from tests.logs.make import T0, lines, record, write

FILES = 1000
END = T0 + timedelta(minutes=15)
WINDOW_LINES = 75
"""A line a minute, in window and baseline together."""

ASK = """
import json, os, sys
from datetime import datetime, timedelta
from bot.logs.file import FileLogSource
from bot.triage.summary import LogRequest, Span

opened = []
def note(event, args):
    if event == "open" and str(args[0]).startswith(sys.argv[1]) and not os.path.isdir(args[0]):
        opened.append(args[0])

def counted(what):
    opened.clear()
    return what(), len(opened)

sys.addaudithook(note)
end = datetime.fromisoformat(sys.argv[2])
start = end - timedelta(minutes=15)
request = LogRequest(Span(start - timedelta(hours=1), start), Span(start, end))
source = FileLogSource([sys.argv[1]])
newest, newest_opens = counted(source.newest)
found, opens = counted(lambda: source.summarize(request).source)
records, trace_opens = counted(lambda: source.trace("req-1", request.span))
json.dump({"newest": newest.isoformat(), "lines": found.lines, "bytes": found.bytes_read, "problems": found.problems,
           "records": len(records), "opens": [newest_opens, opens, trace_opens]}, sys.stdout)
"""


@dataclass(frozen=True)
class Found:
    """What was found, and how many files were opened for the newest line, the summary and the trace."""

    newest: str
    lines: int
    bytes: int
    problems: list[str]
    records: int
    opens: list[int]


def ask(folder: Path, end: datetime = END) -> Found:
    """Read a folder in a process of its own that counts what is opened."""
    answer = subprocess.run(
        [sys.executable, "-c", ASK, str(folder), end.isoformat()], check=True, capture_output=True, text=True
    )
    return Found(**json.loads(answer.stdout))


def rotated(folder: Path, every: timedelta, *, packed: bool, keeps_age: bool = True, live: bool = True) -> None:
    """Write a thousand files, the newest of which ends at END; a line every 24th of a file, in the newest a line a minute."""
    for number in range(FILES):
        end = END - number * every
        if number:
            times = [end - every + i * every / 24 for i in range(24)]
        else:
            times = [END - timedelta(minutes=i + 1) for i in reversed(range(round(every / timedelta(minutes=1))))]
        text = lines([record(at, correlationId=f"req-{i}") for i, at in enumerate(times)]).encode()
        is_live = live and not number
        path = folder / ("app.log" if is_live else f"app.log.{number}{'.gz' if packed else ''}")
        write(path, gzip.compress(text, 1) if packed and not is_live else text)
        if keeps_age:
            os.utime(path, (end.timestamp(), end.timestamp()))


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("every", [timedelta(days=1), timedelta(hours=2)])
def test_of_a_thousand_rotated_files_few_are_opened(tmp_path: Path, every: timedelta, packed: bool) -> None:
    """By their age: the live one, and those written within the hour before the stretch."""
    rotated(tmp_path, every, packed=packed)
    found = ask(tmp_path)
    assert (found.lines, found.problems) == (WINDOW_LINES, [])
    assert found.newest == (END - timedelta(minutes=1)).isoformat()
    assert max(found.opens) <= 3


def test_of_a_thousand_packed_files_without_a_live_one_few_are_opened(tmp_path: Path) -> None:
    """They tell less of how far their lines are ahead: a day is allowed for."""
    rotated(tmp_path, timedelta(days=1), packed=True, live=False)
    found = ask(tmp_path)
    assert found.lines == WINDOW_LINES
    assert max(found.opens) <= 6


def test_a_stretch_long_ago_opens_what_was_written_since_and_reads_what_holds_it(tmp_path: Path) -> None:
    """Where a file begins after the stretch, its first block says so; where it ended before, its age does."""
    rotated(tmp_path, timedelta(days=1), packed=True)
    found = ask(tmp_path, END - timedelta(days=20))
    assert found.lines == 1
    assert found.opens[1] <= 25


@pytest.mark.parametrize("packed", [False, True])
def test_a_copied_folder_is_answered_as_its_original(tmp_path: Path, packed: bool) -> None:
    """Copying makes all files new: none is passed over by its age."""
    rotated(tmp_path, timedelta(hours=1), packed=packed, keeps_age=False)
    found = ask(tmp_path)
    assert (found.lines, found.problems) == (60 + 6, [])
    assert found.newest == (END - timedelta(minutes=1)).isoformat()
    assert found.records == 1


def file(label: str, written: datetime) -> LogFile:
    """Return a file that was last written then."""
    return LogFile(Path(label), label, 1, written.timestamp(), (0, 0))


def us(at: datetime) -> int:
    """Return microseconds since the epoch."""
    return round(at.timestamp() * 1e6)


def test_lines_in_local_time_make_no_file_too_old() -> None:
    """Two hours ahead of the file, as measured, and an hour of slack; another log gets a day."""
    ages = Ages()
    ages.learn(file("app.log", T0), us(T0 + timedelta(hours=2)), is_whole=True)
    slack = timedelta(microseconds=SLACK_US)
    assert not ages.is_too_old(file("app.log", T0 - timedelta(hours=2) - slack), us(T0))
    assert ages.is_too_old(file("app.log", T0 - timedelta(hours=2, seconds=1) - slack), us(T0))
    assert not ages.is_too_old(file("other.log", T0 - timedelta(days=1)), us(T0))
    assert ages.is_too_old(file("other.log", T0 - timedelta(days=1, hours=2)), us(T0))


def test_files_whose_lines_are_dated_by_another_clock_are_never_too_old() -> None:
    """Lines dated days after their file was written: its age tells nothing, nor that of others."""
    ages = Ages()
    assert not ages.is_too_old(file("app.log", T0 - timedelta(days=900)), us(T0))
    ages.learn(file("app.log", T0), us(T0 + timedelta(days=3)), is_whole=True)
    assert not ages.is_too_old(file("app.log", T0 - timedelta(days=900)), us(T0))
    assert not ages.is_too_old(file("other.log", T0 - timedelta(days=900)), us(T0))
