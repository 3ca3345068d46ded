"""Recovered, affected or unknown: the last 180 seconds against the baseline."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incident.effect import Effect
from bot.triage.lookback import Earlier
from bot.triage.recovery import Baseline, effect, error_limit, frozen_baseline
from bot.triage.scope import scope_of
from bot.triage.summary import LogRequest, LogSummary, Onset, Series, SourceReport, Span

NOW = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
USUAL = Baseline(events=36_000, errors=72, duration=HOUR)  # 10 a second, 0.2 %
CLEAN = Baseline(events=36_000, errors=0, duration=HOUR)
QUIET = Baseline(events=36, errors=0, duration=HOUR)  # not two in 180 s
A, R, U = Effect.AFFECTED, Effect.RECOVERED, Effect.UNKNOWN


def series(events: float, errors: int, *, seconds: int = 180) -> Series:
    """Return so many events and errors, evenly spread over the seconds before NOW."""

    def spread(total: float) -> tuple[int, ...]:
        return tuple(int(total * (i + 1) / seconds) - int(total * i / seconds) for i in range(seconds))

    return Series(NOW - timedelta(seconds=seconds), spread(events), spread(errors))


# events and errors in 180 s, age of the newest line in s, baseline -> state, a part of the words
CASES = {
    "as before": (1800, 3, 1, USUAL, R, "0.2 % of 1,800 events failed in the last 3 min, 0.2 % before"),
    "none at all": (1800, 0, 1, USUAL, R, "0 % of 1,800"),
    "a little worse, as bursts are": (1800, 7, 1, USUAL, R, "0.4 %"),
    "4 %": (1800, 72, 1, USUAL, A, "4 % of 1,800 events failed in the last 3 min, 0.2 % before the incident"),
    "one stray error after a clean hour": (1800, 1, 1, CLEAN, R, "0.1 %"),
    "a handful after a clean hour": (1800, 6, 1, CLEAN, A, "0.3 %"),
    "half the traffic": (900, 1, 1, USUAL, R, "0.1 %"),
    "under half the traffic": (899, 0, 1, USUAL, U, "only 899 events in the last 3 min, where 1,800 are usual"),
    "few events, all failing": (100, 100, 1, USUAL, A, "100 %"),
    "silent": (0, 0, 1, USUAL, U, "only 0 events"),
    "a line of 59 s ago": (1800, 0, 59, USUAL, R, "0 %"),
    "a line of 60 s ago": (1800, 0, 60, USUAL, U, "the newest log line is 1 min old"),
    "errors, then silence": (1800, 900, 240, USUAL, U, "the newest log line is 4 min old"),
    "nothing ever": (0, 0, None, USUAL, U, "no line of the last 3 min"),
    "too quiet to tell": (2, 0, 1, QUIET, U, "only 2 events in the last 3 min: too few to tell"),
    "quiet, and all fail": (4, 4, 1, QUIET, A, "100 %"),
    "no baseline": (1800, 0, 1, None, U, "no baseline"),
    "an empty baseline": (1800, 0, 1, Baseline(0, 0, HOUR), U, "no baseline"),
    "always failing a little, as always": (1800, 190, 1, Baseline(36_000, 3_600, HOUR), R, "11 %"),
}


@pytest.mark.parametrize(
    ("errors", "minutes"),
    [
        ((0,) * 3700 + (1,) * 300 + (0,) * 500, 4000),
        (((0,) * 99 + (1,)) * 37 + (1,) * 300 + ((0,) * 99 + (1,)) * 5, 4000),
        ((0,) * 3700 + (1,) * 800, None),
        ((0,) * 3700 + (1,) * 700 + (0,) * 100, None),
    ],
    ids=["over", "over, with the usual errors", "goes on", "over for too short a time"],
)
def test_what_is_over_at_the_end_of_the_window_is_told_with_when(errors, minutes):
    """By the same limits that the clock goes by."""
    found = summary(0, errors=errors)
    scope, _ = scope_of(found)
    assert scope.onset is not None
    assert scope.ended == (None if minutes is None else found.series.start + timedelta(seconds=minutes))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_recovered_needs_a_usual_rate_enough_events_and_a_fresh_line(case):
    """All three hold for recovered; without traffic or freshness nothing can be told."""
    events, errors, age, baseline, state, words = case
    newest = None if age is None else NOW - timedelta(seconds=age)
    read = effect(series(events, errors), newest, baseline, NOW)
    assert read.state is state
    assert words in read.words


def test_only_the_last_180_seconds_count_and_not_finished_minutes():
    """Errors of 181 s ago are over; the second that has begun counts."""
    before = Series(NOW - timedelta(seconds=240), (10,) * 240, (10,) * 60 + (0,) * 180)
    assert effect(before, NOW, USUAL, NOW).state is R
    half = NOW + timedelta(milliseconds=500)
    running = Series(NOW - timedelta(seconds=179), (10,) * 180, (0,) * 179 + (10,))
    assert effect(running, NOW, CLEAN, half).state is A


def test_recovery_says_since_when():
    """The turning point is where the errors stopped, not where the window begins."""
    errors = (1,) * 4 + (0,) * 176
    read = effect(Series(NOW - timedelta(seconds=180), (10,) * 180, errors), NOW, USUAL, NOW)
    assert read.since == NOW - timedelta(seconds=176)
    assert effect(series(1800, 0), NOW, USUAL, NOW).since == NOW - timedelta(seconds=180)


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 10**5))
def test_limit_grows_with_the_sample_and_never_passes_it(events, base_events, base_errors):
    """More events allow at least as many errors; never more than there are events."""
    base = Baseline(base_events + 1, min(base_errors, base_events + 1), HOUR)
    limit = error_limit(base, events)
    assert 0 <= limit <= events
    assert limit <= error_limit(base, events + 1)


@given(st.integers(0, 50), st.integers(1, 200))
def test_limit_is_at_least_the_usual_rate(percentage, events):
    """A service that fails as it always did is never called affected for its own average."""
    base = Baseline(10_000, percentage * 100, HOUR)
    assert error_limit(base, events) >= int(events * base.error_rate)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=180, max_size=180), st.integers(0, 400))
def test_answer_is_never_recovered_without_all_three(seconds, age):
    """Whatever the log holds: recovered implies fresh, enough traffic, and errors within the limit."""
    events = tuple(max(pair) for pair in seconds)
    errors = tuple(min(pair) for pair in seconds)
    read = effect(Series(NOW - timedelta(seconds=180), events, errors), NOW - timedelta(seconds=age), USUAL, NOW)
    if read.state is R:
        assert age < 60
        assert sum(events) >= 900
        assert sum(errors) <= error_limit(USUAL, sum(events))
        assert NOW - timedelta(seconds=180) <= read.since <= NOW


def summary(oldest: int | None, *, errors: tuple[int, ...] = (0,) * 4500) -> LogSummary:
    """Return an hour of baseline and 15 minutes of window at one event a second; `oldest` in s after their start."""
    start = NOW - timedelta(minutes=75)
    request = LogRequest(Span(start, NOW - timedelta(minutes=15)), Span(NOW - timedelta(minutes=15), NOW))
    events = tuple(int(second >= (oldest or 0)) for second in range(4500))
    first = None if oldest is None else start + timedelta(seconds=oldest)
    return LogSummary(request, SourceReport("log"), NOW, first, Series(start, events, errors), None, (), ())


def frozen(found: LogSummary, earlier: Earlier | None = None) -> Baseline | None:
    """Return the baseline that a triage of a summary leaves behind."""
    return frozen_baseline(found, scope_of(found, earlier)[0])


def test_baseline_is_frozen_from_the_baseline_of_the_triage():
    """An hour at one a second."""
    assert frozen(summary(0)) == Baseline(3600, 0, HOUR)


def test_log_that_begins_late_does_not_make_the_usual_traffic_small():
    """Ten minutes of log at one a second are one a second, not a sixth of it."""
    assert frozen(summary(3000)) == Baseline(600, 0, timedelta(minutes=10))


def test_trouble_that_began_in_the_baseline_is_cut_out_of_it():
    """What failed after the onset is not usual."""
    baseline = frozen(summary(0, errors=(0,) * 1800 + (1,) * 2700))
    assert baseline is not None
    assert baseline.errors == 0
    assert 1790 <= baseline.events <= 1800
    assert baseline.events_per_s == 1.0


def test_trouble_from_before_the_baseline_leaves_the_quiet_before_it():
    """Where looking back has found the quiet, users can recover to it."""
    long_ago = NOW - timedelta(hours=3)
    quiet = Span(long_ago - timedelta(minutes=40), long_ago)
    earlier = Earlier(Onset(long_ago, long_ago, long_ago), quiet, events=2400, errors=3)
    failing = summary(0, errors=(1,) * 4500)
    reaching = replace(failing, oldest=NOW - timedelta(hours=9))
    assert frozen(reaching, earlier) == Baseline(2400, 3, timedelta(minutes=40))


@pytest.mark.parametrize("oldest", [3600, 4000])
def test_log_without_a_line_in_the_baseline_has_none(oldest):
    """A log that begins in the window has nothing to compare with."""
    assert frozen(summary(oldest)) is None
