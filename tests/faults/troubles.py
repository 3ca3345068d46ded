"""What befalls the bot in a run: death; or a freeze, a clock that jumps, a database that is gone, a disk that is full."""

import os
import random
import resource
import signal
import time
from abc import ABC, abstractmethod
from typing import ClassVar

from tests.faults.plan import Plan
from tests.faults.replicas import Replicas
from tests.faults.world import World
from tests.support.postgres import PostgresServer

HOUR_S = 3600.0
NO_ROOM_BYTES = 32 * 1024
"""How large a file may be on the full disk: the database and its log are larger, what a replica prints is not yet."""


class Trouble(ABC):
    """Strikes again and again; what is not death lasts for a while.

    Attributes:
        strikes: How often it struck.
    """

    def __init__(self, lasts_s: float) -> None:
        self._lasts_s = lasts_s
        self._until: float | None = None
        self.strikes = 0

    @property
    def is_on(self) -> bool:
        """Whether it lasts at this moment."""
        return self._until is not None

    def strike(self, chance: random.Random) -> None:
        """Begin."""
        self.strikes += 1
        self._until = time.monotonic() + self._lasts_s
        self.begin(chance)

    def look(self) -> None:
        """End it when it has lasted for long enough; called several times a second."""
        if self._until is not None and time.monotonic() >= self._until:
            self.over()

    def over(self) -> None:
        """End it, where it is on."""
        if self._until is not None:
            self._until = None
            self.end()

    def afterwards(self) -> None:
        """Do what it takes to see what has become of everything, once all is due and well again."""
        self.over()

    @abstractmethod
    def begin(self, chance: random.Random) -> None:
        """Let it happen."""

    @abstractmethod
    def end(self) -> None:
        """Let it be well again."""


class Death(Trouble):
    """A replica is killed, with its children: a machine that loses its power. Another is started in its place."""

    def __init__(self, replicas: Replicas) -> None:
        super().__init__(0.0)
        self._replicas = replicas

    def begin(self, chance: random.Random) -> None:
        """Kill one."""
        self._replicas.kill_one(chance)

    def end(self) -> None:
        """Nothing: another one was started."""


class Freeze(Trouble):
    """A replica is stopped for longer than any lease that it may hold, and goes on as if nothing had been."""

    def __init__(self, plan: Plan, replicas: Replicas) -> None:
        super().__init__(1.2 * plan.longest_lease_s)
        self._replicas = replicas

    def begin(self, chance: random.Random) -> None:
        """Stop one."""
        self._victim = chance.choice(self._replicas.pids)
        os.killpg(self._victim, signal.SIGSTOP)

    def end(self) -> None:
        """Let it go on."""
        os.killpg(self._victim, signal.SIGCONT)


class Jump(Trouble):
    """The bot's wall clock is an hour slow, right, an hour fast, right: Slack's stays as it is."""

    OFFSETS_S: ClassVar[tuple[float, ...]] = (-HOUR_S, HOUR_S)

    def __init__(self, plan: Plan, world: World) -> None:
        super().__init__(plan.outage_s)
        self._world = world

    def begin(self, chance: random.Random) -> None:
        """Set it; by turns back and on."""
        del chance
        self._world.bots_are_off_s = self.OFFSETS_S[(self.strikes - 1) % 2]
        self._world.set_bots_clock()

    def afterwards(self) -> None:
        """Let the hour pass by which the fast clock has put off what Slack had not taken."""
        self.over()
        self._world.sandbox.advance(HOUR_S)
        self._world.set_bots_clock()

    def end(self) -> None:
        """Set it right."""
        self._world.bots_are_off_s = 0.0
        self._world.set_bots_clock()


class Gone(Trouble):
    """PostgreSQL crashes, and is started again."""

    def __init__(self, plan: Plan, server: PostgresServer) -> None:
        super().__init__(plan.outage_s)
        self._server = server

    def begin(self, chance: random.Random) -> None:
        """Let it crash."""
        del chance
        self._server.stop(signal.SIGQUIT)

    def end(self) -> None:
        """Start it."""
        self._server.start()


class Full(Trouble):
    """No file that the bot writes may grow: whatever SQLite appends to its log is refused by the kernel."""

    def __init__(self, plan: Plan, replicas: Replicas) -> None:
        super().__init__(plan.outage_s)
        self._replicas = replicas

    def begin(self, chance: random.Random) -> None:
        """Take the room away."""
        del chance
        self._allow(NO_ROOM_BYTES)

    def end(self) -> None:
        """Make room."""
        self._allow(resource.RLIM_INFINITY)

    def _allow(self, size: int) -> None:
        for pid in self._replicas.pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def trouble_of(plan: Plan, world: World, replicas: Replicas, server: PostgresServer | None) -> Trouble:
    """Return what a plan asks for."""
    match plan.trouble:
        case "kill":
            return Death(replicas)
        case "pause":
            return Freeze(plan, replicas)
        case "clock":
            return Jump(plan, world)
        case "disk":
            return Full(plan, replicas)
    assert server is not None, "there is no server to crash"
    return Gone(plan, server)
