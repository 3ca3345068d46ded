"""The course: which logs are written, and who is asked what about them."""

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from bot.settings import ServiceSettings
from bot.triage.report import as_json
from bot.workflow.readers import Readers
from tests.benchmarks import answers
from tests.benchmarks.answers import TOP, Check
from tests.benchmarks.logs import END, STRETCHES, WINDOW_STRETCHES, Shop, write_long_lines
from tests.benchmarks.measure import Run, Subject, call, command, python, shell
from tests.benchmarks.table import SPELT, TEXTS
from tests.benchmarks.traffic import BROKEN_REGION, LINES_A_REQUEST, STRETCH_S

GIB, MIB = 1 << 30, 1 << 20
BIG = 10
"""How many times longer than the main log the big one is."""

SMALL_BYTES = 150_000
LONG_LINES_BYTES = 64 * MIB
ROOM = 1.15
"""Times the sizes that are asked for: what other spellings take more."""

USUAL_STRETCHES = 15
"""A window of 15 minutes and a baseline of an hour, as by default."""

WHOLE_BASELINE = f"{(STRETCHES - WINDOW_STRETCHES) * STRETCH_S}s"
WINDOW_START = "2026-03-01T05:45:00"
NEEDLE = '"level":"error"'


@dataclass(frozen=True)
class Sizes:
    """How large the logs are, in bytes.

    Args:
        main: The one that most is asked about.
        variant: Those in other spellings.
        shapeless: The one that no shortcut fits.
        text: Those that are no JSON.
    """

    main: int = GIB
    variant: int = 256 * MIB
    shapeless: int = 128 * MIB
    text: int = 32 * MIB

    @property
    def needed(self) -> int:
        """Disk for everything but the big log: the main one a second time, for the bot, and a slice of it."""
        return int(ROOM * (2.2 * self.main + 4 * self.variant + 2 * self.shapeless + 2 * self.text + LONG_LINES_BYTES))

    @property
    def big(self) -> int:
        """The log of ten times the length."""
        return BIG * self.main


QUICK = Sizes(main=128 * MIB, variant=64 * MIB, shapeless=32 * MIB, text=8 * MIB)


