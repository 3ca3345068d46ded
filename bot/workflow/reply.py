"""Replies in an incident's threads: hypotheses under the ledger, notes under the card; edits and deletions follow."""

from dataclasses import dataclass

from bot.errors import UserError
from bot.incident import hypothesis as rules
from bot.incident.hypothesis import Hypothesis
from bot.incident.incident import Incident, require_open
from bot.incident.reply import Proposal, read_reply
from bot.incident.timeline import Kind
from bot.render import replies
from bot.store import events, hypotheses, incidents
from bot.store.engine import Tx
from bot.text.clean import untrusted
from bot.workflow import owe, permit
from bot.workflow.context import Answer, Asked, Context, SeveralIncidents, incident_for, note

# A reply is acknowledged without a word: one more message in the thread would be noise.
RECORDED = "ledger"
NOTED = "pushpin"  # what people use for "to the timeline" in other incident tools
# What one line of the ledger can hold on a phone without hiding the next one.
HYPOTHESIS_LIMIT = 500
NOTE_LIMIT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A person's message in a thread, as it now reads. `text` is Slack's markup.

    Args:
        author_id: Who wrote it, where that is not who asked for it to be recorded.
    """

    channel_id: str
    ts: str
    thread_ts: str
    text: str
    author_id: str = ""


def is_ours(tx: Tx, reply: Reply) -> bool:
    """Tell whether a reply is anything to us: under a card or a ledger, or in the ledger itself."""
    is_recorded = hypotheses.by_source(tx, reply.channel_id, reply.ts) is not None
    return is_recorded or incidents.by_thread(tx, reply.channel_id, reply.thread_ts) is not None


def key(channel_id: str, ts: str, edited_ts: str = "") -> str:
    """Return what tells a reply, as it reads since its last edit, from every other, whether it was sent or read back."""
    return f"said/{channel_id}/{ts}" + (f"/{edited_ts}" if edited_ts else "")


def said(tx: Tx, context: Context, asked: Asked, reply: Reply) -> Answer:
    """Record a member's reply under the ledger or the card; anywhere else, or anybody else's, is nobody's business."""
    if permit.standing(context, asked).is_outside:
        return None
    found = incidents.by_thread(tx, reply.channel_id, reply.thread_ts)
    if found is None:
        return None
    incident, thread = found
    if not incident.is_open:
        _note_late(tx, context, asked, incident, reply)
    elif thread == "card" or not _propose(tx, context, asked, incident, reply):
        _note(tx, context, asked, incident, reply)
    return None


def record(tx: Tx, context: Context, asked: Asked, reply: Reply) -> Answer:
    """Record any message as a hypothesis: somebody picked the shortcut, so it is one whatever it reads like."""
    incident = _meant(tx, asked, reply)
    known = hypotheses.by_source(tx, reply.channel_id, reply.ts)
    if known is not None:
        return replies.done(f"That message is {known.label} of #{known.incident_id} already.")
    added = add(tx, context, asked, incident, reply)
    return replies.done(f"Recorded as {added.label} of #{incident.id}.")


def add(tx: Tx, context: Context, asked: Asked, incident: Incident, reply: Reply) -> Hypothesis:
    """Write the next hypothesis into the ledger, and owe what follows from it."""
    now = context.clock.now()
    text = untrusted(read_reply(reply.text).text, HYPOTHESIS_LIMIT)
    added = hypotheses.add(
        tx,
        incident_id=incident.id,
        text=text,
        author_id=reply.author_id or asked.user_id,
        recorded_at=now,
        source_channel_id=reply.channel_id,
        source_ts=reply.ts,
    )
    note(tx, context, incident, Kind.HYPOTHESIS, f"{added.label}: {text}", asked)
    owe.edit(tx, incident, now, owe.EDIT_LEDGER)
    owe.again(tx, incident.id, owe.EVIDENCE, lane="work", now=now, payload={"number": added.number})
    return added


def edited(tx: Tx, context: Context, asked: Asked, reply: Reply) -> Answer:
    """Follow an edit: the ledger shows what the reply says now; a note that became a hypothesis is recorded."""
    if permit.standing(context, asked).is_outside:  # nobody's business; what a member recorded of it stays as it was
        return None
    known = hypotheses.by_source(tx, reply.channel_id, reply.ts)
    if known is None:
        return _note_edited(tx, context, asked, reply)
    changed = rules.edit(known, untrusted(read_reply(reply.text).text, HYPOTHESIS_LIMIT))
    if changed != known and keep(tx, context, known, changed):
        incident = _of(tx, known)
        note(tx, context, incident, Kind.HYPOTHESIS, f"{changed.label} now reads: {changed.text}", asked)
        owe.again(
            tx, incident.id, owe.EVIDENCE, lane="work", now=context.clock.now(), payload={"number": changed.number}
        )
    return None


