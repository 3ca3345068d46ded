"""Where the handlers stand: what they pass on to the workflow, and how an answer goes back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt import Ack

from bot.errors import UserError
from bot.render import ids, replies
from bot.render.message import Message, View
from bot.slack.errors import SlackError
from bot.store.engine import StoreError
from bot.workflow import verbs
from bot.workflow.context import Answer, Asked, Context
from bot.workflow.verbs import Verb

log = structlog.get_logger(__name__)

Body = dict[str, Any]

_EPHEMERAL = ("text", "blocks")


def not_stored(error: StoreError) -> UserError:
    """Return what to say to somebody whose words Slack will not deliver again: nobody else would tell them."""
    log.warning("what somebody asked for could not be stored", error=str(error).splitlines()[0])
    return UserError("That could not be stored: the bot's database does not answer. Please try again in a moment.")


@dataclass(frozen=True, slots=True)
class Desk:
    """What a handler needs.

    Args:
        open_view: Opens a modal; the one call of Slack that cannot wait for a worker, since its trigger lives for 3 s.
        channel_name: Looks a channel's name up by its id, for payloads that carry the id alone.
    """

    context: Context
    open_view: Callable[[str, View], object]
    channel_name: Callable[[str], str] = lambda _channel_id: ""

    def name_of(self, channel_id: str) -> str:
        """Return a channel's name; empty where Slack does not say, which only costs the channel's own service."""
        try:
            return self.channel_name(channel_id)
        except SlackError:
            return ""

    def answer_command(self, ack: Ack, body: Body, answer: Answer) -> None:
        """Acknowledge a command with its answer: the acknowledgement is the fastest message there is."""
        said = self._opened(body, body["channel_id"], answer)
        if said is None:
            ack()
            return
        payload = said.payload()
        ack(response_type="ephemeral", **{key: payload[key] for key in _EPHEMERAL})

    def answer_click(self, ack: Ack, body: Body, asked: Asked, verb: Verb) -> None:
        """Do what was clicked, and acknowledge it; what there is to say follows by its response_url."""
        tell = verbs.by_response_url(self.context, asked)
        trouble = self._opened(body, asked.channel_id, verbs.ask(self.context, asked, verb, tell))
        if trouble is not None:
            verbs.say(self.context, asked, tell, trouble)
        ack()

    def _opened(self, body: Body, channel_id: str, answer: Answer) -> Message | None:
        """Open the modal, if the answer is one; return what is to be said in words."""
        if answer is None or isinstance(answer, Message):
            return answer
        try:
            self.open_view(body["trigger_id"], ids.opened_in(answer, channel_id))
        except (
            SlackError
        ):  # the trigger was too old, or Slack did not answer: nothing is done yet, so it can be repeated
            return replies.done("Slack did not open the form in time. Please try again.")
        return None
