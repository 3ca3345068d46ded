"""The clock's messages: heads-up, the rollback call and its repeats, recovered, nothing to undo, gave up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.incident.effect import Effect
from bot.incident.escalation import (
    MAX_CALLS,
    ROLLBACK_HORIZON,
    GaveUp,
    HeadsUp,
    MakeCall,
    NothingToUndo,
    Recovered,
    Undo,
    UsersNotAffected,
    began_long_before,
)
from bot.incident.incident import Incident
from bot.render import escape, ids
from bot.render.blocks import actions, button, context, section
from bot.render.card import TITLE, name
from bot.render.message import Block, Message
from bot.render.words import count, minutes
from bot.triage.summary import Change, Next

SHOWN_REASONS = 3
SHOWN_HAZARDS = 5
SHOWN_LATER = 3
SHOWN_PROBLEMS = 3
COMMAND = 1500
PREVIOUS = "{previous}"

NOT_FAILURE = "This is not failure."

# The block_id of a call that Slack itself has posted, by which it is found.
UNHEARD = "unheard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a rollback would undo, and how.

    Args:
        command: The configured command, with `{previous}` filled in where that is known; empty where none is configured.
        takes: How long a rollback takes.
        problems: What the list of deploys could not tell, such as the age of the clone's last fetch.
    """

    next: Next
    command: str = ""
    takes: timedelta = timedelta(minutes=2)
    problems: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The effect on users, as read at the moment of the decision.

    Args:
        words: What the log says, with its numbers; empty where it could not be read.
        problem: Why it could not be read; empty where it was.
    """

    words: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who is mentioned besides the lead: user ids (U..., W...) and user group ids (S...)."""

    oncall: str = ""
    escalate_to: Sequence[str] = ()


def heads_up(incident: Incident, warning: HeadsUp, proposal: Proposal | None) -> Message:
    """Say, at two thirds of the delay, that the call is coming."""
    lines = [f"*{warning.words}*"]
    if proposal is not None and proposal.next.deploy is not None:
        doubt = ", if it shipped" if proposal.next.deploy.shipped == "unproven" else ""
        lines.append(f"It would be: {_what(proposal)}{doubt}.")
    lines.append(f"Call at {escape.time(warning.call_at)}. A found cause stops it.")
    return Message(f"{_name(incident)}: {warning.words}", (section(*lines), _answers(incident, "", ids.CAUSE_FOUND)))


def call(incident: Incident, decision: MakeCall, proposal: Proposal, reading: Reading, audience: Audience) -> Message:
    """Make the rollback call: what to do, why, what to fear, and the command to copy."""
    headline = f"{_opening(incident, decision)}, {_effect(decision)}."
    undo = Undo.UNPROVEN if decision.unproven else Undo.DEPLOY
    order = _order(proposal, undo)
    mentioned = _mentions(incident, audience, everyone=decision.escalate)
    blocks = [
        section(f"*{headline}*", order, mentioned),
        section(*_readings(reading), *_shipped(proposal.next, undo), *_hazards(proposal, undo)),
        *_command(proposal),
        _answers(incident, ids.ROLLING_BACK, ids.ROLLING_BACK, ids.NOT_YET, ids.CAUSE_FOUND),
        context(_counted(decision.n, decision.late_by, last=decision.last)),
    ]
    return Message(f"{_name(incident)}: {headline} {order}", tuple(blocks))


def unheard(
    incident: Incident, *, due: datetime, as_of: datetime, undo: Undo, proposal: Proposal, audience: Audience
) -> Message:
    """Make the call that waits in Slack: it is read only when nobody has taken it back, with what was known `as_of`.

    It has no buttons, since nobody would answer them. Its text is all that Slack lists of it, so it names the incident
    first, and when it was written.
    """
    headline = f"No cause after {minutes(due - incident.started_at)}, and Fifteen has not been heard of since"
    if undo is Undo.NOTHING:
        order = _nothing_left(proposal.next, "recently")
    else:
        order = f"If users are affected: {_order(proposal, undo)}"
    mentioned = _mentions(incident, audience, everyone=undo is Undo.NOTHING)
    undoing = (*_shipped(proposal.next, undo), *_hazards(proposal, undo))
    known = tuple(_to_check(proposal.problems)) if undo is Undo.NOTHING else undoing
    blocks = [
        section(f"*{headline}* {escape.time(as_of)}.", order, mentioned, block_id=UNHEARD),
        *([section(*known)] if known else ()),
        *(() if undo is Undo.NOTHING else _command(proposal)),
        context("Slack posts this for Fifteen, which may be down: buttons and /incident may not answer."),
    ]
    return Message(f"{_name(incident)}: {headline} {as_of:%H:%M} UTC. {order}", tuple(blocks))


