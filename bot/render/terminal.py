"""The report as plain text for a terminal, narrow enough for a phone."""

import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime

from bot.render.markup import PLAIN
from bot.render.verdicts import Verdict, caution, hides_behind_the_usual, verdicts
from bot.render.words import count, duration, gap, percent, sparkline
from bot.triage.summary import Change, ErrorEntry, Report, Span, Trace

WIDTH_MAX = 100
WIDTH_MIN = 40
FRAMES_SHOWN = 3
FIELDS_SHOWN = 3
CHANGES_SHOWN = 5
STEPS_SHOWN = 12
PROBLEMS_SHOWN = 8


def terminal(report: Report, width: int = 80) -> str:
    """Return the four findings in order, the errors a minute, and what to do next.

    Args:
        report: The triage report.
        width: Columns; lines are wrapped to at most WIDTH_MAX of them.
    """
    width = max(WIDTH_MIN, min(width, WIDTH_MAX))
    scope, changes, errors, trace = verdicts(report, PLAIN)
    lines = [
        f"{_span(report.window)}, compared with {_span(report.baseline)}",
        *_finding(1, scope, _scope(report)),
        *_finding(2, changes, _changes(report)),
        *_finding(3, errors, _errors(report)),
        *_finding(4, trace, _trace(report.trace) if report.trace else iter(())),
        "",
        *_next(report),
        "",
        *_read(report, said=changes.text),
    ]
    return "\n".join(wrapped for line in lines for wrapped in _wrap(line, width)) + "\n"


def _finding(number: int, verdict: Verdict, details: Iterator[str]) -> Iterator[str]:
    yield ""
    yield f"{number}. {verdict.step} {verdict.outcome}: {verdict.text}"
    yield from (f"   {line}" for line in details)


def _scope(report: Report) -> Iterator[str]:
    scope = report.scope
    if scope.events:
        yield f"{scope.verdict}: {count(scope.errors, 'error')} in {count(scope.events, 'log record')}"
    if scope.requests is not None:
        yield f"{count(scope.requests.failed)} of {count(scope.requests.seen, 'request')} failed"
    if scope.onset is not None:
        ago = duration(report.window.end - scope.onset.at)
        between = f"{_clock(scope.onset.earliest)} and {_clock(scope.onset.latest)}"
        yield f"began {_clock(scope.onset.at)} ({ago} before the end), between {between}"
    if scope.ended is not None:
        yield f"over since {_clock(scope.ended)} ({duration(report.window.end - scope.ended)} before the end)"
    if scope.errors:
        minutes = [minute.errors for minute in scope.per_minute]
        yield f"errors/min {sparkline(minutes)} max {max(minutes)}"
        if scope.onset is not None and scope.onset.at in report.window:
            yield f"           {_mark(report, len(minutes))}"
    for entry in scope.affected[:FIELDS_SHOWN]:
        traffic = "" if entry.traffic_share is None else f", {percent(entry.traffic_share)} of the traffic"
        share, which = entry.error_share, "the errors"
        if hides_behind_the_usual(entry):
            share, which = entry.excess_share, "those above the usual"
        yield f"{percent(share)} of {which} in {_text(entry.field)}={_text(entry.value)}{traffic}"
    yield from caution(scope)


def _mark(report: Report, minutes: int) -> str:
    """Return a mark below the bar in which it began."""
    assert report.scope.onset is not None
    position = (report.scope.onset.at - report.window.start) / (report.window.end - report.window.start)
    bars = len(sparkline([0] * minutes))
    return " " * min(int(position * bars), bars - 1) + f"^ {_clock(report.scope.onset.at)}"


def _changes(report: Report) -> Iterator[str]:
    for change in report.changes[:CHANGES_SHOWN]:
        yield from _change(change)
    if len(report.changes) > CHANGES_SHOWN:
        yield f"and {len(report.changes) - CHANGES_SHOWN} more"


def _change(change: Change) -> Iterator[str]:
    mark = "> " if change.suspect else "  "
    shipped = "" if change.shipped == "yes" else ", merged, not proven shipped"
    summary = f": {_text(change.summary)}" if change.summary else ""
    author = f" ({_text(change.author)})" if change.author else ""
    yield f"{mark}{change.kind} {_text(change.name)} {PLAIN.moment(change.at)}{shipped}{summary}{author}"
    if change.suspect:
        yield from (f"    {_text(reason)}" for reason in change.reasons)


