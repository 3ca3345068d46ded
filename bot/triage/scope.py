"""Step 1: whom the errors hit, since when, and how that compares with before."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from bot.triage.affected import COVERAGE_MIN, ERRORS_MIN, Usual, comparable, excess_chance, is_subset, telling
from bot.triage.figures import length
from bot.triage.lookback import Earlier
from bot.triage.onset import find_onset
from bot.triage.recovery import ended
from bot.triage.since import EVENTS_MIN, new_error, sharpened, silence_of
from bot.triage.summary import LogSummary, Minute, Onset, RequestCounts, Scope, Series, Span, Verdict

CHANCE_MAX = 0.001
"""How often chance alone may make a window look worse than before."""

RATE_RATIO_MIN = 1.5
"""The window's rate over the baseline's from which it counts as worse, where no onset was found."""

HIGH_RATE = 0.1
"""An error rate that hurts whatever it was before."""

EVIDENT_RATE = 0.5
"""With every other record failing no field is needed to say that it is everyone."""

AFFECTED_MAX = 10

FIELDS_NAMED = 5


def scope_of(summary: LogSummary, earlier: Earlier | None = None) -> tuple[Scope, tuple[str, ...]]:
    """Return step 1, and what has to be said about the comparison.

    Args:
        summary: Of window and baseline.
        earlier: The onset, where looking back has found it before the baseline.
    """
    series, request = summary.series, summary.request
    window_start = round(request.baseline.duration.total_seconds())
    onset = earlier.onset if earlier else sharpened(find_onset(series, window_start), summary.groups)
    quiet, problems = _quiet_stretch(summary, onset)
    events, errors = _counts(series, window_start, len(series.events))
    before_events, before_errors = (earlier.events, earlier.errors) if earlier else _counts(series, *quiet)
    users = summary.users if summary.users and summary.users.coverage >= COVERAGE_MIN else None
    requests = summary.requests if summary.requests and _tells_requests(summary.requests) else None
    rate = errors / events if events else None
    before = before_errors / before_events if before_events else None
    expected = None if before is None else before * events
    usual = _usual(errors, expected or 0.0, _counts(series, 0, window_start)[1])
    found = telling(summary.fields, errors, events, usual)
    compared = comparable(summary.fields)
    verdict = _verdict(
        errors, events, onset, rate, before,
        subset=is_subset(found), comparable=users is not None or bool(compared), expected=expected,
    )  # fmt: skip
    silence = "" if summary.source.partial else silence_of(series, window_start)
    unclear = summary.source.doubt or summary.source.mute or silence
    if verdict is Verdict.NONE and unclear:
        verdict = Verdict.UNKNOWN
    problems = (*problems, *filter(None, (silence,)))
    even = [name for name in compared if all(one.entry.field != name for one in found)]
    if verdict is Verdict.EVERYONE and even and not any(one.is_evidence for one in found):
        problems = (*problems, _nobody_stands_out(even))
    scope = Scope(
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
        affected=tuple(one.entry for one in found)[:AFFECTED_MAX],
        requests=requests,
        compared_with=earlier.quiet if earlier else _span(request.baseline.start, *quiet),
        unclear=unclear,
    )
    goes_on = new_error(summary, scope) is not None
    return scope if goes_on else replace(scope, ended=ended(summary, scope)), problems


def _tells_requests(requests: RequestCounts) -> bool:
    """Tell whether requests can be counted: enough records name theirs, and there are enough for a denominator."""
    return requests.coverage >= COVERAGE_MIN and requests.seen >= EVENTS_MIN


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
            f"nothing to compare with: the log has no lines in the {length(request.baseline.duration)} before the window"
        )
    if onset is None or onset.at >= request.window.start:
        return (0, seconds), tuple(problems)
    start = request.baseline.start
    if onset.at < start:
        problems.append(
            f"the errors began at {onset.at:%Y-%m-%d %H:%M:%S} UTC, before the baseline: compared with what was before that"
        )
        return (0, seconds), tuple(problems)
    quiet = int((onset.earliest - start).total_seconds()) or int((onset.at - start).total_seconds())
    problems.append(
        f"the errors began at {onset.at:%H:%M:%S} UTC, before the window: "
        f"compared with the {length(timedelta(seconds=quiet))} before that instead"
    )
    return (0, quiet), tuple(problems)


def _span(start: datetime, first: int, last: int) -> Span:
    return Span(start + timedelta(seconds=first), start + timedelta(seconds=last))


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
    worse = before is None or (rate >= RATE_RATIO_MIN * before and excess_chance(errors, expected or 0.0) <= CHANCE_MAX)
    if onset is None and not worse and rate < HIGH_RATE:
        return Verdict.NONE
    if subset:
        return Verdict.SUBSET
    return Verdict.EVERYONE if comparable or rate >= EVIDENT_RATE else Verdict.UNKNOWN


def _usual(errors: int, expected: float, baseline_errors: int) -> Usual:
    """Return what to take off; nothing where there are hardly more errors than usual: then all of them are explained."""
    worse = excess_chance(errors, expected) <= CHANCE_MAX
    return Usual(expected, baseline_errors) if worse else Usual(0.0, 0)


def _nobody_stands_out(names: Sequence[str]) -> str:
    shown = ", ".join(names[:FIELDS_NAMED])
    more = f" and {len(names) - FIELDS_NAMED} more fields" if len(names) > FIELDS_NAMED else ""
    return f"no single subset stands out: the errors spread like the traffic over {shown}{more}"