def made_by_slack(said: Message, at: datetime) -> Message:
    """Return a call in whose place Slack has spoken, as it should stand there once the bot is back."""
    return Message(said.text, (*said.blocks, context(f"Slack made this call at {escape.time(at)}: I was down.")))


def nothing_to_undo(
    incident: Incident,
    decision: NothingToUndo,
    reading: Reading,
    audience: Audience,
    *,
    proposal: Proposal,
    horizon: timedelta = ROLLBACK_HORIZON,
) -> Message:
    """Say that nothing shipped within the horizon, or nothing else that is suspect, and escalate instead."""
    headline = f"{_opening(incident, decision)}, {_effect(decision)}."
    order = _nothing_left(proposal.next, f"in the last {minutes(horizon)}")
    blocks = (
        section(f"*{headline}*", order, _mentions(incident, audience, everyone=True)),
        section(*_readings(reading), *_to_check(proposal.problems)),
        _answers(incident, "", ids.NOT_YET, ids.CAUSE_FOUND),
        context(_counted(decision.n, decision.late_by, last=decision.last)),
    )
    return Message(f"{_name(incident)}: {headline} {order}", blocks)


def recovered(incident: Incident, decision: Recovered, reading: Reading) -> Message:
    """Say that errors are back at the baseline, and when the bot looks again."""
    headline = "No rollback call: errors are back at baseline."
    again = f"I look again at {escape.time(decision.again_at)}."
    return Message(f"{_name(incident)}: {headline}", (section(f"*{headline}*", *_readings(reading), again),))


def users_not_affected(incident: Incident, decision: UsersNotAffected, reading: Reading) -> Message:
    """Say whose word holds the call back, and whether the log says otherwise."""
    by = f", says {escape.user(decision.by)}" if decision.by else ""
    lines = [f"*No rollback call: users are not affected*{by}"]
    if decision.contradicted:
        lines.append("The log says otherwise:")
        lines.extend(_readings(reading))
    lines.append(f"I look again at {escape.time(decision.again_at)}.")
    but = "; the log says otherwise" if decision.contradicted else ""
    return Message(f"{_name(incident)}: no rollback call, users are not affected{but}.", (section(*lines),))


def gave_up(incident: Incident, decision: GaveUp, audience: Audience) -> Message:
    """Say that nobody answered, and that no further call will be made."""
    headline = f"Nobody answered {count(decision.calls, 'call')}. I stop calling."
    order = "The incident stays open. To go on: press a button."
    blocks = (
        section(f"*{headline}*", order, _mentions(incident, audience, everyone=True)),
        _answers(incident, "", ids.ROLLING_BACK, ids.CAUSE_FOUND),
    )
    return Message(f"{_name(incident)}: {headline}", blocks)


def _name(incident: Incident) -> str:
    return escape.plain(name(incident), TITLE)


def _opening(incident: Incident, decision: MakeCall | NothingToUndo) -> str:
    if incident.onset_at is not None and decision.n == 1 and began_long_before(incident, incident.onset_at):
        return f"No cause, and it began {minutes(incident.started_at - incident.onset_at)} before the start"
    return f"No cause after {minutes(decision.after)}"


def _effect(decision: MakeCall | NothingToUndo) -> str:
    return Effect.UNKNOWN.words if decision.effect_unknown else Effect.AFFECTED.words


def _what(proposal: Proposal) -> str:
    """Return "v214 -> v213", escaped for mrkdwn and for the fallback text alike."""
    deploy, previous = proposal.next.deploy, proposal.next.previous
    if deploy is None:
        return "the last deployment"
    back = f" -&gt; {_release(previous)}" if previous is not None else " (what ran before it is not known)"
    return f"{_release(deploy)}{back}"


