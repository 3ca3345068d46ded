"""The dead man's call as jobs: what waits in Slack is kept in line with what is stored, and a late call asks it first.

One kind of job compares and repairs: it reads Slack's own list, adds what should wait, then deletes what should not.
So an answer that was lost leaves nothing twice, nothing has to be remembered here, and any change just owes the job
again. A call is posted before the waiting one is deleted: a bot that dies in between is spoken for, not silent.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.incident import deadman as rules
from bot.incident.escalation import Look
from bot.incident.incident import Incident
from bot.incident.timeline import Kind
from bot.render import rollback
from bot.render.message import Message
from bot.slack.errors import Refusal, Refused
from bot.slack.outbox import Outbox
from bot.slack.scheduled import ScheduledMessages, Waiting
from bot.store import jobs
from bot.store.engine import Tx
from bot.store.jobs import Job
from bot.workflow import effects, owe
from bot.workflow.context import Context, incident_numbered, note
from bot.workflow.triage import latest
from bot.workflow.work import Dead, Done, Later, Outcome

# A revoked token or a missing scope is waited out (workers.py); any other refusal stands.
_WAITED_OUT = frozenset({Refusal.TOKEN, Refusal.SCOPE})
_REASONS = {
    "restricted_too_many": "too many messages wait in this channel",
    "time_too_far": "the call is more than 120 days away",
}


@dataclass(frozen=True, slots=True)
class _Wanted:
    post_at: datetime
    message: Message


class DeadMan:
    """What waits in Slack, incident by incident."""

    def __init__(self, context: Context, outbox: Outbox, scheduled: ScheduledMessages) -> None:
        self._context = context
        self._outbox = outbox
        self._scheduled = scheduled

    def keep(self, job: Job) -> Outcome:
        """Make what waits in Slack what should wait there by now."""
        with self._context.store.reading() as tx:
            incident = incident_numbered(tx, job.incident_id or 0)
            if incident.card_ts is None or owe.calling(tx, incident):
                return Done()  # the card, and the call, owe this job again once they are posted
            wanted, was_refused = self._wanted(tx, incident), refused(tx, incident.id) is not None
        try:
            self._repair(incident, wanted)
        except Refused as error:
            if error.refusal in _WAITED_OUT:
                raise
            return Dead(_REASONS.get(error.error, error.error))
        now = self._context.clock.now()
        return Done(effect=(lambda tx: owe.edit(tx, incident, now, owe.EDIT_CARD)) if was_refused else None)

    def stand_in(self, job: Job, incident: Incident) -> Outcome | None:
        """Return what becomes of a rollback call for which Slack has spoken, or is about to; None: it is to be posted.

        Only a late call can be such a one. What Slack has posted is edited into the call itself, with its buttons; where
        Slack refuses to show or to change it, the call is made as if nothing stood there.
        """
        due = rollback_due(job)
        if due is None or incident.card_ts is None:
            return None
        if not rules.is_settled(rules.post_at(due), self._context.clock.now()):
            return None
        try:
            return self._spoken(job, incident, incident.card_ts, due)
        except Refused as error:
            if error.refusal in _WAITED_OUT:
                raise
            return None

    def _spoken(self, job: Job, incident: Incident, card_ts: str, due: datetime) -> Outcome | None:
        now, at = self._context.clock.now(), rules.post_at(due)
        # The list first: what leaves it in between is in the thread by then.
        for one in self._waiting(incident, urgent=True):
            if rules.is_settled(one.post_at, now):
                return Later(one.post_at + rules.SHOWN_WITHIN, "Slack is about to make this call itself")
        ts = self._outbox.find(incident.channel_id, card_ts, rollback.UNHEARD, since=due, urgent=True)
        if ts is None:
            shown = at + rules.SHOWN_WITHIN
            return Later(shown, "Slack may have made this call just now") if at <= now < shown else None
        words = job.payload.get("by_slack", job.payload)
        said = rollback.made_by_slack(Message(words["text"], tuple(words["blocks"])), at)
        self._outbox.update(incident.channel_id, ts, said.text, said.blocks, urgent=True)
        return Done(ts, lambda tx: note(tx, self._context, incident, Kind.NOTE, "Slack made this call: I was down"))

    def _repair(self, incident: Incident, wanted: _Wanted | None) -> None:
        """Add before anything is deleted, so that at no moment nothing waits."""
        waiting, kept = self._waiting(incident), None
        if wanted is not None:
            if rules.is_settled(wanted.post_at, self._context.clock.now()):
                return
            kept = next((one for one in waiting if _is(one, wanted)), None)
            if kept is None:
                waiting = self._add(incident, wanted, waiting)
        for one in waiting:
            if one is not kept:
                self._scheduled.remove(incident.channel_id, one.id)

    def _add(self, incident: Incident, wanted: _Wanted, waiting: tuple[Waiting, ...]) -> tuple[Waiting, ...]:
        """Leave the message with Slack, and return what there is to delete; at Slack's limit the old one makes room."""
        place = (incident.channel_id, wanted.post_at, wanted.message.text, wanted.message.blocks)
        assert incident.card_ts is not None
        try:
            self._scheduled.add(*place, thread_ts=incident.card_ts)
        except Refused:
            if not waiting:
                raise
            self._scheduled.remove(incident.channel_id, waiting[0].id)
            self._scheduled.add(*place, thread_ts=incident.card_ts)
            return waiting[1:]
        return waiting

    def _waiting(self, incident: Incident, *, urgent: bool = False) -> tuple[Waiting, ...]:
        return self._scheduled.waiting(incident.channel_id, f"#{incident.id} ", urgent=urgent)

    def _wanted(self, tx: Tx, incident: Incident) -> _Wanted | None:
        look = _look(tx, incident)
        if look is None or not rules.stands_behind(incident, look):
            return None
        triaged = latest(tx, incident.id)
        settings = effects.settings_of(self._context, incident, triaged)
        proposal = effects.propose(self._context, incident, triaged, rollbacks=effects.rollbacks_of(tx, incident))
        message = rollback.unheard(
            incident,
            due=look.at,
            as_of=self._context.clock.now(),
            undo=effects.undoable(self._context, proposal, settings, effects.known_changes(triaged)),
            proposal=proposal,
            audience=effects.audience_of(settings),
        )
        return _Wanted(rules.post_at(look.at), message)


def refused(tx: Tx, incident_id: int) -> str | None:
    """Return why Slack keeps no call for the incident; None where it does, or need not."""
    last = jobs.last_settled(tx, incident_id, owe.DEAD_MAN)
    return last.error if last is not None and last.state == "buried" else None


def rollback_due(job: Job) -> datetime | None:
    """Return when the look was due that decided on a call; None for one behind which nothing waits in Slack."""
    due = job.payload.get("look_due")
    return None if due is None else datetime.fromisoformat(due)


def _look(tx: Tx, incident: Incident) -> Look | None:
    """Return the look that is owed, unless it follows a call: who was called knows."""
    for job in jobs.pending(tx, incident.id, owe.LOOK):
        if not job.payload.get("after_call"):
            return Look(job.payload["call"], job.first_due_at)
    return None


def _is(waiting: Waiting, wanted: _Wanted) -> bool:
    return waiting.post_at == wanted.post_at and waiting.text == wanted.message.text
