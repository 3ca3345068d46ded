"""The clock's messages: heads-up, the rollback call and its repeats, recovered, nothing to undo, gave up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.incident.incident import Incident
from bot.render.message import Message
from bot.triage.summary import Next, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a rollback would undo, and how.

    Args:
        command: The configured command with `{previous}` already filled in; empty where none is configured.
        takes: How long a rollback takes.
    """

    next: Next
    command: str = ""
    takes: timedelta = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The effect on users, as read at the moment of the decision.

    Args:
        scope: None when it could not be read; then `problem` says why.
    """

    scope: Scope | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who is mentioned besides the lead: user ids (U..., W...) and user group ids (S...)."""

    oncall: str = ""
    escalate_to: Sequence[str] = ()


def heads_up(incident: Incident, proposal: Proposal | None, *, call_at: datetime) -> Message:
    """Say, at two thirds of the delay, that the call is coming."""
    raise NotImplementedError


def call(
    incident: Incident,
    proposal: Proposal,
    reading: Reading,
    audience: Audience,
    *,
    now: datetime,
    number: int = 1,
    of: int = 6,
    late: timedelta = timedelta(0),
) -> Message:
    """Make the rollback call."""
    raise NotImplementedError


def offer(incident: Incident, proposal: Proposal) -> Message:
    """Offer the rollback at once: it began longer ago than the delay."""
    raise NotImplementedError


def recovered(incident: Incident, reading: Reading, *, look_again_at: datetime) -> Message:
    """Say that errors are back at the baseline, and when the bot looks again."""
    raise NotImplementedError


def nothing_to_undo(incident: Incident, audience: Audience, *, horizon: timedelta) -> Message:
    """Say that nothing shipped within the horizon, and escalate instead."""
    raise NotImplementedError


def gave_up(incident: Incident, audience: Audience, *, calls: int) -> Message:
    """Say that nobody answered, and that no further call will be made."""
    raise NotImplementedError
