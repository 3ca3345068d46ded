"""Catching up: what people wrote in the threads of open incidents while nobody listened is read back and heard, once.

Slack sends an event again three times within minutes and then never. So at every start and every new connection each
open incident's two threads are read; a reply has one key, its channel and ts, whether it is sent or read back.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from itertools import chain

import structlog

from bot.incident.hypothesis import Hypothesis, HypothesisState
from bot.incident.incident import Incident
from bot.slack.errors import Refusal, Refused
from bot.slack.outbox import Message, Outbox, Pause
from bot.store import events, hypotheses, incidents
from bot.store.engine import StoreError
from bot.store.jobs import Job
from bot.workflow import owe, reply
from bot.workflow.context import Context, incident_numbered
from bot.workflow.work import Done, Outcome

log = structlog.get_logger(__name__)

# Two threads each: 40 calls of conversations.replies a minute, where Slack allows 50 (tier 3).
PACE = timedelta(seconds=3)

# Slack may show a reply a moment after it has sent it: one that is younger and cannot be read is not a deleted one.
SURELY_SHOWN = timedelta(minutes=1)

Hear = Callable[[Incident, Message], None]
"""Takes a message that was read back as if Slack had just sent it, and does nothing where it was heard before."""

Forget = Callable[[Incident, Hypothesis], None]
"""Takes a hypothesis whose reply is gone as if Slack had just said so."""


def owe_all(context: Context) -> None:
    """Owe a reading of every open incident's threads, the newest incident first; one that is owed already is enough.

    Called where a connection opens, it does not fail: a database that is away is seen by its own heartbeat.
    """
    now = context.clock.now()
    try:
        with context.store.transaction() as tx:
            for place, number in enumerate(incidents.numbers_open(tx)):
                owe.catch_up(tx, number, now + place * PACE)
    except StoreError as error:
        log.warning("not caught up: what people wrote meanwhile waits for the next connection", error=str(error))
    context.wake()


class CatchUp:
    """The handler of the job.

    Args:
        hear: Takes each reply that was not heard before.
        forget: Takes each hypothesis whose reply was deleted.
        pause: Waits until Slack allows the next page; nothing else waits for the thread that reads.
    """

    def __init__(self, context: Context, outbox: Outbox, hear: Hear, forget: Forget, pause: Pause) -> None:
        self._context = context
        self._outbox = outbox
        self._pause = pause
        self._hear = hear
        self._forget = forget

    def read(self, job: Job) -> Outcome:
        """Read both threads from the incident's start: an edit or a deletion may be of any reply."""
        with self._context.store.reading() as tx:
            incident = incident_numbered(tx, job.incident_id or 0)
            recorded = self._recorded(incident, hypotheses.of_incident(tx, incident.id))
            heard = events.known(tx, {reply.key(one.source_channel_id, one.source_ts) for one in recorded})
        if not incident.is_open or incident.card_ts is None:
            return Done()
        try:
            said = self._said(incident)
        except Refused as refused:
            if refused.refusal in {Refusal.TOKEN, Refusal.SCOPE}:
                raise
            return Done()  # the thread is gone, and with it what stood there
        with self._context.store.reading() as tx:
            known = events.known(tx, {_key(incident, message) for message in said})
        for message in said:
            if _key(incident, message) not in known:
                self._hear(incident, message)
        there = {str(message["ts"]) for message in said}
        for one in recorded:
            if one.source_ts not in there and reply.key(one.source_channel_id, one.source_ts) in heard:
                self._forget(incident, one)
        return Done()

    def _said(self, incident: Incident) -> list[Message]:
        """Return the replies under card and ledger, oldest first; all of them, since our clock may not be Slack's."""
        threads = [ts for ts in (incident.card_ts, incident.hypotheses_ts) if ts is not None]
        read = partial(self._outbox.replies, incident.channel_id, pause=self._pause)
        return sorted(chain.from_iterable(map(read, threads)), key=lambda message: float(message["ts"]))

    def _recorded(self, incident: Incident, ledger: Iterable[Hypothesis]) -> tuple[Hypothesis, ...]:
        """Return the hypotheses that stand in the incident's channel for long enough to be seen there."""
        until = self._context.clock.now() - SURELY_SHOWN
        return tuple(
            one
            for one in ledger
            if one.source_channel_id == incident.channel_id
            and one.state is not HypothesisState.WITHDRAWN
            and one.recorded_at < until
        )


def _key(incident: Incident, message: Message) -> str:
    edited = message.get("edited") or {}
    return reply.key(incident.channel_id, message["ts"], edited.get("ts", ""))
