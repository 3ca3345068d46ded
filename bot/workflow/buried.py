"""What is written where a job was given up: nobody would miss it otherwise."""

from bot.incident.timeline import Entry, Kind
from bot.store import timeline
from bot.store.engine import Tx
from bot.store.jobs import Job
from bot.text.clean import untrusted
from bot.workflow import owe, triage
from bot.workflow.context import Context, incident_numbered

# The reason may be an exception, and that may quote a line of a log.
REASON_LIMIT = 300


def note_buried(context: Context, tx: Tx, job: Job, why: str) -> None:
    """Write into the timeline what could not be done; a triage's card would else say for ever that it is running."""
    if job.incident_id is not None:
        text = untrusted(f"{job.kind} could not be done: {why}", REASON_LIMIT)
        timeline.append(tx, Entry(incident_id=job.incident_id, at=context.clock.now(), kind=Kind.NOTE, text=text))
        if job.kind == owe.TRIAGE:
            triage.give_up(tx, context, job.incident_id)
        # the card says that Slack keeps no call, or that one is on its way
        if job.kind in {owe.DEAD_MAN, owe.CALL_KIND}:
            owe.edit(tx, incident_numbered(tx, job.incident_id), context.clock.now(), owe.EDIT_CARD)
