"""Where the handlers stand: what they pass on to the workflow, and how an answer goes back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack

from bot.render.message import Message, View
from bot.workflow import verbs
from bot.workflow.context import Answer, Asked, Context

Body = dict[str, Any]

_EPHEMERAL = ("text", "blocks")


@dataclass(frozen=True, slots=True)
class Desk:
    """What a handler needs.

    Args:
        open_view: Opens a modal; the one call of Slack that cannot wait for a worker, since its trigger lives for 3 s.
    """

    context: Context
    open_view: Callable[[str, View], object]

    def answer_command(self, ack: Ack, body: Body, answer: Answer) -> None:
        """Acknowledge a command with its answer: the acknowledgement is the fastest message there is."""
        if isinstance(answer, Message):
            payload = answer.payload()
            ack(response_type="ephemeral", **{key: payload[key] for key in _EPHEMERAL})
            return
        if answer is not None:
            self.open_view(body["trigger_id"], answer)
        ack()

    def answer_click(self, ack: Ack, body: Body, asked: Asked, answer: Answer) -> None:
        """Acknowledge a click; what there is to say follows by its response_url."""
        if isinstance(answer, Message):
            verbs.answer_later(self.context, asked, answer)
        elif answer is not None:
            self.open_view(body["trigger_id"], answer)
        ack()
