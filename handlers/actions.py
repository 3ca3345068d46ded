"""Buttons and menus: each action_id leads to one verb."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from slack_bolt import Ack

from bot.incident.command import Reopen, RunTriage, Start
from bot.incident.grammar import parse
from bot.render import ids
from bot.store.engine import Tx
from bot.workflow import ledger, resolve, rollback, start, status, triage, verbs
from bot.workflow.context import Answer, Asked, Context
from handlers.desk import Body, Desk

Press = Callable[[Tx, Context, Asked, str], Answer]
"""What a press does; the string is the value of the button, or of the option chosen."""


def pressed(desk: Desk, ack: Ack, body: Body, action: dict[str, Any]) -> None:
    """Do what the button stands for."""
    action_id = action["action_id"]
    value = (action.get("selected_option") or {}).get("value") or action.get("value", "")
    press = PRESSES.get(action_id) or next(found for prefix, found in FAMILIES.items() if action_id.startswith(prefix))
    asked = asked_by(body, action, value)
    desk.answer_click(ack, body, asked, lambda tx: press(tx, desk.context, asked, value))


def opened_link(ack: Ack) -> None:
    """A link button: Slack opens it, and wants to hear nothing else."""
    ack()


def asked_by(body: Body, action: dict[str, Any], value: str) -> Asked:
    """Return who pressed, and where; a button of words stands for what would be typed."""
    channel = body.get("channel") or {}
    action_id = action["action_id"]
    return Asked(
        key=_key(body, action_id),
        user_id=body["user"]["id"],
        team_id=(body.get("team") or {}).get("id", ""),
        channel_id=channel.get("id", ""),
        channel_name=channel.get("name", ""),
        origin="button",
        text=ids.read_command(value) if action_id in _RERUN else _TYPED.get(action_id, ""),
        response_url=body.get("response_url", ""),
        home_team_id=body["user"].get("team_id", ""),
    )


def _key(body: Body, action_id: str) -> str:
    """Return what tells this press from others: its trigger; but an offer to start another is taken up only once."""
    offer = (body.get("container") or {}).get("message_ts")
    if action_id != ids.START_ANOTHER or not offer:
        return str(body["trigger_id"])
    return f"{action_id}/{body['user']['id']}/{offer}"


def _start(asked: Asked) -> Start:
    command = parse(asked.text)
    return command if isinstance(command, Start) else Start()


def _users(tx: Tx, context: Context, asked: Asked, value: str) -> Answer:
    choice = ids.read_users(value)
    return status.users_affected(tx, context, asked, choice.incident_id, choice.answer)


def _hypothesis(tx: Tx, context: Context, asked: Asked, value: str) -> Answer:
    choice = ids.read_hypothesis(value)
    return ledger.judge(tx, context, asked, choice.incident_id, choice.number, choice.state)


def _picked(tx: Tx, context: Context, asked: Asked, value: str) -> Answer:
    pick = ids.read_pick(value)
    # Not typed behind the words: there it would be a part of a cause, a reason or an update.
    command = replace(parse(pick.text), number=pick.incident_id)  # type: ignore[arg-type]  # what asks takes one
    return verbs.run(tx, context, asked, command)


PRESSES: dict[str, Press] = {
    ids.USERS_YES: _users,
    ids.USERS_NO: _users,
    ids.USERS_NOT_SURE: _users,
    ids.CARD_TRIAGE: lambda tx, bot, asked, value: triage.again(tx, bot, asked, RunTriage(ids.read_incident(value))),
    ids.CARD_RESOLVE: lambda tx, bot, asked, value: resolve.ask_resolution(tx, bot, asked, ids.read_incident(value)),
    ids.CARD_REOPEN: lambda tx, bot, asked, value: resolve.reopen(tx, bot, asked, Reopen(ids.read_incident(value))),
    ids.CARD_RULE_OUT: lambda tx, bot, asked, value: resolve.rule_out_cause(tx, bot, asked, ids.read_incident(value)),
    ids.ROLLING_BACK: lambda tx, bot, asked, value: rollback.begin(tx, bot, asked, ids.read_incident(value)),
    ids.NOT_YET: lambda tx, bot, asked, value: rollback.ask_not_yet(tx, bot, asked, ids.read_incident(value)),
    ids.CAUSE_FOUND: lambda tx, bot, asked, value: resolve.ask_cause(tx, bot, asked, ids.read_incident(value)),
    ids.START_ANOTHER: lambda tx, bot, asked, _: start.start(tx, bot, asked, _start(asked), another=True),
    ids.INVITE_ME: lambda tx, bot, asked, _: start.place_here(tx, bot, asked, _start(asked)),
    ids.USE_DEFAULT_CHANNEL: lambda tx, bot, asked, _: start.place_in_default(tx, bot, asked, _start(asked)),
    ids.HELP_START: lambda tx, bot, asked, _: verbs.run(tx, bot, asked, parse(asked.text)),
    ids.HELP_STATUS: lambda tx, bot, asked, _: verbs.run(tx, bot, asked, parse(asked.text)),
    ids.HELP_LIST: lambda tx, bot, asked, _: verbs.run(tx, bot, asked, parse(asked.text)),
}
FAMILIES: dict[str, Press] = {ids.HYPOTHESIS_PREFIX: _hypothesis, ids.PICK_PREFIX: _picked}
# Some buttons stand for words that would have been typed; a picker that has to ask further carries them on.
_TYPED = {ids.HELP_START: "start", ids.HELP_STATUS: "status", ids.HELP_LIST: "list"}
_RERUN = frozenset({ids.START_ANOTHER, ids.INVITE_ME, ids.USE_DEFAULT_CHANNEL})
