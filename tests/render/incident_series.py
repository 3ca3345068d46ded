"""A report over an hour and a quarter with a step in its errors, as the log would have counted it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.triage.summary import Change, Minute, Next, Onset, Report, Scope, Series, SourceReport, Span, Verdict

END = datetime(2026, 3, 2, 14, 29, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WINDOW = Span(END - 15 * MINUTE, END)
BASELINE = Span(WINDOW.start - 60 * MINUTE, WINDOW.start)


def deploy(name: str, at: datetime, *, suspect: bool = False) -> Change:
    """Return a deploy as the report lists it."""
    return Change("deploy", "a" * 40, name, "Change", "Ada", at, "yes", suspect, (), 1)


def series(onset: datetime | None, *, errors_a_second: int = 2, events_a_second: int = 10) -> Series:
    """Return one error every 40 s, and from the onset on so many a second (a little uneven, as traffic is)."""
    seconds = int((END - BASELINE.start).total_seconds())
    start = int((onset - BASELINE.start).total_seconds()) if onset else seconds
    events = tuple(events_a_second + (second * 7919) % 5 for second in range(seconds))
    errors = tuple(
        (errors_a_second + (second * 104729) % 3 - 1) if second >= start else int(second % 40 == 0)
        for second in range(seconds)
    )
    return Series(BASELINE.start, events, errors)


def report(counted: Series, onset: datetime | None, deploys: Sequence[Change] = ()) -> Report:
    """Return the report of a series, with the fields that a chart reads."""
    edge = int((WINDOW.start - counted.start).total_seconds())
    events, errors = sum(counted.events[edge:]), sum(counted.errors[edge:])
    before_events, before_errors = sum(counted.events[:edge]), sum(counted.errors[:edge])
    minutes = tuple(
        Minute(counted.start + timedelta(seconds=s), sum(counted.events[s : s + 60]), sum(counted.errors[s : s + 60]))
        for s in range(edge, len(counted.events), 60)
    )
    scope = Scope(
        verdict=Verdict.EVERYONE,
        errors=errors,
        events=events,
        error_rate=errors / events if events else None,
        baseline_errors=before_errors,
        baseline_events=before_events,
        baseline_rate=before_errors / before_events if before_events else None,
        onset=Onset(onset, onset - MINUTE, onset + MINUTE / 2) if onset else None,
        users=None,
        per_minute=minutes,
        affected=(),
    )
    return Report(WINDOW, BASELINE, SourceReport("shop"), scope, tuple(deploys), (), None, Next(END, None, None))
