"""Every action_id, block_id and callback_id, and how values travel in buttons and menus.

render writes them, handlers read them; neither spells one out. Values come back from messages as old as the channel,
so the `read_*` functions refuse what they do not know with a UserError that is fit to be shown.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from bot.errors import UserError
from bot.incident.hypothesis import HypothesisState
from bot.incident.incident import UsersAffected
from bot.render.message import View

# The card. Each value is `incident_value`, or `users_value` under USERS_*.
CARD_TRIAGE: Final = "card_triage"
CARD_RESOLVE: Final = "card_resolve"
CARD_REOPEN: Final = "card_reopen"
CARD_RULE_OUT: Final = "card_rule_out"
USERS_YES: Final = "users_yes"
USERS_NO: Final = "users_no"
USERS_NOT_SURE: Final = "users_not_sure"

# The rollback call and the card. Each value is `incident_value`.
ROLLING_BACK: Final = "rolling_back"
NOT_YET: Final = "not_yet"
CAUSE_FOUND: Final = "cause_found"

# Ephemeral answers.
OPEN_INCIDENT: Final = "open_incident"  # a link button: acknowledge it, nothing else
START_ANOTHER: Final = "start_another"  # value: `command_value` of what was typed
INVITE_ME: Final = "invite_me"  # value: `command_value`; run it again here
USE_DEFAULT_CHANNEL: Final = "use_default_channel"  # value: `command_value`; run it again there
HELP_START: Final = "help_start"
HELP_STATUS: Final = "help_status"
HELP_LIST: Final = "help_list"

PICK_PREFIX: Final = "pick_"  # + incident id; value: `pick_value`
HYPOTHESIS_PREFIX: Final = "hypothesis_"  # + number of the hypothesis; value of the option: `hypothesis_value`

# Modals: the callback_id of each, and its inputs. An input's action_id is its block_id; private_metadata is `incident_value`.
NOT_YET_VIEW: Final = "not_yet_view"
ROLLING_BACK_VIEW: Final = "rolling_back_view"
CAUSE_FOUND_VIEW: Final = "cause_found_view"
RESOLVE_VIEW: Final = "resolve_view"
REASON_INPUT: Final = "reason"
MINUTES_INPUT: Final = "minutes"
HYPOTHESIS_INPUT: Final = "hypothesis"
WITHOUT_INPUT: Final = "without"
CAUSE_INPUT: Final = "cause"
RESOLUTION_INPUT: Final = "resolution"

UNDO: Final = "undo"
_COMMAND_LIMIT: Final = 600  # a button's value holds 2000, and encoding may triple it
_DIGITS: Final = 18  # what a 64-bit column holds
_ENCODED: Final = {"%": "%25", "&": "%26", "<": "%3C", ">": "%3E"}


@dataclass(frozen=True, slots=True)
class Modal:
    """What a modal is about, and the channel it was opened in; empty where that is not known."""

    incident_id: int
    channel_id: str


@dataclass(frozen=True, slots=True)
class UsersChoice:
    """An answer to "Users affected?"."""

    incident_id: int
    answer: UsersAffected


@dataclass(frozen=True, slots=True)
class HypothesisChoice:
    """What somebody picked in a hypothesis' menu; `state` None is the undo."""

    incident_id: int
    number: int
    state: HypothesisState | None


@dataclass(frozen=True, slots=True)
class Pick:
    """The incident somebody picked for a command that did not name one; `text` is the command as typed."""

    incident_id: int
    text: str


def hypothesis_action(number: int) -> str:
    """Return the action_id of a hypothesis' menu, unique in its message."""
    return f"{HYPOTHESIS_PREFIX}{number}"


def pick_action(incident_id: int) -> str:
    """Return the action_id of one button of the picker."""
    return f"{PICK_PREFIX}{incident_id}"


def incident_value(incident_id: int) -> str:
    """Encode an incident alone: for buttons, and for a modal's private_metadata."""
    return str(incident_id)


def read_incident(value: str) -> int:
    """Decode `incident_value`."""
    return _number(value)


def opened_in(view: View, channel_id: str) -> View:
    """Return a modal that knows where it was opened: its submission does not say."""
    return view | {"private_metadata": f"{view['private_metadata']}:{channel_id}"}


def read_modal(metadata: str) -> Modal:
    """Decode a modal's private_metadata."""
    incident, _, channel_id = metadata.partition(":")
    return Modal(_number(incident), channel_id)


def users_value(incident_id: int, answer: UsersAffected) -> str:
    """Encode an answer to "Users affected?"."""
    return f"{incident_id}:{answer}"


def read_users(value: str) -> UsersChoice:
    """Decode `users_value`."""
    incident, _, answer = value.partition(":")
    try:
        return UsersChoice(_number(incident), UsersAffected(answer))
    except ValueError:
        raise _unknown() from None


def hypothesis_value(incident_id: int, number: int, state: HypothesisState | None) -> str:
    """Encode an entry of a hypothesis' menu; None is the undo."""
    return f"{incident_id}:{number}:{UNDO if state is None else state}"


def read_hypothesis(value: str) -> HypothesisChoice:
    """Decode `hypothesis_value`."""
    incident, _, rest = value.partition(":")
    number, _, state = rest.partition(":")
    try:
        return HypothesisChoice(_number(incident), _number(number), None if state == UNDO else HypothesisState(state))
    except ValueError:
        raise _unknown() from None


def pick_value(incident_id: int, text: str) -> str:
    """Encode a picked incident and the command that waits for it; a text too long for a button is cut."""
    return f"{incident_id}:{command_value(text)}"


def read_pick(value: str) -> Pick:
    """Decode `pick_value`."""
    incident, _, text = value.partition(":")
    return Pick(_number(incident), read_command(text))


def command_value(text: str) -> str:
    """Encode a command that a button runs again; a text too long for a button is cut.

    Slack's control characters are percent-encoded: it hands some strings back with entities in place of them
    (bolt-python#513), and a mention typed into a command is no mention of ours.
    """
    cut = text[:_COMMAND_LIMIT]
    return "".join(_ENCODED.get(character, character) for character in cut)


def read_command(value: str) -> str:
    """Decode `command_value`."""
    return unquote(value)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise _unknown()
    return int(text)


def _unknown() -> UserError:
    return UserError("This button is not known to this version of Fifteen.", "/incident status")
