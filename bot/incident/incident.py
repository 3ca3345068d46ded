"""An incident and its states, as a table. Every rule about which state may follow which stands in this file."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from bot.errors import IncidentClosed, UserError


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
        card_ts: The card's ts once Slack has it; None while the post is still due. `permalink` is its address.
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
    permalink: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether anything may still happen to it."""
        return self.status is not Status.RESOLVED

    @property
    def is_rolling_back(self) -> bool:
        """Whether a rollback began whose recovery has not been seen; after it the clock looks on, for a relapse."""
        return self.rolling_back_at is not None and self.recovered_at is None

    @property
    def rollback_due_at(self) -> datetime:
        """When the original clock runs out."""
        return self.started_at + self.rollback_after


class Verb(StrEnum):
    """What may happen to an incident."""

    CONFIRM_CAUSE = "confirm_cause"
    RULE_OUT_CAUSE = "rule_out_cause"
    ROLL_BACK = "roll_back"
    END_ROLLBACK = "end_rollback"
    RECOVER = "recover"
    RELAPSE = "relapse"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    AMEND = "amend"


# Where a verb leads to, by the status it is said in; a pair that is missing is refused. None stands for "identified
# where a cause stands, else investigating".
_BY_CAUSE = None
_STAY = {status: status for status in (Status.INVESTIGATING, Status.IDENTIFIED, Status.MONITORING)}
TRANSITIONS: Mapping[Verb, Mapping[Status, Status | None]] = MappingProxyType(
    {
        Verb.CONFIRM_CAUSE: {**_STAY, Status.INVESTIGATING: _BY_CAUSE},
        Verb.RULE_OUT_CAUSE: {**_STAY, Status.IDENTIFIED: _BY_CAUSE},
        Verb.ROLL_BACK: _STAY,
        Verb.END_ROLLBACK: _STAY,
        Verb.RECOVER: dict.fromkeys(_STAY, Status.MONITORING),
        Verb.RELAPSE: {**_STAY, Status.MONITORING: _BY_CAUSE},
        Verb.RESOLVE: dict.fromkeys(_STAY, Status.RESOLVED),
        Verb.REOPEN: {Status.RESOLVED: _BY_CAUSE},
        Verb.AMEND: _STAY,
    }
)

SEVERITIES = range(1, 5)

# "Never 45 minutes of debugging while users are hurt": the protocol's own number. One person cannot hold the rollback
# back for longer; two people may.
SNOOZE_CAP = timedelta(minutes=45)

# Two people agree when they ask within this time; who agreed once has not agreed to every later snooze. Two repeats of
# the call at its default delay: long enough to be asked, and to answer.
AGREE_WITHIN = timedelta(minutes=10)


def confirm_cause(incident: Incident, cause: str, *, by: str, now: datetime) -> Incident:
    """Return the incident with its cause found, which stops the calls. A newer cause replaces an older one."""
    if not cause.strip():
        raise UserError("The cause is missing.", "/incident cause TEXT")
    return _after(Verb.CONFIRM_CAUSE, incident, cause=cause.strip(), cause_by=by, identified_at=now)


def cause_ruled_out(incident: Incident) -> Incident:
    """Return the incident without its cause; the original clock goes on from where it would be by now."""
    if incident.is_open and incident.cause is None:
        raise UserError(f"#{incident.id} has no confirmed cause.", f"/incident status #{incident.id}")
    return _after(Verb.RULE_OUT_CAUSE, incident, cause=None, cause_by=None, identified_at=None)


def rolling_back(incident: Incident, *, by: str, now: datetime) -> Incident:
    """Return the incident with a rollback under way; a second one at the same time is refused.

    Whoever rolls back sees no recovery, so an earlier one is forgotten: the watch will say it anew.
    """
    if incident.is_open and incident.is_rolling_back:
        raise UserError("A rollback is already under way.", f"/incident status #{incident.id}")
    return _after(
        Verb.ROLL_BACK, incident, rolling_back_at=now, rolling_back_by=by, recovered_at=None, snoozed_until=None
    )


def rollback_ended(incident: Incident) -> Incident:
    """Return the incident after a rollback that brought no recovery: another one may begin."""
    return _after(Verb.END_ROLLBACK, incident, rolling_back_at=None, rolling_back_by=None)


