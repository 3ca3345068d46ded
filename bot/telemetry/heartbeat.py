"""Signs of life of the threads, on monotonic time, and the watch that ends the process when one of them has died.

A bot that looks alive and is deaf is worse than one that is gone: what supervises the process restarts the latter.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock

from bot.telemetry.metrics import HEARTBEAT_AGE_SECONDS

# "A dead ticker or deaf socket is seen in <= 60 s": what is silent for longer is dead, less the time between looks.
SILENCE_S = 50.0
LOOK_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class _Beat:
    at: float
    good_for_s: float
    late_after_s: float


class Heartbeats:
    """The last sign of life of each part.

    Args:
        monotonic: Seconds that never jump (`Clock.monotonic`).
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._beats: dict[str, _Beat] = {}
        self._lock = Lock()

    def beat(self, part: str, *, good_for_s: float = SILENCE_S, late_after_s: float = math.inf) -> None:
        """Say that a part is alive, how long it may now stay silent, and after how long the bot is not ready without it."""
        with self._lock:
            self._beats[part] = _Beat(self._monotonic(), good_for_s, late_after_s)

    def forget(self, part: str) -> None:
        """Stop expecting a part: it ended on purpose."""
        with self._lock:
            self._beats.pop(part, None)

    def ages(self) -> dict[str, float]:
        """Return seconds since each part's last sign of life."""
        now = self._monotonic()
        with self._lock:
            ages = {part: now - beat.at for part, beat in self._beats.items()}
        for part, age in ages.items():
            HEARTBEAT_AGE_SECONDS.labels(part).set(age)
        return ages

    def stale(self) -> tuple[str, ...]:
        """Return the parts that have been silent for longer than they said."""
        return self._where(lambda beat: beat.good_for_s)

    def late(self) -> tuple[str, ...]:
        """Return the parts without which the bot is not ready, and that are not heard of, stale or not."""
        return self._where(lambda beat: min(beat.late_after_s, beat.good_for_s))

    def watch(self, stop: Event, *, look_every_s: float = LOOK_EVERY_S) -> tuple[str, ...]:
        """Block until told to stop, or until a part is stale.

        Returns:
            The stale parts: the caller logs them and leaves non-zero. Empty after `stop`.
        """
        while not stop.wait(look_every_s):
            dead = self.stale()
            self.ages()
            if dead:
                return dead
        return ()

    def _where(self, allowed_s: Callable[[_Beat], float]) -> tuple[str, ...]:
        now = self._monotonic()
        with self._lock:
            return tuple(sorted(part for part, beat in self._beats.items() if now - beat.at > allowed_s(beat)))
