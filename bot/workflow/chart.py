"""The picture of errors a minute, in the card's thread: drawn in a process of its own, uploaded once."""

from bot.render.words import count
from bot.slack.outbox import Outbox
from bot.store.jobs import Job
from bot.workflow import owe
from bot.workflow.context import Context, incident_numbered
from bot.workflow.readers import Readers
from bot.workflow.triage import latest
from bot.workflow.work import Done, Outcome, delivery, not_yet


def post(context: Context, readers: Readers, outbox: Outbox, job: Job) -> Outcome:
    """Draw and upload one service's chart."""
    with context.store.reading() as tx:
        incident = incident_numbered(tx, job.incident_id or 0)
        triaged, never = latest(tx, incident.id), owe.never_placed(tx, incident)
    found = [one for one in (triaged.ranked if triaged else ()) if one.service == job.payload["service"]]
    if not found:
        return Done()
    if incident.card_ts is None:
        return Done() if never else not_yet(job, context.clock.now(), "the card is not posted yet")
    report, summary = found[0].investigation.report, found[0].investigation.summary
    title = f"Errors a minute, {found[0].service}"
    alt = f"{title}: {count(report.scope.errors, 'error')} in {count(report.scope.events, 'event')}"
    outbox.upload(
        incident.channel_id,
        readers.chart(report, summary.series),
        delivery=delivery(job),
        suffix="png",
        title=title,
        alt_text=alt,
        thread_ts=incident.card_ts,
    )
    return Done()