def recovered(incident: Incident, *, now: datetime) -> Incident:
    """Return the incident back at its baseline since the first time this was seen."""
    return _after(Verb.RECOVER, incident, recovered_at=incident.recovered_at or now)


def relapsed(incident: Incident) -> Incident:
    """Return the incident with users hurt again; whatever was rolled back did not hold."""
    return _after(Verb.RELAPSE, incident, recovered_at=None, rolling_back_at=None, rolling_back_by=None)


def resolve(incident: Incident, resolution: str = "", *, by: str, now: datetime) -> Incident:
    """Return the incident resolved, from any open status."""
    words = resolution.strip() or None
    return _after(Verb.RESOLVE, incident, resolved_at=now, resolved_by=by, resolution=words, snoozed_until=None)


def reopen(incident: Incident) -> Incident:
    """Return a resolved incident open again, on its original clock.

    What held the calls back (a recovery, a rollback, a snooze, somebody's answer about users) is forgotten: it is
    not over, so each of them proved wrong. A cause stands until it is ruled out.
    """
    return _after(
        Verb.REOPEN,
        incident,
        resolved_at=None,
        resolved_by=None,
        resolution=None,
        recovered_at=None,
        rolling_back_at=None,
        rolling_back_by=None,
        snoozed_until=None,
        users_affected=None,
        users_affected_by=None,
    )


def require_open(incident: Incident) -> Incident:
    """Return the incident, or refuse in the words of whoever is told that it is closed."""
    return _after(Verb.AMEND, incident)


def set_severity(incident: Incident, severity: int) -> Incident:
    """Return the incident with another severity: 1, the worst, to 4."""
    if severity not in SEVERITIES:
        raise UserError(f"Severity {severity} does not exist; 1 is the worst, 4 the mildest.", "/incident sev N")
    return _after(Verb.AMEND, incident, severity=severity)


def set_lead(incident: Incident, user_id: str) -> Incident:
    """Return the incident led by somebody else."""
    return _after(Verb.AMEND, incident, lead_id=user_id)


def set_title(incident: Incident, title: str) -> Incident:
    """Return the incident under another title."""
    if not title.strip():
        raise UserError("The title is missing.")
    return _after(Verb.AMEND, incident, title=title.strip())


def set_users_affected(incident: Incident, answer: UsersAffected, *, by: str) -> Incident:
    """Return the incident with a person's answer, which replaces any earlier one."""
    return _after(Verb.AMEND, incident, users_affected=answer, users_affected_by=by)


def agreed_since(incident: Incident, now: datetime) -> datetime:
    """Return since when another person's wish to snooze counts as agreement to one that is asked for now."""
    return max(incident.started_at + SNOOZE_CAP, now - AGREE_WITHIN)


def snooze(
    incident: Incident, duration: timedelta, *, by: str, now: datetime, asked_by: Collection[str] = ()
) -> Incident:
    """Return the incident with its calls held back until `now + duration`, but not past SNOOZE_CAP after the start.

    Past the cap a second person must agree: `asked_by` are the people who asked for a snooze since `agreed_since`
    (`timeline.asked_to_snooze`). Without one but `by` the incident is returned as it is: the caller notes who asked,
    and says that a second person has to ask too.
    """
    until = now + duration
    if not set(asked_by) - {by}:
        until = min(until, incident.started_at + SNOOZE_CAP)
    if until <= now:
        return _after(Verb.AMEND, incident)
    return _after(Verb.AMEND, incident, snoozed_until=until)


def _after(verb: Verb, incident: Incident, **changes: Any) -> Incident:
    """Return the incident after a verb, or raise in the words of whoever is told no."""
    steps = TRANSITIONS[verb]
    if incident.status not in steps:
        raise _refusal(incident)
    changed = replace(incident, **changes)
    working = Status.INVESTIGATING if changed.cause is None else Status.IDENTIFIED
    return replace(changed, status=steps[incident.status] or working)


def _refusal(incident: Incident) -> UserError:
    if incident.is_open:
        return UserError(f"#{incident.id} is still open.", f"/incident status #{incident.id}")
    return IncidentClosed(f"#{incident.id} is resolved.", f"/incident reopen #{incident.id}")
