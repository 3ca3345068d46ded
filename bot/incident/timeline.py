"""The timeline: an append-only list of what happened, who did it, when, and from where."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the timeline.

    Args:
        kind: A stable word, such as "started", "note", "hypothesis", "state", "heads_up", "rollback_call", "resolved".
        actor_id: A Slack user id, or None for the bot itself.
        origin: Where it came from: "command", "reply", "button", "shortcut", "clock", "triage".
    """

    incident_id: int
    at: datetime
    kind: str
    text: str
    actor_id: str | None = None
    origin: str = ""
