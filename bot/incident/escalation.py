"""The clock: when to warn, when to call for the rollback, and what to decide at that moment.

Pure functions of the incident and of what was read just now; a restart recomputes the same answer. The caller keeps
one Look (the number of the next call, and when it is due), runs `decide` when it is due, says the decision, and
stores what `next_look` returns:

    look = first_look(incident, now)
    while look:                                 # at look.at, or late, when the bot was down
        decision = decide(incident, n=look.n, due=look.at, effect=..., undo=..., now=now)
        look = next_look(decision, incident, n=look.n, now=now)

Numbers count the calls made, not the slots that passed: no downtime skips or repeats one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.incident.effect import Effect, effect_on_users
from bot.incident.incident import Incident, UsersAffected
from bot.incident.undo import Undo

# The protocol's own number: "if the cause is not identified within 15 minutes". Rollbacks themselves take about 2.
DEFAULT_ROLLBACK_AFTER = timedelta(minutes=15)

# The heads-up stands at two thirds of the delay: minute 10 of 15, which leaves one idea's worth of time.
# Precedent: PagerDuty and Opsgenie escalate an unanswered page after 5 minutes.
HEADS_UP_NUMERATOR, HEADS_UP_DENOMINATOR = 2, 3

# The call repeats at one third of the delay: every 5 minutes of 15. Precedent: as above.
REPEATS_PER_DELAY = 3

# Six calls are half an hour of asking. PagerDuty repeats a policy at most 9 times; past that it is noise.
MAX_CALLS = 6

# From the third call on, somebody beyond the lead and the on-call group is asked: 10 minutes without an answer.
ESCALATE_FROM = 3

# Later than this is said. A minute is the unit people read on the card; the ticker's own delay stays far below.
LATE_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Look:
    """The next time the clock looks: which call it would be (from 1), and when it is due."""

    n: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MakeCall:
    """Call for the rollback. Lead and on-call group are always mentioned.

    Args:
        n: From 1 to MAX_CALLS.
        after: How long the incident has been going, for "No cause after 15 min".
        escalate: Also ask `escalate_to`.
        effect_unknown: Whether users are hurt could not be checked; the call says so.
        unproven: Only commits are known, merged and not proven shipped; the call says so.
        late_by: How long after it was due, where that is worth saying; else None.
        last: No further call follows.
    """

    n: int
    after: timedelta
    escalate: bool
    effect_unknown: bool
    unproven: bool
    late_by: timedelta | None
    last: bool


@dataclass(frozen=True, slots=True)
class NothingToUndo:
    """Nothing shipped within the horizon, or nobody could tell (`untold`): say so and escalate. It counts as call n."""

    n: int
    after: timedelta
    effect_unknown: bool
    late_by: timedelta | None
    last: bool
    untold: bool = False


@dataclass(frozen=True, slots=True)
class CauseConfirmed:
    """No call: the cause is known. Ruling it out resumes the original clock (`first_look` again)."""

    cause: str


@dataclass(frozen=True, slots=True)
class Recovered:
    """No call: back at baseline. Say so when `first`; look again at `again_at` either way."""

    again_at: datetime
    first: bool


@dataclass(frozen=True, slots=True)
class UsersNotAffected:
    """No call: `by` said that users are not affected; look again.

    Args:
        contradicted: The log says that they are, which is worth one sentence.
    """

    by: str | None
    again_at: datetime
    contradicted: bool


@dataclass(frozen=True, slots=True)
class Snoozed:
    """No call before `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class RollbackUnderWay:
    """No call: somebody rolls back already. The watch takes over."""


@dataclass(frozen=True, slots=True)
class Closed:
    """No call: the incident is resolved."""


@dataclass(frozen=True, slots=True)
class GaveUp:
    """All calls were made and nobody answered; say so, once, and stop."""

    calls: int


Decision = (
    MakeCall
    | NothingToUndo
    | CauseConfirmed
    | Recovered
    | UsersNotAffected
    | Snoozed
    | RollbackUnderWay
    | Closed
    | GaveUp
)


@dataclass(frozen=True, slots=True)
class HeadsUp:
    """The warning before the first call.

    Args:
        remaining: Until the call.
        undo: What the call could ask to undo, for the words.
    """

    call_at: datetime
    remaining: timedelta
    undo: Undo

    @property
    def words(self) -> str:
        """What stands now, what will happen, and what stops it."""
        minutes = max(1, round(self.remaining / timedelta(minutes=1)))
        then = "I call for the rollback"
        if self.undo is Undo.NOTHING:
            then = "I escalate: nothing shipped recently, so there is nothing to roll back"
        if self.undo is Undo.UNTOLD:
            then = "I escalate: no deploys are configured, so what shipped is unknown"
        return f"No confirmed cause yet. In {minutes} min, if users are still affected, {then}."


def repeat_every(incident: Incident) -> timedelta:
    """Return the time between two calls: one third of the delay."""
    return incident.rollback_after / REPEATS_PER_DELAY


def began_long_before(incident: Incident, onset: datetime | None) -> bool:
    """Return whether the onset was already more than the delay ago when the incident was started."""
    return onset is not None and incident.started_at - onset > incident.rollback_after


def call_at(incident: Incident, n: int) -> datetime:
    """Return when call `n` (from 1) is due on the original clock: at the start, where it began long before."""
    first = incident.started_at if began_long_before(incident, incident.onset_at) else incident.rollback_due_at
    return first + (n - 1) * repeat_every(incident)


def heads_up_at(incident: Incident) -> datetime:
    """Return when the warning is due: at two thirds of the delay."""
    return incident.started_at + incident.rollback_after * HEADS_UP_NUMERATOR / HEADS_UP_DENOMINATOR


def heads_up(incident: Incident, *, undo: Undo, now: datetime) -> HeadsUp | None:
    """Return the warning, or None where no call is coming, or where it is due already."""
    due = max(call_at(incident, 1), incident.snoozed_until or incident.started_at)
    if _settled(incident) or incident.users_affected is UsersAffected.NO or now >= due:
        return None
    return HeadsUp(due, due - now, undo)


def offer_at_once(incident: Incident, onset: datetime | None, now: datetime) -> bool:
    """Return whether a fresh triage makes the first call due now, ahead of the original clock.

    True when the trouble began more than the delay before the start, the call is not due anyway, and nothing (a cause,
    a rollback, a resolution) has settled it.
    """
    return began_long_before(incident, onset) and now < incident.rollback_due_at and _settled(incident) is None


def decide(incident: Incident, *, n: int, due: datetime, effect: Effect, undo: Undo, now: datetime) -> Decision:
    """Return what call `n` (from 1; above MAX_CALLS the clock gives up) becomes at this moment.

    `effect` is what the log says, read afresh: a person's answer on the incident outranks it. `undo` is what a rollback
    could undo, read afresh. `due` is when this look was due, which is what "late" is measured from: a call that was
    held back by a cause, ruled out a moment ago, is not late.
    """
    settled = _settled(incident)
    if settled is not None:
        return settled
    if incident.snoozed_until is not None and now < incident.snoozed_until:
        return Snoozed(incident.snoozed_until)
    again_at = now + repeat_every(incident)
    if incident.users_affected is UsersAffected.NO:
        return UsersNotAffected(incident.users_affected_by, again_at, contradicted=effect is Effect.AFFECTED)
    believed = effect_on_users(incident, effect)
    if believed is Effect.RECOVERED:
        return Recovered(again_at, first=incident.recovered_at is None)
    if n > MAX_CALLS:
        return GaveUp(MAX_CALLS)
    return _call(incident, Look(n, due), unknown=believed is Effect.UNKNOWN, undo=undo, now=now)


def _settled(incident: Incident) -> Closed | RollbackUnderWay | CauseConfirmed | None:
    """Return what ended the clock until a person says otherwise, or None while it runs."""
    if not incident.is_open:
        return Closed()
    if incident.is_rolling_back:
        return RollbackUnderWay()
    return None if incident.cause is None else CauseConfirmed(incident.cause)


def _call(incident: Incident, look: Look, *, unknown: bool, undo: Undo, now: datetime) -> MakeCall | NothingToUndo:
    late_by = now - look.at if now - look.at >= LATE_AFTER else None
    after = now - incident.started_at
    last = look.n == MAX_CALLS
    if undo.escalates:
        return NothingToUndo(look.n, after, unknown, late_by, last, untold=undo is Undo.UNTOLD)
    escalate = look.n >= ESCALATE_FROM
    return MakeCall(look.n, after, escalate, unknown, undo is Undo.UNPROVEN, late_by, last)


def first_look(incident: Incident, now: datetime, *, n: int = 1) -> Look:
    """Return the look to keep at the start, and again when something that held the clock back is gone.

    After a cause was ruled out, a reopening, or a new answer about users, pass the number of the next call: it is due
    on the original clock, or at once when that has run out.
    """
    return Look(n, max(call_at(incident, n), now, incident.snoozed_until or now))


def next_look(decision: Decision, incident: Incident, *, n: int, now: datetime) -> Look | None:
    """Return the look that follows a decision of look `n`, or None when only a person can set the clock going again.

    After a call the next one is due on the original clock, but never sooner than one repeat after a late one: catching
    up must not become a burst. After the last call one more look finds out whether anybody answered.
    """
    match decision:
        case MakeCall(late_by=late_by) | NothingToUndo(late_by=late_by):
            on_time = call_at(incident, n + 1)
            at = now + repeat_every(incident)
            return Look(n + 1, on_time if late_by is None and now < on_time <= at else at)
        case Recovered(again_at=at) | UsersNotAffected(again_at=at) | Snoozed(until=at):
            return Look(n, at)
        case _:
            return None
