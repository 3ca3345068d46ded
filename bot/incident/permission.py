"""Who may: which person counts at all, and which act the configuration leaves to whom. Pure; `Members` is what Slack said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bot.errors import NotAllowed, UserError


class Act(StrEnum):
    """What a configuration can leave to some; the words are its keys (`[may]` in fifteen.toml)."""

    START = "start"
    CONFIRM = "confirm"
    SNOOZE = "snooze"
    ROLLBACK = "rollback"
    RESOLVE = "resolve"


class Standing(StrEnum):
    """What somebody is to the workspace. UNKNOWN: Slack did not say in time."""

    MEMBER = "member"
    GUEST = "guest"
    STRANGER = "stranger"
    BOT = "bot"
    DEACTIVATED = "deactivated"
    UNKNOWN = "unknown"

    @property
    def is_outside(self) -> bool:
        """Whether Slack said that this is no full member; who is not known is not known to be outside."""
        return self not in (Standing.MEMBER, Standing.UNKNOWN)


Members = Mapping[str, frozenset[str]]
"""User group -> the users in it, as last heard; a group that Slack never told about is missing."""


@dataclass(frozen=True, slots=True)
class Yes:
    """They may. `doubt` says what Slack did not, where the answer rests on its silence: it belongs into the audit."""

    doubt: str = ""


@dataclass(frozen=True, slots=True)
class No:
    """They may not; `who` may: user groups (S...) and users (U..., W...)."""

    who: tuple[str, ...]


# How each act is said, and what is left to somebody who may not.
WORDS: Mapping[Act, tuple[str, str]] = MappingProxyType(
    {
        Act.START: ("start an incident of {service}", "Ask them to type /incident start."),
        Act.CONFIRM: (
            "confirm the cause of {incident}, or take it back",
            "Ask them, or reply in the Hypotheses thread.",
        ),
        Act.SNOOZE: (
            "put off the rollback call of {incident}",
            "Ask them, or reply under the card why it should wait.",
        ),
        Act.ROLLBACK: ("roll back {service}", "Ask them, or reply under the card that it should be done."),
        Act.RESOLVE: ("resolve or reopen {incident}", "Ask them, or reply under the card that it is over."),
    }
)
_OUTSIDERS: Mapping[Standing, str] = MappingProxyType(
    {
        Standing.GUEST: "A guest",
        Standing.STRANGER: "Somebody of another workspace",
        Standing.BOT: "A bot",
        Standing.DEACTIVATED: "A deactivated user",
    }
)
OUTSIDE = "Only full members of this workspace can use Fifteen. Ask one of them."


def admit(standing: Standing) -> None:
    """Let a member in, and somebody of whom Slack said nothing (docs/adr/0013).

    Raises:
        NotAllowed: a guest, somebody of another workspace, a bot (ourselves too), or a deactivated user.
    """
    if standing.is_outside:
        raise NotAllowed(OUTSIDE)


def require_lead(standing: Standing) -> None:
    """Let a member lead, and somebody of whom Slack said nothing (docs/adr/0013).

    Raises:
        UserError: they could press nothing, so a call for them would go unanswered.
    """
    if standing.is_outside:
        raise UserError(
            f"{_OUTSIDERS[standing]} cannot lead: only full members of this workspace can.", "/incident lead @user"
        )


def judge(user_id: str, standing: Standing, allowed: Sequence[str] | None, members: Members) -> Yes | No:
    """Decide whether somebody who was admitted may do what the configuration leaves to `allowed`; None: to everybody.

    Where Slack has never said who is in one of the groups, nobody can be told from those in it: then they may, and the
    audit says so (docs/adr/0013).
    """
    doubt = "Slack did not say who they are" if standing is Standing.UNKNOWN else ""
    if allowed is None or user_id in allowed or any(user_id in members.get(group, ()) for group in allowed):
        return Yes(doubt)
    unheard = [group for group in allowed if group.startswith("S") and group not in members]
    if unheard:
        return Yes(f"Slack did not say who is in {', '.join(unheard)}")
    return No(tuple(allowed))
