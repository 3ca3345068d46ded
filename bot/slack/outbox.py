"""Everything the bot says in Slack; the only caller of WebClient's methods.

Slack has no idempotency key. So that a message is posted once although answers get lost and processes die, each carries
a key in its metadata, and whoever is not the first to try looks for it before posting.

Every method raises `RateLimited`, `OutcomeUnknown` or `Refused` (`errors.py`); the posting ones also `ClaimExpired`.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic as real_monotonic
from typing import Any

from slack_sdk import WebClient
from slack_sdk.models.views import View
from slack_sdk.webhook import WebhookClient

from bot.slack.call import HTTP_TIMEOUT_S, answer, call, call_in_turn, is_local
from bot.slack.directory import Directory
from bot.slack.errors import ClaimExpired, RateLimited, Refused
from bot.slack.gate import ChannelGate, MethodGate

Blocks = Sequence[dict[str, Any]]
Message = dict[str, Any]

EVENT_TYPE = "fifteen_post"
# Our clock against Slack's: NTP keeps hosts within seconds, and Slack's own signatures allow five minutes; but a clock
# that is wrong is mostly wrong by an hour, and what is not found is posted twice.
CLOCK_SKEW = timedelta(hours=1, minutes=5)
PAGE = 200  # conversations.history and .replies: "no more than 200 results at a time" recommended
MOST_PAGES = 25  # 5,000 messages: an incident's thread, many times over
# How long the reading of one thread waits for its turns; Slack's limits are per minute, and so is its Retry-After.
PATIENCE_S = 90.0
# How long after its turn has come it asks. A job that was put off comes back with the ticker, half a second after its own
# turn, and then needs a page of a thread before it can post: what can wait goes behind it.
BEHIND_S = 2.0

# What Slack answers about a channel that is gone; another one may have its name by now.
_NO_LONGER_THERE = frozenset({"channel_not_found", "is_archived"})

Pause = Callable[[float], object]
"""Waits for so many seconds, or until the process ends."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Which post this is, so that it is made once.

    Args:
        key: Unique to the post, the same at every attempt.
        again: Whether somebody may have posted it already: look first.
        since: An instant before the first attempt, on our clock: where to begin to look for it.
        post_before: Monotonic instant after which the claim may be another's.
        urgent: Whether it goes before whatever else waits for its turn in the channel.
    """

    key: str
    again: bool
    since: datetime
    post_before: float = math.inf
    urgent: bool = False


class Outbox:
    """What the bot can say and ask in Slack.

    Args:
        client: One that does not retry by itself (`call.make_client`).
        monotonic: Seconds that never jump.
    """

    def __init__(self, client: WebClient, monotonic: Callable[[], float] = real_monotonic) -> None:
        if client.retry_handlers:
            raise ValueError("a client that repeats calls posts twice; make it with bot.slack.call.make_client")
        self._client = client
        self._monotonic = monotonic
        self._gate = ChannelGate(monotonic)
        self._methods = MethodGate(monotonic)
        self.directory = Directory(client, self._methods)

    def post(
        self,
        channel_id: str,
        text: str,
        *,
        delivery: Delivery,
        blocks: Blocks | None = None,
        thread_ts: str | None = None,
        reply_broadcast: bool = False,
    ) -> str:
        """Post a message once, and return its ts. `text` is what notifications and screen readers show."""
        if delivery.again:
            found = self._posted_before(channel_id, thread_ts, delivery)
            if found is not None:
                return found
        self._enter(channel_id, "chat.postMessage", delivery)
        try:
            said = call(
                "chat.postMessage",
                self._client.chat_postMessage,
                channel=channel_id,
                text=text,
                blocks=blocks,
                thread_ts=thread_ts,
                reply_broadcast=reply_broadcast or None,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": delivery.key}},
                unfurl_links=False,
                unfurl_media=False,
            )
        except RateLimited as error:
            self._gate.hold(channel_id, error.retry_after_s, urgent=delivery.urgent)
            raise
        except Refused as refused:
            if refused.error in _NO_LONGER_THERE:
                self.directory.forget(channel_id)
            raise
        return str(said["ts"])

    def upload(
        self,
        channel_id: str,
        content: bytes,
        *,
        delivery: Delivery,
        suffix: str,
        title: str,
        alt_text: str | None = None,
        comment: str | None = None,
        thread_ts: str | None = None,
    ) -> None:
        """Share a file once; files carry no metadata, so its key stands in the file's name, before `suffix` ("png")."""
        name = f"{delivery.key}.{suffix}".replace("/", "-")
        if delivery.again and any(
            name in (file.get("name") for file in message.get("files") or ())
            for message in self._messages(channel_id, thread_ts, _look_from(delivery, thread_ts))
        ):
            return
        wait_s = self._methods.wait_s("files.upload", urgent=delivery.urgent)
        if wait_s > 0:  # before the channel's turn is used up
            raise RateLimited("files.upload", wait_s)
        self._enter(channel_id, "files.completeUploadExternal", delivery)
        self._call(
            "files.upload",
            self._client.files_upload_v2,
            urgent=delivery.urgent,
            channel=channel_id,
            content=content,
            filename=name,
            title=title,
            alt_txt=alt_text,
            initial_comment=comment,
            thread_ts=thread_ts,
        )

    def update(
        self, channel_id: str, ts: str, text: str, blocks: Blocks | None = None, *, urgent: bool = False
    ) -> None:
        """Replace a message of ours; the metadata stays, so that it can still be found."""
        self._call(
            "chat.update",
            self._client.chat_update,
            urgent=urgent,
            channel=channel_id,
            ts=ts,
            text=text,
            blocks=blocks,
        )

    def ephemeral(
        self, channel_id: str, user_id: str, text: str, blocks: Blocks | None = None, thread_ts: str | None = None
    ) -> None:
        """Say something that one person sees; not stored by Slack, so a lost answer may show it twice."""
        self._call(
            "chat.postEphemeral",
            self._client.chat_postEphemeral,
            channel=channel_id,
            user=user_id,
            text=text,
            blocks=blocks,
            thread_ts=thread_ts,
        )

    def respond(
        self,
        response_url: str,
        text: str,
        blocks: Blocks | None = None,
        *,
        in_channel: bool = False,
        replace_original: bool = False,
        delete_original: bool = False,
    ) -> None:
        """Answer a command or a click by its response_url: five times, within 30 minutes; also where we are no member."""
        hook = WebhookClient(response_url, timeout=HTTP_TIMEOUT_S, retry_handlers=[])
        if is_local(response_url):
            hook.proxy = None
        answer(
            "response_url",
            hook.send,
            text=text,
            blocks=blocks,
            response_type="in_channel" if in_channel else "ephemeral",
            replace_original=replace_original,
            delete_original=delete_original,
        )

    def react(self, channel_id: str, ts: str, name: str) -> None:
        """Add a reaction; one that is there already is fine."""
        self._tolerating(
            "already_reacted", "reactions.add", self._client.reactions_add, channel=channel_id, timestamp=ts, name=name
        )

    def unreact(self, channel_id: str, ts: str, name: str) -> None:
        """Take our reaction away; one that is not there is fine."""
        self._tolerating(
            "no_reaction",
            "reactions.remove",
            self._client.reactions_remove,
            channel=channel_id,
            timestamp=ts,
            name=name,
        )

    def open_view(self, trigger_id: str, view: dict[str, Any] | View) -> str:
        """Open a modal within 3 s of the click, and return its id."""
        return str(self._call("views.open", self._client.views_open, trigger_id=trigger_id, view=view)["view"]["id"])

    def update_view(self, view_id: str, view: dict[str, Any] | View) -> None:
        """Replace what an open modal shows."""
        self._call("views.update", self._client.views_update, view_id=view_id, view=view)

    def publish_home(self, user_id: str, view: dict[str, Any] | View) -> None:
        """Show the app's home to a person."""
        self._call("views.publish", self._client.views_publish, user_id=user_id, view=view)

    def join(self, channel_id: str) -> None:
        """Join a public channel; where we are a member already nothing happens."""
        self._call("conversations.join", self._client.conversations_join, channel=channel_id)

    def permalink(self, channel_id: str, ts: str) -> str:
        """Return a message's address."""
        found = self._call("chat.getPermalink", self._client.chat_getPermalink, channel=channel_id, message_ts=ts)
        return str(found["permalink"])

    def history(self, channel_id: str, since: datetime) -> list[Message]:
        """Return a channel's messages since an instant, oldest first, without thread replies."""
        return sorted(self._messages(channel_id, None, since), key=_instant)

    def replies(
        self,
        channel_id: str,
        thread_ts: str,
        since: datetime | None = None,
        *,
        urgent: bool = False,
        pause: Pause | None = None,
    ) -> list[Message]:
        """Return a thread's replies since an instant of Slack's clock, or all of them, oldest first, without its parent.

        With `pause` it waits for its turn at each page, and lets those who put a job off go first. Without, it starts from
        the first page when it is called again: where many read and Slack allows each a page, none would come to its last.
        """
        found = self._messages(channel_id, thread_ts, since or _instant_of(thread_ts), urgent=urgent, pause=pause)
        return sorted((message for message in found if message["ts"] != thread_ts), key=_instant)

    def find(
        self, channel_id: str, thread_ts: str, block_id: str, since: datetime, *, urgent: bool = False
    ) -> str | None:
        """Return the ts of the newest message of a thread that has such a block; None where there is none."""
        for message in reversed(self.replies(channel_id, thread_ts, since, urgent=urgent)):
            if any(block.get("block_id") == block_id for block in message.get("blocks") or ()):
                return str(message["ts"])
        return None

    def _enter(self, channel_id: str, method: str, delivery: Delivery) -> None:
        """Pass the two guards before a post; both are read last, after everything slow."""
        wait_s = self._gate.take(channel_id, delivery.key, urgent=delivery.urgent)
        if wait_s > 0:
            raise RateLimited(method, wait_s)
        if self._monotonic() > delivery.post_before:
            raise ClaimExpired(f"{method}: the claim on {delivery.key} is too old")

    def _call(self, method: str, function: Callable[..., Any], *, urgent: bool = False, **arguments: Any) -> Message:
        return call_in_turn(self._methods, method, function, urgent=urgent, **arguments)

    def _posted_before(self, channel_id: str, thread_ts: str | None, delivery: Delivery) -> str | None:
        since = _look_from(delivery, thread_ts)
        for message in self._messages(channel_id, thread_ts, since, urgent=delivery.urgent):
            metadata = message.get("metadata") or {}
            if metadata.get("event_type") == EVENT_TYPE and metadata["event_payload"].get("key") == delivery.key:
                return str(message["ts"])
        return None

    def _messages(
        self,
        channel_id: str,
        thread_ts: str | None,
        since: datetime,
        *,
        urgent: bool = False,
        pause: Pause | None = None,
    ) -> Iterator[Message]:
        window: dict[str, Any] = {
            "channel": channel_id,
            "oldest": f"{since.timestamp():.6f}",
            "limit": PAGE,
            "include_all_metadata": True,
        }
        if thread_ts is None:
            call_page = partial(self._call, "conversations.history", self._client.conversations_history)
        else:
            window["ts"] = thread_ts
            call_page = partial(self._call, "conversations.replies", self._client.conversations_replies)
        cursor, left_s = None, PATIENCE_S if pause else 0.0
        for _ in range(MOST_PAGES):
            while True:
                try:
                    page = call_page(urgent=urgent, cursor=cursor, **window)
                    break
                except RateLimited as error:
                    wait_s = error.retry_after_s + BEHIND_S
                    left_s -= wait_s
                    if pause is None or left_s < 0:
                        raise
                    pause(wait_s)
            yield from page["messages"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    def _tolerating(self, error: str, method: str, function: Callable[..., Any], **arguments: Any) -> None:
        try:
            self._call(method, function, **arguments)
        except Refused as refused:
            if refused.error != error:
                raise


def _look_from(delivery: Delivery, thread_ts: str | None) -> datetime:
    """Return where to begin to look for a post: mostly one page, where the whole of a long thread takes Slack's limit."""
    soonest = delivery.since - CLOCK_SKEW
    return soonest if thread_ts is None else max(soonest, _instant_of(thread_ts))


def _instant_of(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)


def _instant(message: Message) -> float:
    return float(message["ts"])
