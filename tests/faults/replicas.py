"""Replicas of the bot as processes, over one database and one local Slack."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from bot.demo.children import child_environment
from tests.faults.plan import Plan
from tests.faults.world import World
from tests.support.bot_process import ENDS_WITHIN_S, READY
from tests.support.sandbox_process import ROOT

POLL_S = 0.2
STARTS_WITHIN_S = 60.0


Dark: TypeAlias = tuple[datetime, datetime]


class Replicas:
    """Processes of the bot over one database; each that is killed is started again.

    Attributes:
        dark: When none of them was ready, as (from, to) on the bot's clock.
    """

    def __init__(self, plan: Plan, world: World, folder: Path) -> None:
        self._world = world
        self._folder = folder
        self._starts = 0
        self._outputs: dict[int, Path] = {}
        self.dark: list[Dark] = []
        self._seen = world.now()
        self._command = [sys.executable, "-m", "tests.faults.replica", str(world.config), "--pace", str(plan.pace)]
        self._command += ["--naive"] if plan.naive else []
        self._running = [self._start() for _ in range(1 if plan.database == "sqlite" else plan.replicas)]

    @property
    def pids(self) -> list[int]:
        """Return the processes; each leads a group of its own."""
        return [process.pid for process in self._running]

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
            FIFTEEN_CLOCK_FILE=str(self._world.bots_clock_file),
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
