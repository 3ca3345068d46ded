"""What a workspace holds: people, channels, messages, groups, files, views; and who is in it at the start."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

TEAM_ID = "T0SANDBOX"
TEAM_NAME = "Sandbox"
TEAM_DOMAIN = "sandbox"
APP_ID = "A0FIFTEEN"
BOT_ID = "B0FIFTEEN"
BOT_USER_ID = "U0FIFTEEN"
SLACKBOT_ID = "USLACKBOT"


def new_id(prefix: str) -> str:
    """Return an id shaped like Slack's: a letter for the kind, then capitals and digits."""
    return prefix + secrets.token_hex(5).upper()


@dataclass
class User:
    """A member of the workspace."""

    id: str
    name: str
    real_name: str
    is_bot: bool = False
    is_guest: bool = False


@dataclass
class Message:
    """One message of a channel.

    `body` is what Slack shows; `metadata` only to who asks for it; `answers` are the menus' choices, by user;
    `hidden_until` is the wall time from which the app can read it.
    """

    channel_id: str
    body: Json
    metadata: Json | None = None
    ephemeral_to: str | None = None
    answers: dict[str, Json] = field(default_factory=dict)
    hidden_until: float = 0.0

    @property
    def ts(self) -> str:
        """Return the message's id within its channel."""
        return str(self.body["ts"])

    @property
    def thread_ts(self) -> str | None:
        """Return the parent's ts where this is a reply; a parent is not a reply to itself."""
        thread_ts = self.body.get("thread_ts")
        return None if thread_ts in (None, self.ts) else str(thread_ts)

    @property
    def is_tombstone(self) -> bool:
        """Return whether only the place of a deleted parent is left."""
        return self.body.get("subtype") == "tombstone"


@dataclass
class Channel:
    """A conversation; `kind` is Slack's channel_type: channel (public), group (private) or im."""

    id: str
    name: str
    kind: str
    members: list[str]
    is_archived: bool = False
    topic: str = ""
    created: int = 0
    messages: dict[str, Message] = field(default_factory=dict)
    pins: list[str] = field(default_factory=list)
    bookmarks: list[Json] = field(default_factory=list)

    def thread(self, thread_ts: str) -> list[Message]:
        """Return the replies under a parent, oldest first, ephemeral ones left out."""
        return [m for m in self.messages.values() if m.thread_ts == thread_ts and m.ephemeral_to is None]


@dataclass(frozen=True)
class Usergroup:
    """A group of users that can be mentioned as one."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...]


@dataclass
class File:
    """A file: its bytes arrive first, then it is shared."""

    id: str
    name: str
    length: int
    content: bytes | None = None
    title: str = ""
    alt_text: str = ""
    mimetype: str = "application/octet-stream"
    shared: bool = False


@dataclass
class View:
    """An open modal or a home tab; `trouble` is what its user sees when the app did not answer."""

    user_id: str
    body: Json
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str = ""

    @property
    def id(self) -> str:
        """Return the view's id."""
        return str(self.body["id"])


class Workspace:
    """Everything in memory, gone with the process."""

    def __init__(self, bot_name: str, created: int) -> None:
        self.users = {user.id: user for user in _people(bot_name)}
        self.channels = {channel.id: channel for channel in _channels(created)}
        self.usergroups = {"S0123456": Usergroup("S0123456", "oncall", "On call", ("U0AVA", "U0BEN"))}
        self.files: dict[str, File] = {}
        self.modals: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.default_channel = "C0CHECKOUT"
        self.default_user = "U0AVA"

    def channel_named(self, name: str) -> Channel | None:
        """Return the channel with an id or a name, with or without its #."""
        bare = name.removeprefix("#")
        return self.channels.get(name) or next((c for c in self.channels.values() if c.name == bare), None)

    def user_named(self, name: str) -> User | None:
        """Return the user with a handle, whatever its case."""
        return next((user for user in self.users.values() if user.name == name.lower()), None)

    def direct_message(self, user_id: str, created: int) -> Channel:
        """Return the conversation between a user and the bot, opened now if need be."""
        for channel in self.channels.values():
            if channel.kind == "im" and user_id in channel.members:
                return channel
        channel = Channel(new_id("D"), "", "im", [user_id, BOT_USER_ID], created=created)
        self.channels[channel.id] = channel
        return channel

    def views(self) -> Iterator[View]:
        """Return every open modal and home tab."""
        for stack in self.modals.values():
            yield from stack
        yield from self.homes.values()

    def view(self, view_id: str) -> View | None:
        """Return an open modal or home tab by its id or external id."""
        return next((view for view in self.views() if view_id in (view.id, view.body.get("external_id"))), None)


def _people(bot_name: str) -> list[User]:
    return [
        User("U0AVA", "ava", "Ava Example"),
        User("U0BEN", "ben", "Ben Example"),
        User("U0CLEO", "cleo", "Cleo Example"),
        User("U0DAN", "dan", "Dan Example"),
        User("U0GUS", "gus", "Gus Guest", is_guest=True),
        User(SLACKBOT_ID, "slackbot", "Slackbot", is_bot=False),
        User(BOT_USER_ID, bot_name, bot_name.title(), is_bot=True),
    ]


def _channels(created: int) -> list[Channel]:
    everyone = ["U0AVA", "U0BEN", "U0CLEO", "U0DAN"]
    return [
        Channel("C0CHECKOUT", "checkout-alerts", "channel", [*everyone, "U0GUS", BOT_USER_ID], created=created),
        Channel("C0INCIDENT", "incidents", "channel", [*everyone, BOT_USER_ID], created=created),
        Channel("C0PAYMENTS", "payments", "channel", [*everyone], created=created),
        Channel("C0SECURITY", "security-private", "group", ["U0AVA", "U0BEN"], created=created),
        Channel("C0OLDSTUFF", "old-outages", "channel", [*everyone, BOT_USER_ID], is_archived=True, created=created),
        Channel("D0AVA", "", "im", ["U0AVA", BOT_USER_ID], created=created),
    ]
