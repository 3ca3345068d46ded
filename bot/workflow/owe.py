"""The jobs that verbs owe: their kinds, and one function to owe each of them.

Cards and ledgers are rendered when they are sent, from what is stored then; what the clock says is rendered when it is
decided and kept as it is, so that a late post still says what was true.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.incident import escalation
from bot.incident.escalation import Look
from bot.incident.incident import Incident
from bot.incident.timeline import Kind
from bot.render.message import Message, View
from bot.store import jobs, timeline
from bot.store.engine import Tx

# lane "slack": one call of Slack each
POST_CARD: Final = "post_card"
EDIT_CARD: Final = "edit_card"
PERMALINK: Final = "permalink"
POST_LEDGER: Final = "post_ledger"
EDIT_LEDGER: Final = "edit_ledger"
POST_FINDINGS: Final = "post_findings"
SAY: Final = "say"  # SAY + ":" + what, so that the third of a kind is one post for ever
REACT: Final = "react"
RESPOND: Final = "respond"
WHISPER: Final = "whisper"
HOME: Final = "home"
EXPORT: Final = "export"
DEAD_MAN: Final = "dead_man"  # keeps what waits in Slack itself in line with what is stored

# What nobody waits for while Slack does not take it; the card, the notes and the calls do not wait for it either.
UPKEEP_KINDS: Final = (DEAD_MAN, REACT, HOME, RESPOND)

# lane "triage": reads logs and repositories, for a minute perhaps
TRIAGE: Final = "triage"

# lane "work": draws, and looks things up in what was read
CHART: Final = "chart"
TRACE: Final = "trace"
EVIDENCE: Final = "evidence"

# lane "clock": never behind a triage
HEADS_UP: Final = "heads_up"
LOOK: Final = "look"
WATCH: Final = "watch"
CLOCK_KINDS: Final = (HEADS_UP, LOOK, WATCH)

# lane "reading": waits for its turns with Slack, and nothing else for it
CATCH_UP: Final = "catch_up"  # reads the threads of an incident back

CLOCK_WORDS: Final = ("recovered", "not_affected", "gave_up", "back", "no_recovery")  # under SAY, unasked
CALL: Final = "call"  # what a rollback call is under SAY; its n counts all that were ever owed
CALL_KIND: Final = f"{SAY}:{CALL}"
HEADS_UP_KIND: Final = f"{SAY}:{HEADS_UP}"

# After the calls themselves, before everything else: Slack takes nothing back in the last minute.
DEAD_MAN_PRIORITY = jobs.CLOCK_PRIORITY - 1

# Of one message. docs.slack.dev, chat.update: tier 3, 50 a minute of all messages together.
EDITS_APART: Final = timedelta(seconds=1)


def start(tx: Tx, incident: Incident, *, response_url: str, typed: str) -> None:
    """Owe everything that a new incident needs: the card, the triage, the ledger and the clock."""
    at = incident.started_at
    payload = {"response_url": response_url, "typed": typed}
    card = jobs.enqueue(tx, incident.id, POST_CARD, due_at=at, lane="slack", payload=payload)
    jobs.enqueue(tx, incident.id, POST_LEDGER, due_at=at, lane="slack", depends_on=card)
    triage(tx, incident, at)
    heads_up(tx, incident, at)
    look(tx, incident, escalation.first_look(incident, at))


def place(tx: Tx, incident: Incident, now: datetime) -> None:
    """Owe the card and the ledger of an incident once more that ended before it had a place, unless they are owed."""
    card = None
    if incident.card_ts is None and not jobs.pending(tx, incident.id, POST_CARD):
        card = again(tx, incident.id, POST_CARD, lane="slack", now=now, payload={"typed": "start"})
    if incident.hypotheses_ts is None and not jobs.pending(tx, incident.id, POST_LEDGER):
        again(tx, incident.id, POST_LEDGER, lane="slack", now=now, depends_on=card)


def never_placed(tx: Tx, incident: Incident) -> bool:
    """Return whether an incident ended, and what has no place in its threads yet has nothing to wait for any more."""
    return not incident.is_open and not any(jobs.pending(tx, incident.id, kind) for kind in (POST_CARD, POST_LEDGER))


def triage(tx: Tx, incident: Incident, now: datetime) -> None:
    """Owe a triage, the next one of this incident."""
    again(tx, incident.id, TRIAGE, lane="triage", now=now)


def heads_up(tx: Tx, incident: Incident, now: datetime) -> None:
    """Owe the warning before the first call, where its time is yet to come."""
    due = escalation.heads_up_at(incident)
    if now < due:
        again(tx, incident.id, HEADS_UP, lane="clock", now=due, priority=jobs.CLOCK_PRIORITY)


def look(tx: Tx, incident: Incident, following: Look, *, after: int | None = None, after_call: bool = False) -> None:
    """Owe the next look of the clock.

    `after` is the n of the look that decided this one, and is done with it: a repeat owes nothing twice. Without it the
    new look stands instead of any that is pending. `after_call`: it repeats a call, which people know of by then.
    """
    n = jobs.next_n(tx, incident.id, LOOK) if after is None else after + 1
    if after is None:
        jobs.cancel(tx, incident.id, [LOOK])
    payload = {"call": following.n, "after_call": after_call}
    jobs.enqueue(
        tx, incident.id, LOOK, n, due_at=following.at, lane="clock", payload=payload, priority=jobs.CLOCK_PRIORITY
    )


def pending_look(tx: Tx, incident: Incident) -> Look | None:
    """Return the clock's next look; None where only a person can set it going again."""
    waiting = jobs.pending(tx, incident.id, LOOK)
    return Look(waiting[-1].payload["call"], waiting[-1].due_at) if waiting else None


