"""The four findings in full, for the card's thread: each with its verdict, window, counts and source."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.render import escape
from bot.render.blocks import context, section
from bot.render.limits import fit_blocks
from bot.render.markup import MRKDWN
from bot.render.message import Block, Message
from bot.render.verdicts import (
    Outcome,
    Verdict,
    caution,
    hides_behind_the_usual,
    is_clear,
    rates,
    suspects,
    tells_errors,
    verdicts,
    whom,
    why_no_trace,
    why_not_clear,
    why_unknown,
)
from bot.render.words import count, duration, gap, percent
from bot.triage.summary import Affected, Change, ErrorEntry, Onset, Report, Span, Trace, TraceEvent
from bot.triage.summary import Verdict as ScopeVerdict

__all__ = ["Outcome", "Verdict", "findings", "verdicts"]

SHOWN_FIELDS = 3
SHOWN_CHANGES = 6
SHOWN_DEPLOYS = 3
SHOWN_UNSHIPPED = 3
SHOWN_STEPS = 12
SHOWN_FRAMES = 3
SAMPLE = 220  # one redacted line: four rows on a phone
STEP = 90


def findings(report: Report) -> Message:
    """Return the four findings in full, in the order of the protocol."""
    scope, changes, errors, traced = verdicts(report)
    blocks: list[Block] = [
        section(_title(1, scope), *_scope(report)),
        context(_read(report), *_problems(report.source.problems)),
        section(_title(2, changes), *_changes(report)),
        context(_change_source(report), *_problems((*report.change_problems, *report.change_remarks))),
        section(_title(3, errors), *_errors(report)),
        context(f"{_span(report.window)} · compared with {_span(report.baseline)} · {_name(report.source.name)}"),
        section(_title(4, traced), *_trace(report)),
        context(f"{_span(Span(report.baseline.start, report.window.end))} · {_name(report.source.name)}"),
    ]
    text = "Findings. " + ". ".join(
        f"{verdict.step}: {verdict.outcome}" for verdict in (scope, changes, errors, traced)
    )
    return Message(text, fit_blocks(blocks))


def trace(found: Trace, problems: Sequence[str] = ()) -> Message:
    """Return one request that somebody asked for, step by step, and why steps may be missing."""
    said = [context(f"In part: {escape.plain('; '.join(problems), 500)}")] if problems else []
    return Message(f"Trace {escape.plain(found.id, 140)}", (section("*Trace*", *_steps(found)), *said))


def _title(number: int, verdict: Verdict) -> str:
    return f"*{number}. {verdict.step}: {verdict.outcome}*"


def _scope(report: Report) -> Iterator[str]:
    scope = report.scope
    if not tells_errors(report):
        yield why_unknown(report, MRKDWN)
        return
    compared = "" if scope.baseline_rate is None else f", {percent(scope.baseline_rate)} {_before(report.baseline)}"
    if scope.verdict is not ScopeVerdict.NONE:
        yield from (f"{users} affected" for users in whom(scope))
    *of_requests, of_records = rates(scope)
    yield from (f"{rate} fail" for rate in of_requests)
    yield f"{of_records} are errors{compared}"
    if scope.onset is not None:
        yield _since(scope.onset, scope.ended, report.window)
    yield from (f"• {_affected(entry)}" for entry in scope.affected[:SHOWN_FIELDS])
    yield from caution(scope)


def _before(baseline: Span) -> str:
    hour = baseline.duration == timedelta(hours=1)
    return "in the hour before" if hour else f"in the {duration(baseline.duration)} before"


def _since(onset: Onset, ended: datetime | None, window: Span) -> str:
    running = duration(max(timedelta(0), (ended or window.end) - onset.at))
    certain = ""
    if onset.latest - onset.earliest >= timedelta(minutes=2):
        certain = f", at some point from {escape.time(onset.earliest)} to {escape.time(onset.latest)}"
    if ended is not None:
        over = duration(window.end - ended)
        return f"From {escape.time(onset.at)}{certain} to {escape.time(ended)} ({running}); over for {over}"
    return f"Since {escape.time(onset.at)} ({running}){certain}"


def _affected(entry: Affected) -> str:
    name = _name(f"{entry.field}={entry.value}")
    said = f"{percent(entry.error_share)} of them in {name}"
    if hides_behind_the_usual(entry):
        said = f"{percent(entry.excess_share)} of those above the usual in {name}"
    if entry.traffic_share is None:
        return said
    return f"{said}, which has {percent(entry.traffic_share)} of the traffic"


def _changes(report: Report) -> Iterator[str]:
    if not report.changes:
        yield "Nothing known." if report.change_problems or not report.change_source else "Nothing shipped."
        return
    if not suspects(report):
        yield "No suspect."
    shown = _worth_showing(report.changes)
    for change in shown:
        yield from _change(change)
    left = len(report.changes) - len(shown)
    if left > 0:
        yield f"… {left} more, shipped before"


def _worth_showing(changes: Sequence[Change]) -> list[Change]:
    """Return, in their order, the suspects, the newest deploys, and the newest of what is merged and not shipped.

    A commit that a deploy contains says nothing that the deploy does not.
    """
    deploys = [change for change in changes if change.kind == "deploy"]
    unshipped = [change for change in changes if change.kind == "commit" and change.shipped != "yes"]
    picked = [*(change for change in changes if change.suspect), *deploys[:SHOWN_DEPLOYS], *unshipped[:SHOWN_UNSHIPPED]]
    return [change for change in changes if change in picked][:SHOWN_CHANGES]


def _change(change: Change) -> Iterator[str]:
    mark = "*Suspect* " if change.suspect else ""
    how = (
        ("shipped" if change.kind == "deploy" else "commit, shipped,")
        if change.shipped == "yes"
        else ("merged, not proven shipped,")
    )
    by = f" by {escape.prose(change.author, escape.NAME)}" if change.author else ""
    yield f"• {mark}{_name(change.name)} {how} {escape.moment(change.at)}{by}"
    if change.summary:
        files = f" ({count(change.files, 'file')})" if change.files else ""
        yield f"    {escape.prose(change.summary, 120)}{files}"
    yield from (f"    Why: {escape.prose(reason)}" for reason in change.reasons)


def _change_source(report: Report) -> str:
    if not report.change_source:
        return "No source of deploys is configured."
    return f"{_name(report.change_source)} · up to {escape.time(report.window.end)}"


def _errors(report: Report) -> Iterator[str]:
    if not report.errors:
        yield "No errors in the window." if is_clear(report) else why_not_clear(report, MRKDWN)
    for entry in report.errors:
        yield from _error(entry)


def _error(entry: ErrorEntry) -> Iterator[str]:
    new = "*new*" if entry.new else "seen before"
    yield (
        f"• {'about ' if entry.is_estimated else ''}*{count(entry.count)}* ({percent(entry.share)}), {new}, first seen {escape.time(entry.first_seen)}: "
        f"{escape.code(entry.signature, 160)}"
    )
    yield f"    such as {escape.code(entry.sample, SAMPLE)}"
    if entry.exception is not None:
        if entry.exception.cause:
            yield f"    {escape.code(entry.exception.cause, SAMPLE)}"
        frames = " ← ".join(_name(frame) for frame in entry.exception.frames[:SHOWN_FRAMES])
        at = f" at {frames}" if frames else ""
        yield f"    {escape.code(entry.exception.headline(entry.sample), SAMPLE)}{at}"


def _trace(report: Report) -> Iterator[str]:
    trace = report.trace
    if trace is None or not trace.events:
        yield "No failing request to follow." if not report.errors else f"{why_no_trace(report).capitalize()}."
        return
    yield from _steps(trace)


def _steps(trace: Trace) -> Iterator[str]:
    yield f"Request {escape.code(trace.id, 140)}"
    shown, before, after = _around_failure(trace.events)
    if before:
        yield f"… {count(before, 'step')} before"
    yield escape.code_block("\n".join(_step(event) for event in shown), (STEP + 40) * SHOWN_STEPS)
    if after:
        yield f"… {count(after, 'step')} after"


def _around_failure(events: tuple[TraceEvent, ...]) -> tuple[tuple[TraceEvent, ...], int, int]:
    """Return the steps to show, with the failing one among them, and how many are left out before and after."""
    failing = next((index for index, event in enumerate(events) if event.failing), len(events) - 1)
    end = min(len(events), max(SHOWN_STEPS, failing + 3))
    start = max(0, end - SHOWN_STEPS)
    return events[start:end], start, len(events) - end


def _step(event: TraceEvent) -> str:
    mark = "✗" if event.failing else " "
    since = "start" if event.since_previous_ms is None else f"+{gap(event.since_previous_ms)}"
    words = " ".join(f"{event.service} {event.severity} {event.message}".split())
    return f"{mark} {since:<7} {words if len(words) <= STEP else words[: STEP - 1] + '…'}"


def _read(report: Report) -> str:
    source = report.source
    skipped = f", {count(source.skipped)} skipped" if source.skipped else ""
    partial = ", *in part*" if source.partial else ""
    return f"{_span(report.window)} · {count(source.lines, 'line')} read{skipped}{partial} · {_name(source.name)}"


def _problems(problems: tuple[str, ...]) -> Iterator[str]:
    return (escape.prose(problem) for problem in problems[:5])


def _span(span: Span) -> str:
    return f"{escape.time(span.start)} to {escape.time(span.end)}"


def _name(text: str) -> str:
    return escape.code(text, escape.NAME * 2)
