"""The bot itself, with a tenth of its patience: what it gives a minute elsewhere has seconds here.

Its ticker hangs from the moment that a file called `hang` stands beside the store.
"""

import time
from pathlib import Path

from bot.__main__ import main
from bot.slack import connection
from bot.store import dialect
from bot.telemetry import leave
from bot.telemetry.heartbeat import Heartbeats
from bot.workflow import pulse, workers
from bot.workflow.workers import Workers

SILENCE_S = 4.0
HANG = Path("hang")

_wake_where_due = Workers.wake_where_due


def wake_where_due(self: Workers) -> None:
    """Do as always, or never come back."""
    while HANG.exists():
        time.sleep(1)
    _wake_where_due(self)


def hurry() -> None:
    """Divide every patience by ten."""
    Heartbeats.beat.__kwdefaults__["good_for_s"] = SILENCE_S
    Heartbeats.watch.__kwdefaults__["look_every_s"] = 0.5
    pulse.PULSE_S, pulse.LATE_S, pulse.SILENCE_S = 0.2, 0.6, SILENCE_S
    workers.IDLE_S = 0.5
    leave.LEAVE_WITHIN_S = 8.0  # not a tenth: what is at hand is waited for as long as elsewhere
    dialect.BUSY_TIMEOUT_MS = 100
    connection.PING_S, connection.DEAF_AFTER_S, connection.LOOK_EVERY_S = 0.5, 1.8, 0.1
    Workers.wake_where_due = wake_where_due


if __name__ == "__main__":
    hurry()
    main()
