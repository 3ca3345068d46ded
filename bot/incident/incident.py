"""An incident and its states, as a table. Every rule about which state may follow which stands in this file."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Status(StrEnum):
    """Where the work stands, in the words that responders expect."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class UsersAffected(StrEnum):
    """A person's answer to "Users affected?"; it outranks the log, because a wrong price logs no error."""

    YES = "yes"
    NO = "no"
    NOT_SURE = "not_sure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident as it stands. Instants are aware UTC; ids are Slack's own.

    Args:
        service: The configured service, or None while all are triaged and ranked.
        channel_id: Where the card lives; `asked_channel_id` is where the command was typed.
        rollback_after: The delay of the clock, frozen at the start so that a change of configuration moves nothing.
        cause: One line, once somebody confirmed it.
        snoozed_until: No rollback call before this instant.
        card_ts: The card's ts once Slack has it; None while the post is still due.
    """

    id: int
    title: str
    service: str | None
    severity: int
    status: Status
    lead_id: str
    started_by: str
    started_at: datetime
    team_id: str
    channel_id: str
    asked_channel_id: str
    rollback_after: timedelta
    onset_at: datetime | None = None
    users_affected: UsersAffected | None = None
    users_affected_by: str | None = None
    cause: str | None = None
    cause_by: str | None = None
    identified_at: datetime | None = None
    rolling_back_at: datetime | None = None
    rolling_back_by: str | None = None
    recovered_at: datetime | None = None
    snoozed_until: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    resolution: str | None = None
    card_ts: str | None = None
    hypotheses_ts: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether anything may still happen to it."""
        return self.status is not Status.RESOLVED

    @property
    def rollback_due_at(self) -> datetime:
        """When the original clock runs out."""
        return self.started_at + self.rollback_after
