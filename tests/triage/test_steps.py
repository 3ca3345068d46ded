"""Errors, trace and the report's JSON."""

from datetime import timedelta

from bot.triage.errors import top_errors
from bot.triage.report import instant
from bot.triage.summary import ErrorGroup, TraceRecord
from bot.triage.trace import representative_id, trace_of
from tests.logs.make import T0


def group(signature: str, count: int, *, before: int = 0, example: str | None = None) -> ErrorGroup:
    """Return a group of errors."""
    return ErrorGroup(signature, count, before, T0, T0, signature, None, example)


def test_errors_are_sorted_by_count_then_signature_and_share_is_of_all() -> None:
    """Also of those that are not shown."""
    found = top_errors([group("b", 2), group("a", 2, before=1), group("c", 6)], 2)
    assert [(entry.signature, entry.share, entry.new) for entry in found] == [("c", 0.6, True), ("a", 0.2, False)]


def test_the_request_to_follow_is_one_of_the_commonest_error_that_names_one() -> None:
    """None where no error names a request."""
    assert representative_id([group("a", 1, example="x"), group("b", 5), group("c", 3, example="y")]) == "y"
    assert representative_id([group("b", 5)]) is None


def test_the_request_to_follow_is_one_of_a_new_error_where_others_are_always_there() -> None:
    """What is usual is commoner, and not why anybody was woken; what came a few times is no beginning either."""
    groups = [
        group("usual", 90, before=400, example="usual-1"),
        group("rare", 2, example="rare-1"),
        group("new", 30, example="new-1"),
    ]
    assert representative_id(groups) == "new-1"


def test_a_trace_has_its_gaps_and_its_failing_step() -> None:
    """In order of time, whatever the order of the source."""
    records = [
        TraceRecord(T0 + timedelta(milliseconds=1500), "pay", "ERROR", "declined", is_error=True),
        TraceRecord(T0, "web", "INFO", "started", is_error=False),
    ]
    events = trace_of("x", records).events
    assert [(event.service, event.since_previous_ms, event.failing) for event in events] == [
        ("web", None, False),
        ("pay", 1500.0, True),
    ]


def test_instants_are_rfc_3339_with_no_more_digits_than_they_have() -> None:
    """Seconds, milliseconds or microseconds."""
    assert instant(T0) == "2026-11-23T12:00:00Z"
    assert instant(T0 + timedelta(milliseconds=123)) == "2026-11-23T12:00:00.123Z"
    assert instant(T0 + timedelta(microseconds=123001)) == "2026-11-23T12:00:00.123001Z"
