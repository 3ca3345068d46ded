"""Whom it hits: everyone, a subset, nobody, or it cannot be told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.triage.scope import scope_of
from bot.triage.since import with_new_error
from bot.triage.summary import (
    ErrorGroup,
    FieldCounts,
    LogRequest,
    LogSummary,
    RequestCounts,
    Series,
    SourceReport,
    Span,
    UserCounts,
    ValueCounts,
    Verdict,
)
from tests.logs.make import T0

START = T0 + timedelta(minutes=60)
REQUEST = LogRequest(Span(T0, START), Span(START, START + timedelta(minutes=15)))


def summary(
    errors: Sequence[int],
    fields: Sequence[FieldCounts] = (),
    *,
    events: int = 4,
    users: UserCounts | None = None,
) -> LogSummary:
    """Return a summary with so many errors a second, the given number of events a second in all."""
    return LogSummary(
        REQUEST, SourceReport("log"), None, None,
        Series(T0, (events,) * 4500, tuple(errors)), users, tuple(fields), (),
    )  # fmt: skip


def field(name: str, *values: tuple[str, int, int, int, int], coverage: float = 1.0) -> FieldCounts:
    """Return a field of (value, events, errors, baseline events, lines key)."""
    return FieldCounts(name, coverage, tuple(ValueCounts(v, n, e, b, 0, key) for v, n, e, b, key in values))


QUIET = [0] * 3600
FAILING = QUIET + [1] * 900
REGION = field("region", ("ap", 1200, 0, 4800, 1), ("eu", 1200, 900, 4800, 2), ("us", 1200, 0, 4800, 3))
EVEN = field("region", ("ap", 1200, 300, 4800, 1), ("eu", 1200, 300, 4800, 2), ("us", 1200, 300, 4800, 3))


def test_a_value_with_the_errors_and_not_the_traffic_is_a_subset() -> None:
    """Named with its shares and lift."""
    scope, _ = scope_of(summary(FAILING, [REGION]))
    assert scope.verdict is Verdict.SUBSET
    first = scope.affected[0]
    assert (first.field, first.value, first.error_share) == ("region", "eu", 1.0)
    assert first.traffic_share == pytest.approx(1 / 3)
    assert first.lift == pytest.approx(3)


def test_errors_spread_like_the_traffic_are_everyone_and_name_nobody() -> None:
    """No confident name where the evidence has none."""
    scope, _ = scope_of(summary(FAILING, [EVEN]))
    assert (scope.verdict, scope.affected) == (Verdict.EVERYONE, ())


def test_what_only_stands_on_failures_neither_leads_nor_makes_a_subset() -> None:
    """An outcome says again that it failed; a version that always fails is news."""
    outcome = field("outcome", ("failure", 900, 900, 0, 7), ("success", 2700, 0, 14400, 8))
    scope, _ = scope_of(summary(FAILING, [EVEN, outcome]))
    assert scope.verdict is Verdict.EVERYONE
    scope, _ = scope_of(summary(FAILING, [outcome, REGION]))
    assert [entry.field for entry in scope.affected] == ["region", "outcome"]
    version = field("version", ("v1", 2700, 0, 14400, 8), ("v2", 900, 900, 0, 7))
    assert scope_of(summary(FAILING, [version]))[0].verdict is Verdict.SUBSET


def test_what_always_fails_is_not_the_answer() -> None:
    """Billing failed as much before; what is new are the errors of pay."""
    noisy = FieldCounts(
        "service", 1.0,
        (
            ValueCounts("billing", 1200, 130, 4800, 520, 1),
            ValueCounts("cart", 1200, 1, 4800, 4, 2),
            ValueCounts("pay", 1200, 100, 4800, 4, 3),
        ),
    )  # fmt: skip
    baseline = [int(i % 25 < 4) for i in range(3300)] + [0] * 300
    scope, _ = scope_of(summary(baseline + [int(i % 900 < 231) for i in range(900)], [noisy]))
    assert sum(baseline) == 520 + 4 + 4
    assert scope.errors == 231
    assert [entry.value for entry in scope.affected] == ["pay"]
    assert scope.verdict is Verdict.SUBSET


def test_one_host_of_the_failing_region_is_no_finding_of_its_own() -> None:
    """Nested fields say it once; a second field that holds the errors as well is told."""
    hosts = [(f"eu-{n}", 400, 300, 1600, 10 + n) for n in range(3)] + [
        (f"us-{n}", 400, 0, 1600, 20 + n) for n in range(6)
    ]
    scope, _ = scope_of(summary(FAILING, [REGION, field("host", *hosts)]))
    assert [(entry.field, entry.value) for entry in scope.affected] == [("region", "eu")]
    version = field("version", ("v1", 2500, 0, 14400, 30), ("v2", 1100, 900, 0, 31))
    scope, _ = scope_of(summary(FAILING, [REGION, version]))
    assert {(entry.field, entry.value) for entry in scope.affected} == {("region", "eu"), ("version", "v2")}


def test_the_more_values_are_tried_the_less_chance_is_believed() -> None:
    """A lead that one field among few would name is luck among a thousand values."""
    lucky = ("h", 60, 28, 240, 1)
    few = [field("a", lucky, ("rest", 3540, 872, 14160, 2))]
    assert scope_of(summary(FAILING, few))[0].affected
    many = [field(f"f{n}", *((f"v{m}", 180, 45, 720, 100 * n + m) for m in range(20))) for n in range(50)]
    assert not scope_of(summary(FAILING, few + many))[0].affected


def test_it_is_said_when_no_subset_stands_out() -> None:
    """With the fields that were compared."""
    _, problems = scope_of(summary(FAILING, [EVEN]))
    assert any(
        problem == "no single subset stands out: the errors spread like the traffic over region" for problem in problems
    )


def test_what_restates_the_failure_is_not_said_to_spread_like_the_traffic() -> None:
    """It stands on every error and on nothing else; of the other fields it is true."""
    ok = field("ok", ("false", 900, 900, 0, 8), ("true", 2700, 0, 14400, 9))
    scope, problems = scope_of(summary(FAILING, [ok, EVEN]))
    assert (scope.verdict, scope.affected[0].field) == (Verdict.EVERYONE, "ok")
    assert any(problem.endswith("like the traffic over region") for problem in problems)
    assert not any("stands out" in problem for problem in scope_of(summary(FAILING, [ok]))[1])


def test_values_that_stand_on_the_same_lines_are_named_once() -> None:
    """Region eu and its only host are one finding."""
    host = field("zone", ("z1", 1200, 0, 4800, 1), ("z2", 1200, 900, 4800, 2), ("z3", 1200, 0, 4800, 3))
    scope, _ = scope_of(summary(FAILING, [REGION, host]))
    assert [entry.field for entry in scope.affected] == ["region"]


def test_a_service_is_named_before_the_file_that_it_writes() -> None:
    """Both stand on the same lines; a container's file is named by 64 digits."""
    names = (("a", "file"), ("z", "service"))
    fields = [field(name, (value, 1200, 900, 4800, 1), ("other", 2400, 0, 9600, 2)) for value, name in names]
    assert [entry.field for entry in scope_of(summary(FAILING, fields))[0].affected] == ["service"]


