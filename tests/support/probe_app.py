"""A small Slack app over the real SDK: it acknowledges what comes, keeps it for the test, and answers as it is told to."""

from queue import Empty, Queue
from typing import TYPE_CHECKING, Any

from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

if TYPE_CHECKING:
    from collections.abc import Callable

Payload = dict[str, Any]
ARRIVES_WITHIN_S = 10


class ProbeApp:
    """`answers[name]` makes the payload that an acknowledgement carries; the name is a command, an action_id or a callback_id."""

    def __init__(self, sandbox: Payload) -> None:
        self.channel: str = sandbox["channel"]
        self.web = WebClient(token=sandbox["bot_token"], base_url=sandbox["api_url"], retry_handlers=[])
        self.answers: dict[str, Callable[[Payload], Payload | None]] = {}
        self._arrived: Queue[tuple[str, Payload]] = Queue()
        self._socket = SocketModeClient(app_token=sandbox["app_token"], web_client=self.web)
        self._socket.socket_mode_request_listeners.append(self._take)
        self._socket.connect()

    def forget(self) -> None:
        """Drop what has arrived and every answer, as before the first test."""
        self.answers.clear()
        while not self._arrived.empty():
            self._arrived.get_nowait()

    def close(self) -> None:
        """Leave the socket."""
        self._socket.close()

    def next(self, name: str) -> Payload:
        """Return the next payload of that name; what comes before it is dropped."""
        while True:
            try:
                arrived, payload = self._arrived.get(timeout=ARRIVES_WITHIN_S)
            except Empty:
                raise AssertionError(f"the app was never sent {name}") from None
            if arrived == name:
                return payload

    def post(self, text: str, blocks: list[Payload] | None = None, **options: Any) -> str:
        """Post into the default channel and return the message's ts."""
        answer = self.web.chat_postMessage(channel=self.channel, text=text, blocks=blocks, **options)
        return str(answer["ts"])

    def _take(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        name = _name(request.type, request.payload)
        answer = self.answers.get(name, lambda _: None)(request.payload)
        client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id, payload=answer))
        self._arrived.put((name, request.payload))


def _name(kind: str, payload: Payload) -> str:
    if kind == "slash_commands":
        return str(payload["command"])
    if kind == "events_api":
        return str(payload["event"]["type"])
    if payload["type"] == "block_actions":
        return str(payload["actions"][0]["action_id"])
    if payload["type"] in ("view_submission", "view_closed"):
        return f"{payload['type']}:{payload['view']['callback_id']}"
    return str(payload.get("callback_id"))
