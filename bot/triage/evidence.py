"""What the last triage knows about a hypothesis: sentences of evidence, or nothing at all.

Silence is the rule: a bot that answers besides the point is not read when it has one. `mentioned.py` says what a reply
names; this module says what is known of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.incident.plain import plain_text
from bot.triage.figures import length, percent
from bot.triage.mentioned import NamedValue, changes_named, errors_named, trace_named, values_named
from bot.triage.summary import Change, ErrorGroup, LogSummary, Onset, Report

# What a phone shows without scrolling; a reply that names more is a list, and gets the first of each.
SENTENCES_MAX = 4

# A field on fewer of the records has no traffic share. Source: the report's contract.
COVERAGE_MIN = 0.8

# A value that nearly every record carries, failing or not, explains nothing.
EVERYWHERE = 0.995

_SIGNATURE_SHOWN = 80
_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of evidence; plain text, not escaped yet."""

    text: str


@dataclass(frozen=True, slots=True)
class TraceWanted:
    """The reply names a correlation id, which has matched the allow-list: show its trace, where there is one."""

    id: str


Evidence = Sentence | TraceWanted


def find_evidence(reply: str, report: Report, summary: LogSummary) -> tuple[Evidence, ...]:
    """Return what the triage knows about a reply, as Slack sends it or in plain text; () where there is nothing to say.

    At most SENTENCES_MAX sentences, changes first, then errors, then values; and at most one trace, last.
    """
    text = plain_text(reply)
    unlinked = _LINK.sub(" ", text)
    sentences = [
        *(_of_change(change, report) for change in changes_named(text, report)),
        *(_of_error(group, report) for group in errors_named(unlinked, summary)),
        *_of_values(values_named(unlinked, summary), report),
    ]
    found: list[Evidence] = [Sentence(sentence) for sentence in sentences[:SENTENCES_MAX]]
    trace_id = trace_named(unlinked, report, summary)
    return (*found, TraceWanted(trace_id)) if trace_id else tuple(found)


def _of_change(change: Change, report: Report) -> str:
    is_deploy = change.kind == "deploy"
    name, verb = (change.name, "shipped") if is_deploy else (f"commit {change.revision[:8]}", "was merged")
    when = _instant(change.at, report.window.end, seconds=False)
    unproven = "; not proven shipped" if change.shipped != "yes" else ""
    return f"{name} {verb} at {when}{_against_onset(change.at, report.scope.onset)}{unproven}."


def _against_onset(at: datetime, onset: Onset | None) -> str:
    """Return where an instant lies beside the onset; what came later, shipped or merged, did not begin it."""
    if onset is None:
        return "; no onset was found to compare with"
    if onset.earliest <= at <= onset.latest:
        return ", as the errors began"
    if at < onset.at:
        return f", {length(onset.at - at)} before the errors began"
    return f", {length(at - onset.at)} after the errors began: too late to have caused them"


def _of_error(group: ErrorGroup, report: Report) -> str:
    shown = group.signature
    if len(shown) > _SIGNATURE_SHOWN:
        shown = shown[: _SIGNATURE_SHOWN - 1].rstrip() + "…"
    times = "once" if group.count == 1 else f"{group.count:,} times"
    share = f", {percent(group.count / report.scope.errors)} of all errors" if report.scope.errors else ""
    before = f"{group.baseline_count:,} before the window" if group.baseline_count else "none before the window"
    first = _instant(group.first_seen, report.window.end, seconds=True)
    return f"“{shown}”: {times}{share}; first at {first}, {before}."


def _of_values(named: Iterator[NamedValue], report: Report) -> Iterator[str]:
    """Yield a value's share of the errors against its share of the traffic."""
    scope = report.scope
    if not scope.errors or not scope.events:
        return
    for entry in named:
        value, errors = entry.value, f"{entry.value.errors:,} of {scope.errors:,}"
        traffic = value.events / scope.events
        if traffic >= EVERYWHERE:
            continue
        beside = (
            f"{percent(traffic)} of the traffic" if entry.field.coverage >= COVERAGE_MIN else "traffic share unknown"
        )
        yield f"{entry.field.name}={value.value}: {percent(value.errors / scope.errors)} of the errors ({errors}), {beside}."


def _instant(at: datetime, reference: datetime, *, seconds: bool) -> str:
    """Return the time in UTC, with its date where that is not the reference's."""
    clock = f"{at:%H:%M:%S} UTC" if seconds else f"{at:%H:%M} UTC"
    return clock if at.date() == reference.date() else f"{clock} on {at:%Y-%m-%d}"
