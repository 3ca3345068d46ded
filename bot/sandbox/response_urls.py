"""response_url: an address good for five answers in half an hour, that needs no token."""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.sandbox.blocks.surfaces import checked_content
from bot.sandbox.errors import ApiError
from bot.sandbox.workspace import BOT_USER_ID, Message

if TYPE_CHECKING:
    from bot.sandbox.slack import LocalSlack

MOST_USES = 5
LIFE_S = 30 * 60


@dataclass
class Address:
    """Where the answers go: a conversation and a person, and the message that was pressed, if one was."""

    channel_id: str
    user_id: str
    source_ts: str | None
    expires: float
    uses: int = 0


class ResponseUrls:
    """The addresses given out."""

    def __init__(self, slack: "LocalSlack") -> None:
        self._slack = slack
        self._addresses: dict[str, Address] = {}

    def new(self, kind: str, channel_id: str, user_id: str, source: Message | None = None) -> str:
        """Return an address; `kind` (commands, actions, app) is only what its path says, as Slack's does."""
        token = secrets.token_urlsafe(18)
        expires = self._slack.clock.now() + LIFE_S
        self._addresses[token] = Address(channel_id, user_id, source.ts if source else None, expires)
        return f"{self._slack.base_url}/{kind}/{token}"

    def answer(self, token: str, body: Any) -> None:
        """Do what was sent to an address.

        Raises:
            ApiError: there is no such address, it is used up or too old, or the body is not good.
        """
        address = self._addresses.get(token)
        if address is None:
            raise ApiError("invalid_url")
        if self._slack.clock.now() >= address.expires:
            raise ApiError("expired_url")
        if address.uses >= MOST_USES:
            raise ApiError("used_url")
        if not isinstance(body, dict):
            raise ApiError("invalid_payload")
        address.uses += 1
        self._do(address, body)

    def show(self, channel_id: str, user_id: str, body: Any) -> None:
        """Show what an app answered to a command in the acknowledgement itself."""
        if isinstance(body, str):
            body = {"text": body}
        if body:
            self._do(Address(channel_id, user_id, None, 0), body)

    def _do(self, address: Address, body: dict[str, Any]) -> None:
        messages = self._slack.messages
        channel = self._slack.workspace.channels[address.channel_id]
        source = channel.messages.get(address.source_ts or "")
        if body.get("delete_original"):
            if source is None:
                raise ApiError("message_not_found")
            messages.delete(channel, source)
            return
        content = checked_content(body)
        if body.get("replace_original"):
            if source is None:
                raise ApiError("message_not_found")
            messages.edit(channel, source, {"blocks": [], **content}, BOT_USER_ID)
        elif body.get("response_type", "ephemeral") == "in_channel":
            messages.post_as_bot(channel, content, thread_ts=body.get("thread_ts"), metadata=body.get("metadata"))
        else:
            messages.whisper(channel, address.user_id, content, body.get("thread_ts"))
