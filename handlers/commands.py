"""`/incident ...`."""

from slack_bolt import Ack

from bot.render import replies
from bot.store.engine import StoreError
from bot.workflow import verbs
from bot.workflow.context import Asked
from handlers.desk import Body, Desk, not_stored


def incident(desk: Desk, ack: Ack, body: Body) -> None:
    """Do what was typed, and answer whoever typed it."""
    asked = Asked(
        key=body["trigger_id"],
        user_id=body["user_id"],
        team_id=body["team_id"],
        channel_id=body["channel_id"],
        channel_name=body.get("channel_name", ""),
        origin="command",
        text=body.get("text", ""),
        response_url=body.get("response_url", ""),
    )
    try:
        answer = verbs.typed(desk.context, asked)
    except StoreError as error:
        answer = replies.done(str(not_stored(error)))
    desk.answer_command(ack, body, answer)
