"""Modals, submitted: what is wrong stands beside its input, and nothing is lost of what was typed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from slack_bolt import Ack

from bot.errors import UserError
from bot.incident.command import ConfirmCause, Resolve, Snooze
from bot.render import ids
from bot.store.engine import StoreError, Tx
from bot.workflow import resolve, rollback, status, verbs
from bot.workflow.context import Answer, Asked, Context
from handlers.desk import Body, Desk, not_stored

Values = dict[str, str]
Submit = Callable[[Tx, Context, Asked, int, Values], Answer]


def submitted(desk: Desk, ack: Ack, body: Body, view: dict[str, Any]) -> None:
    """Do what the modal asked for; the modal closes."""
    values = typed_in(view)
    opened = ids.read_modal(view["private_metadata"])
    asked = Asked(
        key=view["id"],  # a modal is submitted once; a refusal stores nothing, and it may be submitted again
        user_id=body["user"]["id"],
        team_id=(body.get("team") or {}).get("id", ""),
        channel_id=opened.channel_id,
        origin="modal",
        home_team_id=body["user"].get("team_id", ""),
    )
    submit, first_input = SUBMITS[view["callback_id"]]
    try:
        verbs.once(desk.context, asked, lambda tx: submit(tx, desk.context, asked, opened.incident_id, values))
    except StoreError as error:
        ack(response_action="errors", errors={first_input: str(not_stored(error))})
        return
    except UserError as error:
        ack(response_action="errors", errors={first_input: f"{error.wrong} {error.form}".strip()})
        return
    ack()


def typed_in(view: dict[str, Any]) -> Values:
    """Return what stands in each input, by its block_id; empty where nothing does."""
    values: Values = {}
    for block_id, elements in view["state"]["values"].items():
        for element in elements.values():
            chosen = (element.get("selected_option") or {}).get("value")
            values[block_id] = chosen or element.get("value") or ""
    return values


def _not_yet(tx: Tx, context: Context, asked: Asked, number: int, values: Values) -> Answer:
    minutes = timedelta(minutes=int(values[ids.MINUTES_INPUT]))
    return status.snooze(tx, context, asked, Snooze(minutes, values[ids.REASON_INPUT], number))


def _rolling_back(tx: Tx, context: Context, asked: Asked, number: int, values: Values) -> Answer:
    hypothesis, without = values.get(ids.HYPOTHESIS_INPUT, ""), values.get(ids.WITHOUT_INPUT, "")
    if not hypothesis.strip() and not without.strip():
        raise UserError("Write one line: what you think it is, or why you go without.")
    return rollback.begin_with(tx, context, asked, number, hypothesis, without)


def _cause_found(tx: Tx, context: Context, asked: Asked, number: int, values: Values) -> Answer:
    return resolve.confirm_cause(tx, context, asked, ConfirmCause(values[ids.CAUSE_INPUT], number))


def _resolve(tx: Tx, context: Context, asked: Asked, number: int, values: Values) -> Answer:
    return resolve.resolve(tx, context, asked, Resolve(values.get(ids.RESOLUTION_INPUT, ""), number))


SUBMITS: dict[str, tuple[Submit, str]] = {
    ids.NOT_YET_VIEW: (_not_yet, ids.REASON_INPUT),
    ids.ROLLING_BACK_VIEW: (_rolling_back, ids.HYPOTHESIS_INPUT),
    ids.CAUSE_FOUND_VIEW: (_cause_found, ids.CAUSE_INPUT),
    ids.RESOLVE_VIEW: (_resolve, ids.RESOLUTION_INPUT),
}
