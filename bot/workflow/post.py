"""The jobs that stand in the channel or answer one person: one call each, rendered from what is stored at that moment."""

from dataclasses import replace
from datetime import timedelta

from bot.incident.incident import Incident
from bot.incident.timeline import Kind
from bot.render import hypotheses, replies
from bot.render.card import card
from bot.render.message import Message
from bot.slack.errors import OutcomeUnknown, Refusal, Refused
from bot.slack.outbox import Outbox
from bot.store import hypotheses as ledger
from bot.store import incidents, jobs
from bot.store.engine import Tx
from bot.store.jobs import Job
from bot.workflow import deadman, owe
from bot.workflow.context import Context, incident_numbered, note
from bot.workflow.triage import for_card, latest
from bot.workflow.work import Done, Later, Outcome, delivery, not_yet

# Nobody has invited the bot yet, or the place is closed: ask Slack again now and then; a button asks at once.
INVITATION = timedelta(minutes=5)
# docs.slack.dev, handling user interaction: a response_url may be used "up to 5 times within 30 minutes".
RESPONSE_URL_LIFE = timedelta(minutes=30)


class Posts:
    """The handlers of lane "slack", apart from what is said in threads (`say.py`)."""

    def __init__(self, context: Context, outbox: Outbox) -> None:
        self._context = context
        self._outbox = outbox

    def card(self, job: Job) -> Outcome:
        """Post the card; where that is refused, find another place or ask for one."""
        incident, message = self._card(job)
        if incident.card_ts is not None:
            return Done()
        try:
            channel_id, ts = self._post_in(incident, message, job)
        except Refused as refused:
            if refused.refusal is not Refusal.CHANNEL:
                raise
            return self._without_place(incident, job, refused)

        def store(tx: Tx) -> None:
            now_at = incident_numbered(tx, incident.id)
            incidents.save(tx, replace(now_at, channel_id=channel_id, card_ts=ts))
            owe.again(tx, incident.id, owe.PERMALINK, lane="slack", now=self._context.clock.now())
            # An earlier attempt may have posted it, with what stood then.
            if job.attempts > 1 or _card(tx, incident.id)[1] != message:
                owe.edit(tx, now_at, self._context.clock.now(), owe.EDIT_CARD)
            owe.dead_man(tx, now_at, self._context.clock.now())
            # A post whose answer was lost is looked for when Slack is sure to show it, and no sooner.
            jobs.bring_forward(tx, incident.id, self._context.clock.now(), but=OutcomeUnknown.__name__)

        return Done(ts, store)

    def permalink(self, job: Job) -> Outcome:
        """Learn the card's address, for "Open" in answers."""
        with self._context.store.reading() as tx:
            incident = incident_numbered(tx, job.incident_id or 0)
        link = self._outbox.permalink(incident.channel_id, incident.card_ts or "")

        def store(tx: Tx) -> None:
            incidents.save(tx, replace(incident_numbered(tx, incident.id), permalink=link))

        return Done(effect=store)

    def edit_card(self, job: Job) -> Outcome:
        """Bring the card up to date."""
        incident, message = self._card(job)
        if incident.card_ts is not None:
            self._outbox.update(incident.channel_id, incident.card_ts, message.text, message.blocks)
        return Done()

    def ledger(self, job: Job) -> Outcome:
        """Post the Hypotheses message, once the card stands above it."""
        incident, message = self._ledger(job)
        if incident.hypotheses_ts is not None:
            return Done()
        if incident.card_ts is None:
            if not incident.is_open:
                return self._no_more(incident)  # the card's job, which it depends on, has ended without one
            return not_yet(job, self._context.clock.now(), "the card is not posted yet")
        ts = self._outbox.post(incident.channel_id, message.text, blocks=message.blocks, delivery=delivery(job))

        def store(tx: Tx) -> None:
            now_at = incident_numbered(tx, incident.id)
            incidents.save(tx, replace(now_at, hypotheses_ts=ts))
            # Somebody may have replied to what Slack showed before its ts was stored, and was not heard.
            owe.catch_up(tx, now_at.id, self._context.clock.now())
            if job.attempts > 1 or hypotheses.ledger(now_at, ledger.of_incident(tx, now_at.id)) != message:
                owe.edit(tx, now_at, self._context.clock.now(), owe.EDIT_LEDGER)

        return Done(ts, store)

    def edit_ledger(self, job: Job) -> Outcome:
        """Bring the ledger up to date."""
        incident, message = self._ledger(job)
        if incident.hypotheses_ts is not None:
            self._outbox.update(incident.channel_id, incident.hypotheses_ts, message.text, message.blocks)
        return Done()

    def react(self, job: Job) -> Outcome:
        """Acknowledge somebody's message; where that is no longer possible it does not matter."""
        try:
            self._outbox.react(job.payload["channel_id"], job.payload["ts"], job.payload["name"])
        except Refused as refused:
            if refused.refusal not in {Refusal.GONE, Refusal.CHANNEL}:
                raise
        return Done()

    def respond(self, job: Job) -> Outcome:
        """Answer by response_url; an expired one is past mending, also where Slack does not say so."""
        if self._context.clock.now() - job.first_due_at >= RESPONSE_URL_LIFE:
            return Done()
        try:
            self._outbox.respond(job.payload["response_url"], job.payload["text"], job.payload["blocks"])
        except Refused as refused:
            if refused.refusal is not Refusal.GONE:
                raise
        return Done()

    def whisper(self, job: Job) -> Outcome:
        """Say something that one person sees."""
        said = job.payload
        self._outbox.ephemeral(said["channel_id"], said["user_id"], said["text"], said["blocks"], said["thread_ts"])
        return Done()

    def home(self, job: Job) -> Outcome:
        """Show somebody the app's home."""
        self._outbox.publish_home(job.payload["user_id"], job.payload["view"])
        return Done()

    def _card(self, job: Job) -> tuple[Incident, Message]:
        with self._context.store.reading() as tx:
            return _card(tx, job.incident_id or 0)

    def _ledger(self, job: Job) -> tuple[Incident, Message]:
        with self._context.store.reading() as tx:
            incident = incident_numbered(tx, job.incident_id or 0)
            return incident, hypotheses.ledger(incident, ledger.of_incident(tx, incident.id))

    def _post_in(self, incident: Incident, message: Message, job: Job) -> tuple[str, str]:
        """Post into the incident's channel, joining a public one first where need be; return channel and ts."""
        channel_id = incident.channel_id
        if channel_id.startswith("#"):
            found = self._outbox.directory.channel_id(channel_id)
            if found is None:
                raise Refused("conversations.list", "channel_not_found")
            channel_id = found
        try:
            return channel_id, self._outbox.post(
                channel_id, message.text, blocks=message.blocks, delivery=delivery(job)
            )
        except Refused as refused:
            if refused.error != "not_in_channel":
                raise
            try:
                self._outbox.join(channel_id)
            except Refused:
                raise refused from None
        return channel_id, self._outbox.post(channel_id, message.text, blocks=message.blocks, delivery=delivery(job))

    def _without_place(self, incident: Incident, job: Job, refused: Refused) -> Outcome:
        """Go to the default channel and say why; or, in a private channel, ask to be invited."""
        now = self._context.clock.now()
        default = self._context.settings.default_channel
        if default == incident.channel_id:
            default = None  # it is this very place
        url = job.payload.get("response_url", "")
        may_invite = refused.error in {"not_in_channel", "channel_not_found"}
        moving = default is not None and not may_invite and incident.channel_id == incident.asked_channel_id
        if not moving and not incident.is_open:
            return self._no_more(incident)
        with self._context.store.transaction() as tx:
            if moving and default is not None:
                moved = replace(incident_numbered(tx, incident.id), channel_id=default)
                incidents.save(tx, moved)
                note(tx, self._context, moved, Kind.MOVED, f"{default}: {refused.error}")
                owe.respond(tx, url, replies.moved(moved, error=refused.error), now)
            elif not job.payload.get("told"):
                message = replies.cannot_post(default_channel=default or "", command=job.payload["typed"])
                owe.respond(tx, url, message, now)
                jobs.hurry(tx, job, now, payload={"told": True})
        return Later(now if moving else now + INVITATION, str(refused))

    def _no_more(self, ended: Incident) -> Done:
        """Give up what has no place: nobody will invite the bot for it any more, unless it is opened again."""

        def store(tx: Tx) -> None:
            now_at = incident_numbered(tx, ended.id)
            if now_at.is_open:  # meanwhile, when this was still owed
                owe.place(tx, now_at, self._context.clock.now())

        return Done(effect=store)


def _card(tx: Tx, incident_id: int) -> tuple[Incident, Message]:
    incident = incident_numbered(tx, incident_id)
    look, unkept = owe.pending_look(tx, incident), deadman.refused(tx, incident.id) or ""
    triage, calling = for_card(latest(tx, incident.id)), owe.calling(tx, incident)
    return incident, card(incident, triage, look, calling=calling, unkept=unkept)
