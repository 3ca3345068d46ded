"""The clock's jobs: the heads-up, and each look that may become a rollback call, decided from what is read just then."""

from datetime import datetime, timedelta
from itertools import takewhile

from bot.incident import deadman as waiting
from bot.incident import escalation
from bot.incident import incident as rules
from bot.incident.escalation import GaveUp, HeadsUp, MakeCall, NothingToUndo, Recovered, UsersNotAffected
from bot.incident.incident import Incident
from bot.incident.timeline import Kind
from bot.render import rollback
from bot.render.message import Message
from bot.store import incidents, jobs, timeline
from bot.store.engine import Tx
from bot.store.jobs import CLOCK_PRIORITY, Job
from bot.workflow import deadman, effects, owe
from bot.workflow.context import Context, incident_numbered, note
from bot.workflow.effects import Situation
from bot.workflow.readers import Readers
from bot.workflow.triage import latest
from bot.workflow.work import Done, Later, Outcome

# A call that is late by a minute waits so often, a second each, for the answer that may stand in a thread; one that is on
# time never does. Two threads are read in under a second.
MOST_WAITS = 15
SOON = timedelta(seconds=1)


def heads_up(context: Context, job: Job) -> Outcome:
    """Say that the call is coming, where it is."""
    with context.store.reading() as tx:
        incident = incident_numbered(tx, job.incident_id or 0)
        triaged = latest(tx, incident.id)
    proposal = effects.propose(context, incident, triaged)
    settings, told = effects.settings_of(context, incident, triaged), effects.known_changes(triaged)

    def store(tx: Tx) -> None:
        # Read again: somebody may have confirmed a cause meanwhile.
        as_it_is, now = incident_numbered(tx, incident.id), context.clock.now()
        warning = escalation.heads_up(as_it_is, undo=effects.undoable(context, proposal, settings, told), now=now)
        if warning is not None:
            _warn(tx, context, as_it_is, warning, rollback.heads_up(as_it_is, warning, proposal))

    return Done(effect=store)


def look(context: Context, readers: Readers, job: Job) -> Outcome:
    """Read afresh, decide, and owe what follows; all of it is stored at once with the end of this job."""
    with context.store.reading() as tx:
        incident = incident_numbered(tx, job.incident_id or 0)
        unread = _is_unread(tx, incident, context.clock.now())
    if not incident.is_open:
        return Done()
    is_late = context.clock.now() - job.first_due_at >= escalation.LATE_AFTER
    if is_late and unread and job.attempts <= MOST_WAITS:
        return Later(context.clock.now() + SOON, "what people wrote meanwhile is being read")
    situation = effects.read(context, readers, incident)
    return Done(effect=lambda tx: _decide(tx, context, job, situation))


def _is_unread(tx: Tx, incident: Incident, now: datetime) -> bool:
    """Return whether the threads are about to be read for the first time; what Slack puts off is not waited for."""
    soon = now + MOST_WAITS * SOON
    return any(one.attempts <= 1 and one.due_at <= soon for one in jobs.pending(tx, incident.id, owe.CATCH_UP))


def _decide(tx: Tx, context: Context, job: Job, situation: Situation) -> None:
    # Read again: somebody may have confirmed a cause while the log was being read.
    incident = incident_numbered(tx, job.incident_id or 0)
    n, now = job.payload["call"], context.clock.now()
    if owe.calling(tx, incident):
        n = max(1, n - 1)  # Slack has not taken the last call yet: this one stands instead of it, under its number
    decision = escalation.decide(
        incident, n=n, due=job.first_due_at, effect=situation.recovery.state, undo=situation.undo, now=now
    )
    reading = situation.reading
    match decision:
        case MakeCall() | NothingToUndo():
            _call(tx, context, job, incident, decision, situation)
        case Recovered():
            if decision.first:
                incidents.save(tx, rules.recovered(incident, now=now))
                _say(
                    tx, context, incident, "recovered", rollback.recovered(incident, decision, reading), Kind.RECOVERED
                )
        case UsersNotAffected():
            message = rollback.users_not_affected(incident, decision, reading)
            said = _said_of_users(tx, incident)
            if not said or (decision.contradicted and message.text not in said):
                _say(tx, context, incident, "not_affected", message, Kind.USERS_AFFECTED)
        case GaveUp():
            message = rollback.gave_up(incident, decision, situation.audience)
            _say(tx, context, incident, "gave_up", message, Kind.ROLLBACK_CALL)
        case _:
            pass  # a cause, a rollback, a snooze, the end: nothing to say
    following = escalation.next_look(decision, incident, n=n, now=now)
    if following is not None:
        called = isinstance(decision, MakeCall | NothingToUndo)
        owe.look(tx, incident, following, after=job.n, after_call=called)
    owe.dead_man(tx, incident, now)


def _call(
    tx: Tx, context: Context, job: Job, incident: Incident, decision: MakeCall | NothingToUndo, situation: Situation
) -> None:
    now, message = context.clock.now(), _words(incident, decision, situation)
    due = _spoken_for(tx, job, incident)
    by_slack = None if due is None else _words(incident, waiting.as_posted(decision, incident, due), situation)
    if incident.recovered_at is not None:
        incident = rules.relapsed(incident)
        incidents.save(tx, incident)
    note(tx, context, incident, Kind.ROLLBACK_CALL, message.text)
    owe.say_next(
        tx, incident, owe.CALL, message, now, broadcast=True, priority=CLOCK_PRIORITY, look_due=due, by_slack=by_slack
    )
    owe.edit(tx, incident, now, owe.EDIT_CARD)


def _words(incident: Incident, decision: MakeCall | NothingToUndo, situation: Situation) -> Message:
    proposal, reading, audience = situation.proposal, situation.reading, situation.audience
    if isinstance(decision, MakeCall):
        return rollback.call(incident, decision, proposal, reading, audience)
    return rollback.nothing_to_undo(incident, decision, reading, audience, horizon=situation.horizon, proposal=proposal)


def _spoken_for(tx: Tx, job: Job, incident: Incident) -> datetime | None:
    """Return when the call was due in whose place Slack may speak: the first one that Slack has not taken from us."""
    untaken = (deadman.rollback_due(call) for call in jobs.pending(tx, incident.id, owe.CALL_KIND))
    own = None if job.payload.get("after_call") else job.first_due_at
    return next((due for due in (*untaken, own) if due is not None), None)


def _say(tx: Tx, context: Context, incident: Incident, what: str, message: Message, kind: Kind) -> None:
    now = context.clock.now()
    owe.say_next(tx, incident, what, message, now)
    note(tx, context, incident, kind, message.text)
    owe.edit(tx, incident, now, owe.EDIT_CARD)


def _said_of_users(tx: Tx, incident: Incident) -> frozenset[str]:
    """Return what the bot has said of a person's last answer about users: that it stands, that the log contradicts it."""
    answers = [entry for entry in timeline.of_incident(tx, incident.id) if entry.kind == Kind.USERS_AFFECTED]
    since = takewhile(lambda entry: entry.actor_id is None, reversed(answers))
    return frozenset(entry.text for entry in since)


def _warn(tx: Tx, context: Context, incident: Incident, warning: HeadsUp, message: Message) -> None:
    note(tx, context, incident, Kind.HEADS_UP, warning.words)
    owe.say(tx, incident, owe.HEADS_UP, 1, message, context.clock.now(), priority=CLOCK_PRIORITY)
