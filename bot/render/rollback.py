"""The clock's messages: heads-up, the rollback call and its repeats, recovered, nothing to undo, gave up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.incident.effect import Effect
from bot.incident.escalation import (
    MAX_CALLS,
    GaveUp,
    HeadsUp,
    MakeCall,
    NothingToUndo,
    Recovered,
    UsersNotAffected,
    began_long_before,
)
from bot.incident.incident import Incident
from bot.incident.undo import ROLLBACK_HORIZON, Undo
from bot.render import escape, ids, undoing
from bot.render.blocks import actions, button, context, section
from bot.render.card import TITLE, name
from bot.render.message import Block, Message
from bot.render.undoing import Proposal
from bot.render.words import count, minutes

# The block_id of a call that Slack itself has posted, by which it is found.
UNHEARD = "unheard"


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
        lines.append(f"It would be: {undoing.what(proposal)}{doubt}.")
    lines.append(f"Call at {escape.time(warning.call_at)}. A found cause stops it.")
    return Message(f"{_name(incident)}: {warning.words}", (section(*lines), _answers(incident, "", ids.CAUSE_FOUND)))


def call(incident: Incident, decision: MakeCall, proposal: Proposal, reading: Reading, audience: Audience) -> Message:
    """Make the rollback call: what to do, why, what to fear, and the command to copy."""
    headline = f"{_opening(incident, decision)}, {_effect(decision)}."
    undo = Undo.UNPROVEN if decision.unproven else Undo.DEPLOY
    order = undoing.order(proposal, undo)
    mentioned = _mentions(incident, audience, everyone=decision.escalate)
    blocks = [
        section(f"*{headline}*", order, mentioned),
        section(*_readings(reading), *undoing.shipped(proposal.next, undo), *undoing.hazards(proposal, undo)),
        *undoing.command(proposal),
        _answers(incident, ids.ROLLING_BACK, ids.ROLLING_BACK, ids.NOT_YET, ids.CAUSE_FOUND),
        context(_counted(decision.n, decision.late_by, last=decision.last)),
    ]
    return Message(f"{_name(incident)}: {headline} {order}", tuple(blocks))


def unheard(
    incident: Incident, *, due: datetime, as_of: datetime, undo: Undo, proposal: Proposal, audience: Audience
) -> Message:
    """Make the call that waits in Slack: it is read only when nobody has taken it back, with what was known `as_of`.

    It has no buttons, since nobody would answer them. Its text is all that Slack lists of it, so it names the incident
    first, and when it was written: the bot may have lived on, and had nothing to change in it.
    """
    headline = f"No cause after {minutes(due - incident.started_at)}."
    if undo.escalates:
        order = f": {undoing.nothing_left(proposal.next, 'recently', untold=undo is Undo.UNTOLD)}"
    else:
        order = f", if users are affected: {undoing.order(proposal, undo)}"
    mentioned = _mentions(incident, audience, everyone=undo.escalates)
    to_undo = (*undoing.shipped(proposal.next, undo), *undoing.hazards(proposal, undo))
    known = tuple(undoing.to_check(proposal.problems)) if undo.escalates else to_undo
    blocks = [
        section(f"*{headline}*", f"As of {escape.time(as_of)}{order}", mentioned, block_id=UNHEARD),
        *([section(*known)] if known else ()),
        *(() if undo.escalates else undoing.command(proposal)),
        context("Slack posts this for Fifteen, which may be down: buttons and /incident may not answer."),
    ]
    return Message(f"{_name(incident)}: {headline} As of {as_of:%H:%M} UTC{order}", tuple(blocks))


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
    """Say that nothing shipped within the horizon, nothing else that is suspect, or that nobody could tell; and escalate."""
    headline = f"{_opening(incident, decision)}, {_effect(decision)}."
    order = undoing.nothing_left(proposal.next, f"in the last {minutes(horizon)}", untold=decision.untold)
    rolling_back = (ids.ROLLING_BACK,) if decision.untold else ()
    blocks = (
        section(f"*{headline}*", order, _mentions(incident, audience, everyone=True)),
        section(*_readings(reading), *undoing.to_check(proposal.problems)),
        _answers(incident, "", *rolling_back, ids.NOT_YET, ids.CAUSE_FOUND),
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


def _readings(reading: Reading) -> Iterator[str]:
    if reading.problem:
        yield f"The effect could not be checked: {escape.prose(reading.problem)}"
    elif reading.words:
        yield escape.prose(reading.words)
    else:
        yield "The effect could not be checked."


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
