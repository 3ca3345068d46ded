"""Are users still hurt, as far as the log can tell? The last 180 seconds against the baseline, frozen at the triage.

Recovered means all three: the error rate is within the baseline's limits, at least half of the events expected are
there, and the newest line is under 60 s old. A service that went silent has not recovered: that is unknown.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from bot.incident.effect import Effect
from bot.triage.figures import length, percent
from bot.triage.summary import LogSummary, Scope, Series

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


def frozen_baseline(summary: LogSummary, scope: Scope) -> Baseline | None:
    """Return what was usual before the incident, or None where the log holds nothing from then.

    It is what the triage compared with, which ends where the trouble began, even a day ago; cut where the log begins.
    """
    stretch = scope.compared_with
    if stretch is None or not scope.baseline_events:
        return None
    start = max(stretch.start, min(summary.oldest or stretch.start, stretch.end))
    duration = stretch.end - start
    return Baseline(scope.baseline_events, scope.baseline_errors, duration) if duration else None


def ended(summary: LogSummary, scope: Scope) -> datetime | None:
    """Return since when the errors have been back within the limits, where they have for the last 180 s of the window."""
    baseline, end = frozen_baseline(summary, scope), summary.request.window.end
    if scope.onset is None or baseline is None:
        return None
    if effect(summary.series, summary.newest, baseline, end).state is not Effect.RECOVERED:
        return None
    first = max(0, int((scope.onset.at - summary.series.start).total_seconds()))
    events, errors = summary.series.events[first:], summary.series.errors[first:]
    seen = sum(_last(summary.series, end)[1])
    return summary.series.start + timedelta(
        seconds=first + _last_excess(events, errors, error_limit(baseline, seen) / seen)
    )


def effect(recent: Series, newest: datetime | None, baseline: Baseline | None, now: datetime) -> Recovery:
    """Return whether users are still hurt.

    `recent` covers at least the last 180 s; what lies outside of them is left out. `newest` is the newest line's time.
    """
    if baseline is None or not baseline.events:
        return Recovery(Effect.UNKNOWN, "there is no baseline to compare with")
    silence = _silence(newest, now)
    if silence:
        return Recovery(Effect.UNKNOWN, silence)
    start, events, errors = _last(recent, now)
    seen, failed = sum(events), sum(errors)
    limit = error_limit(baseline, seen)
    if failed > limit:
        return Recovery(Effect.AFFECTED, _rate(seen, failed, baseline))
    shortage = _shortage(seen, baseline)
    if shortage:
        return Recovery(Effect.UNKNOWN, shortage)
    since = start + timedelta(seconds=_last_excess(events, errors, limit / seen))
    return Recovery(Effect.RECOVERED, _rate(seen, failed, baseline), since)


def error_limit(baseline: Baseline, events: int) -> int:
    """Return how many errors among so many events are still usual.

    The 99 % quantile of the errors at the upper Wilson bound of the baseline's rate, allowing for bursts. A baseline
    without any error so still allows one stray error, and a small baseline allows more than a large one.
    """
    mean = events * min(1.0, _BURSTINESS * _wilson_upper(baseline.errors, baseline.events))
    return min(events, _poisson_quantile(mean))


def _silence(newest: datetime | None, now: datetime) -> str:
    """Return why the log is too old to tell, or "" where it is fresh."""
    if newest is None:
        return f"the log has no line of the last {length(RECENT)}"
    return f"the newest log line is {length(now - newest)} old" if now - newest >= FRESH else ""


def _shortage(seen: int, baseline: Baseline) -> str:
    """Return why so many events are too few to tell, or "" where they are enough."""
    expected = baseline.events_per_s * RECENT.total_seconds()
    if seen < ENOUGH_TRAFFIC * expected:
        return f"only {seen:,} events in the last {length(RECENT)}, where {expected:,.0f} are usual"
    return f"only {seen:,} events in the last {length(RECENT)}: too few to tell" if seen < FEWEST_EVENTS else ""


def _wilson_upper(errors: int, events: int) -> float:
    """Return the upper end of Wilson's score interval (1927), which is sound for no error at all."""
    square = _Z_BASELINE**2
    rate = errors / events
    spread = _Z_BASELINE * math.sqrt(rate * (1 - rate) / events + square / (4 * events**2))
    return (rate + square / (2 * events) + spread) / (1 + square / events)


def _poisson_quantile(mean: float) -> int:
    """Return the 99 % quantile: summed while that is cheap, then by the normal with its second-order correction."""
    if mean > 50:
        return math.floor(mean + _Z_LIMIT * math.sqrt(mean) + (_Z_LIMIT**2 - 1) / 6)
    count, term = 0, math.exp(-mean)
    covered = term
    while covered < 0.99:
        count += 1
        term *= mean / count
        covered += term
    return count


def _last(recent: Series, now: datetime) -> tuple[datetime, tuple[int, ...], tuple[int, ...]]:
    """Return the seconds of the last 180 s that have begun: their start, events and errors."""
    end = max(0, math.ceil((now - recent.start).total_seconds()))
    start = max(0, end - round(RECENT.total_seconds()))
    return recent.start + timedelta(seconds=start), recent.events[start:end], recent.errors[start:end]


def _last_excess(events: Sequence[int], errors: Sequence[int], rate: float) -> int:
    """Return the second before which the errors lay most above the limit's rate: a CUSUM's turning point (Page 1954)."""
    sums = list(accumulate((failed - rate * seen for seen, failed in zip(events, errors, strict=True)), initial=0.0))
    return sums.index(max(sums))


def _rate(seen: int, failed: int, baseline: Baseline) -> str:
    """Return the clause that says the rate, its counts and what is usual."""
    now = f"{percent(failed / seen)} of {seen:,} events failed in the last {length(RECENT)}"
    return f"{now}, {percent(baseline.error_rate)} before the incident"
