"""The jobs that speak in an incident's threads. What the clock says is said even where Slack refuses its place or form."""

from enum import StrEnum

import structlog

from bot.incident.escalation import LATE_AFTER
from bot.incident.incident import Incident
from bot.incident.timeline import Kind
from bot.render import fallback, findings
from bot.render.message import Message
from bot.slack.errors import Refusal, Refused
from bot.slack.outbox import Outbox
from bot.store import jobs
from bot.store.engine import Tx
from bot.store.jobs import Job
from bot.workflow import owe
from bot.workflow.context import Context, incident_numbered, note
from bot.workflow.deadman import DeadMan
from bot.workflow.triage import latest
from bot.workflow.work import Done, Later, Outcome, delivery, not_yet

log = structlog.get_logger(__name__)


class Place(StrEnum):
    """Where a message of the incident's thread is put: each but the first only because the one before was refused."""

    THREAD = "thread"
    CHANNEL = "channel"
    DEFAULT = "default"


class Threads:
    """The handlers of what is said in threads."""

    def __init__(self, context: Context, outbox: Outbox, dead_man: DeadMan) -> None:
        self._context = context
        self._outbox = outbox
        self._dead_man = dead_man

    def findings(self, job: Job) -> Outcome:
        """Post one service's four findings in full into the card's thread."""
        with self._context.store.reading() as tx:
            triaged = latest(tx, job.incident_id or 0)
        found = [one for one in (triaged.ranked if triaged else ()) if one.service == job.payload["service"]]
        if not found:
            return Done()
        return self._say(job, findings.findings(found[0].investigation.report))

    def say(self, job: Job) -> Outcome:
        """Post what was decided, in the words of that moment."""
        return self._say(job, _message(job))

    def clock(self, job: Job) -> Outcome:
        """Post what the clock says: outside of the thread, where Slack refuses that; marked, where it comes late."""
        message, late_by = _message(job), self._context.clock.now() - job.first_due_at
        return self._say(job, fallback.late(message, late_by) if late_by >= LATE_AFTER else message, anywhere=True)

    def call(self, job: Job) -> Outcome:
        """Post a rollback call or its heads-up, unless somebody has answered it or a later call is owed meanwhile.

        Then the call that waits in Slack is renewed, or taken back.
        """
        with self._context.store.reading() as tx:
            incident = incident_numbered(tx, job.incident_id or 0)
            owed = jobs.next_n(tx, incident.id, owe.CALL_KIND) - 1
        answered = not incident.is_open or incident.cause is not None or incident.rolling_back_at is not None
        outdated = owed > (job.n if job.kind == owe.CALL_KIND else 0)
        outcome: Outcome = Done()
        if not (answered or outdated):
            outcome = self._dead_man.stand_in(job, incident) or self.clock(job)
        return self._then_renew(incident, outcome)

    def _then_renew(self, incident: Incident, outcome: Outcome) -> Outcome:
        """Owe, with a call that is settled, a look at what waits in Slack behind it, and the next call's time on the card."""
        if not isinstance(outcome, Done):
            return outcome
        before = outcome.effect

        def store(tx: Tx) -> None:
            if before is not None:
                before(tx)
            now = self._context.clock.now()
            owe.dead_man(tx, incident, now)
            owe.edit(tx, incident, now, owe.EDIT_CARD)

        return Done(outcome.slack_ts, store)

    def _say(self, job: Job, message: Message, *, anywhere: bool = False) -> Outcome:
        with self._context.store.reading() as tx:
            incident = incident_numbered(tx, job.incident_id or 0)
            never = owe.never_placed(tx, incident)
            uninvited = anywhere and job.kind != owe.HEADS_UP_KIND and _has_no_place(tx, incident)
        place = Place(job.payload.get("place", Place.THREAD))
        thread_ts = incident.hypotheses_ts if job.payload.get("thread") == "hypotheses" else incident.card_ts
        if place is Place.THREAD and thread_ts is None:
            if uninvited and self._context.settings.default_channel is not None:
                return self._plan(job, Refused("chat.postMessage", "not_in_channel"), place=str(Place.DEFAULT))
            if never:
                return Done()
            return not_yet(job, self._context.clock.now(), "the message it belongs to is not posted yet")
        if job.payload.get("as_text"):
            message = fallback.text_only(message)
        try:
            if place is Place.THREAD:
                return Done(self._post(incident.channel_id, message, job, thread_ts))
            return self._elsewhere(incident, message, job, place)
        except Refused as refused:
            return self._otherwise(job, refused, place, anywhere=anywhere)

    def _post(self, channel_id: str, message: Message, job: Job, thread_ts: str | None = None) -> str:
        return self._outbox.post(
            channel_id,
            message.text,
            blocks=message.blocks or None,
            thread_ts=thread_ts,
            reply_broadcast=thread_ts is not None and job.payload.get("broadcast", False),
            delivery=delivery(job),
        )

    def _elsewhere(self, incident: Incident, message: Message, job: Job, place: Place) -> Done:
        """Post outside of the thread, say why, and note it in the timeline."""
        error = job.payload["refused"]
        channel = incident.channel_id if place is Place.CHANNEL else self._context.settings.default_channel or ""
        channel_id: str | None = channel
        if channel.startswith("#"):
            urgent = job.priority >= jobs.CLOCK_PRIORITY
            channel_id = self._outbox.directory.channel_id(channel, urgent=urgent)
        if not channel_id:
            raise Refused("conversations.list", "channel_not_found")
        ts = self._post(channel_id, fallback.elsewhere(incident, message, error), job)
        words = f"{job.kind} stands in {channel}: {error}"
        return Done(ts, lambda tx: note(tx, self._context, incident, Kind.NOTE, words))

    def _otherwise(self, job: Job, refused: Refused, place: Place, *, anywhere: bool) -> Later:
        """Try in another form or place; raise where none is left."""
        if refused.refusal is Refusal.MESSAGE and not job.payload.get("as_text"):
            return self._plan(job, refused, as_text=True)
        to = self._next_place(place, refused.refusal) if anywhere else None
        if to is None:
            raise refused
        return self._plan(job, refused, place=str(to))

    def _plan(self, job: Job, refused: Refused, **plan: object) -> Later:
        """Put the job off, to be tried otherwise at once; stored with it, since the next to try may be another process."""
        log.warning("Slack refused a message; it is posted otherwise", error=str(refused), **plan)
        now = self._context.clock.now()
        with self._context.store.transaction() as tx:
            jobs.hurry(tx, job, now, payload={"refused": refused.error, **plan})
        return Later(now, str(refused))

    def _next_place(self, place: Place, refusal: Refusal) -> Place | None:
        if refusal is Refusal.GONE and place is Place.THREAD:
            return Place.CHANNEL
        last = place is Place.DEFAULT or self._context.settings.default_channel is None
        return None if last or refusal not in _PLACES else Place.DEFAULT


# A revoked token or a missing scope is waited out (workers.py): no other place would take it either.
_PLACES = frozenset({Refusal.CHANNEL, Refusal.GONE, Refusal.OTHER})


def _has_no_place(tx: Tx, incident: Incident) -> bool:
    """Whether the card waits for an invitation, or was given up: what belongs under it may wait for ever."""
    on_its_way = (job for job in jobs.pending(tx, incident.id, owe.POST_CARD) if not job.payload.get("told"))
    return incident.card_ts is None and not any(on_its_way)


def _message(job: Job) -> Message:
    return Message(job.payload["text"], tuple(job.payload["blocks"]))
