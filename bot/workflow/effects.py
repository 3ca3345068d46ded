"""What the clock reads at the moment of its decision: whether users are still hurt, and what a rollback could undo."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.incident import undo as rules
from bot.incident.effect import Effect
from bot.incident.incident import Incident
from bot.incident.timeline import Kind
from bot.incident.undo import ROLLBACK_HORIZON, Undo
from bot.render.rollback import Audience, Reading
from bot.render.undoing import PREVIOUS, Proposal
from bot.render.words import minutes
from bot.settings import ServiceSettings
from bot.store import timeline
from bot.store.engine import Tx
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
    horizon: timedelta = ROLLBACK_HORIZON

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
        rollbacks = rollbacks_of(tx, incident)
    settings = settings_of(context, incident, triaged)
    fresh = readers.changes(settings, context.clock.now()) if settings else None
    proposal = propose(context, incident, triaged, fresh, rollbacks)
    return Situation(
        recovery=recovery(context, readers, incident, frozen, triaged),
        undo=undoable(context, proposal, settings, fresh or known_changes(triaged)),
        proposal=proposal,
        audience=audience_of(settings),
        horizon=settings.rollback_horizon if settings else ROLLBACK_HORIZON,
    )


def recovery(context: Context, readers: Readers, incident: Incident, *triages: Triaged | None) -> Recovery:
    """Say whether users are still hurt, by the logs of every service the incident may be about.

    The baseline is that of the first triage that has one: a log that could not be read at the start may be by now.
    """
    baselines: dict[str, Baseline] = {}
    for one in (one for triaged in triages if triaged for one in triaged.ranked):
        baseline = _baseline(one)
        if baseline is not None:
            baselines.setdefault(one.service, baseline)
    asked = {name: (settings, baselines.get(name)) for name, settings in services_of(context, incident).items()}
    answers = readers.recovery(asked, context.clock.now())
    if not answers:
        return Recovery(Effect.UNKNOWN, "no service with a log is configured")
    return min(answers, key=lambda answer: _WORST.index(answer.state))


def settings_of(context: Context, incident: Incident, triaged: Triaged | None) -> ServiceSettings | None:
    """Return the settings of the service to roll back: the most hurt one, else the incident's own."""
    focus = triaged.first if triaged else None
    return context.service(focus.service if focus else incident.service)


def propose(
    context: Context,
    incident: Incident,
    triaged: Triaged | None,
    fresh: ChangeLog | None = None,
    rollbacks: Sequence[datetime] = (),
) -> Proposal:
    """Return what to undo: by the newest list of deploys where it could be read, and the triage's clues.

    `rollbacks` are the instants at which somebody rolled back already.
    """
    listed = fresh if fresh is not None and _tells(fresh) else known_changes(triaged)
    following = Next(incident.rollback_due_at, None, None)
    if listed is not None:
        following = _assess(triaged.first if triaged else None, incident, listed, rollbacks)
    settings = settings_of(context, incident, triaged)
    following, problems = _unless_stale(context, following, settings, fresh or known_changes(triaged))
    back_to = following.previous
    template = (settings.rollback_command if settings else None) or ""
    # A tag's name comes from outside, and the command is made to be pasted into a shell.
    command = template.replace(PREVIOUS, shlex.quote(back_to.name or back_to.revision)) if back_to else template
    return Proposal(next=following, command=command, problems=problems)


def undoable(context: Context, proposal: Proposal, settings: ServiceSettings | None, told: ChangeLog | None) -> Undo:
    """Say whether there is anything to roll back that is still fresh.

    A list that could not be read, or not to its end, is not an empty one: then the rule asks for the last deployment,
    whichever that was. Without a list to read nobody can tell. After a rollback another one needs something to undo.
    """
    deploy = proposal.next.deploy
    if deploy is None and _is_untold(settings):
        return Undo.UNTOLD
    untried = not proposal.next.undone
    if deploy is None and untried and (told is None or told.problems):
        return Undo.DEPLOY
    horizon = settings.rollback_horizon if settings else ROLLBACK_HORIZON
    return rules.undoable(
        deploy.at if deploy else None,
        proven=deploy is not None and deploy.kind == "deploy",
        now=context.clock.now(),
        horizon=horizon,
    )


def rollbacks_of(tx: Tx, incident: Incident) -> tuple[datetime, ...]:
    """Return the instants at which somebody said that they were rolling back."""
    return tuple(entry.at for entry in timeline.of_incident(tx, incident.id) if entry.kind == Kind.ROLLING_BACK)


def known_changes(triaged: Triaged | None) -> ChangeLog | None:
    """Return what the triage was told of deploys, or None without one."""
    return triaged.first.investigation.changelog if triaged and triaged.first else None


def _unless_stale(
    context: Context, following: Next, settings: ServiceSettings | None, told: ChangeLog | None
) -> tuple[Next, tuple[str, ...]]:
    """Return what to undo and what to say of the list it stands in.

    A list that has not been brought up to date, and whose newest deploy is past the horizon, does not know the last one.
    """
    if told is None or _is_untold(settings):
        return following, ()
    horizon = settings.rollback_horizon if settings else ROLLBACK_HORIZON
    deploy = following.deploy
    if deploy is None or following.undone or not told.stale or context.clock.now() - deploy.at <= horizon:
        return following, told.problems
    age = minutes(context.clock.now() - deploy.at)
    known = f"the last deployment that is known, {deploy.name}, is {age} old"
    return Next(following.rollback_at, None, None), (*told.problems, known)


def _is_untold(settings: ServiceSettings | None) -> bool:
    """Return whether nobody was named who could tell what shipped."""
    return settings is not None and settings.deploys is None


def _baseline(one: ServiceTriage) -> Baseline | None:
    return frozen_baseline(one.investigation.summary, one.investigation.report.scope)


def _tells(changelog: ChangeLog) -> bool:
    return bool(changelog.deploys or changelog.commits)


def _assess(focus: ServiceTriage | None, incident: Incident, listed: ChangeLog, rollbacks: Sequence[datetime]) -> Next:
    """Return what to undo; without a triage there are no clues, and it is the newest deploy."""
    found = focus.investigation if focus else None
    request = found.summary.request if found else None
    return changes.assess(
        listed,
        onset=found.report.scope.onset if found else None,
        groups=found.summary.groups if found else (),
        fields=found.summary.fields if found else (),
        at=incident.started_at,
        rollback_after=incident.rollback_after,
        window_to_baseline=request.window.duration / request.baseline.duration if request else 1.0,
        rollbacks=rollbacks,
    )[1]


def audience_of(settings: ServiceSettings | None) -> Audience:
    """Return whom a call mentions besides the lead."""
    if settings is None:
        return Audience()
    return Audience(oncall=settings.oncall or "", escalate_to=(settings.escalate_to,) if settings.escalate_to else ())
