"""Counting: exact at the edges, and the same however the log is ordered, split or chunked."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.logs import groups
from bot.logs.scan import entries
from bot.logs.tally import Tally
from bot.triage.summary import LogRequest, SourceReport, Span
from tests.logs.make import T0, lines, record

REQUEST = LogRequest(Span(T0, T0 + timedelta(seconds=60)), Span(T0 + timedelta(seconds=60), T0 + timedelta(seconds=90)))


def tally(text: str, request: LogRequest = REQUEST) -> Tally:
    """Count a log as one file."""
    counted = Tally(request)
    offset = 0
    numbered = []
    for line in text.splitlines():
        numbered.append((offset, line.encode()))
        offset += len(line) + 1
    for entry in entries(numbered, lambda at, _raw: counted.wants(at)):
        counted.add(entry, "app.log", "app.log")
    return counted


def test_spans_are_half_open_to_the_millisecond() -> None:
    """A record on an edge belongs to what begins there."""
    at = [0, 59.999, 60, 89.999, 90, -0.001]
    found = tally(lines([record(T0 + timedelta(seconds=s)) for s in at])).summary(SourceReport("x"))
    assert (sum(found.series.events[:60]), sum(found.series.events[60:])) == (2, 2)
    assert found.newest == T0 + timedelta(seconds=89.999)
    assert found.oldest == T0 - timedelta(milliseconds=1)


def test_values_are_counted_as_text_and_values_of_the_same_lines_share_a_key() -> None:
    """JSON true is "true", 3 is "3"; fields of more than a hundred values are dropped."""
    at = [T0 + timedelta(seconds=60 + i / 10) for i in range(250)]
    found = tally(
        lines([record(t, canary=i % 2 == 0, shard=3, pool="a" if i % 2 == 0 else "b", n=i) for i, t in enumerate(at)])
    ).summary(SourceReport("x"))
    fields = {field.name: field for field in found.fields}
    assert {value.value for value in fields["canary"].values} == {"true", "false"}
    assert [value.value for value in fields["shard"].values] == ["3"]
    assert {value.lines_key for value in fields["canary"].values} == {
        value.lines_key for value in fields["pool"].values
    }
    assert "n" not in fields


def test_too_many_groups_of_errors_are_estimated_and_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the window the counts are; in the baseline, whether one is new."""
    monkeypatch.setattr(groups, "GROUPS_MAX", 50)
    names = ["".join("ghij"[index // 4**place % 4] for place in range(4)) for index in range(150)]
    log = [
        record(T0 + timedelta(seconds=at), f"no {name}", error=True, err={})
        for start in (0, 60)
        for at, name in zip((start + i * 0.19 for i in range(150)), names, strict=True)
    ]
    few, many = tally(lines(log[:40] + log[150:190])), tally(lines(log))
    assert list(few.estimates()) == []
    assert [problem.partition(": ")[2] for problem in many.estimates()] == [
        "from 1 error in 4",
        "1 error in 4 looked at there, so a rare old one may be called new",
    ]
    assert {group.is_estimated for group in few.summary(SourceReport("x")).groups} == {False}
    estimated = many.summary(SourceReport("x")).groups
    assert {(group.count, group.is_estimated) for group in estimated} == {(4, True)}


def test_errors_that_name_no_user_are_not_nobodys() -> None:
    """No user of an error is known: then no figure is given, least of all 0."""
    log = [record(T0 + timedelta(seconds=61), userId="a"), record(T0 + timedelta(seconds=62), error=True, userId=None)]
    users = tally(lines(log)).summary(SourceReport("x")).users
    assert users is not None
    assert users.coverage == 0.0


def test_users_are_distinct_and_count_over_the_window_only() -> None:
    """The baseline's users are nobody's denominator."""
    log = [record(T0, userId="before")]
    log += [record(T0 + timedelta(seconds=61), error=i < 2, userId=f"u{i % 4}") for i in range(8)]
    users = tally(lines(log)).summary(SourceReport("x")).users
    assert users is not None
    assert (users.affected, users.seen, users.coverage) == (2, 4, 1.0)


def test_requests_are_distinct_ids_of_the_window_by_the_name_that_spans_most() -> None:
    """Four records a request, one of which fails: half of the requests, an eighth of the records."""
    log = [record(T0, correlationId="before", error=True)]
    log += [
        record(T0 + timedelta(seconds=61), error=i % 8 == 0, spanId=f"{i}", reqId=f"r{i}", correlationId=f"c{i // 4}")
        for i in range(80)
    ]
    requests = tally(lines(log)).summary(SourceReport("x")).requests
    assert requests is not None
    assert (requests.failed, requests.seen, requests.coverage) == (10, 20, 1.0)


def test_each_step_of_a_traceparent_is_the_same_request() -> None:
    """The parent's id changes from step to step, the trace's does not; and a record without any lowers the coverage."""
    log = [record(T0 + timedelta(seconds=61), traceparent=f"00-{i // 2:032x}-{i:016x}-01") for i in range(10)] + [
        record(T0 + timedelta(seconds=61), error=True)
    ]
    requests = tally(lines(log)).summary(SourceReport("x")).requests
    assert requests is not None
    assert (requests.failed, requests.seen, requests.coverage) == (0, 5, 0.0)


def test_secrets_do_not_leave_in_samples_signatures_or_values() -> None:
    """They are redacted where they enter."""
    secret = "ghp_" + "a1B2" * 9
    error = record(
        T0 + timedelta(seconds=61), f"token {secret}", error=True, err={"type": "E", "message": f"x {secret}"}
    )
    assert secret not in repr(tally(lines([{**error, "header": secret}])).summary(SourceReport("x")))


@settings(max_examples=30)
@given(st.permutations(range(40)), st.integers(0, 40))
def test_order_and_split_change_nothing(order: list[int], cut: int) -> None:
    """Groups, samples, fields and series come out the same from any order, merged from any two parts."""
    log = [
        record(
            T0 + timedelta(seconds=2.2 * i),
            f"job {i} failed on {'abc'[i % 3]}",
            error=i % 2 == 0,
            err={"type": "E", "message": f"boom {i}"},
            zone="abc"[i % 3],
            userId=f"u{i % 5}",
            reqId=i,
        )
        for i in range(40)
    ]
    text = lines(log)
    numbered = []
    offset = 0
    for line in text.splitlines():
        numbered.append((offset, line.encode()))
        offset += len(line) + 1
    whole = tally(text)
    first, second = Tally(REQUEST), Tally(REQUEST)
    for part, chosen in ((first, order[:cut]), (second, order[cut:])):
        for entry in entries([numbered[i] for i in chosen], lambda at, _raw: part.wants(at)):  # noqa: B023 - used at once
            part.add(entry, "app.log", "app.log")
    second.merge(first)
    assert second.summary(SourceReport("x")) == whole.summary(SourceReport("x"))
