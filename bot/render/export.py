"""The post-mortem's raw material, as Markdown: what happened, who thought what, and what the triage found.

Everything from outside was redacted and cleaned before it was stored; a file is not Slack, so nothing is escaped.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from bot.incident.hypothesis import Hypothesis
from bot.incident.incident import Incident
from bot.incident.timeline import Entry, in_order
from bot.render.card import name
from bot.render.markup import PLAIN
from bot.render.verdicts import verdicts
from bot.render.words import duration
from bot.triage.summary import Report


def markdown(
    incident: Incident, entries: Sequence[Entry], hypotheses: Sequence[Hypothesis], report: Report | None
) -> str:
    """Return the whole incident as one Markdown document; times are UTC."""
    parts = (
        f"# {name(incident)}",
        "\n".join(_facts(incident)),
        "## Timeline",
        "\n".join(_line(entry) for entry in in_order(entries)) or "Nothing was recorded.",
        "## Hypotheses",
        "\n".join(_hypothesis(one) for one in hypotheses) or "None was recorded.",
        "## What the triage found",
        "\n".join(f"- {one.step} {one.outcome}: {one.text}" for one in verdicts(report, PLAIN))
        if report
        else "No triage.",
    )
    return "\n\n".join(parts) + "\n"


def _facts(incident: Incident) -> Iterator[str]:
    yield f"- Service: {incident.service or 'all'}; severity {incident.severity}; {incident.status}"
    yield f"- Started: {_time(incident.started_at)} by {incident.started_by}; lead {incident.lead_id}"
    if incident.onset_at is not None:
        yield f"- Errors began: {_time(incident.onset_at)}"
    if incident.identified_at is not None:
        found = duration(incident.identified_at - incident.started_at)
        yield f"- Cause: {incident.cause} (found after {found})"
    if incident.rolling_back_at is not None:
        yield f"- Rollback began: {_time(incident.rolling_back_at)} by {incident.rolling_back_by}"
    if incident.recovered_at is not None:
        yield f"- Back at baseline: {_time(incident.recovered_at)}"
    if incident.resolved_at is not None:
        took = duration(incident.resolved_at - incident.started_at)
        yield f"- Resolved: {_time(incident.resolved_at)} by {incident.resolved_by}, after {took}. {incident.resolution or ''}".rstrip()


def _line(entry: Entry) -> str:
    who = entry.actor_id or "Fifteen"
    return f"- {_time(entry.at)} {who} {entry.kind.replace('_', ' ')}: {entry.text}".rstrip(": ")


def _hypothesis(one: Hypothesis) -> str:
    evidence = "".join(f"\n  - {sentence}" for sentence in one.evidence)
    return f"- {one.label} ({one.state}) by {one.author_id}: {one.text}{evidence}"


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