def test_a_field_on_few_records_has_no_share_of_the_traffic() -> None:
    """There is no denominator, so there is no lift."""
    scope, _ = scope_of(summary(FAILING, [field("gateway", ("x", 950, 900, 200, 5), coverage=0.3)]))
    (entry,) = scope.affected
    assert (entry.traffic_share, entry.lift) == (None, None)


@pytest.mark.parametrize(
    ("errors", "events", "verdict"),
    [
        ([0] * 4500, 4, Verdict.NONE),
        ([0] * 4500, 0, Verdict.UNKNOWN),
        (QUIET + [1] * 3 + [0] * 897, 4, Verdict.UNKNOWN),
        (([1] + [0] * 99) * 45, 4, Verdict.NONE),
        ([1] * 4500, 4, Verdict.EVERYONE),
    ],
    ids=["no errors", "no events", "three new errors", "the usual errors", "bad throughout"],
)
def test_the_verdict_follows_the_sample(errors: list[int], events: int, verdict: Verdict) -> None:
    """Little evidence is said to be little."""
    assert scope_of(summary(errors, [EVEN], events=events))[0].verdict is verdict


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([4] * 4200 + [0] * 300, "nothing logged since 13:10:00 UTC (5 min), where 1,200 records are usual"),
        ([4] * 4450 + [0] * 50, ""),
        (([40] + [0] * 299) * 15, ""),
        (
            ([40] + [0] * 99) * 42 + [0] * 300,
            "nothing logged since 13:08:21 UTC (6 min 39 s), where 163 records are usual",
        ),
        (
            [0] * 4000 + [4] * 300 + [0] * 200,
            "nothing logged since 13:11:40 UTC (3 min 20 s), where 800 records are usual",
        ),
        ([1] * 10 + [0] * 4490, ""),
    ],
    ids=["died", "a moment", "written in bursts", "bursts that ended", "began late and died", "nothing in the window"],
)
def test_a_log_that_ends_before_the_window_does_clears_nobody(events: list[int], said: str) -> None:
    """A service that died logs no error."""
    log = summary([0] * 4500, [EVEN])
    scope, problems = scope_of(replace(log, series=replace(log.series, events=tuple(events))))
    assert scope.unclear == said
    assert (said in problems) == bool(said)
    quiet = Verdict.NONE if sum(events[3600:]) >= 20 else Verdict.UNKNOWN
    assert scope.verdict is (Verdict.UNKNOWN if said else quiet)


