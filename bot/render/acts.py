"""What a person did, said in the card's thread: a cause, a resolution, a snooze, an update."""

from datetime import datetime

from bot.incident.incident import Incident
from bot.render import escape
from bot.render.blocks import section
from bot.render.card import TITLE, name
from bot.render.message import Message
from bot.render.words import duration

_ACT = 600


def cause(incident: Incident) -> Message:
    """Say that the cause is found, and that no call will come."""
    by = escape.user(incident.cause_by) if incident.cause_by else "Somebody"
    lines = (f"{by} found the cause: {escape.prose(incident.cause or '', _ACT)}", "No rollback call will be made.")
    return Message(f"{_name(incident)}: cause found.", (section(*lines),))


def cause_ruled_out(incident: Incident, by: str) -> Message:
    """Say that the cause was none after all."""
    line = f"{escape.user(by)} ruled the cause out. The clock goes on."
    return Message(f"{_name(incident)}: the cause is ruled out.", (section(line),))


def snoozed(incident: Incident, by: str, until: datetime, reason: str) -> Message:
    """Say who put the call off, until when, and why."""
    lines = (
        f"{escape.user(by)}: not yet. The rollback call comes at {escape.time(until)}.",
        escape.prose(reason, _ACT),
    )
    return Message(f"{_name(incident)}: the rollback call comes at {until:%H:%M} UTC.", (section(*lines),))


def without_hypothesis(incident: Incident, by: str, reason: str) -> Message:
    """Say why somebody rolls back without a hypothesis."""
    line = f"{escape.user(by)} goes without a hypothesis: {escape.prose(reason, _ACT)}"
    return Message(f"{_name(incident)}: rolling back without a hypothesis.", (section(line),))


def update(incident: Incident, by: str, text: str) -> Message:
    """Pass a sentence on to everybody."""
    line = f"{escape.user(by)}: {escape.prose(text, _ACT)}"
    return Message(f"{_name(incident)}: {escape.plain(text)}", (section("*Update*", line),))


def resolved(incident: Incident) -> Message:
    """Say that it is over, how long it took, and what ended it."""
    took = duration((incident.resolved_at or incident.started_at) - incident.started_at)
    by = f" by {escape.user(incident.resolved_by)}" if incident.resolved_by else ""
    lines = [f"*Resolved after {took}*{by}"]
    if incident.resolution:
        lines.append(escape.prose(incident.resolution, _ACT))
    return Message(f"{_name(incident)}: resolved after {took}.", (section(*lines),))


def reopened(incident: Incident, by: str) -> Message:
    """Say that it is not over."""
    line = f"{escape.user(by)} opened it again. The clock goes on from the start."
    return Message(f"{_name(incident)}: open again.", (section(line),))


def _name(incident: Incident) -> str:
    return escape.plain(name(incident), TITLE)
