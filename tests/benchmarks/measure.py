"""Runs things in turn, many times, and keeps what each run cost."""

import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STOPWATCH = Path(__file__).with_name("stopwatch.py")
LIMIT_S = 300.0
"""One run may take so long; then it is ended, and so is the benchmark."""


class Wrong(Exception):  # noqa: N818 - named for what happened
    """Something that was measured failed, or gave a wrong answer: its time says nothing."""


@dataclass(frozen=True)
class Run:
    """What one run cost.

    Args:
        peak_kib: Of the largest of its processes; 0 where it is not known.
    """

    seconds: float
    cpu_s: float
    peak_kib: int
    answer: bytes


@dataclass
class Subject:
    """Something to be measured.

    Args:
        size: Bytes that it is asked about.
        run: Does it once.
        check: Returns what is wrong with an answer, or "".
    """

    name: str
    size: int
    run: Callable[[], Run]
    check: Callable[[bytes], str]
    runs: list[Run] = field(default_factory=list)

    @property
    def median_s(self) -> float:
        """The middle one of its times."""
        return statistics.median(run.seconds for run in self.runs)

    @property
    def peak_mib(self) -> float:
        """The most that any run held in one process."""
        return max(run.peak_kib for run in self.runs) / 1024


def in_turn(subjects: Sequence[Subject], rounds: int, said: Callable[[str], None]) -> None:
    """Run each once, then each once more, and so on: what disturbs the machine for a while disturbs them all.

    Raises:
        Wrong: a run failed or gave a wrong answer.
    """
    for number in range(1, rounds + 1):
        for subject in subjects:
            said(f"round {number} of {rounds} ... {subject.name}")
            run = subject.run()
            problem = subject.check(run.answer)
            if problem:
                raise Wrong(f"{subject.name}: {problem}")
            subject.runs.append(run)


def command(words: Sequence[str], folder: Path) -> Callable[[], Run]:
    """Return what runs a command once; its output goes to a file, because GNU grep stops early at /dev/null."""
    result, output = folder / "stopwatch.result", folder / "stopwatch.output"
    whole = [sys.executable, "-I", "-S", str(STOPWATCH), str(result), str(output), *words]

    def run() -> Run:
        result.unlink(missing_ok=True)
        errors = _ended(whole)
        code, seconds, cpu_s, peak_kib = result.read_text().split()
        if code != "0":
            raise Wrong(f"{' '.join(words)} ended with {code}: {errors.decode(errors='replace')[-500:]}")
        return Run(float(seconds), float(cpu_s), int(peak_kib), output.read_bytes())

    return run


def shell(line: str, folder: Path) -> Callable[[], Run]:
    """Return what runs a line of shell once; whether all of a pipe went well shows in its answer."""
    return command(["bash", "-c", line], folder)


def python(words: Sequence[str], folder: Path) -> Callable[[], Run]:
    """Return what runs a Python module of this repository once."""
    return command([sys.executable, "-m", *words], folder)


def call(function: Callable[[], bytes]) -> Callable[[], Run]:
    """Return what calls a function once; what other processes do for it is in its seconds alone."""

    def run() -> Run:
        began, began_cpu = time.perf_counter(), time.process_time()
        answer = function()
        return Run(time.perf_counter() - began, time.process_time() - began_cpu, 0, answer)

    return run


def peak_kib(pid: int) -> int:
    """Return the most that a running process has held so far."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")))


def _ended(words: Sequence[str]) -> bytes:
    """Run to the end, in a group of its own that ends with us; return what it complained about."""
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True) as process:
        try:
            return process.communicate(timeout=LIMIT_S)[1]
        except subprocess.TimeoutExpired:
            raise Wrong(f"{' '.join(words)} did not end in {LIMIT_S:.0f} s") from None
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
