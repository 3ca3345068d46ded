"""The picture of errors a minute, in the card's thread: drawn in a process of its own, uploaded once."""

from bot.render.words import count
from bot.slack.errors import RateLimited
from bot.slack.outbox import Outbox
from bot.store.jobs import Job
from bot.workflow import owe
from bot.workflow.context import Context, incident_numbered
from bot.workflow.readers import Readers
from bot.workflow.triage import latest
from bot.workflow.work import Done, Outcome, delivery, not_yet

# Some 40 kB each, as many as wait when twenty incidents of three services start in one channel; others are drawn again.
MOST_KEPT = 64


class Charts:
    """The handler of the job; it keeps a picture that Slack does not take yet, since drawing takes one of the readers a second."""

    def __init__(self, context: Context, readers: Readers, outbox: Outbox) -> None:
        self._context = context
        self._readers = readers
        self._outbox = outbox
        self._kept: dict[int, tuple[bytes, str]] = {}  # by job: the picture, and what it shows in words

    def post(self, job: Job) -> Outcome:
        """Draw and upload one service's chart."""
        with self._context.store.reading() as tx:
            incident = incident_numbered(tx, job.incident_id or 0)
            triaged, never = latest(tx, incident.id), owe.never_placed(tx, incident)
        found = [one for one in (triaged.ranked if triaged else ()) if one.service == job.payload["service"]]
        if not found:
            return Done()
        if incident.card_ts is None:
            return Done() if never else not_yet(job, self._context.clock.now(), "the card is not posted yet")
        title = f"Errors a minute, {found[0].service}"
        drawn = self._kept.pop(job.id, None)
        if drawn is None:
            report, summary = found[0].investigation.report, found[0].investigation.summary
            alt = f"{title}: {count(report.scope.errors, 'error')} in {count(report.scope.events, 'event')}"
            drawn = self._readers.chart(report, summary.series), alt
        try:
            self._outbox.upload(
                incident.channel_id,
                drawn[0],
                delivery=delivery(job),
                suffix="png",
                title=title,
                alt_text=drawn[1],
                thread_ts=incident.card_ts,
            )
        except RateLimited:
            self._kept[job.id] = drawn
            if len(self._kept) > MOST_KEPT:  # the oldest: another replica may have uploaded it
                self._kept.pop(min(list(self._kept)), None)
            raise
        return Done()
