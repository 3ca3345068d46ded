"""The triage as one verb: ask the log source and the deploy source, and put the report together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic

from bot.errors import SourceError, Truncated
from bot.render.words import duration
from bot.times import ZONE_REMEDY
from bot.triage import changes, trace
from bot.triage.lookback import look_back
from bot.triage.ports import DeploySource, LogSource
from bot.triage.report import build
from bot.triage.scope import scope_of
from bot.triage.since import with_new_error
from bot.triage.summary import (
    ChangeLog,
    LogRequest,
    LogSummary,
    Report,
    Scope,
    Series,
    SourceReport,
    Span,
    Trace,
    TraceRecord,
)
from bot.workflow.instant import LIVE_WITHIN

ROLLBACK_AFTER = timedelta(minutes=15)
# The running bot takes it from the configuration; a person at a terminal can press Ctrl-C.
DEADLINE_S = 600.0


Traced = tuple[tuple[TraceRecord, ...], tuple[str, ...]]
"""The records of a request, and why they may not be all."""


@dataclass(frozen=True, slots=True)
class Investigation:
    """The report and what it was made of: evidence for hypotheses is looked up in the latter."""

    report: Report
    summary: LogSummary
    changelog: ChangeLog


def investigate(
    logs: LogSource,
    deploys: DeploySource | None,
    *,
    at: datetime,
    window: timedelta,
    baseline: timedelta,
    trace_id: str | None = None,
    top: int = 5,
    rollback_after: timedelta = ROLLBACK_AFTER,
    user_fields: Sequence[str] = (),
    deadline_s: float = DEADLINE_S,
    is_live: bool = False,
) -> Investigation:
    """Carry out the four steps as of `at`. A source that fails becomes a problem in the report, never an exception.

    Args:
        logs: Where the log is.
        deploys: What shipped, or None where nobody was named to tell.
        at: The end of the window.
        window: Its length; whole seconds.
        baseline: The length of the stretch before it; whole seconds.
        trace_id: The request to follow; matched against the allow-list by the caller. Else a failing one is chosen.
        top: How many error groups.
        rollback_after: The delay of the clock.
        user_fields: Dotted names to try first for the user.
        deadline_s: Seconds after which the log source answers with what it has, and is not asked for earlier times.
        is_live: Whether `at` is now, so that no line can be dated later.
    """
    due = monotonic() + deadline_s
    request = _request(at, window, baseline, tuple(user_fields), deadline_s)
    summary = _summarize(logs, request)
    if is_live and summary.source.zoneless:
        summary = _doubted(logs, summary)
    changelog = _changes(deploys, at)
    scope, problems = _scope(logs, summary, due)
    shipped, following = changes.assess(
        changelog,
        onset=None if summary.source.doubt else scope.onset,  # nobody is blamed by times that are probably wrong
        groups=summary.groups,
        fields=summary.fields,
        at=at,
        rollback_after=rollback_after,
        window_to_baseline=window / baseline,
    )
    followed, trace_problems = _trace(logs, summary, trace_id)
    report = build(
        summary,
        scope,
        changelog,
        shipped,
        following,
        trace=followed,
        top=top,
        problems=(*problems, *trace_problems),
    )
    return Investigation(report, summary, changelog)


def _request(
    at: datetime, window: timedelta, baseline: timedelta, user_fields: tuple[str, ...], deadline_s: float
) -> LogRequest:
    start = at - window
    return LogRequest(Span(start - baseline, start), Span(start, at), user_fields, deadline_s)


def _summarize(logs: LogSource, request: LogRequest) -> LogSummary:
    try:
        return logs.summarize(request)
    except SourceError as error:
        seconds = round(request.span.duration.total_seconds())
        return LogSummary(
            request=request,
            source=SourceReport(logs.name, partial=True, problems=(str(error),)),
            newest=None,
            oldest=None,
            series=Series(request.baseline.start, (0,) * seconds, (0,) * seconds),
            users=None,
            fields=(),
            groups=(),
        )


def _doubted(logs: LogSource, summary: LogSummary) -> LogSummary:
    """Return the summary, with doubt where times without a zone are yet to come: then the window holds old lines."""
    try:
        newest = logs.newest()
    except SourceError:
        return summary  # what could not be read is said already
    if newest is None or newest <= summary.request.window.end + LIVE_WITHIN:
        return summary
    ahead = duration(newest - summary.request.window.end)
    doubt = f"lines are dated up to {ahead} ahead, and times carry no zone: {ZONE_REMEDY}"
    return replace(summary, source=replace(summary.source, doubt=doubt, problems=(doubt, *summary.source.problems)))


def _scope(logs: LogSource, summary: LogSummary, due: float) -> tuple[Scope, tuple[str, ...]]:
    def ask(request: LogRequest) -> LogSummary:
        found = logs.summarize(replace(request, deadline_s=max(0.0, due - monotonic())))
        if monotonic() >= due:
            raise Truncated("out of time while looking for an earlier beginning")
        return found

    scope, problems = scope_of(summary)
    try:
        earlier = look_back(scope, summary, ask)
    except SourceError as error:  # what could be read is in the summary, and so is what could not
        earlier = None
        problems = (*problems, str(error)) if isinstance(error, Truncated) else problems
    if earlier is not None:
        return scope_of(summary, earlier)
    scope, told = with_new_error(scope, summary)
    return scope, (*problems, *told)


def _changes(deploys: DeploySource | None, at: datetime) -> ChangeLog:
    if deploys is None:
        return ChangeLog("", problems=("no repository or deploy log was named: what shipped is unknown",))
    try:
        return deploys.changes(at)
    except SourceError as error:
        return ChangeLog(deploys.name, problems=(str(error),))


def _trace(logs: LogSource, summary: LogSummary, trace_id: str | None) -> tuple[Trace | None, tuple[str, ...]]:
    chosen = trace_id or trace.representative_id(summary.groups)
    if chosen is None:
        return None, ()
    records, problems = traced(logs, chosen, summary.request.span)
    if not records and not problems:
        problems = (f"no line of baseline or window carries the id {chosen}",)
    said = tuple(problem for problem in problems if problem not in summary.source.problems)
    return trace.trace_of(chosen, records) if records else None, said


def traced(logs: LogSource, trace_id: str, span: Span) -> Traced:
    """Return the records of a request, and why they may not be all of them."""
    try:
        return tuple(logs.trace(trace_id, span)), ()
    except Truncated as error:
        return tuple(error.partial or ()), error.problems
    except SourceError as error:
        return (), (str(error),)


def with_problems(report: Report, problems: Sequence[str]) -> Report:
    """Return the report with further problems said first."""
    source = replace(report.source, problems=(*problems, *report.source.problems))
    return replace(report, source=source)
