"""The app's home: the open incidents, and how to start one."""

from typing import Any

from bot.workflow import status, verbs
from bot.workflow.context import Asked
from handlers.desk import Body, Desk


def opened(desk: Desk, body: Body, event: dict[str, Any]) -> None:
    """Show the home as it stands now."""
    asked = Asked(key=body["event_id"], user_id=event["user"], team_id=body["team_id"], channel_id="", origin="home")
    tell = verbs.by_home(desk.context, asked)
    verbs.ask(desk.context, asked, lambda tx: status.show_home(tx, desk.context, asked), tell)
