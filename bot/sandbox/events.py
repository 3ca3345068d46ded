"""The shapes of what Slack tells an app: events and their envelopes."""

import copy

from bot.sandbox.clock import SandboxClock
from bot.sandbox.workspace import APP_ID, BOT_USER_ID, TEAM_ID, Channel, Json, Message, new_id

SUBSCRIPTION_OF_KIND = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


def event_callback(event: Json, clock: SandboxClock, verification_token: str) -> Json:
    """Wrap an event as the Events API sends it, over HTTP and the socket alike."""
    return {
        "token": verification_token,
        "team_id": TEAM_ID,
        "context_team_id": TEAM_ID,
        "context_enterprise_id": None,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": new_id("Ev"),
        "event_time": int(clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM_ID,
                "user_id": BOT_USER_ID,
                "is_bot": True,
                "is_enterprise_install": False,
            },
        ],
        "is_ext_shared_channel": False,
        "event_context": new_id("4-"),
    }


def subscription_of(event: Json) -> str:
    """Return the name under which a manifest subscribes to an event."""
    if event["type"] == "message":
        return SUBSCRIPTION_OF_KIND[event["channel_type"]]
    return str(event["type"])


def posted(message: Message, channel: Channel) -> Json:
    """Return the event of a new message."""
    return {
        **copy.deepcopy(message.body),
        "channel": channel.id,
        "channel_type": channel.kind,
        "event_ts": message.ts,
    }


def mentioned(message: Message, channel: Channel) -> Json:
    """Return the app_mention that comes in addition to the message."""
    body = {key: value for key, value in copy.deepcopy(message.body).items() if key != "parent_user_id"}
    return {**body, "type": "app_mention", "channel": channel.id, "event_ts": message.ts}


def changed(before: Json, message: Message, channel: Channel, ts: str) -> Json:
    """Return the event of an edit; its own ts is the moment of the edit."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "message": copy.deepcopy(message.body),
        "previous_message": copy.deepcopy(before),
        "channel": channel.id,
        "channel_type": channel.kind,
        "ts": ts,
        "event_ts": ts,
    }


def deleted(before: Json, channel: Channel, ts: str) -> Json:
    """Return the event of a deletion."""
    return {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "deleted_ts": before["ts"],
        "previous_message": copy.deepcopy(before),
        "channel": channel.id,
        "channel_type": channel.kind,
        "ts": ts,
        "event_ts": ts,
    }


def member_joined(user_id: str, inviter: str | None, channel: Channel, ts: str) -> Json:
    """Return the event of somebody becoming a member."""
    event = {
        "type": "member_joined_channel",
        "user": user_id,
        "channel": channel.id,
        "channel_type": "C" if channel.kind == "channel" else "G",
        "team": TEAM_ID,
        "event_ts": ts,
    }
    return {**event, "inviter": inviter} if inviter else event


def reaction(kind: str, user_id: str, name: str, message: Message, ts: str) -> Json:
    """Return the event of a reaction set or taken back; `kind` is reaction_added or reaction_removed."""
    return {
        "type": kind,
        "user": user_id,
        "reaction": name,
        "item": {"type": "message", "channel": message.channel_id, "ts": message.ts},
        "item_user": message.body.get("user"),
        "event_ts": ts,
    }


def home_opened(user_id: str, channel_id: str, view: Json | None, ts: str) -> Json:
    """Return the event of somebody opening the app's home tab."""
    event = {"type": "app_home_opened", "user": user_id, "channel": channel_id, "tab": "home", "event_ts": ts}
    return {**event, "view": view} if view else event
