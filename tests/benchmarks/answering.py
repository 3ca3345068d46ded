"""How long people wait for an answer while triages run: the real bot over the sandbox, commands one after another."""

import json
import os
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.benchmarks.logs import Shop, Truth
from tests.benchmarks.measure import Wrong, peak_kib
from tests.benchmarks.traffic import STRETCH_S
from tests.support.bot_process import BotProcess
from tests.support.sandbox_process import SandboxProcess

TRIAGES = 4
COMMANDS = 300
"""Three of them are slower than the 99th percentile."""

TRIAGED_WITHIN_S = 300.0
ANSWERED_WITHIN_S = 10.0
POLL_S = 0.002
COMMAND_LINES = ("status #1", "list", "status #2", "help", "triage #{}")


@dataclass(frozen=True)
class Waits:
    """What came of it.

    Args:
        waits_s: From the command's leaving the sandbox to the acknowledgement's arrival, one a command.
        busy: How many of them were typed while a triage ran.
        triages: How many triages ended meanwhile.
        peak_kib: Of the largest process of the bot, those that draw charts among them.
    """

    waits_s: tuple[float, ...]
    busy: int
    triages: int
    peak_kib: int

    def percentile_s(self, share: float) -> float:
        """Return the wait that this share of them was not longer than."""
        return sorted(self.waits_s)[min(len(self.waits_s) - 1, int(share * len(self.waits_s)))]


def answering(folder: Path, shop: Shop, said: Callable[[str], None]) -> Waits:
    """Start four triages of a whole log each, and type commands while they run, again and again.

    Raises:
        Wrong: a command was not answered, or a report is not about the whole log.
    """
    end = _next_stretch(datetime.now(UTC) + timedelta(minutes=2))
    truth = shop.write(folder / "live.log", end=end)
    os.sync()
    with SandboxProcess(clock_file=folder / "clock") as sandbox:
        (folder / "fifteen.toml").write_text(_configuration(folder))
        sandbox.advance((end - datetime.now(UTC)).total_seconds())
        bot = BotProcess(sandbox, folder / "fifteen.toml", folder / "bot.out")
        bot.start()
        try:
            return _Room(sandbox, bot, folder, truth).measured(said)
        finally:
            bot.stop()


class _Room:
    def __init__(self, sandbox: SandboxProcess, bot: BotProcess, folder: Path, truth: Truth) -> None:
        self._sandbox = sandbox
        self._bot = bot
        self._store = folder / "fifteen.db"
        self._truth = truth
        self._seen = 0

    def measured(self, said: Callable[[str], None]) -> Waits:
        for number in range(1, TRIAGES + 1):
            self._type(f"start service:big{number}")
        waits, busy = [], 0
        for number in range(COMMANDS):
            said(f"commands while {TRIAGES} triages run ... {number} of {COMMANDS}")
            busy += self._running() > 0
            waits.append(self._type(COMMAND_LINES[number % len(COMMAND_LINES)].format(1 + number // 5 % TRIAGES)))
        said(f"{TRIAGES} triages come to their end")
        self._sandbox.wait_for(lambda: not self._running(), TRIAGED_WITHIN_S, "no triage running")
        return Waits(tuple(waits), busy, self._check(), max(map(peak_kib, self._processes())))

    def _type(self, text: str) -> float:
        """Type a command; return how long its acknowledgement took, in seconds."""
        self._sandbox.say(f"/incident {text}")
        sent: dict[str, float] = {}
        until = time.monotonic() + ANSWERED_WITHIN_S
        while time.monotonic() < until:
            for entry in self._sandbox.traffic(after=self._seen):
                self._seen = entry["n"]
                if entry["kind"] == "slash_commands":
                    sent[entry["body"]["envelope_id"]] = entry["at"]
                elif entry["kind"] == "ack" and entry["name"] in sent:
                    return entry["at"] - sent[entry["name"]]
            time.sleep(POLL_S)
        raise Wrong(f"/incident {text}: no answer in {ANSWERED_WITHIN_S:.0f} s\n{self._bot.tail()}")

    def _running(self) -> int:
        ((count,),) = self._ask("SELECT count(*) FROM job WHERE kind = 'triage' AND state = 'pending'")
        return int(count)

    def _check(self) -> int:
        """Return how many triages there were, once each of them is found to be about the whole log."""
        reports = [report for row in self._ask("SELECT report FROM triage") for report in json.loads(row[0]).values()]
        wrong = [report["source"] for report in reports if not self._is_whole(report)]
        if wrong or len(reports) < TRIAGES:
            raise Wrong(f"{len(wrong)} of {len(reports)} triages in the bot are not about the whole log: {wrong[:1]}")
        return len(reports)

    def _is_whole(self, report: dict[str, Any]) -> bool:
        errors = report["scope"]["errors"] + report["scope"]["baseline_errors"]
        return (report["source"]["lines"], errors) == (self._truth.lines, self._truth.errors)

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(f"file:{self._store}?mode=ro", uri=True)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def _processes(self) -> list[int]:
        """Return the bot's processes: its own and its children."""
        pid = self._bot._running.pid
        return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


def _configuration(folder: Path) -> str:
    """Return a configuration of services that share a log, and read all of it."""
    services = (
        f"""
[service.big{number}]
baseline = "3h"
triage_deadline = "120s"
logs = {{ kind = "file", path = {json.dumps(str(folder / "live.log"))} }}
"""
        for number in range(1, TRIAGES + 1)
    )
    return f"store = {json.dumps(f'sqlite:///{folder}/fifteen.db')}\n" + "".join(services)


def _next_stretch(at: datetime) -> datetime:
    return datetime.fromtimestamp((at.timestamp() // STRETCH_S + 1) * STRETCH_S, UTC)
