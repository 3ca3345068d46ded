"""Since when, where it was already so when the baseline began: look back, a few minutes here and there, up to a day.

Each look is a short stretch, so that a long log costs little. The newest quiet one and the bad one after it are brought
together by halves; then the stretch between them is read whole, and the onset found in it as anywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.triage.affected import excess_chance
from bot.triage.onset import find_onset
from bot.triage.summary import LogRequest, LogSummary, Onset, Scope, Series, Span

LOOK = timedelta(minutes=5)
"""Enough records for a rate, and few enough to read many times."""

STEPS = (1, 2, 4, 8, 16, 24)
"""Hours before the baseline at which is looked: what has been so for a day is how things are, and no incident."""

NEAR = timedelta(minutes=20)
"""How near quiet and bad are brought before what lies between is read whole."""

AROUND = timedelta(minutes=20)
"""Read before the quiet look, for the onset to have something to stand out from."""

ERRORS_MIN = 20
"""Fewer errors in the window are not worth a second look."""

QUIET_RATIO = 0.5
"""A stretch is quiet below this share of the window's error rate (the inverse of the onset's least ratio)."""

CHANCE_MAX = 0.001

BYTES_MAX = 256 << 20
"""Read by all looks together; a compressed log has to be read from its beginning for each of them."""

Ask = Callable[[LogRequest], LogSummary]
"""Reads a stretch of the log; may raise SourceError."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An onset before the baseline, and what the quiet stretch before it held."""

    onset: Onset
    quiet: Span
    events: int
    errors: int


def look_back(scope: Scope, summary: LogSummary, ask: Ask) -> Earlier | None:
    """Return when the errors of the window began, where that was before the baseline and at most a day ago.

    Args:
        scope: As found within window and baseline.
        summary: What it was found in.
        ask: Reads other stretches of the same log.
    """
    if scope.onset is not None or scope.errors < ERRORS_MIN:
        return None
    looks = _Looks(scope.errors / scope.events, summary, ask)
    bad = summary.request.baseline.start
    for hours in STEPS:
        at = summary.request.baseline.start - timedelta(hours=hours)
        quiet = looks.is_quiet(at)
        if quiet:
            return _between(at, bad, looks)
        bad = at if quiet is False else bad
    return None


def _between(quiet: datetime, bad: datetime, looks: "_Looks") -> Earlier | None:
    """Return the onset between a quiet look and a later bad one."""
    while bad - quiet > NEAR:
        middle = (quiet + (bad - quiet) / 2).replace(microsecond=0)
        found = looks.is_quiet(middle)
        if found is None:
            break
        quiet, bad = (middle, bad) if found else (quiet, middle)
    series = looks.series(Span(quiet - AROUND, bad + LOOK))
    if series is None:
        return None
    onset = find_onset(series, len(series.events) - round(LOOK.total_seconds()))
    if onset is None:
        return None
    before = round((onset.earliest - series.start).total_seconds())
    events, errors = sum(series.events[:before]), sum(series.errors[:before])
    return Earlier(onset, Span(series.start, onset.earliest), events, errors) if events else None


class _Looks:
    """Short looks at other stretches of the log, as long as they are cheap."""

    def __init__(self, rate: float, summary: LogSummary, ask: Ask) -> None:
        self._rate = rate
        self._summary = summary
        self._ask = ask
        self._bytes_left = BYTES_MAX

    def is_quiet(self, at: datetime) -> bool | None:
        """Tell whether there were fewer errors than the window's rate makes, by more than chance; None without records."""
        series = self.series(Span(at, at + LOOK))
        events = sum(series.events) if series else 0
        if series is None or not events:
            return None
        errors, expected = sum(series.errors), self._rate * events
        return errors <= QUIET_RATIO * expected and excess_chance(expected, errors) <= CHANCE_MAX

    def series(self, span: Span) -> Series | None:
        """Return the counts of a stretch, or None where the log does not reach or has cost too much already."""
        oldest = self._summary.oldest
        if self._bytes_left <= 0 or (oldest is not None and span.end <= oldest):
            return None
        edge = span.end - timedelta(seconds=1)  # every request has a window: the last second
        found = self._ask(replace(self._summary.request, baseline=Span(span.start, edge), window=Span(edge, span.end)))
        self._bytes_left -= found.source.bytes_read
        return found.series
