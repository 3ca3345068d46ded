"""Somebody rolls back: a hypothesis first, then the watch over the error rate. The bot itself changes nothing."""

from bot.incident import escalation
from bot.incident import incident as rules
from bot.incident.hypothesis import HypothesisState
from bot.incident.incident import Incident
from bot.incident.permission import Act
from bot.incident.timeline import Kind
from bot.incident.watch import WATCH_EVERY, BackAtBaseline, KeepWatching, NoRecovery, watch_decide
from bot.render import acts, modals
from bot.render import watch as words
from bot.store import hypotheses, incidents, jobs
from bot.store.engine import Tx
from bot.store.jobs import Job
from bot.text.clean import untrusted
from bot.triage.recovery import Recovery
from bot.workflow import effects, owe, permit
from bot.workflow.context import Answer, Asked, Context, incident_numbered, note
from bot.workflow.readers import Readers
from bot.workflow.reply import Reply, add
from bot.workflow.triage import first, latest
from bot.workflow.work import Done, Outcome

REASON_LIMIT = 300


def begin(tx: Tx, context: Context, asked: Asked, incident_id: int) -> Answer:
    """Take note that somebody rolls back; without any hypothesis the modal asks for one first."""
    incident = rules.require_open(incident_numbered(tx, incident_id))
    permit.allow(tx, context, asked, Act.ROLLBACK, incident)
    recorded = hypotheses.of_incident(tx, incident_id)
    if not any(one.state is not HypothesisState.WITHDRAWN for one in recorded) and incident.cause is None:
        return modals.rolling_back(incident_id)
    _begin(tx, context, asked, incident)
    return None


def begin_with(tx: Tx, context: Context, asked: Asked, incident_id: int, hypothesis: str, without: str) -> Answer:
    """Take note of the rollback with the hypothesis, or the reason to go without, that the modal asked for."""
    incident = rules.require_open(incident_numbered(tx, incident_id))
    permit.allow(tx, context, asked, Act.ROLLBACK, incident)
    if hypothesis.strip():
        # Nobody's reply: the modal itself is its source, and its key is what Slack repeats.
        source = Reply(channel_id=incident.channel_id, ts=asked.key, thread_ts="", text=hypothesis)
        add(tx, context, asked, incident, source)
    else:
        reason = untrusted(without, REASON_LIMIT)
        note(tx, context, incident, Kind.NOTE, f"rolls back without a hypothesis: {reason}", asked)
        message = acts.without_hypothesis(incident, asked.user_id, reason)
        owe.say_next(tx, incident, "without", message, context.clock.now())
    _begin(tx, context, asked, incident)
    return None


def ask_not_yet(tx: Tx, context: Context, asked: Asked, incident_id: int) -> Answer:
    """Open the modal that asks why not, and for how long."""
    incident = rules.require_open(incident_numbered(tx, incident_id))
    permit.allow(tx, context, asked, Act.SNOOZE, incident)
    return modals.not_yet(incident.id)


def watch(context: Context, readers: Readers, job: Job) -> Outcome:
    """Look at the error rate once, a minute after the last look."""
    with context.store.reading() as tx:
        incident = incident_numbered(tx, job.incident_id or 0)
        frozen, triaged = first(tx, incident.id), latest(tx, incident.id)
    if not incident.is_open:
        return Done()
    seen = effects.recovery(context, readers, incident, frozen, triaged)
    return Done(effect=lambda tx: _watched(tx, context, incident.id, seen))


def _begin(tx: Tx, context: Context, asked: Asked, incident: Incident) -> None:
    now = context.clock.now()
    began = rules.rolling_back(incident, by=asked.user_id, now=now)
    incidents.save(tx, began)
    jobs.cancel(tx, began.id, [owe.LOOK])
    note(tx, context, began, Kind.ROLLING_BACK, "", asked)
    owe.say_next(tx, began, "rolling_back", words.watching(began), now, broadcast=True)
    owe.edit(tx, began, now, owe.EDIT_CARD)
    owe.dead_man(tx, began, now)
    owe.watch(tx, began, now + WATCH_EVERY)


def _watched(tx: Tx, context: Context, incident_id: int, seen: Recovery) -> None:
    incident = incident_numbered(tx, incident_id)
    now = context.clock.now()
    decision = watch_decide(incident, seen.state, now, since=seen.since)
    match decision:
        case KeepWatching(again_at=at):
            owe.watch(tx, incident, at)
        case BackAtBaseline():
            back = rules.recovered(incident, now=now)
            incidents.save(tx, back)
            message = words.back_at_baseline(back, decision)
            note(tx, context, back, Kind.RECOVERED, message.text)
            owe.say_next(tx, back, "back", message, now, broadcast=True)
            owe.edit(tx, back, now, owe.EDIT_CARD)
            # It may come back: the clock looks on, and calls again where it does.
            owe.look(tx, back, escalation.Look(owe.next_call(tx, back), now + escalation.repeat_every(back)))
        case NoRecovery():
            ended = rules.rollback_ended(incident)
            incidents.save(tx, ended)
            message = words.no_recovery(ended, decision)
            note(tx, context, ended, Kind.NO_RECOVERY, message.text)
            owe.say_next(tx, ended, "no_recovery", message, now, broadcast=True)
            owe.edit(tx, ended, now, owe.EDIT_CARD)
            owe.look(tx, ended, escalation.Look(owe.next_call(tx, ended), now + escalation.repeat_every(ended)))
            owe.dead_man(tx, ended, now)
        case _:
            pass  # over: resolved, recovered already, or nobody is rolling back any more
