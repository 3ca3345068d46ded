"""Are users still hurt, as far as the log can tell? The last 180 seconds against the baseline, frozen at the triage.

Recovered means all three: the error rate is within the baseline's limits, at least half of the events expected are
there, and the newest line is under 60 s old. A service that went silent has not recovered: that is unknown.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.incident.effect import Effect
from bot.triage.summary import Report, Series

# Three minutes, counted in seconds and not in finished clock minutes: long enough for a rate, short enough that a
# rollback shows within the ten minutes that it is watched. Precedent: three periods of one minute are a common alarm.
RECENT = timedelta(seconds=180)

# A source that is alive writes more often; a log shipper's usual flush is 1 to 30 s.
FRESH = timedelta(seconds=60)

# Below half of the usual traffic somebody may be locked out before they can fail.
ENOUGH_TRAFFIC = 0.5

# Rule of three: no error in n events bounds the true rate by 3/n only. Ten clean events say "under 30 %"; fewer say
# nothing.
FEWEST_EVENTS = 10

# The limit is where an unchanged service stays 99 times of 100: z of the normal distribution, one-sided.
_Z_LIMIT = 2.326
# The baseline is a sample as well; the limit starts from the upper end of its own 95 % Wilson interval.
_Z_BASELINE = 1.96
# Errors come in bursts, which no binomial allows for: up to half again the usual rate is nobody's incident.
_BURSTINESS = 1.5


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was usual before: counts over a stretch, frozen at the triage so that the incident cannot move it."""

    events: int
    errors: int
    duration: timedelta

    @property
    def events_per_s(self) -> float:
        """The usual traffic."""
        return self.events / self.duration.total_seconds()

    @property
    def error_rate(self) -> float:
        """The usual errors per event, a fraction."""
        return self.errors / self.events


@dataclass(frozen=True, slots=True)
class Recovery:
    """The log's answer.

    Args:
        words: One clause that says what was seen, with its numbers.
        since: When the errors went back within the limit; only where recovered.
    """

    state: Effect
    words: str
    since: datetime | None = None


def frozen_baseline(report: Report) -> Baseline | None:
    """Return the baseline of a triage, or None where it saw nothing to compare with."""
    if not report.scope.baseline_events:
        return None
    return Baseline(report.scope.baseline_events, report.scope.baseline_errors, report.baseline.duration)


def effect(recent: Series, newest: datetime | None, baseline: Baseline | None, now: datetime) -> Recovery:
    """Return whether users are still hurt.

    `recent` covers at least the last 180 s; what lies outside of them is left out. `newest` is the newest line's time.
    """
    raise NotImplementedError
