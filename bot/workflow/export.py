"""`/incident export`: the incident as two files in the card's thread, Markdown to edit and JSON to compute with."""

from dataclasses import asdict

import orjson

from bot.incident.command import Export
from bot.incident.timeline import Kind
from bot.render import replies
from bot.render.export import markdown
from bot.slack.outbox import Outbox
from bot.store import hypotheses, timeline, triages
from bot.store.engine import Tx
from bot.store.jobs import Job
from bot.workflow import owe
from bot.workflow.context import Answer, Asked, Context, incident_numbered, note
from bot.workflow.resolve import named_or_last
from bot.workflow.triage import latest
from bot.workflow.work import Done, Outcome, delivery, not_yet

FORMS = ("md", "json")


def ask(tx: Tx, context: Context, asked: Asked, command: Export) -> Answer:
    """Owe the two files."""
    incident = named_or_last(tx, asked, command.number)
    for form in FORMS:
        payload = {"form": form}
        owe.again(tx, incident.id, owe.EXPORT, lane="slack", now=context.clock.now(), payload=payload)
    note(tx, context, incident, Kind.ASKED, "export", asked)
    return replies.done(f"The export comes into the thread of #{incident.id}.")


def post(context: Context, outbox: Outbox, job: Job) -> Outcome:
    """Write one of the files from what is stored now, and upload it."""
    form = job.payload["form"]
    with context.store.reading() as tx:
        incident = incident_numbered(tx, job.incident_id or 0)
        never = owe.never_placed(tx, incident)
        content = _markdown(tx, incident.id) if form == "md" else _json(tx, incident.id)
    if incident.card_ts is None:
        return Done() if never else not_yet(job, context.clock.now(), "the card is not posted yet")
    outbox.upload(
        incident.channel_id,
        content,
        delivery=delivery(job),
        suffix=form,
        title=f"Incident {incident.id}.{form}",
        thread_ts=incident.card_ts,
    )
    return Done()


def _markdown(tx: Tx, incident_id: int) -> bytes:
    triaged = latest(tx, incident_id)
    report = triaged.first.investigation.report if triaged and triaged.first else None
    entries, ledger = timeline.of_incident(tx, incident_id), hypotheses.of_incident(tx, incident_id)
    return markdown(incident_numbered(tx, incident_id), entries, ledger, report).encode()


def _json(tx: Tx, incident_id: int) -> bytes:
    stored = triages.latest(tx, incident_id)
    incident = asdict(incident_numbered(tx, incident_id))
    incident["rollback_after"] = incident["rollback_after"].total_seconds()
    whole = {
        "incident": incident,
        "timeline": [asdict(entry) for entry in timeline.of_incident(tx, incident_id)],
        "hypotheses": [asdict(one) for one in hypotheses.of_incident(tx, incident_id)],
        "triage": orjson.Fragment(stored.report) if stored else None,  # the report of each service, version 1
    }
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2)
