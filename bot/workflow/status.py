"""Small verbs: where things stand, and what a person corrects in one word."""

from datetime import datetime

from bot.errors import UserError
from bot.incident import incident as rules
from bot.incident.command import PostUpdate, SetLead, SetSeverity, ShowStatus, Snooze
from bot.incident.incident import Incident, UsersAffected
from bot.incident.permission import Act, require_lead
from bot.incident.timeline import Kind, asked_to_snooze
from bot.render import acts, replies
from bot.render.home import home
from bot.render.words import minutes
from bot.store import incidents, timeline
from bot.store.engine import Tx
from bot.text.clean import untrusted
from bot.workflow import owe, permit
from bot.workflow.context import Answer, Asked, Context, incident_for, incident_numbered, note

UPDATE_LIMIT = 1000
REASON_LIMIT = 300

ANSWERS = {UsersAffected.YES: "yes", UsersAffected.NO: "no", UsersAffected.NOT_SURE: "not sure"}


def status(tx: Tx, context: Context, asked: Asked, command: ShowStatus) -> Answer:
    """Say where an incident stands."""
    incident = incident_for(tx, asked, command.number)
    look, calling = owe.pending_look(tx, incident), owe.calling(tx, incident)
    return replies.status(incident, context.clock.now(), look, calling=calling)


def list_open(tx: Tx, context: Context) -> Answer:
    """List what is open, everywhere."""
    return replies.incident_list(incidents.open_all(tx), context.clock.now())


def show_home(tx: Tx, context: Context, asked: Asked) -> Answer:
    """Owe the app's home to whoever opened it."""
    now = context.clock.now()
    owe.publish_home(tx, asked.user_id, home(incidents.open_all(tx), now), now)
    return None


def users_affected(tx: Tx, context: Context, asked: Asked, incident_id: int, answer: UsersAffected) -> Answer:
    """Take a person's word on whether users are hurt; it outranks the log, and sets the clock going again."""
    changed = rules.set_users_affected(incident_numbered(tx, incident_id), answer, by=asked.user_id)
    _keep(tx, context, asked, changed, Kind.USERS_AFFECTED, ANSWERS[answer])
    if changed.cause is None and changed.rolling_back_at is None:
        owe.resume_clock(tx, changed, context.clock.now())
    return None


def set_severity(tx: Tx, context: Context, asked: Asked, command: SetSeverity) -> Answer:
    """Change the severity."""
    changed = rules.set_severity(incident_for(tx, asked, command.number), command.severity)
    _keep(tx, context, asked, changed, Kind.SEVERITY, str(command.severity))
    return replies.done(f"#{changed.id} is severity {changed.severity} now.")


def set_lead(tx: Tx, context: Context, asked: Asked, command: SetLead) -> Answer:
    """Hand the lead over, or take it.

    Raises:
        UserError: whoever is named cannot lead.
    """
    lead = command.user_id or asked.user_id
    incident = incident_for(tx, asked, command.number)
    changed = rules.set_lead(incident, lead)
    require_lead(context.people.standing(lead))
    if incident.lead_id == lead:
        who = "You lead" if lead == asked.user_id else "They lead"
        return replies.done(f"{who} #{incident.id} already.")
    _keep(tx, context, asked, changed, Kind.LEAD, lead)
    return replies.done(f"#{changed.id} has a new lead; the card shows who.")


def post_update(tx: Tx, context: Context, asked: Asked, command: PostUpdate) -> Answer:
    """Put a sentence for everybody into the card's thread and the timeline."""
    incident = incident_for(tx, asked, command.number)
    text = untrusted(command.text, UPDATE_LIMIT)
    note(tx, context, incident, Kind.UPDATE, text, asked)
    owe.say_next(
        tx, incident, "update", acts.update(incident, asked.user_id, text), context.clock.now(), broadcast=True
    )
    return replies.done(f"Posted to #{incident.id}.")


def snooze(tx: Tx, context: Context, asked: Asked, command: Snooze) -> Answer:
    """Hold the rollback call back for a while; past 45 minutes after the start two people have to say so."""
    incident = rules.require_open(incident_for(tx, asked, command.number))
    permit.allow(tx, context, asked, Act.SNOOZE, incident)
    if incident.cause is not None or incident.rolling_back_at is not None:
        raise UserError(f"No rollback call of #{incident.id} is due, so there is none to put off.")
    now = context.clock.now()
    askers = asked_to_snooze(timeline.of_incident(tx, incident.id), rules.agreed_since(incident, now))
    changed = rules.snooze(incident, command.duration, by=asked.user_id, now=now, asked_by=askers)
    reason = untrusted(command.reason, REASON_LIMIT)
    _keep(tx, context, asked, changed, Kind.SNOOZED, f"{minutes(command.duration)}: {reason}")
    if changed.snoozed_until is None or changed.snoozed_until <= now:
        return _refused(tx, asked, changed, now)
    following = owe.resume_clock(tx, changed, now)
    owe.say_next(tx, changed, "snoozed", acts.snoozed(changed, asked.user_id, following.at, reason), now)
    return None if asked.origin == "modal" else replies.snoozed(changed, following.at, command.duration)


def _refused(tx: Tx, asked: Asked, incident: Incident, now: datetime) -> Answer:
    """Say that one person is not enough; the wish was noted, and so it is no error that a modal could show."""
    cap = minutes(rules.SNOOZE_CAP)
    message = replies.done(f"Past {cap} a second person has to agree: ask somebody to snooze it too.")
    if asked.origin != "modal":
        return message
    owe.whisper(tx, incident.channel_id, asked.user_id, incident.card_ts, message, now)
    return None


def _keep(tx: Tx, context: Context, asked: Asked, changed: Incident, kind: Kind, text: str) -> None:
    incidents.save(tx, changed)
    note(tx, context, changed, kind, text, asked)
    owe.edit(tx, changed, context.clock.now(), owe.EDIT_CARD)
