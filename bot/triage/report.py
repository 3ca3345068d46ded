"""The triage report: put together from the steps, and turned into the JSON of its contract (version 1)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.triage.errors import top_errors
from bot.triage.summary import (
    Affected,
    Change,
    ChangeLog,
    ErrorEntry,
    LogSummary,
    Next,
    Report,
    Scope,
    SourceReport,
    Span,
    Trace,
)  # fmt: skip

DIGITS = 6
"""Decimals of rates and shares: one in a million."""


def build(
    summary: LogSummary,
    scope: Scope,
    changelog: ChangeLog,
    changes: Sequence[Change],
    following: Next,
    *,
    trace: Trace | None,
    top: int,
    problems: Sequence[str] = (),
) -> Report:
    """Return the report; `problems` are added to those of the log source."""
    return Report(
        window=summary.request.window,
        baseline=summary.request.baseline,
        source=replace(summary.source, problems=(*summary.source.problems, *problems)),
        scope=scope,
        changes=tuple(changes),
        errors=top_errors(summary.groups, top),
        trace=trace,
        next=following,
        change_source=changelog.name,
        change_problems=changelog.problems,
        change_remarks=changelog.remarks,
    )


def as_json(report: Report) -> dict[str, Any]:
    """Return the report as plain JSON values, with exactly the keys of the contract."""
    return {
        "version": report.version,
        "window": _span(report.window),
        "baseline": _span(report.baseline),
        "source": _source(report.source, report.change_source, (*report.change_problems, *report.change_remarks)),
        "scope": _scope(report.scope),
        "changes": [_change(change) for change in report.changes],
        "errors": [_error(entry) for entry in report.errors],
        "trace": None if report.trace is None else _trace(report.trace),
        "next": {
            "rollback_at": _edge(report.next.rollback_at),
            "deploy": _optional_change(report.next.deploy),
            "previous": _optional_change(report.next.previous),
            "hazards": list(report.next.hazards),
        },
    }


def instant(at: datetime) -> str:
    """Return RFC 3339 UTC with milliseconds or microseconds where there are any."""
    at = at.astimezone(UTC)
    fraction = f".{at.microsecond:06d}" if at.microsecond % 1000 else f".{at.microsecond // 1000:03d}"
    return f"{at:%Y-%m-%dT%H:%M:%S}{fraction if at.microsecond else ''}Z"


def _edge(at: datetime) -> str:
    """Return an edge of window or baseline: whole milliseconds, since the default end is a microsecond past a line."""
    return instant(at.replace(microsecond=at.microsecond // 1000 * 1000))


def _span(span: Span) -> dict[str, str]:
    return {"start": _edge(span.start), "end": _edge(span.end)}


def _source(source: SourceReport, change_source: str, of_changes: Sequence[str]) -> dict[str, Any]:
    prefix = f"{change_source}: " if change_source else ""
    return {
        "name": source.name,
        "files": source.files,
        "bytes_read": source.bytes_read,
        "lines": source.lines,
        "parsed": source.parsed,
        "skipped": source.skipped,
        "partial": source.partial,
        "problems": [*source.problems, *(prefix + problem for problem in of_changes)],
    }


def _scope(scope: Scope) -> dict[str, Any]:
    onset = scope.onset
    return {
        "verdict": str(scope.verdict),
        "errors": scope.errors,
        "events": scope.events,
        "error_rate": _fraction(scope.error_rate),
        "baseline_errors": scope.baseline_errors,
        "baseline_events": scope.baseline_events,
        "baseline_rate": _fraction(scope.baseline_rate),
        "onset": None if onset is None else _edge(onset.at),
        "onset_interval": None if onset is None else [_edge(onset.earliest), _edge(onset.latest)],
        "users": None if scope.users is None else {"affected": scope.users.affected, "seen": scope.users.seen},
        "per_minute": [
            {"start": _edge(minute.start), "events": minute.events, "errors": minute.errors}
            for minute in scope.per_minute
        ],
        "affected": [_affected(entry) for entry in scope.affected],
    }


def _affected(entry: Affected) -> dict[str, Any]:
    return {
        "field": entry.field,
        "value": entry.value,
        "errors": entry.errors,
        "events": entry.events,
        "error_share": _fraction(entry.error_share),
        "traffic_share": _fraction(entry.traffic_share),
        "lift": _fraction(entry.lift),
    }


def _optional_change(change: Change | None) -> dict[str, Any] | None:
    return None if change is None else _change(change)


def _change(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "revision": change.revision,
        "name": change.name,
        "summary": change.summary,
        "author": change.author,
        "at": instant(change.at),
        "shipped": change.shipped,
        "suspect": change.suspect,
        "reasons": list(change.reasons),
        "files": change.files,
    }


def _error(entry: ErrorEntry) -> dict[str, Any]:
    exception = entry.exception
    return {
        "signature": entry.signature,
        "count": entry.count,
        "share": _fraction(entry.share),
        "first_seen": instant(entry.first_seen),
        "last_seen": instant(entry.last_seen),
        "new": entry.new,
        "sample": entry.sample,
        "exception": exception
        and {
            "type": exception.type,
            "message": "; ".join(filter(None, (exception.message, exception.cause))),
            "frames": list(exception.frames),
        },
        "example_id": entry.example_id,
    }


def _trace(trace: Trace) -> dict[str, Any]:
    return {
        "id": trace.id,
        "events": [
            {
                "at": instant(event.at),
                "service": event.service,
                "severity": event.severity,
                "message": event.message,
                "since_previous_ms": _fraction(event.since_previous_ms),
                "failing": event.failing,
            }
            for event in trace.events
        ],
    }


def _fraction(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
