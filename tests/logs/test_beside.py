"""Shares of a large log are read by a process beside this one: the same is found, whatever becomes of that process.

A process of pytest has more than one thread, so that each case runs in one of its own.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.logs import logmaker
from tests.logs.make import write

ROOT = Path(__file__).parents[2]

COUNTED = """
import json, sys
from dataclasses import replace
from bot.logs import beside, part, reading
from bot.logs.file import FileLogSource
from tests.logs.test_equality import counted, request

def found():
    source = FileLogSource([sys.argv[1]])
    summary, asked = source.summarize(request(0, 200, 290)), request(0, 200, 290)
    example = next(group.example_id for group in summary.groups if group.example_id)
    return summary.source.bytes_read, counted(summary), source.trace(example, asked.span)

alone = found()
part.SHARED_BYTES, part.SHARE_BYTES_MIN, forks, fork = 1, 1 << 14, [], beside.get_context
beside.get_context = lambda how: forks.append(how) or fork(how)
{trouble}
together = found()
print(json.dumps({{"forks": len(forks), "same": together == alone, "records": len(alone[2])}}))
"""

DIES = """
import os, time
run = beside.Beside._run
beside.Beside._run = lambda *_: os._exit(9)
"""

ENDS = """
import os, time
from bot.logs.beside import Beside

def slow(tell):
    tell(os.getpid())
    time.sleep({seconds})
    yield os.getpid()

with Beside(slow) as other:
    while not other.progress:
        time.sleep(0.01)
    print(os.getpid(), other.progress, flush=True)
    {then}
"""


def run(code: str, *arguments: str) -> str:
    """Run a piece of code in a process of its own, and return what it printed."""
    words = [sys.executable, "-c", code, *arguments]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def is_running(pid: int) -> bool:
    """Tell whether a process is there, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


DIES_LATE = """
import os, sys
from bot.logs import beside, part, reading
from bot.logs.file import FileLogSource
from tests.logs.test_equality import request

send = beside.Connection.send
beside.Connection.send = lambda pipe, found: os._exit(9) if isinstance(found, reading.Tally) else send(pipe, found)
part.SHARED_BYTES = part.SHARE_BYTES_MIN = 1
source = FileLogSource([sys.argv[1]]).summarize(request(0, 200, 290)).source
print(source.partial, *source.problems)
"""


@pytest.mark.parametrize("trouble", ["", DIES], ids=["well", "dies"])
def test_two_processes_find_what_one_finds(tmp_path: Path, trouble: str) -> None:
    """Counts, groups, fields, users and a trace; also where the other process dies, and its shares are read here."""
    log = write(tmp_path / "app.log", logmaker.log(3, 8000, rubbish=0.05))
    found = json.loads(run(COUNTED.format(trouble=trouble), log))
    assert found["same"]
    assert found["forks"] == 2
    assert found["records"]


def test_a_process_that_dies_while_it_tells_leaves_a_partial_answer(tmp_path: Path) -> None:
    """What it told is counted; that it is not all is said."""
    said = run(DIES_LATE, write(tmp_path / "app.log", logmaker.log(3, 8000)))
    assert said.startswith("True ")
    assert "not all of what it holds is counted" in said


def test_the_other_process_ends_with_this_one_s_need_of_it() -> None:
    """Its result comes from another process; one that is not waited for is ended."""
    mine, other, result = map(int, run(ENDS.format(seconds=0.1, then="print(*other.results())")).split())
    assert mine != other == result
    _, other = map(int, run(ENDS.format(seconds=60, then="pass")).split())
    assert not is_running(other)


def test_the_other_process_does_not_outlive_a_killed_one() -> None:
    """Whatever it is in the middle of."""
    code = ENDS.format(seconds=60, then="time.sleep(60)")
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        _, other = map(int, process.stdout.readline().split())
        assert is_running(other)
        process.send_signal(signal.SIGKILL)
        process.wait()
    until = time.monotonic() + 10
    while is_running(other):
        assert time.monotonic() < until, "it is still there"
        time.sleep(0.01)
