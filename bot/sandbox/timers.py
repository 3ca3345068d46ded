"""What is due later on the sandbox's clock: scheduled messages, retries."""

import asyncio
import heapq
import itertools
from collections.abc import Callable

from bot.sandbox.clock import SandboxClock

LONGEST_SLEEP_S = 3600.0


class Timer:
    """One thing to do at one instant, unless cancelled before."""

    def __init__(self, due: float, action: Callable[[], None]) -> None:
        self.due = due
        self.action = action
        self.cancelled = False

    def cancel(self) -> None:
        """Make it never happen."""
        self.cancelled = True


class Timers:
    """Runs timers when the clock reaches them, by itself or because somebody moved it."""

    def __init__(self, clock: SandboxClock) -> None:
        self.clock = clock
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._alarm: asyncio.TimerHandle | None = None

    def at(self, due: float, action: Callable[[], None]) -> Timer:
        """Do something at an instant of the sandbox's clock."""
        timer = Timer(due, action)
        heapq.heappush(self._heap, (due, next(self._order), timer))
        self._set_alarm()
        return timer

    def advance(self, seconds: float) -> None:
        """Move the clock on, stopping at every timer on the way, in order, so that each sees its own instant."""
        target = self.clock.now() + seconds
        while self._heap and self._heap[0][0] <= target:
            self.clock.move_to(self._heap[0][0])
            self._run_next()
        self.clock.move_to(target)
        self.clock.write()
        self._set_alarm()

    def stop(self) -> None:
        """Run nothing any more."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._heap.clear()

    def _set_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        if self._heap:
            wait_s = self._heap[0][0] - self.clock.now()
            loop = asyncio.get_running_loop()
            self._alarm = loop.call_later(max(0.0, min(wait_s, LONGEST_SLEEP_S)), self._run_due)

    def _run_due(self) -> None:
        while self._heap and self._heap[0][0] <= self.clock.now():
            self._run_next()
        self._set_alarm()

    def _run_next(self) -> None:
        timer = heapq.heappop(self._heap)[2]
        if not timer.cancelled:
            timer.action()
