"""The message shortcut "Record as hypothesis"."""

from typing import Any

from slack_bolt import Ack

from bot.workflow import reply
from bot.workflow.context import Asked
from bot.workflow.reply import Reply
from handlers.desk import Body, Desk

RECORD_HYPOTHESIS = "record_hypothesis"


def record_hypothesis(desk: Desk, ack: Ack, body: Body, shortcut: dict[str, Any]) -> None:
    """Record the message, in its author's name, in the channel's incident."""
    said, channel = shortcut["message"], shortcut["channel"]
    asked = Asked(
        key=shortcut["trigger_id"],
        user_id=shortcut["user"]["id"],
        team_id=(shortcut.get("team") or {}).get("id", ""),
        channel_id=channel["id"],
        channel_name=channel.get("name", ""),
        origin="shortcut",
        response_url=shortcut.get("response_url", ""),
        home_team_id=shortcut["user"].get("team_id", ""),
    )
    recorded = Reply(
        channel_id=channel["id"],
        ts=said["ts"],
        thread_ts=said.get("thread_ts", ""),
        text=said.get("text", ""),
        author_id=said.get("user", ""),
    )
    desk.answer_click(ack, body, asked, lambda tx: reply.record(tx, desk.context, asked, recorded))