def read_back(tx: Tx, context: Context, asked: Asked, reply: Reply) -> Answer:
    """Take a reply as it reads now; where it was edited meanwhile, its first wording need not be heard any more."""
    unedited = key(reply.channel_id, reply.ts)
    is_new = asked.key == unedited or events.first_time(tx, unedited, asked.origin, context.clock.now())
    if is_new and hypotheses.by_source(tx, reply.channel_id, reply.ts) is None:
        return said(tx, context, asked, reply)
    return edited(tx, context, asked, reply)


def deleted(tx: Tx, context: Context, asked: Asked, channel_id: str, ts: str) -> Answer:
    """Follow a deletion: the hypothesis is withdrawn, its number is not used again."""
    known = hypotheses.by_source(tx, channel_id, ts)
    if known is None:
        return None
    gone = rules.withdraw(known, now=context.clock.now())
    if gone != known and keep(tx, context, known, gone):
        note(tx, context, _of(tx, known), Kind.STATE, f"{gone.label} withdrawn: its reply was deleted", asked)
    return None


def keep(tx: Tx, context: Context, before: Hypothesis, after: Hypothesis) -> bool:
    """Store a changed hypothesis, let the incident follow, and resume the clock where its cause is gone.

    Returns:
        False when the incident is closed: its ledger stays as it stood at the end.
    """
    incident = _of(tx, before)
    if not incident.is_open:
        return False
    hypotheses.save(tx, after)
    followed = rules.follow(incident, before, after, hypotheses.of_incident(tx, incident.id))
    now = context.clock.now()
    if followed != incident:
        incidents.save(tx, followed)
        owe.dead_man(tx, followed, now)
        if followed.cause is None:
            owe.resume_clock(tx, followed, now)
    owe.edit(tx, followed, now)
    return True


def _meant(tx: Tx, asked: Asked, reply: Reply) -> Incident:
    """Return the incident in whose thread the message stands, else the only open one of the channel."""
    found = incidents.by_thread(tx, reply.channel_id, reply.thread_ts) if reply.thread_ts else None
    if found is not None:
        return require_open(found[0])
    try:
        return incident_for(tx, asked, None)
    except SeveralIncidents as several:  # a picker could run words again, and there are none
        numbers = ", ".join(f"#{one.id}" for one in several.choices)
        raise UserError(f"{numbers} are open here. Write it in the thread of the one that it is about.") from None


def _propose(tx: Tx, context: Context, asked: Asked, incident: Incident, reply: Reply) -> bool:
    if hypotheses.by_source(tx, reply.channel_id, reply.ts) is not None:
        return True
    ledger = hypotheses.of_incident(tx, incident.id)
    if not isinstance(read_reply(reply.text, highest=len(ledger)), Proposal):
        return False
    add(tx, context, asked, incident, reply)
    owe.react(tx, reply.channel_id, reply.ts, RECORDED, context.clock.now())
    return True


def _note(tx: Tx, context: Context, asked: Asked, incident: Incident, reply: Reply) -> None:
    note(tx, context, incident, Kind.NOTE, untrusted(read_reply(reply.text).text, NOTE_LIMIT), asked)
    owe.react(tx, reply.channel_id, reply.ts, NOTED, context.clock.now())


def _note_edited(tx: Tx, context: Context, asked: Asked, reply: Reply) -> Answer:
    """Keep a note's new words beside the old ones; under the ledger it may read like a hypothesis by now."""
    found = incidents.by_thread(tx, reply.channel_id, reply.thread_ts)
    if found is None:
        return None
    incident, thread = found
    if not (incident.is_open and thread == "hypotheses" and _propose(tx, context, asked, incident, reply)):
        text = untrusted(read_reply(reply.text).text, NOTE_LIMIT)
        note(tx, context, incident, Kind.NOTE, f"a note now reads: {text}", asked)
    return None


def _note_late(tx: Tx, context: Context, asked: Asked, incident: Incident, reply: Reply) -> None:
    _note(tx, context, asked, incident, reply)
    closed = replies.done(
        f"#{incident.id} is resolved, so this is kept as a note. If it is not over: /incident reopen #{incident.id}"
    )
    owe.whisper(tx, reply.channel_id, asked.user_id, reply.thread_ts, closed, context.clock.now())


def _of(tx: Tx, hypothesis: Hypothesis) -> Incident:
    incident = incidents.get(tx, hypothesis.incident_id)
    if incident is None:  # a foreign key says that this cannot be
        raise LookupError(f"hypothesis {hypothesis.id} belongs to no incident")
    return incident
