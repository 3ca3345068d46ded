"""What the clock reads at the moment of its decision: whether users are still hurt, and what a rollback could undo."""

import shlex
from dataclasses import dataclass

from bot.incident import escalation
from bot.incident.effect import Effect
from bot.incident.escalation import Undo
from bot.incident.incident import Incident
from bot.render.rollback import Audience, Proposal, Reading
from bot.settings import ServiceSettings
from bot.triage import changes
from bot.triage.recovery import Baseline, Recovery, frozen_baseline
from bot.triage.summary import ChangeLog, Next
from bot.workflow.context import Context
from bot.workflow.readers import Readers, ServiceTriage
from bot.workflow.triage import Triaged, first, latest, services_of

# The worst answer counts: one service that fails is a failure, one that cannot be read leaves all of them unknown.
_WORST = (Effect.AFFECTED, Effect.UNKNOWN, Effect.RECOVERED)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known at one moment, apart from the incident itself."""

    recovery: Recovery
    undo: Undo
    proposal: Proposal
    audience: Audience

    @property
    def reading(self) -> Reading:
        """The effect in the words of the call."""
        if self.recovery.state is Effect.UNKNOWN:
            return Reading(problem=self.recovery.words)
        return Reading(words=self.recovery.words)


def read(context: Context, readers: Readers, incident: Incident) -> Situation:
    """Read the log's last minutes and the deploys, now. Never raises for a source: what failed is unknown."""
    with context.store.reading() as tx:
        frozen, triaged = first(tx, incident.id), latest(tx, incident.id)
    now = context.clock.now()
    focus = triaged.first if triaged else None
    settings = context.service(focus.service if focus else incident.service)
    fresh = readers.changes(settings, now) if settings else None
    proposal = propose(context, incident, triaged, fresh)
    return Situation(
        recovery=recovery(context, readers, incident, frozen),
        undo=undoable(context, proposal, settings),
        proposal=proposal,
        audience=_audience(settings),
    )


def recovery(context: Context, readers: Readers, incident: Incident, frozen: Triaged | None) -> Recovery:
    """Say whether users are still hurt, by the logs of every service the incident may be about."""
    baselines = {one.service: _baseline(one) for one in (frozen.ranked if frozen else ())}
    now = context.clock.now()
    answers = [
        readers.recovery(name, settings, baselines.get(name), now)
        for name, settings in services_of(context, incident).items()
    ]
    if not answers:
        return Recovery(Effect.UNKNOWN, "no service with a log is configured")
    return min(answers, key=lambda answer: _WORST.index(answer.state))


def propose(context: Context, incident: Incident, triaged: Triaged | None, fresh: ChangeLog | None = None) -> Proposal:
    """Return what to undo: by the newest list of deploys where it could be read, and the triage's clues."""
    focus = triaged.first if triaged else None
    if focus is None:
        return Proposal(next=Next(incident.rollback_due_at, None, None))
    following = (
        focus.investigation.report.next if fresh is None or not _tells(fresh) else _assess(focus, incident, fresh)
    )
    settings = context.service(focus.service)
    back_to = following.previous
    template = (settings.rollback_command if settings else None) or ""
    # A tag's name comes from outside, and the command is made to be pasted into a shell.
    command = template.replace("{previous}", shlex.quote(back_to.name or back_to.revision)) if back_to else ""
    return Proposal(next=following, command=command)


def undoable(context: Context, proposal: Proposal, settings: ServiceSettings | None) -> Undo:
    """Say whether there is anything to roll back that is still fresh."""
    deploy = proposal.next.deploy
    horizon = settings.rollback_horizon if settings else escalation.ROLLBACK_HORIZON
    return escalation.undoable(
        deploy.at if deploy else None,
        proven=deploy is not None and deploy.kind == "deploy",
        now=context.clock.now(),
        horizon=horizon,
    )


def _baseline(one: ServiceTriage) -> Baseline | None:
    return frozen_baseline(one.investigation.summary, one.investigation.report.scope.onset)


def _tells(changelog: ChangeLog) -> bool:
    return bool(changelog.deploys or changelog.commits)


def _assess(focus: ServiceTriage, incident: Incident, fresh: ChangeLog) -> Next:
    summary = focus.investigation.summary
    return changes.assess(
        fresh,
        onset=focus.investigation.report.scope.onset,
        groups=summary.groups,
        fields=summary.fields,
        at=incident.started_at,
        rollback_after=incident.rollback_after,
        window_to_baseline=summary.request.window.duration / summary.request.baseline.duration,
    )[1]


def _audience(settings: ServiceSettings | None) -> Audience:
    if settings is None:
        return Audience()
    return Audience(oncall=settings.oncall or "", escalate_to=(settings.escalate_to,) if settings.escalate_to else ())
