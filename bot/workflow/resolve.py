"""The cause, the end, and its undoing."""

from bot.incident import hypothesis as ledger
from bot.incident import incident as rules
from bot.incident.command import ConfirmCause, Reopen, Resolve
from bot.incident.permission import Act
from bot.incident.timeline import Kind
from bot.render import acts, modals, replies
from bot.store import hypotheses, incidents, jobs
from bot.store.engine import Tx
from bot.text.clean import untrusted
from bot.workflow import owe, permit
from bot.workflow.context import Answer, Asked, Context, incident_for, incident_numbered, note

CAUSE_LIMIT = 500


def ask_cause(tx: Tx, context: Context, asked: Asked, incident_id: int) -> Answer:
    """Open the modal that asks for the cause in one line."""
    incident = rules.require_open(incident_numbered(tx, incident_id))
    permit.allow(tx, context, asked, Act.CONFIRM, incident)
    return modals.cause_found(incident.id)


def confirm_cause(tx: Tx, context: Context, asked: Asked, command: ConfirmCause) -> Answer:
    """Keep the cause; the calls stop until it is ruled out."""
    incident = incident_for(tx, asked, command.number)
    permit.allow(tx, context, asked, Act.CONFIRM, incident)
    now = context.clock.now()
    known = rules.confirm_cause(incident, untrusted(command.text, CAUSE_LIMIT), by=asked.user_id, now=now)
    incidents.save(tx, known)
    note(tx, context, known, Kind.CAUSE, known.cause or "", asked)
    owe.edit(tx, known, now, owe.EDIT_CARD)
    owe.dead_man(tx, known, now)
    owe.say_next(tx, known, "cause", acts.cause(known), now)
    return replies.done(f"#{known.id} is identified. There will be no rollback call.")


def rule_out_cause(tx: Tx, context: Context, asked: Asked, incident_id: int) -> Answer:
    """Take the cause back: the original clock goes on, and an overdue call is made at once."""
    incident = incident_numbered(tx, incident_id)
    permit.allow(tx, context, asked, Act.CONFIRM, incident)
    ruled_out = rules.cause_ruled_out(incident)
    now = context.clock.now()
    incidents.save(tx, ruled_out)
    for known in hypotheses.of_incident(tx, incident_id):
        if known.state is ledger.HypothesisState.CONFIRMED:
            refuted = ledger.move(known, ledger.HypothesisState.REFUTED, by=asked.user_id, now=now)
            hypotheses.save(tx, refuted)
    note(tx, context, ruled_out, Kind.CAUSE_RULED_OUT, "", asked)
    owe.edit(tx, ruled_out, now)
    owe.resume_clock(tx, ruled_out, now)
    owe.say_next(tx, ruled_out, "cause", acts.cause_ruled_out(ruled_out, asked.user_id), now)
    return None


def ask_resolution(tx: Tx, context: Context, asked: Asked, incident_id: int) -> Answer:
    """Open the modal that asks what ended it."""
    incident = rules.require_open(incident_numbered(tx, incident_id))
    permit.allow(tx, context, asked, Act.RESOLVE, incident)
    return modals.resolve(incident.id)


def resolve(tx: Tx, context: Context, asked: Asked, command: Resolve) -> Answer:
    """End the incident; nothing of its clock is left."""
    incident = incident_for(tx, asked, command.number)
    permit.allow(tx, context, asked, Act.RESOLVE, incident)
    now = context.clock.now()
    ended = rules.resolve(incident, untrusted(command.text, CAUSE_LIMIT), by=asked.user_id, now=now)
    incidents.save(tx, ended)
    jobs.cancel(tx, ended.id, [*owe.CLOCK_KINDS, owe.CALL_KIND, owe.HEADS_UP_KIND])
    owe.dead_man(tx, ended, now)
    note(tx, context, ended, Kind.RESOLVED, ended.resolution or "", asked)
    owe.edit(tx, ended, now)
    owe.say_next(tx, ended, "resolved", acts.resolved(ended), now, broadcast=True)
    return replies.done(f"#{ended.id} is resolved.")


def reopen(tx: Tx, context: Context, asked: Asked, command: Reopen) -> Answer:
    """Open it again, on its original clock."""
    incident = named_or_last(tx, asked, command.number)
    permit.allow(tx, context, asked, Act.RESOLVE, incident)
    again = rules.reopen(incident)
    now = context.clock.now()
    incidents.save(tx, again)
    note(tx, context, again, Kind.REOPENED, "", asked)
    owe.place(tx, again, now)
    owe.edit(tx, again, now)
    owe.heads_up(tx, again, now)
    owe.resume_clock(tx, again, now)
    owe.say_next(tx, again, "reopened", acts.reopened(again, asked.user_id), now, broadcast=True)
    return replies.done(f"#{again.id} is open again.")


def named_or_last(tx: Tx, asked: Asked, number: int | None) -> rules.Incident:
    """Return the incident named, else the one of this channel that was started last: it is closed, so not implied."""
    if number is not None:
        return incident_numbered(tx, number)
    recent = incidents.recent(tx, 50)
    here = [one for one in recent if asked.channel_id in {one.channel_id, one.asked_channel_id}]
    return incident_numbered(tx, here[0].id) if here else incident_for(tx, asked, None)
