"""Posting, editing and deleting messages, and what the app and the page hear of it."""

import copy
import uuid
from typing import Any

from bot.sandbox import events
from bot.sandbox.blocks import fill_ids
from bot.sandbox.clock import SandboxClock
from bot.sandbox.delivery import Delivery
from bot.sandbox.traffic import Feed
from bot.sandbox.typed import read_typed
from bot.sandbox.workspace import (
    APP_ID,
    BOT_ID,
    BOT_USER_ID,
    SLACKBOT_ID,
    TEAM_ID,
    Channel,
    Json,
    Message,
    Workspace,
)

_THREAD_KEYS = (
    "thread_ts",
    "reply_count",
    "reply_users_count",
    "reply_users",
    "latest_reply",
    "is_locked",
    "subscribed",
)


class Messages:
    """Every change to a message goes through here."""

    def __init__(self, workspace: Workspace, clock: SandboxClock, delivery: Delivery, feed: Feed) -> None:
        self._workspace = workspace
        self._clock = clock
        self._delivery = delivery
        self._feed = feed

    def type_in(self, user_id: str, channel: Channel, text: str, thread_ts: str | None = None) -> Message:
        """Post what a person typed."""
        markup, blocks = read_typed(text, self._workspace)
        body: Json = {"client_msg_id": str(uuid.uuid4()), "text": markup, "user": user_id, "blocks": blocks}
        return self.post(channel, body, thread_ts=thread_ts)

    def post_as_bot(self, channel: Channel, content: Json, **options: Any) -> Message:
        """Post for the app; `content` is text, blocks, attachments, files."""
        return self.post(channel, {**self._bot_identity(), **content}, **options)

    def post(
        self,
        channel: Channel,
        body: Json,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        metadata: Json | None = None,
    ) -> Message:
        """Put a message where it belongs and tell the app."""
        ts = self._clock.next_ts()
        body = {"type": "message", **body, "ts": ts, "team": TEAM_ID}
        if "blocks" in body:
            body["blocks"] = fill_ids(body["blocks"])
        if thread_ts:
            body |= self._thread_fields(channel, thread_ts, broadcast=broadcast)
        message = Message(channel.id, body, metadata)
        channel.messages[ts] = message
        self._recount(channel, thread_ts)
        self._announce(channel, events.posted(message, channel))
        if f"<@{BOT_USER_ID}>" in body.get("text", "") and body.get("user") != BOT_USER_ID:
            self._announce(channel, events.mentioned(message, channel))
        return message

    def whisper(self, channel: Channel, user_id: str, content: Json, thread_ts: str | None = None) -> Message:
        """Show something to one person only; the app hears nothing of it."""
        body = {"type": "message", **self._bot_identity(), **content, "is_ephemeral": True, "ts": self._clock.next_ts()}
        if "blocks" in body:
            body["blocks"] = fill_ids(body["blocks"])
        if thread_ts:
            body["thread_ts"] = thread_ts
        message = Message(channel.id, body, ephemeral_to=user_id)
        channel.messages[message.ts] = message
        self._tell(channel)
        return message

    def slackbot_says(self, channel: Channel, user_id: str, text: str, thread_ts: str | None = None) -> Message:
        """Show one of Slack's own notices to one person."""
        message = self.whisper(channel, user_id, {"text": text}, thread_ts)
        for key in ("bot_id", "app_id", "bot_profile"):
            del message.body[key]
        message.body["user"] = SLACKBOT_ID
        return message

    def edit(self, channel: Channel, message: Message, content: Json, editor: str) -> None:
        """Change a message; metadata stays unless `content` brings its own."""
        before = copy.deepcopy(message.body)
        if "metadata" in content:
            message.metadata = content.pop("metadata")
        if "blocks" in content:
            content["blocks"] = fill_ids(content["blocks"])
        ts = self._clock.next_ts()
        message.body |= {**content, "edited": {"user": editor, "ts": ts}}
        message.answers.clear()
        if message.ephemeral_to:
            self._tell(channel)
        else:
            self._announce(channel, events.changed(before, message, channel, ts))

    def retype(self, channel: Channel, message: Message, text: str) -> None:
        """Change what a person typed."""
        markup, blocks = read_typed(text, self._workspace)
        self.edit(channel, message, {"text": markup, "blocks": blocks}, message.body["user"])

    def delete(self, channel: Channel, message: Message) -> None:
        """Remove a message; a parent with replies leaves its place, as Slack's tombstones do."""
        before = copy.deepcopy(message.body)
        ts = self._clock.next_ts()
        if channel.thread(message.ts):
            kept = {key: message.body[key] for key in _THREAD_KEYS if key in message.body}
            text = "This message was deleted."
            head = {"type": "message", "subtype": "tombstone", "hidden": True, "user": SLACKBOT_ID, "text": text}
            message.body = {**head, "ts": message.ts, **kept}
            self._announce(channel, events.changed(before, message, channel, ts))
            return
        del channel.messages[message.ts]
        self._recount(channel, message.thread_ts)
        if message.ephemeral_to:
            self._tell(channel)
        else:
            self._announce(channel, events.deleted(before, channel, ts))

    def react(self, channel: Channel, message: Message, user_id: str, name: str, *, add: bool) -> bool:
        """Set or take back a reaction; return False when nothing was to be done."""
        reactions: list[Json] = message.body.setdefault("reactions", [])
        entry = next((r for r in reactions if r["name"] == name), None)
        if add == (entry is not None and user_id in entry["users"]):
            return False
        if entry is None:
            reactions.append(entry := {"name": name, "users": [], "count": 0})
        (entry["users"].append if add else entry["users"].remove)(user_id)
        entry["count"] = len(entry["users"])
        message.body["reactions"] = [r for r in reactions if r["users"]]
        if not message.body["reactions"]:
            del message.body["reactions"]
        kind = "reaction_added" if add else "reaction_removed"
        self._announce(channel, events.reaction(kind, user_id, name, message, self._clock.next_ts()))
        return True

    def join(self, channel: Channel, user_id: str, inviter: str | None = None) -> None:
        """Make somebody a member, with the message and the event that come with it."""
        channel.members.append(user_id)
        body = {"subtype": "channel_join", "user": user_id, "text": f"<@{user_id}> has joined the channel"}
        message = self.post(channel, {**body, "inviter": inviter} if inviter else body)
        self._announce(channel, events.member_joined(user_id, inviter, channel, message.ts))

    def changed(self, channel: Channel) -> None:
        """Tell the page that a channel looks different; the app hears nothing."""
        self._tell(channel)

    def _bot_identity(self) -> Json:
        name = self._workspace.users[BOT_USER_ID].name
        profile = {"id": BOT_ID, "app_id": APP_ID, "name": name, "deleted": False, "team_id": TEAM_ID}
        return {"user": BOT_USER_ID, "bot_id": BOT_ID, "app_id": APP_ID, "bot_profile": profile}

    @staticmethod
    def _thread_fields(channel: Channel, thread_ts: str, *, broadcast: bool) -> Json:
        parent = channel.messages[thread_ts]
        fields = {"thread_ts": thread_ts, "parent_user_id": parent.body.get("user")}
        if broadcast:
            fields |= {"subtype": "thread_broadcast", "root": copy.deepcopy(parent.body)}
        return fields

    @staticmethod
    def _recount(channel: Channel, thread_ts: str | None) -> None:
        parent = channel.messages.get(thread_ts or "")
        if parent is None:
            return
        replies = channel.thread(parent.ts)
        for key in _THREAD_KEYS:
            parent.body.pop(key, None)
        if not replies:
            if parent.is_tombstone:
                del channel.messages[parent.ts]
            return
        users = list(dict.fromkeys(reply.body["user"] for reply in replies))
        parent.body |= {
            "thread_ts": parent.ts,
            "reply_count": len(replies),
            "reply_users_count": len(users),
            "reply_users": users[:5],
            "latest_reply": replies[-1].ts,
            "is_locked": False,
            "subscribed": False,
        }

    def _announce(self, channel: Channel, event: Json) -> None:
        self._tell(channel)
        if BOT_USER_ID in channel.members:
            self._delivery.event(event)

    def _tell(self, channel: Channel) -> None:
        self._feed.publish({"type": "messages", "channel": channel.id})
