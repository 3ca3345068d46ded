"""What the logs and deploys know about a hypothesis, and one request that somebody asked to see."""

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import SourceError
from bot.incident.command import ShowTrace
from bot.incident.hypothesis import Hypothesis, HypothesisState, add_evidence
from bot.incident.incident import Incident
from bot.incident.timeline import Kind
from bot.render import findings, replies
from bot.render.hypotheses import evidence as answer
from bot.render.words import minutes
from bot.store import hypotheses
from bot.store.engine import Tx
from bot.store.jobs import Job
from bot.text.clean import untrusted
from bot.triage import trace as rules
from bot.triage.evidence import Sentence, TraceWanted, find_evidence
from bot.workflow import owe
from bot.workflow.context import Answer, Asked, Context, incident_for, incident_numbered, note
from bot.workflow.readers import Readers
from bot.workflow.triage import latest, services_of
from bot.workflow.work import Done, Outcome, not_yet

if TYPE_CHECKING:
    from bot.triage.summary import TraceRecord

SENTENCE_LIMIT = 400
# More sentences than this under one hypothesis answer nothing at a glance.
MOST_SENTENCES = 4


def find(context: Context, job: Job) -> Outcome:
    """Look a hypothesis up in the newest triage; answer it only where something was found."""
    with context.store.reading() as tx:
        incident = incident_numbered(tx, job.incident_id or 0)
        hypothesis = hypotheses.get(tx, incident.id, job.payload["number"])
        triaged = latest(tx, incident.id)
    if hypothesis is None or hypothesis.state is HypothesisState.WITHDRAWN:
        return Done()
    if triaged is None and not incident.is_open:
        return Done()  # it ended before there was a triage
    if triaged is None:
        return not_yet(job, context.clock.now(), "the triage is still running")
    found = [
        piece
        for one in triaged.ranked
        for piece in find_evidence(hypothesis.text, one.investigation.report, one.investigation.summary)
    ]
    sentences = [untrusted(piece.text, SENTENCE_LIMIT) for piece in found if isinstance(piece, Sentence)]
    wanted = [piece.id for piece in found if isinstance(piece, TraceWanted)]
    if not found:
        return Done()
    return Done(effect=lambda tx: _store(tx, context, hypothesis, sentences[:MOST_SENTENCES], wanted[:1]))


def ask_trace(tx: Tx, context: Context, asked: Asked, command: ShowTrace) -> Answer:
    """Owe the trace of a request; it comes into the card's thread, where everybody sees it."""
    incident = incident_for(tx, asked, command.number)
    _owe_trace(tx, context, incident, command.trace_id, thread="card")
    note(tx, context, incident, Kind.ASKED, f"trace {command.trace_id}", asked)
    return replies.done(f"Tracing {command.trace_id}; it comes into the thread of #{incident.id}.")


def trace(context: Context, readers: Readers, job: Job) -> Outcome:
    """Follow a request through every log of the incident, and post it."""
    with context.store.reading() as tx:
        incident = incident_numbered(tx, job.incident_id or 0)
    trace_id, now = job.payload["id"], context.clock.now()
    records: list[TraceRecord] = []
    problems: list[str] = []
    services = services_of(context, incident)
    for name, settings in services.items():
        try:
            found, said = readers.trace(name, settings, trace_id, now)
            records += found
            problems += said
        except SourceError as error:
            problems.append(str(error))
    records.sort(key=lambda record: record.at)
    if records:
        message = findings.trace(rules.trace_of(trace_id, records), problems)
    else:
        reach = max((one.window + one.baseline for one in services.values()), default=timedelta())
        nothing = f"No line of the last {minutes(reach)} carries {trace_id}."
        message = replies.done(" ".join((nothing, *problems)))

    def store(tx: Tx) -> None:
        owe.say_next(tx, incident, "trace", message, context.clock.now(), thread=job.payload["thread"])
        note(tx, context, incident, Kind.NOTE, f"trace {trace_id}: {len(records)} lines")

    return Done(effect=store)


def _store(tx: Tx, context: Context, looked_up: Hypothesis, sentences: list[str], wanted: list[str]) -> None:
    hypothesis = hypotheses.get(tx, looked_up.incident_id, looked_up.number)
    if hypothesis is None or hypothesis.text != looked_up.text:
        return  # edited meanwhile: the edit has owed a look of its own
    incident, now = incident_numbered(tx, looked_up.incident_id), context.clock.now()
    if sentences:
        backed = add_evidence(hypothesis, sentences)
        hypotheses.save(tx, backed)
        owe.edit(tx, incident, now, owe.EDIT_LEDGER)
        owe.say_next(tx, incident, "evidence", answer(backed, sentences), now, thread="hypotheses")
    for trace_id in wanted:
        _owe_trace(tx, context, incident, trace_id, thread="hypotheses")


def _owe_trace(tx: Tx, context: Context, incident: Incident, trace_id: str, *, thread: str) -> None:
    payload = {"id": trace_id, "thread": thread}
    owe.again(tx, incident.id, owe.TRACE, lane="work", now=context.clock.now(), payload=payload)
