"""Messages that wait in Slack itself and are posted by Slack, whether or not anybody of us is alive by then.

They carry no metadata: "messages scheduled with chat.scheduleMessage will not post if the metadata parameter is used"
(docs.slack.dev). They are told apart by how their text begins, which is all that Slack lists of them, and once posted
by the block_id of their first block.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic as real_monotonic
from typing import Any

from slack_sdk import WebClient

from bot.slack.call import call_in_turn
from bot.slack.errors import Refused
from bot.slack.gate import MethodGate
from bot.slack.outbox import Blocks

PAGE = 100  # chat.scheduledMessages.list: its default, and what it documents no more than
MOST_PAGES = 10
# Slack's word for: posted, deleted, or posted within the minute. In either case nothing is left to delete.
_GONE = "invalid_scheduled_message_id"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One message that waits; `id` is what deletes it."""

    id: str
    post_at: datetime
    text: str


class ScheduledMessages:
    """What waits in Slack; every method raises `RateLimited`, `OutcomeUnknown` or `Refused`.

    Args:
        client: One that does not retry by itself (`call.make_client`).
        monotonic: Seconds that never jump.
    """

    def __init__(self, client: WebClient, monotonic: Callable[[], float] = real_monotonic) -> None:
        self._client = client
        self._methods = MethodGate(monotonic)

    def waiting(self, channel_id: str, beginning: str, *, urgent: bool = False) -> tuple[Waiting, ...]:
        """Return our messages that wait for a channel and whose text begins so, soonest first.

        `urgent`: a rollback call cannot be made before this is known.
        """
        found = (one for one in self._waiting(channel_id, urgent=urgent) if one.text.startswith(beginning))
        return tuple(sorted(found, key=lambda one: one.post_at))

    def add(self, channel_id: str, post_at: datetime, text: str, blocks: Blocks, *, thread_ts: str) -> None:
        """Leave a message with Slack: a reply that is sent to the channel as well.

        Slack refuses more than 30 within 5 minutes of a channel (restricted_too_many) and what is more than 120 days
        away (time_too_far).
        """
        self._call(
            "chat.scheduleMessage",
            self._client.chat_scheduleMessage,
            channel=channel_id,
            post_at=int(post_at.timestamp()),
            text=text,
            blocks=blocks,
            thread_ts=thread_ts,
            reply_broadcast=True,
            unfurl_links=False,
            unfurl_media=False,
        )

    def remove(self, channel_id: str, scheduled_id: str) -> None:
        """Take a message back; one that is posted, or will be within the minute, is past that, which is no error."""
        try:
            self._call(
                "chat.deleteScheduledMessage",
                self._client.chat_deleteScheduledMessage,
                channel=channel_id,
                scheduled_message_id=scheduled_id,
            )
        except Refused as refused:
            if refused.error != _GONE:
                raise

    def _call(self, method: str, function: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
        return call_in_turn(self._methods, method, function, **arguments)

    def _waiting(self, channel_id: str, *, urgent: bool) -> Iterator[Waiting]:
        cursor = None
        for _ in range(MOST_PAGES):
            page = self._call(
                "chat.scheduledMessages.list",
                self._client.chat_scheduledMessages_list,
                urgent=urgent,
                channel=channel_id,
                limit=PAGE,
                cursor=cursor,
            )
            for one in page["scheduled_messages"]:
                yield Waiting(one["id"], datetime.fromtimestamp(one["post_at"], UTC), one["text"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