def _errors(report: Report) -> Iterator[str]:
    for entry in report.errors:
        yield from _error(entry)


def _error(entry: ErrorEntry) -> Iterator[str]:
    new = "  new" if entry.new else ""
    number = f"{'~' if entry.is_estimated else ''}{count(entry.count)}"
    yield f"{number:>7} {percent(entry.share):>6}{new}  {_text(entry.signature)}"
    yield f"        {_clock(entry.first_seen)} to {_clock(entry.last_seen)}: {_text(entry.sample)}"
    if entry.exception is not None:
        headline = entry.exception.headline(entry.sample)
        if headline != entry.exception.type:
            yield f"        {_text(headline)}"
        if entry.exception.cause:
            yield f"        {_text(entry.exception.cause)}"
        yield from (f"        {_text(frame)}" for frame in entry.exception.frames[:FRAMES_SHOWN])


def _trace(trace: Trace) -> Iterator[str]:
    yield f"id {_text(trace.id)}"
    for event in trace.events[:STEPS_SHOWN]:
        since = "" if event.since_previous_ms is None else f"+{gap(event.since_previous_ms)}"
        mark = "!" if event.failing else " "
        where = f"{_text(event.service)}: " if event.service else ""
        yield f"{mark} {_clock(event.at)} {since:>8}  {where}{_text(event.message)}"
    if len(trace.events) > STEPS_SHOWN:
        yield f"and {count(len(trace.events) - STEPS_SHOWN, 'more step')}; --format json has them all"


def _next(report: Report) -> Iterator[str]:
    following = report.next
    if report.scope.verdict == "none" and report.source.partial:
        yield "Next: not all of the log was read, so nobody is cleared; ask whether users are affected."
        return
    if report.scope.verdict == "none":
        yield "Next: no errors above the usual; ask whether users are affected all the same."
        return
    if report.scope.ended is not None:
        yield f"Next: it is over since {_clock(report.scope.ended)}. Find out why before it comes back."
        return
    yield "Next: write down a hypothesis before you change anything."
    if following.deploy is None:
        yield f"Without a cause by {_clock(following.rollback_at)}: no deploy is known to roll back; escalate."
        return
    to = f" to {_text(following.previous.name)}" if following.previous else "; what ran before it is not known"
    name = _text(following.deploy.name)
    roll_back = "roll back"
    if following.deploy.shipped == "unproven":
        roll_back = f"make sure that {name} shipped; if so, roll back"
    yield f"Without a cause by {_clock(following.rollback_at)}, and users affected: {roll_back} {name}{to}."
    if following.later:
        yield f"That also undoes {', '.join(_text(change.name) for change in following.later)}."
    yield from (f"Careful: {_text(hazard)}" for hazard in following.hazards)


def _read(report: Report, said: str) -> Iterator[str]:
    source = report.source
    skipped = f", {count(source.skipped)} skipped" if source.skipped else ""
    partial = ", in part" if source.partial else ""
    yield (
        f"Read {count(source.files, 'file')}{partial}: {count(source.lines, 'line')} in window and baseline{skipped}. "
        f"{_text(source.name)}"
    )
    problems = [text for text in map(_text, (*source.problems, *report.change_problems)) if text != said]
    yield from (f"! {problem}" for problem in problems[:PROBLEMS_SHOWN])
    if len(problems) > PROBLEMS_SHOWN:
        yield f"! and {count(len(problems) - PROBLEMS_SHOWN, 'more problem')}; --format json has them all"
    yield from map(_text, report.change_remarks)


def _wrap(line: str, width: int) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return textwrap.wrap(line, width, subsequent_indent=indent, drop_whitespace=True, break_on_hyphens=False) or [""]


def _text(text: str) -> str:
    return PLAIN.prose(text)


def _clock(at: datetime) -> str:
    return f"{at.astimezone(UTC):%H:%M:%S}"


def _span(span: Span) -> str:
    return f"{span.start.astimezone(UTC):%Y-%m-%d %H:%M:%S} - {span.end.astimezone(UTC):%H:%M:%S} UTC"
