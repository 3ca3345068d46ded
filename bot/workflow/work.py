"""What a job's handler is, and what it may answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.slack.outbox import Delivery
from bot.store.engine import Tx
from bot.store.jobs import CLOCK_PRIORITY, Job

# What a job waits for is mostly a moment away; what is not may be hours away (an invitation), so each wait is longer.
SOON: Final = timedelta(seconds=1)
PATIENCE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Done:
    """It is done.

    Args:
        slack_ts: The ts of the message that it posted.
        effect: What to store with it, in the same transaction; not run when the job was cancelled or taken over.
    """

    slack_ts: str | None = None
    effect: Callable[[Tx], None] | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """It cannot be done yet: try again at an instant of the bot's clock."""

    due_at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Dead:
    """It can never be done; the timeline says so."""

    why: str


Outcome = Done | Later | Dead
Handler = Callable[[Job], Outcome]


def not_yet(job: Job, now: datetime, why: str) -> Later:
    """Put a job off until what it depends on may be there: for as long as it has waited, within a second and a minute."""
    return Later(now + min(max(now - job.first_due_at, SOON), PATIENCE), why)


def delivery(job: Job) -> Delivery:
    """Return the post that a job stands for: its key is the same at every attempt, and no other job's ever."""
    owner = "-" if job.incident_id is None else job.incident_id
    born_us = int(job.first_due_at.timestamp() * 1_000_000)  # tells it from the same number in an earlier database
    return Delivery(
        key=f"{owner}/{job.kind}/{job.n}/{job.id}/{born_us}",
        again=job.attempts > 1,
        since=job.first_due_at,
        post_before=job.post_before,
        urgent=job.priority >= CLOCK_PRIORITY,
    )