def test_without_anything_to_tell_requests_apart_it_is_unknown_unless_most_fail() -> None:
    """Everyone is a claim, too."""
    assert scope_of(summary(FAILING))[0].verdict is Verdict.UNKNOWN
    assert scope_of(summary(FAILING, events=1))[0].verdict is Verdict.EVERYONE


def test_an_onset_before_the_window_is_said_and_compared_with_the_quiet_before_it() -> None:
    """Else the incident would be compared with itself."""
    scope, problems = scope_of(summary([0] * 3000 + [1] * 1500, [EVEN]))
    assert scope.onset is not None
    assert scope.onset.at == T0 + timedelta(seconds=3000)
    assert scope.baseline_errors == 0
    assert 2990 * 4 <= scope.baseline_events <= 3000 * 4
    assert any("before the window" in problem for problem in problems)


NOISY = ([1] + [0] * 9) * 450
NOISE = ErrorGroup("sync failed", 50, 360, T0, START + timedelta(minutes=14), "sync failed")


@pytest.mark.parametrize(
    ("first", "last", "count", "before", "told"),
    [
        (8, 15, 30, 0, True),
        (8, 11, 30, 0, False),
        (14.5, 15, 30, 0, False),
        (8, 15, 9, 0, False),
        (8, 15, 30, 3, False),
    ],
    ids=["new and going on", "over", "for a moment", "a few", "there before"],
)
def test_a_new_error_among_usual_ones_says_when_it_began(
    first: float, last: float, count: int, before: int, told: bool
) -> None:
    """All errors together hardly rise where some are always there."""
    began, ended = START + timedelta(minutes=first), START + timedelta(minutes=last)
    new = ErrorGroup("no such column", count, before, began, ended, "no such column")
    errors = NOISY[:3600] + [int(error or second % 30 == 5) for second, error in enumerate(NOISY[3600:])]
    found = replace(summary(errors, [REGION], events=1), groups=(NOISE, new))
    scope, problems = with_new_error(scope_of(found)[0], found)
    assert scope.verdict is Verdict.EVERYONE
    assert (scope.onset is not None) == told
    assert any(problem.endswith("there is a new one: no such column") for problem in problems) == told
    if scope.onset is not None:
        assert scope.onset.at == scope.onset.latest == began
        assert timedelta(0) < began - scope.onset.earliest <= timedelta(minutes=2)
    nothing_before = replace(found, series=replace(found.series, events=(0,) * 3600 + (1,) * 900))
    assert with_new_error(scope_of(nothing_before)[0], nothing_before)[0].onset is None, (
        "where nothing is known of before, everything is new"
    )


def test_users_need_coverage_to_be_a_denominator() -> None:
    """Named on fewer than four fifths of the records, they are not counted."""
    assert scope_of(summary(FAILING, users=UserCounts(3, 9, 0.79)))[0].users is None
    assert scope_of(summary(FAILING, users=UserCounts(3, 9, 0.8)))[0].users is not None


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        (None, False),
        (RequestCounts(40, 900, 0.8), True),
        (RequestCounts(40, 900, 0.79), False),
        (RequestCounts(19, 19, 1.0), False),
    ],
    ids=["no ids", "on four fifths", "on fewer", "hardly any requests"],
)
def test_requests_are_counted_where_enough_records_name_theirs(counts: RequestCounts | None, told: bool) -> None:
    """The same fifth may be missing as for users; and a handful is no denominator."""
    scope, _ = scope_of(replace(summary(FAILING), requests=counts))
    assert scope.requests == (counts if told else None)


def test_minutes_add_up_to_the_window() -> None:
    """Fifteen of them, from the window's start."""
    scope, _ = scope_of(summary(FAILING))
    assert (len(scope.per_minute), scope.per_minute[0].start) == (15, START)
    assert sum(minute.errors for minute in scope.per_minute) == scope.errors == 900
