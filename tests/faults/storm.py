"""A run of the harness: replicas that are killed while their Slack loses answers, and what stands in the channels after."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.demo.children import child_environment
from bot.store import dialect
from bot.store.schema import job as table
from bot.workflow import owe
from tests.faults.plan import Call, Plan, Verdict
from tests.faults.world import World
from tests.support.bot_process import ENDS_WITHIN_S, READY
from tests.support.sandbox_process import ROOT

POLL_S = 0.2
STARTS_WITHIN_S = 60.0
LATE_SHARE = 0.1
CALL_KIND = f"{owe.SAY}:{owe.CALL}"

Progress = Callable[[str], None]


class Replicas:
    """Processes of the bot over one database; each that is killed is started again.

    Attributes:
        kills: How many were killed so far.
        dark: When none of them was ready, as (from, to) on the bot's clock.
    """

    def __init__(self, plan: Plan, world: World, folder: Path) -> None:
        self._world = world
        self._folder = folder
        self._starts = 0
        self._outputs: dict[int, Path] = {}
        self.dark: list[tuple[datetime, datetime]] = []
        self._seen = world.now()
        self._command = [sys.executable, "-m", "tests.faults.replica", str(world.config), "--pace", str(plan.pace)]
        self._command += ["--naive"] if plan.naive else []
        self._running = [self._start() for _ in range(1 if plan.database == "sqlite" else plan.replicas)]
        self.kills = 0

    def wait_ready(self) -> None:
        """Wait until all of them are ready."""
        until = time.monotonic() + STARTS_WITHIN_S
        while not all(map(self._is_ready, self._running)):
            assert time.monotonic() < until, f"not ready in {STARTS_WITHIN_S:g} s"
            time.sleep(POLL_S)
        self._seen = self._world.now()

    def kill_one(self, chance: random.Random) -> None:
        """End one with SIGKILL, and start another in its place."""
        victim = chance.randrange(len(self._running))
        process = self._running[victim]
        os.killpg(process.pid, signal.SIGKILL)  # with its children: a machine that loses its power
        process.wait()
        self.kills += 1
        self._running[victim] = self._start()

    def watch(self) -> None:
        """Take note of whether any of them is ready."""
        now = self._world.now()
        if not any(map(self._is_ready, self._running)):
            self.dark.append((self._seen, now))
        self._seen = now

    def close(self) -> None:
        """End all of them as a supervisor would."""
        for process in self._running:
            process.terminate()
        for process in self._running:
            try:
                process.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _is_ready(self, process: "subprocess.Popen[bytes]") -> bool:
        return READY in self._outputs[process.pid].read_text(errors="replace")

    def _start(self) -> "subprocess.Popen[bytes]":
        sandbox = self._world.sandbox
        environment = child_environment(
            FIFTEEN_CLOCK_FILE=str(sandbox.clock_file),
            SLACK_API_URL=sandbox.api_url,
            SLACK_BOT_TOKEN=sandbox.bot_token,
            SLACK_APP_TOKEN=sandbox.app_token,
            PYTHONPATH=str(ROOT),
        )
        self._starts += 1
        output = self._folder / f"replica-{self._starts}.out"
        with output.open("wb") as sink:
            process = subprocess.Popen(
                self._command, env=environment, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink,
                start_new_session=True,
            )  # fmt: skip
        self._outputs[process.pid] = output
        return process


def run(plan: Plan, folder: Path, url: str, progress: Progress) -> Verdict:
    """Carry out a plan over an empty database and return what became of its calls."""
    began = time.monotonic()
    with ExitStack() as stack:
        world = World(folder, url)
        stack.callback(world.close)
        world.prepare(plan)
        ledger = Ledger(url)
        stack.callback(ledger.close)
        _switch_on(plan, world)
        replicas = Replicas(plan, world, folder)
        with closing(replicas):
            replicas.wait_ready()
            world.begin()
            _wait(plan, world, replicas, ledger, progress)
        calls = _calls(world, ledger, replicas.dark)
    return Verdict(plan, calls, replicas.kills, time.monotonic() - began)


def _switch_on(plan: Plan, world: World) -> None:
    method = "chat.postMessage"
    world.sandbox.fault("lost", share=plan.lost, method=method)
    world.sandbox.fault("status", share=plan.limited, code=429, retry_after=1, method=method)
    world.sandbox.fault("status", share=plan.failed, code=500, method=method)
    for part in (0.3, 0.6, 1.0):
        world.sandbox.fault("late", share=LATE_SHARE, seconds=plan.visible_after_s * part, method=method)


def _wait(plan: Plan, world: World, replicas: Replicas, ledger: "Ledger", progress: Progress) -> None:
    """Kill replicas until every call is due; then let them finish what is owed."""
    chance = random.Random(plan.seed)
    last_due = max(world.due.values())
    next_kill = time.monotonic() + chance.uniform(*plan.kill_every_s)
    give_up = None
    while (made := ledger.made()) < plan.escalations:
        if world.now() < last_due:
            if time.monotonic() > next_kill:
                replicas.kill_one(chance)
                next_kill = time.monotonic() + chance.uniform(*plan.kill_every_s)
        else:
            give_up = give_up or time.monotonic() + plan.drain_s
            if time.monotonic() > give_up:
                break
        replicas.watch()
        progress(f"{made} of {plan.escalations} calls made, {replicas.kills} kills")
        time.sleep(POLL_S)


def _calls(world: World, ledger: "Ledger", dark: list[tuple[datetime, datetime]]) -> list[Call]:
    """Compare what was due with what stands in the channels.

    A call counts as answered at the first attempt when its look and its post were claimed once, by a bot that was up.
    """
    threads: dict[tuple[str, str], list[float]] = {}
    for channel in world.channels:
        for message in world.sandbox.messages(channel):
            if message.get("thread_ts") not in (None, message["ts"]) and "Call 1 of" in str(message):
                threads.setdefault((channel, message["thread_ts"]), []).append(float(message["ts"]))
    smooth = ledger.untroubled()
    return [
        _call(
            due,
            sorted(threads.get(world.places[incident], ())),
            answered=incident in smooth and not any(begin <= due <= end for begin, end in dark),
        )
        for incident, due in world.due.items()
    ]


def _call(due: datetime, posts: list[float], *, answered: bool) -> Call:
    return Call(len(posts), posts[0] - due.timestamp() if posts else None, answered)


class Ledger:
    """What the store holds of looks and calls, seen from outside: without its lock, and without writing."""

    def __init__(self, url: str) -> None:
        self._engine = dialect.parse(url).engine()

    def made(self) -> int:
        """Return how many first calls are settled."""
        return sum(row.kind == CALL_KIND and row.state != "pending" for row in self._rows())

    def untroubled(self) -> set[int]:
        """Return the incidents whose look and call were each claimed once."""
        rows = self._rows()
        return {row.incident_id for row in rows} - {row.incident_id for row in rows if row.attempts > 1}

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _rows(self) -> list[Any]:
        columns = table.c.incident_id, table.c.kind, table.c.state, table.c.attempts
        query = select(*columns).where(table.c.kind.in_((owe.LOOK, CALL_KIND)), table.c.n == 1)
        with self._engine.connect() as connection:
            return list(connection.execute(query).all())
