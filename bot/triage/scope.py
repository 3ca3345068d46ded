"""Step 1: whom the errors hit, since when, and how that compares with before.

Precedents: Honeycomb BubbleUp ranks fields by the difference between their share of the selection and of the rest;
Elastic's log rate analysis asks for significance and names the field and value. Here a value is told when it has more
of the errors than of the traffic, by more than chance.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from math import ceil, erfc, sqrt

from bot.triage.onset import find_onset
from bot.triage.summary import (
    Affected,
    ErrorGroup,
    FieldCounts,
    LogSummary,
    Minute,
    Onset,
    Scope,
    Series,
    Span,
    ValueCounts,
    Verdict,
)  # fmt: skip

ERRORS_MIN = 5
"""Fewer errors in the window name nobody: the usual minimum of a cell in a chi-squared test."""

EVENTS_MIN = 20
"""Fewer events in the window are no denominator."""

COVERAGE_MIN = 0.8
"""A user or field missing on more than a fifth of the non-error records has no denominator (the report's contract)."""

SHARE_MIN = 0.8
"""A subset holds at least this share of the errors; the rest may be what always fails."""

LIFT_MIN = 1.5
"""... and at least this many times its share of the traffic."""

CHANCE_MAX = 0.001
"""How often chance alone may make a difference that is told; Elastic's default is 0.02 for a field, we try many."""

RATE_RATIO_MIN = 1.5
"""The window's rate over the baseline's from which it counts as worse, where no onset was found."""

HIGH_RATE = 0.1
"""An error rate that hurts whatever it was before."""

EVIDENT_RATE = 0.5
"""With every other record failing no field is needed to say that it is everyone."""

AFFECTED_MAX = 10

PLACES = frozenset(
    {
        "version", "region", "zone", "host", "hostname", "pod", "node", "instance", "service", "tenant", "country",
        "platform", "shard", "datacenter", "cluster", "environment", "file", "release", "build",
    }
)  # fmt: skip
"""Last parts of names that say where a record comes from, so that they never merely restate that it failed."""


def scope_of(summary: LogSummary) -> tuple[Scope, tuple[str, ...]]:
    """Return step 1, and what has to be said about the comparison."""
    series, request = summary.series, summary.request
    window_start = round(request.baseline.duration.total_seconds())
    onset = _sharpened(find_onset(series, window_start), summary.groups)
    quiet, problems = _quiet_stretch(summary, onset)
    events, errors = _counts(series, window_start, len(series.events))
    before_events, before_errors = _counts(series, *quiet)
    users = summary.users if summary.users and summary.users.coverage >= COVERAGE_MIN else None
    rate = errors / events if events else None
    before = before_errors / before_events if before_events else None
    telling = tuple(_telling(summary.fields, errors, events))
    verdict = _verdict(
        errors, events, onset, rate, before,
        subset=any(_subset(entries) for entries in _by_field(telling)),
        comparable=users is not None or any(_comparable(field) for field in summary.fields),
        expected=None if before is None else before * events,
    )  # fmt: skip
    return (
        Scope(
            verdict=verdict,
            errors=errors,
            events=events,
            error_rate=rate,
            baseline_errors=before_errors,
            baseline_events=before_events,
            baseline_rate=before,
            onset=onset,
            users=users,
            per_minute=tuple(_minutes(series, request.window, window_start)),
            affected=tuple(entry for entry, _ in telling)[:AFFECTED_MAX],
        ),
        problems,
    )


def _sharpened(onset: Onset | None, groups: Sequence[ErrorGroup]) -> Onset | None:
    """Return the onset at the first error of its second, where a group began in it: the series knows seconds only."""
    if onset is None:
        return None
    second = Span(onset.at, onset.at + timedelta(seconds=1))
    first = min((group.first_seen for group in groups if group.first_seen in second), default=onset.at)
    return replace(onset, at=first, latest=max(first, onset.latest))


def _quiet_stretch(summary: LogSummary, onset: Onset | None) -> tuple[tuple[int, int], tuple[str, ...]]:
    """Return the seconds of the series to compare with: the baseline, or what of it came before the onset."""
    request = summary.request
    seconds = round(request.baseline.duration.total_seconds())
    problems = []
    before, after = (
        _counts(summary.series, 0, seconds)[0],
        _counts(summary.series, seconds, len(summary.series.events))[0],
    )
    if after and not before:
        problems.append(
            f"nothing to compare with: the log has no lines in the {_words(request.baseline.duration)} before the window"
        )
    if onset is None or onset.at >= request.window.start:
        return (0, seconds), tuple(problems)
    start = request.baseline.start
    quiet = int((onset.earliest - start).total_seconds()) or int((onset.at - start).total_seconds())
    problems.append(
        f"the errors began at {onset.at:%H:%M:%S} UTC, before the window: "
        f"compared with the {_words(timedelta(seconds=quiet))} before that instead"
    )
    return (0, quiet), tuple(problems)


def _counts(series: Series, start: int, end: int) -> tuple[int, int]:
    return sum(series.events[start:end]), sum(series.errors[start:end])


def _minutes(series: Series, window: Span, start: int) -> Iterator[Minute]:
    for second in range(start, len(series.events), 60):
        events, errors = _counts(series, second, second + 60)
        yield Minute(window.start + timedelta(seconds=second - start), events, errors)


def _verdict(
    errors: int,
    events: int,
    onset: Onset | None,
    rate: float | None,
    before: float | None,
    *,
    subset: bool,
    comparable: bool,
    expected: float | None,
) -> Verdict:
    """The rule: none without errors or without a change; a subset where one is evident; everyone where it is not."""
    if rate is None or events < EVENTS_MIN:
        return Verdict.UNKNOWN
    if not errors:
        return Verdict.NONE
    if errors < ERRORS_MIN:
        usual = expected is not None and errors <= ceil(expected)
        return Verdict.NONE if usual else Verdict.UNKNOWN
    worse = before is None or (rate >= RATE_RATIO_MIN * before and _excess(errors, expected or 0.0) <= CHANCE_MAX)
    if onset is None and not worse and rate < HIGH_RATE:
        return Verdict.NONE
    if subset:
        return Verdict.SUBSET
    return Verdict.EVERYONE if comparable or rate >= EVIDENT_RATE else Verdict.UNKNOWN


def _excess(observed: float, expected: float) -> float:
    """Return how often chance gives so many more than expected (normal, on the Anscombe scale of counts)."""
    return 0.5 * erfc((2 * sqrt(observed + 0.375) - 2 * sqrt(expected + 0.375)) / sqrt(2))


def _telling(fields: Sequence[FieldCounts], errors: int, events: int) -> Iterator[tuple[Affected, ValueCounts]]:
    """Yield the values that have more of the errors than of the traffic, most telling first.

    What only stands on failing records says again that they failed, and comes last. Of values that stand on the very
    same records the first is told.
    """
    if errors < ERRORS_MIN:
        return
    ranked = []
    for field in fields:
        whole = field.coverage >= COVERAGE_MIN
        for value in field.values if len(field.values) > 1 or not whole else ():
            entry = _affected(field.name, value, errors, events, whole=whole)
            if value.errors >= ERRORS_MIN and _stands_out(entry, errors, events):
                excess = entry.error_share - (entry.traffic_share or 0.0)
                ranked.append((_restates(field.name, value), not whole, -round(excess, 9), field.name, entry, value))
    ranked.sort(key=lambda row: (*row[:4], row[4].value))
    told: set[int] = set()
    for _, _, _, _, entry, value in ranked:
        if value.lines_key not in told:
            told.add(value.lines_key)
            yield entry, value


def _affected(name: str, value: ValueCounts, errors: int, events: int, *, whole: bool) -> Affected:
    share, traffic = value.errors / errors, value.events / events
    return Affected(
        field=name,
        value=value.value,
        errors=value.errors,
        events=value.events,
        error_share=share,
        traffic_share=traffic if whole else None,
        lift=share / traffic if whole else None,
    )


def _stands_out(entry: Affected, errors: int, events: int) -> bool:
    """Tell whether the value's share of the errors is above its share of the traffic by more than chance."""
    if entry.traffic_share is None:
        return entry.error_share >= SHARE_MIN
    if entry.error_share <= entry.traffic_share or errors == events:
        return False
    inside, outside = entry.errors, errors - entry.errors
    rest = events - entry.events
    pooled = errors / events
    spread = sqrt(pooled * (1 - pooled) * (1 / entry.events + 1 / rest)) if rest else 0.0
    if not spread:
        return False
    return 0.5 * erfc((inside / entry.events - outside / rest) / spread / sqrt(2)) <= CHANCE_MAX


def _restates(name: str, value: ValueCounts) -> bool:
    """Tell whether the value was never seen on a record that did not fail, so that it may be the failure's own mark."""
    fine = value.events - value.errors + value.baseline_events - value.baseline_errors
    return not fine and name.rpartition(".")[2].lower() not in PLACES


def _by_field(telling: Sequence[tuple[Affected, ValueCounts]]) -> Iterator[list[Affected]]:
    names = dict.fromkeys(entry.field for entry, _ in telling)
    for name in names:
        yield [
            entry
            for entry, value in telling
            if entry.field == name and not _restates(name, value) and entry.traffic_share is not None
        ]


def _subset(entries: Sequence[Affected]) -> bool:
    """Tell whether the values of one field that stand out hold the errors between them, and not the traffic."""
    share = sum(entry.error_share for entry in entries)
    traffic = sum(entry.traffic_share or 0.0 for entry in entries)
    return share >= SHARE_MIN and share >= LIFT_MIN * traffic


def _comparable(field: FieldCounts) -> bool:
    return field.coverage >= COVERAGE_MIN and len(field.values) > 1


def _words(length: timedelta) -> str:
    seconds = round(length.total_seconds())
    return f"{seconds // 60} min" if seconds >= 60 else f"{seconds} s"
