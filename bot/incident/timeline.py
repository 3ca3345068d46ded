"""The timeline: an append-only list of what happened, who did it, when, and from where."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the timeline.

    Args:
        kind: A stable word, such as "started", "note", "hypothesis", "state", "heads_up", "rollback_call", "resolved".
        incident_id: None where somebody was refused who named no incident.
        actor_id: A Slack user id, or None for the bot itself.
        origin: How it was said: "command", "mention", "reply", "button", "modal", "shortcut", "home"; "clock" is the bot.
        channel_id: Where it was said; empty for the bot itself.
    """

    incident_id: int | None
    at: datetime
    kind: str
    text: str
    actor_id: str | None = None
    origin: str = ""
    channel_id: str = ""


class Kind(StrEnum):
    """The words that `Entry.kind` takes; stable, because exports and other programs read them."""

    STARTED = "started"
    TRIAGE = "triage"
    NOTE = "note"
    UPDATE = "update"
    HYPOTHESIS = "hypothesis"
    STATE = "state"
    CAUSE = "cause"
    CAUSE_RULED_OUT = "cause_ruled_out"
    USERS_AFFECTED = "users_affected"
    SEVERITY = "severity"
    LEAD = "lead"
    TITLE = "title"
    HEADS_UP = "heads_up"
    ROLLBACK_CALL = "rollback_call"
    SNOOZED = "snoozed"
    ROLLING_BACK = "rolling_back"
    RECOVERED = "recovered"
    NO_RECOVERY = "no_recovery"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    MOVED = "moved"
    ASKED = "asked"
    REFUSED = "refused"
    UNCHECKED = "unchecked"


_FIRST_AND_LAST: dict[str, int] = {Kind.STARTED: -1, Kind.RESOLVED: 1}


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries as they are read: oldest first, each once, however often and in whatever order they came.

    Entries of the same instant keep a fixed order: the start first, the resolution last, else by kind and text.
    """
    return tuple(sorted(set(entries), key=_reading_order))


def _reading_order(entry: Entry) -> tuple[datetime, int, str, str, str, str, str]:
    rank = _FIRST_AND_LAST.get(entry.kind, 0)
    return (entry.at, rank, entry.kind, entry.actor_id or "", entry.text, entry.origin, entry.channel_id)


def asked_to_snooze(entries: Iterable[Entry], since: datetime) -> frozenset[str]:
    """Return who asked to hold the calls back at or after an instant; see `incident.snooze`."""
    return frozenset(
        entry.actor_id for entry in entries if entry.kind == Kind.SNOOZED and entry.at >= since and entry.actor_id
    )