def calling(tx: Tx, incident: Incident) -> bool:
    """Return whether a rollback call is decided and not posted yet."""
    return bool(jobs.pending(tx, incident.id, CALL_KIND))


def resume_clock(tx: Tx, incident: Incident, now: datetime) -> Look:
    """Owe the look that is due once nothing holds the clock back: an overdue call is made at once.

    But whoever presses twice must not be called twice: after a call it is the next one's time on the original clock,
    or, where that is past or too near, one repeat later.
    """
    following = escalation.first_look(incident, now, n=next_call(tx, incident))
    called = [entry.at for entry in timeline.of_incident(tx, incident.id) if entry.kind == Kind.ROLLBACK_CALL]
    if called:
        every, on_time = escalation.repeat_every(incident), escalation.call_at(incident, following.n)
        soonest = on_time if on_time - max(called) >= every / 2 else max(called) + every
        following = replace(following, at=max(following.at, soonest))
    look(tx, incident, following)
    dead_man(tx, incident, now)
    return following


def next_call(tx: Tx, incident: Incident) -> int:
    """Return the number of the next rollback call; who sets the clock going after the last one begins another round."""
    made = jobs.posted(tx, incident.id, CALL_KIND) + calling(tx, incident)
    return made % escalation.MAX_CALLS + 1


def watch(tx: Tx, incident: Incident, at: datetime) -> None:
    """Owe the next look of the watch after a rollback."""
    n = jobs.next_n(tx, incident.id, WATCH)
    jobs.enqueue(tx, incident.id, WATCH, n, due_at=at, lane="clock", priority=jobs.CLOCK_PRIORITY)


def edit(tx: Tx, incident: Incident, now: datetime, *kinds: str) -> None:
    """Owe an edit of the card, the ledger, or both; one that waits already will show this change too.

    The first change is shown at once; those of the second that follows it are one edit.
    """
    for kind in kinds or (EDIT_CARD, EDIT_LEDGER):
        due_at = _next_edit(jobs.last_due(tx, incident.id, kind), now)
        _once_more(tx, incident.id, kind, due_at, lane="slack")


def dead_man(tx: Tx, incident: Incident, now: datetime) -> None:
    """Owe that what waits in Slack is brought in line; one job that waits already will see this change too."""
    _once_more(tx, incident.id, DEAD_MAN, now, lane="slack", priority=DEAD_MAN_PRIORITY)


def catch_up(tx: Tx, incident_id: int, due_at: datetime) -> None:
    """Owe a reading of the incident's threads."""
    _once_more(tx, incident_id, CATCH_UP, due_at, lane="reading")


