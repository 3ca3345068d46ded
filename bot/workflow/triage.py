"""The triage as a job: read every service the incident may be about, rank them, store what was found, owe its posts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import orjson

from bot.incident import escalation
from bot.incident import incident as rules
from bot.incident.command import RunTriage
from bot.incident.incident import Incident
from bot.incident.timeline import Kind
from bot.render import replies
from bot.render.card import TriageFailed
from bot.render.findings import verdicts
from bot.settings import ServiceSettings
from bot.store import incidents, jobs, triages, values
from bot.store.engine import Tx
from bot.store.jobs import Job
from bot.triage.report import as_json
from bot.triage.summary import Report, Verdict
from bot.workflow import owe
from bot.workflow.context import Answer, Asked, Context, incident_for, incident_numbered, note
from bot.workflow.readers import Readers, ServiceTriage
from bot.workflow.work import Done, Outcome

# Findings of more services than this are a list nobody reads at night; the others are in the report.
SERVICES_SHOWN = 3

_HURT = (Verdict.EVERYONE, Verdict.SUBSET)


@dataclass(frozen=True, slots=True)
class Triaged:
    """What a triage came to: the services, the most hurt first; none, and `problem`, when there was nothing to read."""

    ranked: tuple[ServiceTriage, ...]
    problem: str = ""

    @property
    def first(self) -> ServiceTriage | None:
        """The service that the card speaks of."""
        return self.ranked[0] if self.ranked else None


def again(tx: Tx, context: Context, asked: Asked, command: RunTriage) -> Answer:
    """Run it again: the card and the thread will show what has changed."""
    incident = rules.require_open(incident_for(tx, asked, command.number))
    if jobs.pending(tx, incident.id, owe.TRIAGE):
        return replies.done(f"#{incident.id}: triage is running already.")
    owe.triage(tx, incident, context.clock.now())
    note(tx, context, incident, Kind.ASKED, "triage again", asked)
    return replies.done(f"#{incident.id}: triage is running again.")


def run(context: Context, readers: Readers, job: Job) -> Outcome:
    """Read, outside of any transaction; then store and owe."""
    with context.store.reading() as tx:
        incident = incident_numbered(tx, job.incident_id or 0)
    if not incident.is_open:
        return Done()
    services = services_of(context, incident)
    if not services:
        named = f"{incident.service} is not" if incident.service else "No service is"
        triaged = Triaged((), f"{named} in the configuration: add [service.NAME] there")
    else:
        triaged = Triaged(tuple(sorted(readers.investigate(services, context.clock.now()), key=_rank)))
    # Made into bytes here, since nobody else can write while the transaction lasts.
    reports, summary = _reports(triaged), values.dump(triaged)
    return Done(effect=lambda tx: _store(tx, context, incident.id, triaged, reports, summary))


def give_up(tx: Tx, context: Context, incident_id: int) -> None:
    """Say on the card that the triage failed, where it would go on to say that it is running."""
    if triages.first(tx, incident_id) is not None:
        return  # it was run again: what was found before still stands
    triaged = Triaged((), "It failed several times; the bot's own log says why. To run it again: Triage again.")
    _store(tx, context, incident_id, triaged, _reports(triaged), values.dump(triaged))


def services_of(context: Context, incident: Incident) -> Mapping[str, ServiceSettings]:
    """Return the services that the incident may be about: its own, else all of them."""
    if incident.service is None:
        return context.settings.service
    settings = context.service(incident.service)
    return {} if settings is None else {incident.service: settings}


def latest(tx: Tx, incident_id: int) -> Triaged | None:
    """Return the newest triage, or None while the first one runs."""
    stored = triages.latest(tx, incident_id)
    return None if stored is None else values.load(Triaged, stored.summary)


def first(tx: Tx, incident_id: int) -> Triaged | None:
    """Return the first triage: its baseline stays the baseline, so that the incident cannot move it."""
    stored = triages.first(tx, incident_id)
    return None if stored is None else values.load(Triaged, stored.summary)


def for_card(triaged: Triaged | None) -> Report | TriageFailed | None:
    """Return what the card shows of a triage."""
    if triaged is None:
        return None
    return triaged.first.investigation.report if triaged.first else TriageFailed(triaged.problem)


def _reports(triaged: Triaged) -> bytes:
    return orjson.dumps({one.service: as_json(one.investigation.report) for one in triaged.ranked})


def _store(tx: Tx, context: Context, incident_id: int, triaged: Triaged, reports: bytes, summary: bytes) -> None:
    incident = incident_numbered(tx, incident_id)
    now = context.clock.now()
    triages.save(tx, incident_id, reports, summary, now)
    changed = _learn(incident, triaged)
    incidents.save(tx, changed)
    note(tx, context, changed, Kind.TRIAGE, _line(triaged))
    owe.edit(tx, changed, now, owe.EDIT_CARD)
    owe.dead_man(tx, changed, now)
    for one in triaged.ranked[:SERVICES_SHOWN]:
        payload = {"service": one.service}
        above = owe.again(tx, incident_id, owe.POST_FINDINGS, lane="slack", now=now, payload=payload)
        if one.investigation.report.scope.events:
            owe.again(tx, incident_id, owe.CHART, lane="work", now=now, payload=payload, depends_on=above)
    if escalation.offer_at_once(changed, changed.onset_at, now):
        owe.resume_clock(tx, changed, now)


def _learn(incident: Incident, triaged: Triaged) -> Incident:
    """Return the incident with what the triage settled: the onset, and the service where only one is hurt."""
    hurt = [one for one in triaged.ranked if one.investigation.report.scope.verdict in _HURT]
    if incident.service is None and len(hurt) == 1:
        incident = replace(incident, service=hurt[0].service)
    onset = triaged.first.investigation.report.scope.onset if triaged.first else None
    return replace(incident, onset_at=onset.at) if onset is not None and incident.onset_at is None else incident


def _rank(one: ServiceTriage) -> tuple[bool, float, int, str]:
    """Order by hurt or not, then by how far the error rate rose, then by errors, then by name."""
    scope = one.investigation.report.scope
    rise = (scope.error_rate or 0.0) - (scope.baseline_rate or 0.0)
    return (scope.verdict not in _HURT, -rise, -scope.errors, one.service)


def _line(triaged: Triaged) -> str:
    if triaged.first is None:
        return triaged.problem
    found = (f"{verdict.step}: {verdict.outcome}" for verdict in verdicts(triaged.first.investigation.report))
    return f"{triaged.first.service}. {', '.join(found)}"
