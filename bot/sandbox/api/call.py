"""One call of the Web API: its arguments, read as Slack reads them; and the registry of methods."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.sandbox.errors import ApiError
from bot.sandbox.workspace import BOT_USER_ID, Channel, Json, Message, User

if TYPE_CHECKING:
    from bot.sandbox.slack import LocalSlack

BOT_TOKEN, APP_TOKEN, ANY_TOKEN, NO_TOKEN = "bot", "app", "any", "none"


class Call:
    """Arguments by name; everything that is missing or wrong raises the error that Slack answers."""

    def __init__(self, slack: "LocalSlack", args: Json, token: str = BOT_TOKEN) -> None:
        self.slack = slack
        self.args = args
        self.token = token

    def text(self, name: str, default: str | None = None) -> str:
        """Return a string; without a default it is required."""
        value = self.args.get(name)
        if value in (None, ""):
            if default is None:
                raise ApiError.explained("invalid_arguments", f"missing required field: {name}")
            return default
        if not isinstance(value, str):
            raise ApiError.explained("invalid_arguments", f"must be a string [json-pointer:/{name}]")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean, which a form spells 1, true, 0 or false."""
        value = self.args.get(name, default)
        return value.lower() in ("1", "true") if isinstance(value, str) else bool(value)

    def number(self, name: str, default: int | None = None) -> int:
        """Return a whole number; without a default it is required."""
        value: Any = self.args.get(name, default)
        try:
            return int(value)
        except (TypeError, ValueError) as error:
            raise ApiError.explained("invalid_arguments", f"must be an integer [json-pointer:/{name}]") from error

    def structure(self, name: str) -> Any:
        """Return an object or list, which a form carries as JSON; None when it is not there."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError as error:
            wrong = "invalid_blocks_format" if name == "blocks" else "invalid_json"
            raise ApiError(wrong) from error

    def channel(self, name: str = "channel") -> Channel:
        """Return a conversation that the bot may know of."""
        channel = self.slack.workspace.channels.get(self.text(name))
        if channel is None or (channel.kind != "channel" and BOT_USER_ID not in channel.members):
            raise ApiError("channel_not_found")
        return channel

    def joined_channel(self, name: str = "channel", *, writing: bool = True) -> Channel:
        """Return a conversation that the bot is in; for writing, not an archived one."""
        channel = self.channel(name)
        if writing and channel.is_archived:
            raise ApiError("is_archived")
        if BOT_USER_ID not in channel.members:
            raise ApiError("not_in_channel")
        return channel

    def message(self, channel: Channel, name: str = "ts", error: str = "message_not_found") -> Message:
        """Return a message that everybody in the channel sees."""
        message = channel.messages.get(self.text(name))
        if message is None or message.ephemeral_to or message.is_tombstone:
            raise ApiError(error)
        return message

    def user(self, name: str = "user") -> User:
        """Return a member of the workspace."""
        user = self.slack.workspace.users.get(self.text(name))
        if user is None:
            raise ApiError("user_not_found")
        return user

    def needs(self, scope: str) -> None:
        """Refuse the call unless the app was granted a scope.

        Raises:
            ApiError: missing_scope, with what is needed and what is there.
        """
        granted = self.slack.manifest.scopes
        if scope not in granted:
            raise ApiError("missing_scope", needed=scope, provided=",".join(sorted(granted)))

    def page_of(self, entries: list[Any], default_limit: int = 100) -> tuple[list[Any], Json]:
        """Return the entries that `limit` and `cursor` ask for, and the metadata that leads to the next ones."""
        limit = max(1, min(self.number("limit", default_limit), 999))
        cursor = self.text("cursor", "0")
        if not cursor.isdigit():
            raise ApiError("invalid_cursor")
        start, end = int(cursor), int(cursor) + limit
        more = end < len(entries)
        return entries[start:end], {"next_cursor": str(end) if more else ""}


@dataclass(frozen=True)
class Method:
    """A method of the Web API: what answers it, what scope and kind of token it takes."""

    answer: Callable[[Call], Json]
    scope: str | None
    token: str


METHODS: dict[str, Method] = {}


def method(
    name: str, scope: str | None = None, token: str = BOT_TOKEN
) -> Callable[[Callable[[Call], Json]], Callable[[Call], Json]]:
    """Register a function as a method; it returns the answer without `ok`."""

    def register(answer: Callable[[Call], Json]) -> Callable[[Call], Json]:
        METHODS[name] = Method(answer, scope, token)
        return answer

    return register