class Course:
    """Writes the logs and knows the subjects. Close it.

    Args:
        folder: Empty; gets the logs.
        sizes: Of the logs.
        said: Told what is done.
    """

    def __init__(self, folder: Path, sizes: Sizes, said: Callable[[str], None]) -> None:
        self.folder = folder
        self.sizes = sizes
        self.shop = Shop(sizes.main)
        self.has_big = shutil.disk_usage(folder).free > ROOM * (sizes.needed + sizes.big)
        self._said = said
        self._readers = Readers()

    def close(self) -> None:
        """End the reader processes."""
        self._readers.close()

    def readers(self) -> list[int]:
        """Return the processes that read for a running bot."""
        return self._readers._triage.pids

    def subjects(self) -> list[Subject]:
        """Write every log, and return what is to be measured."""
        found = [*self._main(), *self._windows(), *self._spelt(), *self._shapeless(), *self._text(), *self._edges()]
        os.sync()  # or the disk is still busy while the first are measured
        for subject in found:
            self._said(f"once before it counts ... {subject.name}")
            if subject.size <= self.sizes.main:
                subject.run()
        return found

    def _main(self) -> Iterator[Subject]:
        path, shop = self._log("main"), self.shop
        truth = shop.write(path)
        size = path.stat().st_size
        tallied = answers.tallied(truth.window, truth.before, LINES_A_REQUEST)
        whole = answers.report(truth.window, truth.before, truth.onset, BROKEN_REGION)
        yield Subject("triage, whole", size, self._triage(path, WHOLE_BASELINE), whole)
        yield Subject("rg -c", size, self._rg(path), answers.number(truth.errors))
        yield Subject(
            "DuckDB", size, python(["tests.benchmarks.with_duckdb", str(path), WINDOW_START], self.folder), tallied
        )

    def _windows(self) -> Iterator[Subject]:
        main, cut, shop = self._log("main"), self._log("slice"), self.shop
        slice_truth = shop.write(cut, stretches=WINDOW_STRETCHES)
        size = cut.stat().st_size
        window = answers.report(slice_truth.window, onset=slice_truth.onset, region="", top=5)
        yield Subject("window, warm reader", size, call(lambda: self._warm(main)), window)
        yield Subject("rg -c, slice", size, self._rg(cut), answers.number(slice_truth.errors))
        usual = shop.truth(USUAL_STRETCHES)
        check = answers.report(usual.window, usual.before, usual.onset, BROKEN_REGION)
        size = size * USUAL_STRETCHES // WINDOW_STRETCHES
        yield Subject("triage, usual", size, self._triage(main), check)
        if self.has_big:
            big = self._log("big")
            shop.write(big, stretches=BIG * STRETCHES)
            yield Subject("triage, usual, big log", size, self._triage(big), check)

    def _spelt(self) -> Iterator[Subject]:
        shop = Shop(self.sizes.variant)
        for spelling in ("compact", *SPELT):
            path = self._log(spelling)
            truth = shop.write(path, spelling=spelling)
            size = path.stat().st_size
            whole = answers.report(truth.window, truth.before, truth.onset, BROKEN_REGION)
            yield Subject(f"triage, {spelling}", size, self._triage(path, WHOLE_BASELINE), whole)
            if spelling == "compact":
                yield from self._protocol(path, shop)
                loop = python(["tests.benchmarks.with_msgspec", str(path), WINDOW_START], self.folder)
                yield Subject("msgspec loop", size, loop, answers.tallied(truth.window, truth.before, LINES_A_REQUEST))

    def _protocol(self, path: Path, shop: Shop) -> Iterator[Subject]:
        """The lines that one types by hand."""
        truth, log, size = shop.truth(), shlex.quote(str(path)), path.stat().st_size
        messages = truth.window.messages + truth.before.messages
        five = [count for _, count in messages.most_common(5)]
        lines: tuple[tuple[str, str, Check], ...] = (
            ("grep | sort | uniq", f"grep '{NEEDLE}' {log} | sort | uniq -c", answers.counted(truth.errors)),
            (
                "jq | sort | uniq",
                f"jq -r 'select(.level == \"error\") | .msg' {log} | sort | uniq -c | sort -rn | head -5",
                answers.top(five),
            ),
            (
                "grep | jq",
                f"grep '{shop.failing_id}' {log} | jq '{{time: .time, msg: .msg}}'",
                answers.objects(LINES_A_REQUEST),
            ),
        )
        for name, line, check in lines:
            yield Subject(name, size, shell(line, self.folder), check)

    def _shapeless(self) -> Iterator[Subject]:
        shop, path = Shop(self.sizes.shapeless), self._log("shapeless")
        truth = shop.write(path, spelling="shapeless")
        size = path.stat().st_size
        whole = answers.report(truth.window, truth.before, truth.onset, BROKEN_REGION)
        yield Subject("triage, shapeless", size, self._triage(path, WHOLE_BASELINE), whole)
        loop = python(["tests.benchmarks.with_msgspec", str(path), WINDOW_START], self.folder)
        tallied = answers.tallied(truth.window, truth.before, LINES_A_REQUEST)
        yield Subject("msgspec loop, shapeless", size, loop, tallied)

    def _text(self) -> Iterator[Subject]:
        for spelling in TEXTS:
            path = self._log(spelling)
            truth = Shop(self.sizes.text).write(path, spelling=spelling)
            has_users = spelling == "logfmt"
            region = BROKEN_REGION if has_users else ""
            whole = answers.report(truth.window, truth.before, truth.onset, region, has_users=has_users)
            yield Subject(f"triage, {spelling}", path.stat().st_size, self._triage(path, WHOLE_BASELINE), whole)

    def _edges(self) -> Iterator[Subject]:
        long, small = self._log("long"), self._log("small")
        count = write_long_lines(long, LONG_LINES_BYTES)
        yield Subject("triage, long lines", long.stat().st_size, self._triage(long), answers.lines(count))
        truth = Shop(SMALL_BYTES).write(small)
        size = small.stat().st_size
        whole = answers.report(truth.window, truth.before)
        yield Subject("triage, small log", size, self._triage(small, WHOLE_BASELINE), whole)
        yield Subject("python -c pass", 0, command([sys.executable, "-c", "pass"], self.folder), answers.nothing)

    def _triage(self, log: Path, baseline: str = "1h") -> Callable[[], Run]:
        options = ["--at", f"{END:%Y-%m-%dT%H:%M:%SZ}", "--baseline", baseline, "--format", "json", "--top", str(TOP)]
        return python(["bot", "triage", str(log), *options], self.folder)

    def _warm(self, log: Path) -> bytes:
        """Ask a process that reads for the bot for the window; the least baseline is a second."""
        service = {"logs": {"kind": "file", "path": str(log)}, "baseline": "1s", "triage_deadline": "120s"}
        (found,) = self._readers.investigate({"shop": ServiceSettings.model_validate(service)}, END)
        return orjson.dumps(as_json(found.investigation.report))

    def _rg(self, log: Path) -> Callable[[], Run]:
        return command(["rg", "--no-config", "-c", "-F", NEEDLE, str(log)], self.folder)

    def _log(self, name: str) -> Path:
        self._said(f"logs are written ... {name}")
        return self.folder / f"{name}.log"
