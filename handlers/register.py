"""Which payload goes to which handler. Bolt runs each before it acknowledges (`process_before_response`)."""

import re
from functools import partial

from slack_bolt import Ack, App

from bot.render import ids
from handlers import actions, commands, home, replies, shortcuts, views
from handlers.desk import Desk


def register(app: App, desk: Desk) -> None:
    """Subscribe every handler; the last one takes what nobody else does, so that Slack does not send it again."""
    app.command("/incident")(partial(commands.incident, desk))
    app.event("message")(partial(replies.message, desk))
    app.event("app_mention")(partial(replies.mentioned, desk))
    app.event("member_joined_channel")(partial(replies.joined, desk))
    app.event("app_home_opened")(partial(home.opened, desk))
    app.shortcut(shortcuts.RECORD_HYPOTHESIS)(partial(shortcuts.record_hypothesis, desk))
    for callback_id in views.SUBMITS:
        app.view(callback_id)(partial(views.submitted, desk))
    app.action(ids.OPEN_INCIDENT)(actions.opened_link)
    for action_id in actions.PRESSES:
        app.action(action_id)(partial(actions.pressed, desk))
    for prefix in actions.FAMILIES:
        app.action(re.compile(f"^{prefix}"))(partial(actions.pressed, desk))
    app.event(re.compile(".*"))(_nothing)


def _nothing(ack: Ack) -> None:
    ack()
