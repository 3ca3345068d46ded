"""The watch after a rollback began: each minute, is the error rate back at its baseline? Ten minutes, then it says no."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.incident.effect import Effect
from bot.incident.incident import Incident

# A look a minute: the effect is judged over 180 s, so looking more often would only repeat the same answer.
WATCH_EVERY = timedelta(minutes=1)

# A rollback takes about two minutes, draining and caches a few more. Precedent: Kubernetes' progressDeadlineSeconds,
# after which a rollout counts as failed, is 600 s by default.
WATCH_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class BackAtBaseline:
    """The error rate is back, so long after the rollback began; zero when it already was when the rollback began."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class KeepWatching:
    """Not yet; look again."""

    again_at: datetime


@dataclass(frozen=True, slots=True)
class NoRecovery:
    """The watch ends without a recovery: it may not have been this deployment.

    Args:
        effect_unknown: It could not be checked, which is not the same as no recovery; the words say so.
    """

    after: timedelta
    effect_unknown: bool


@dataclass(frozen=True, slots=True)
class WatchOver:
    """Nothing to watch: resolved, recovered already, or nobody is rolling back."""


WatchDecision = BackAtBaseline | KeepWatching | NoRecovery | WatchOver


def watch_decide(incident: Incident, effect: Effect, now: datetime, *, since: datetime | None = None) -> WatchDecision:
    """Return what the watch says at this moment.

    `effect` is the log's own answer: the watch is about the error rate, whatever a person said of users. `since` is when
    the rate came back, where the log can tell (`Recovery.since`); else `now` stands for it.
    """
    began = incident.rolling_back_at
    if not incident.is_open or began is None or (incident.recovered_at is not None and incident.recovered_at >= began):
        return WatchOver()
    if effect is Effect.RECOVERED:
        return BackAtBaseline(max(timedelta(0), (since or now) - began))
    if now - began >= WATCH_FOR:
        return NoRecovery(now - began, effect_unknown=effect is Effect.UNKNOWN)
    return KeepWatching(min(now + WATCH_EVERY, began + WATCH_FOR))