def _order(proposal: Proposal, undo: Undo) -> str:
    """Return what to do; what nobody is known to have shipped is looked for before it is taken back."""
    deploy = proposal.next.deploy
    roll_back = "Roll back"
    if undo is Undo.UNPROVEN and deploy is not None:
        roll_back = f"Make sure that {_release(deploy)} shipped. If so, roll back"
    return f"{roll_back} {_what(proposal)} (about {minutes(proposal.takes)}). {NOT_FAILURE}"


def _nothing_left(following: Next, when: str) -> str:
    why = f"Nothing shipped {when}, so there is nothing to roll back."
    if following.undone:
        why = f"{_undone(following)} Another rollback is not known to help."
    return f"{why} More people are needed."


def _undone(following: Next) -> str:
    """Return "Rolled back already: v214.", escaped; empty where nothing was."""
    names = dict.fromkeys(_release(change) for change in following.undone)
    return f"Rolled back already: {', '.join(names)}." if names else ""


def _release(change: Change) -> str:
    return escape.prose(change.name, escape.NAME)


def _shipped(following: Next, undo: Undo) -> Iterator[str]:
    if following.undone:
        yield _undone(following)
    deploy = following.deploy
    if deploy is None:
        return
    by = f" by {escape.prose(deploy.author, escape.NAME)}" if deploy.author else ""
    yield f"{_release(deploy)} {_verb(undo)} {escape.moment(deploy.at)}{by}: {escape.prose(deploy.summary, 120)}"
    yield from (f"• {escape.prose(reason)}" for reason in deploy.reasons[:SHOWN_REASONS])


def _verb(undo: Undo) -> str:
    return "merged" if undo is Undo.UNPROVEN else "shipped"


def _readings(reading: Reading) -> Iterator[str]:
    if reading.problem:
        yield f"The effect could not be checked: {escape.prose(reading.problem)}"
    elif reading.words:
        yield escape.prose(reading.words)
    else:
        yield "The effect could not be checked."


def _hazards(proposal: Proposal, undo: Undo) -> Iterator[str]:
    following = proposal.next
    if undo is Undo.UNPROVEN:
        yield "*Check first:* merged, not proven shipped."
    yield from _to_check(proposal.problems)
    yield from (f"*Hazard:* {escape.prose(hazard)}" for hazard in following.hazards[:SHOWN_HAZARDS])
    more = len(following.hazards) - SHOWN_HAZARDS
    if more > 0:
        yield f"… {count(more, 'hazard')} more"
    if following.later:
        names = ", ".join(_release(change) for change in following.later[:SHOWN_LATER])
        left = len(following.later) - SHOWN_LATER
        yield f"*Undone as well:* {names}{f' and {left} more' if left > 0 else ''}, {_verb(undo)} later."


def _to_check(problems: Sequence[str]) -> Iterator[str]:
    return (f"*Check first:* {escape.prose(problem)}" for problem in problems[:SHOWN_PROBLEMS])


def _command(proposal: Proposal) -> Iterator[Block]:
    if proposal.command:
        if proposal.next.previous is None and PREVIOUS in proposal.command:
            yield section(f"Fill in {escape.code(PREVIOUS)}: what ran before is not known here.")
        yield section(escape.code_block(proposal.command, COMMAND))
    else:
        yield section("No rollback command is configured: roll back the way you deploy.")


def _mentions(incident: Incident, audience: Audience, *, everyone: bool) -> str:
    asked = [incident.lead_id, audience.oncall, *(audience.escalate_to if everyone else ())]
    return " ".join(dict.fromkeys(escape.somebody(one) for one in asked if one))


def _counted(number: int, late_by: timedelta | None, *, last: bool) -> str:
    late = f" · {minutes(late_by)} late" if late_by is not None else ""
    final = " · the last one" if last else ""
    return f"Call {number} of {MAX_CALLS}{late}{final}"


def _answers(incident: Incident, primary: str, *action_ids: str) -> Block:
    labels = {ids.ROLLING_BACK: "Rolling back", ids.NOT_YET: "Not yet", ids.CAUSE_FOUND: "Cause found"}
    value = ids.incident_value(incident.id)
    return actions(
        button(labels[action_id], action_id, value, style="primary" if action_id == primary else "")
        for action_id in action_ids
    )
