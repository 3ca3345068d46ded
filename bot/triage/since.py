"""Since when: what the series of all errors does not tell. The first error of a second, a new error among usual ones, silence."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby

from bot.triage.figures import length
from bot.triage.recovery import FRESH
from bot.triage.summary import ErrorGroup, LogSummary, Onset, Scope, Series, Span, Verdict

EVENTS_MIN = 20
"""Fewer events are no denominator, and fewer errors of a kind no beginning."""

GOES_ON, LASTS = timedelta(minutes=2), timedelta(minutes=1)
"""A new error that began something: it was there so lately, and has been for so long. A burst that is over began nothing."""

GAPS = 4.3
"""Mean distances before the first of them within which the next one before would lie, 98.6 times in 100 (Poisson)."""

PAUSES_MIN = 2
"""So many times the longest pause before it is no pause any more: a log that is written in bursts has long ones."""


def sharpened(onset: Onset | None, groups: Sequence[ErrorGroup]) -> Onset | None:
    """Return the onset at the first error of its second, where a group began in it: the series knows seconds only."""
    if onset is None:
        return None
    second = Span(onset.at, onset.at + timedelta(seconds=1))
    first = min((group.first_seen for group in groups if group.first_seen in second), default=onset.at)
    return replace(onset, at=first, latest=max(first, onset.latest))


def new_error(summary: LogSummary, scope: Scope) -> ErrorGroup | None:
    """Return the commonest error that goes on, and that the baseline had not once, where it has as many records."""
    if scope.baseline_events < scope.events:
        return None
    end = summary.request.window.end
    new = (
        group
        for group in summary.groups
        if not group.baseline_count and not group.is_estimated and group.count >= EVENTS_MIN
        if group.last_seen >= end - GOES_ON and group.last_seen - group.first_seen >= LASTS
    )
    return max(new, key=lambda group: group.count, default=None)


def with_new_error(scope: Scope, summary: LogSummary) -> tuple[Scope, tuple[str, ...]]:
    """Return the scope with the beginning of a new error as its onset, where nothing else told one, and that it is this.

    Where other errors are always there, all of them together hardly rise.
    """
    error = new_error(summary, scope)
    if scope.onset is not None or error is None or scope.verdict not in {Verdict.EVERYONE, Verdict.SUBSET}:
        return scope, ()
    apart = (error.last_seen - error.first_seen) / (error.count - 1)
    earliest = max(summary.request.window.start, error.first_seen - GAPS * apart)
    said = f"the errors as a whole hardly rose; since {error.first_seen:%H:%M:%S} UTC there is a new one: {error.signature}"
    return replace(scope, onset=Onset(error.first_seen, earliest, error.first_seen)), (said,)


def silence_of(series: Series, window_start: int) -> str:
    """Say since when nothing was logged, where that is no pause as the log has them; "" where it is.

    A service that died logs no error. A window without any record at all is told by their number.
    """
    last = next((second for second in reversed(range(len(series.events))) if series.events[second]), -1)
    if last < window_start:
        return ""
    first = next(second for second, count in enumerate(series.events) if count)
    silent_s = len(series.events) - 1 - last
    missing = sum(series.events) / (last + 1 - first) * silent_s
    pauses = (
        len(list(run)) for is_silent, run in groupby(series.events[first:last], lambda count: not count) if is_silent
    )
    if silent_s < max(FRESH.total_seconds(), PAUSES_MIN * max(pauses, default=0)) or missing < EVENTS_MIN:
        return ""
    since = series.start + timedelta(seconds=last + 1)
    return f"nothing logged since {since:%H:%M:%S} UTC ({length(timedelta(seconds=silent_s))}), where {missing:,.0f} records are usual"
