"""The ticker: APScheduler, used for the one thing it does well, waking us at an interval in one thread.

Its job store is not used. What it loses there (docs/adr, facts on APScheduler under faults) is kept in our own table;
a tick that is missed costs half a second, since the next one finds the same work.
"""

from collections.abc import Callable
from datetime import UTC

from apscheduler.schedulers.background import BackgroundScheduler

from bot.telemetry.heartbeat import Heartbeats

TICK_S = 0.5
PART = "ticker"


class Ticker:
    """Calls a function every half second, and shows a heartbeat while it does.

    Args:
        tick: Quick; when it raises the heartbeat is not renewed, and the process leaves if that lasts.
    """

    def __init__(self, tick: Callable[[], None], heartbeats: Heartbeats) -> None:
        self._tick = tick
        self._heartbeats = heartbeats
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._scheduler.add_job(
            self._beat, "interval", seconds=TICK_S, coalesce=True, max_instances=1, misfire_grace_time=None
        )

    def start(self) -> None:
        """Begin."""
        self._heartbeats.beat(PART)
        self._scheduler.start()

    def stop(self) -> None:
        """End; a tick under way is waited for."""
        self._scheduler.shutdown()
        self._heartbeats.forget(PART)

    def _beat(self) -> None:
        self._tick()
        self._heartbeats.beat(PART)
