"""A rollback in words: what it would undo and how, what to fear, what to check first, and the command to copy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.incident.undo import Undo
from bot.render import escape
from bot.render.blocks import section
from bot.render.message import Block
from bot.render.words import count, minutes
from bot.triage.summary import Change, Next

SHOWN_REASONS = 3
SHOWN_HAZARDS = 5
SHOWN_LATER = 3
SHOWN_PROBLEMS = 3
COMMAND = 1500
PREVIOUS = "{previous}"

NOT_FAILURE = "This is not failure."


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


def what(proposal: Proposal) -> str:
    """Return "v214 -> v213", escaped for mrkdwn and for the fallback text alike."""
    deploy, previous = proposal.next.deploy, proposal.next.previous
    if deploy is None:
        return "the last deployment"
    back = f" -&gt; {_release(previous)}" if previous is not None else " (what ran before it is not known)"
    return f"{_release(deploy)}{back}"


def order(proposal: Proposal, undo: Undo) -> str:
    """Return what to do; what nobody is known to have shipped is looked for before it is taken back."""
    deploy = proposal.next.deploy
    roll_back = "Roll back"
    if undo is Undo.UNPROVEN and deploy is not None:
        roll_back = f"Make sure that {_release(deploy)} shipped. If so, roll back"
    return f"{roll_back} {what(proposal)} (about {minutes(proposal.takes)}). {NOT_FAILURE}"


def nothing_left(following: Next, when: str, *, untold: bool) -> str:
    """Return why there is nothing to roll back, or that nobody could tell (`untold`), and what to do instead."""
    if untold:
        return (
            "No deploys are configured, so what shipped is unknown. "
            "Ask who deployed last, and whether to roll that back. More people are needed."
        )
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


def shipped(following: Next, undo: Undo) -> Iterator[str]:
    """Yield what was rolled back already, when the change to undo shipped, and why that one."""
    if following.undone:
        yield _undone(following)
    deploy = following.deploy
    if deploy is None:
        return
    by = f" by {escape.prose(deploy.author, escape.NAME)}" if deploy.author else ""
    summary = f": {escape.prose(deploy.summary, 120)}" if deploy.summary else ""
    yield f"{_release(deploy)} {_verb(undo)} {escape.moment(deploy.at)}{by}{summary}"
    yield from (f"• {escape.prose(reason)}" for reason in deploy.reasons[:SHOWN_REASONS])


def _verb(undo: Undo) -> str:
    return "merged" if undo is Undo.UNPROVEN else "shipped"


def hazards(proposal: Proposal, undo: Undo) -> Iterator[str]:
    """Yield what to check first, what to fear, and what a rollback would undo as well."""
    following = proposal.next
    if undo is Undo.UNPROVEN:
        yield "*Check first:* merged, not proven shipped."
    yield from to_check(proposal.problems)
    yield from (f"*Hazard:* {escape.prose(hazard)}" for hazard in following.hazards[:SHOWN_HAZARDS])
    more = len(following.hazards) - SHOWN_HAZARDS
    if more > 0:
        yield f"… {count(more, 'hazard')} more"
    if following.later:
        names = ", ".join(_release(change) for change in following.later[:SHOWN_LATER])
        left = len(following.later) - SHOWN_LATER
        yield f"*Undone as well:* {names}{f' and {left} more' if left > 0 else ''}, {_verb(undo)} later."


def to_check(problems: Sequence[str]) -> Iterator[str]:
    """Yield what the list of deploys could not tell."""
    return (f"*Check first:* {escape.prose(problem)}" for problem in problems[:SHOWN_PROBLEMS])


def command(proposal: Proposal) -> Iterator[Block]:
    """Yield the command to copy, and what to fill in."""
    if proposal.command:
        if proposal.next.previous is None and PREVIOUS in proposal.command:
            yield section(f"Fill in {escape.code(PREVIOUS)}: what ran before is not known here.")
        yield section(escape.code_block(proposal.command, COMMAND))
    else:
        yield section("No rollback command is configured: roll back the way you deploy.")