def _next_edit(last_due: datetime | None, now: datetime) -> datetime:
    # No later than that, also where the clock was set back meanwhile.
    return now if last_due is None else min(max(now, last_due + EDITS_APART), now + EDITS_APART)


def say(
    tx: Tx,
    incident: Incident,
    what: str,
    n: int,
    message: Message,
    now: datetime,
    *,
    thread: str = "card",
    broadcast: bool = False,
    priority: int = jobs.ROUTINE_PRIORITY,
    look_due: datetime | None = None,
    by_slack: Message | None = None,
) -> None:
    """Owe a message in one of the incident's threads, as it reads now; once for each incident, `what` and n.

    `look_due` is when a rollback call was due behind which a message may wait in Slack; `by_slack` is how the call reads
    where that one was posted instead.
    """
    payload = {"text": message.text, "blocks": list(message.blocks), "thread": thread, "broadcast": broadcast}
    if look_due is not None:
        payload["look_due"] = look_due.isoformat()
    if by_slack is not None:
        payload["by_slack"] = {"text": by_slack.text, "blocks": list(by_slack.blocks)}
    jobs.enqueue(tx, incident.id, f"{SAY}:{what}", n, due_at=now, lane="slack", payload=payload, priority=priority)


def say_next(tx: Tx, incident: Incident, what: str, message: Message, now: datetime, **how: Any) -> None:
    """Owe one more message of a kind that may come any number of times."""
    say(tx, incident, what, jobs.next_n(tx, incident.id, f"{SAY}:{what}"), message, now, **how)


def react(tx: Tx, channel_id: str, ts: str, name: str, now: datetime) -> None:
    """Owe a reaction to somebody's message."""
    payload = {"channel_id": channel_id, "ts": ts, "name": name}
    jobs.enqueue(tx, None, REACT, due_at=now, lane="slack", payload=payload, priority=jobs.COURTESY_PRIORITY)


def respond(tx: Tx, response_url: str, message: Message, now: datetime) -> None:
    """Owe an ephemeral answer by response_url; without one there is nobody to answer."""
    if response_url:
        payload = {"response_url": response_url, "text": message.text, "blocks": list(message.blocks)}
        jobs.enqueue(tx, None, RESPOND, due_at=now, lane="slack", payload=payload)


def whisper(tx: Tx, channel_id: str, user_id: str, thread_ts: str | None, message: Message, now: datetime) -> None:
    """Owe a word that one person sees, where no response_url was given."""
    payload = {
        "channel_id": channel_id,
        "user_id": user_id,
        "thread_ts": thread_ts,
        "text": message.text,
        "blocks": list(message.blocks),
    }
    jobs.enqueue(tx, None, WHISPER, due_at=now, lane="slack", payload=payload)


def publish_home(tx: Tx, user_id: str, view: View, now: datetime) -> None:
    """Owe the app's home to one person."""
    payload = {"user_id": user_id, "view": view}
    jobs.enqueue(tx, None, HOME, due_at=now, lane="slack", payload=payload, priority=jobs.COURTESY_PRIORITY)


def again(tx: Tx, incident_id: int, kind: str, *, lane: jobs.Lane, now: datetime, **how: Any) -> int | None:
    """Owe one more job of a kind that may come any number of times, and return its id."""
    return jobs.enqueue(tx, incident_id, kind, jobs.next_n(tx, incident_id, kind), due_at=now, lane=lane, **how)


def _once_more(
    tx: Tx,
    incident_id: int,
    kind: str,
    due_at: datetime,
    *,
    lane: jobs.Lane,
    priority: int = jobs.ROUTINE_PRIORITY,
) -> None:
    """Owe a job that takes everything into account that is stored when it runs; one that waits is enough."""
    waiting = jobs.pending(tx, incident_id, kind)
    if not any(job.owner is None for job in waiting):
        # After the one in somebody's hands, which may have read what stood a moment ago.
        after = waiting[-1].id if waiting else None
        n = jobs.next_n(tx, incident_id, kind)
        jobs.enqueue(tx, incident_id, kind, n, due_at=due_at, lane=lane, depends_on=after, priority=priority)
