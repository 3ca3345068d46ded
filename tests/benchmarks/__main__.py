"""The command: `python -m tests.benchmarks [--quick] [--rounds N] [--folder DIR] [--json FILE]`."""

import compileall
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.status import Status

from tests.benchmarks.answering import answering
from tests.benchmarks.course import GIB, QUICK, Course, Sizes
from tests.benchmarks.measure import ROOT, Wrong, in_turn, peak_kib
from tests.benchmarks.table import as_json, others, ratios, show

ROUNDS = 5
WIDTH = 130
"""Columns of the tables, where they are read later from a file too."""

NEEDED = {"rg": "ripgrep", "jq": "jq", "grep": "grep", "sort": "coreutils", "bash": "bash"}
"""Programs that ours is measured against, and the Debian packages that they come in."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="Logs an eighth of the size: a try, in a minute or two.")
@click.option("--rounds", type=click.IntRange(1), default=ROUNDS, show_default=True, help="Runs of each.")
@click.option("--folder", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Where the logs go.")
@click.option("--json", "page", type=click.Path(path_type=Path), default="benchmark.json", show_default=True)
def bench(*, quick: bool, rounds: int, folder: Path | None, page: Path) -> None:
    """Measure triages beside the tools that one would use without them, on the same bytes."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the folder is cleaned then, too
    missing = sorted(package for program, package in NEEDED.items() if shutil.which(program) is None)
    if missing:
        raise click.ClickException(f"there is nothing to measure against: apt-get install {' '.join(missing)}")
    for package in ("bot", "tests/benchmarks"):  # as installing does, also where the environment says to write none
        compileall.compile_dir(ROOT / package, quiet=1)
    sizes = QUICK if quick else Sizes()
    with tempfile.TemporaryDirectory(prefix="fifteen-bench-", dir=folder) as name:
        free = shutil.disk_usage(name).free
        if free < sizes.needed:
            raise click.ClickException(f"{sizes.needed / GIB:.1f} GiB of disk are needed, {free / GIB:.1f} are free")
        try:
            _measure(Path(name), sizes, rounds, page)
        except (Wrong, AssertionError) as error:
            raise click.ClickException(str(error)) from None


def _measure(folder: Path, sizes: Sizes, rounds: int, page: Path) -> None:
    console = Console(highlight=False, soft_wrap=True, width=WIDTH)
    with Console(stderr=True).status("") as status:
        said = _Said(status)
        course = Course(folder, sizes, said)
        try:
            subjects = course.subjects()
            in_turn(subjects, rounds, said)
            readers_kib = max(map(peak_kib, course.readers()))
        finally:
            course.close()
        (folder / "big.log").unlink(missing_ok=True)
        waits = answering(folder, course.shop, said)
    rows, machine = [*ratios(subjects), *others(subjects, readers_kib, waits)], _machine(sizes, rounds)
    console.print(f"{machine['cpu']}, {machine['cores']} cores, load {machine['load']:.1f}; medians of {rounds} runs")
    show(console, rows, subjects)
    page.write_text(json.dumps(as_json(rows, subjects, waits, machine), indent=1) + "\n")
    console.print(f"\nall answers were right; everything in {page}")


class _Said:
    """Says what is done: on a terminal in one line that changes, else each step on a line of its own."""

    def __init__(self, status: Status) -> None:
        self._status = status
        self._step = ""

    def __call__(self, text: str) -> None:
        step, _, _ = text.partition(" ... ")
        if self._status.console.is_terminal:
            self._status.update(text)
        elif step != self._step:
            print(step, file=sys.stderr, flush=True)  # noqa: T201 - its output
        self._step = step


def _machine(sizes: Sizes, rounds: int) -> dict[str, Any]:
    """Return what the figures depend on."""
    described = Path("/proc/cpuinfo").read_text()
    return {
        "cpu": next((line.partition(": ")[2] for line in described.splitlines() if "model name" in line), "?"),
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "load": os.getloadavg()[2],
        "python": platform.python_version(),
        "revision": _first_line("git", "-C", str(ROOT), "rev-parse", "HEAD"),
        "rg": _first_line("rg", "--version"),
        "jq": _first_line("jq", "--version"),
        "grep": _first_line("grep", "--version"),
        **{name: version(name) for name in ("duckdb", "msgspec", "numpy", "stringzilla", "orjson")},
        "rounds": rounds,
        "main_bytes": sizes.main,
        "variant_bytes": sizes.variant,
    }


def _first_line(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stdout.partition("\n")[0]


if __name__ == "__main__":
    bench()
