"""Step 4: one failing request from end to end."""

from collections.abc import Sequence
from datetime import timedelta

from bot.triage.affected import ERRORS_MIN
from bot.triage.summary import ErrorGroup, Trace, TraceEvent, TraceRecord


def representative_id(groups: Sequence[ErrorGroup]) -> str | None:
    """Return the example id of the commonest error that has one: the request to look at. New errors come first."""
    ordered = sorted(groups, key=lambda group: (not _is_new(group), -group.count, group.signature))
    return next((group.example_id for group in ordered if group.example_id), None)


def _is_new(group: ErrorGroup) -> bool:
    """Tell whether an error began, where another may always be there; what came a few times began nothing."""
    return not group.baseline_count and group.count >= ERRORS_MIN


def trace_of(trace_id: str, records: Sequence[TraceRecord]) -> Trace:
    """Return the request's steps in order of time, with the time between them.

    Failing is every step that is an error; where none is, none is marked.
    """
    ordered = sorted(records, key=lambda record: record.at)
    events = []
    before: TraceRecord | None = None
    for record in ordered:
        gap = None if before is None else (record.at - before.at) / timedelta(milliseconds=1)
        events.append(TraceEvent(record.at, record.service, record.severity, record.message, gap, record.is_error))
        before = record
    return Trace(trace_id, tuple(events))
