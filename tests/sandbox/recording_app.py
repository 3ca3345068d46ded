"""An app over slack_sdk's own Socket Mode clients, which keeps what it gets and answers as the test says."""

from typing import Self

from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient as BuiltinClient
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.socket_mode.websocket_client import SocketModeClient as WebsocketClient

CLIENTS = {"builtin": BuiltinClient, "websocket_client": WebsocketClient}


class RecordingApp:
    """`requests` are the envelopes that came; set `silent` to leave them unacknowledged, `answer` to say something."""

    def __init__(self, slack, kind="websocket_client", **options) -> None:
        self.slack = slack
        self.web = WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        self.requests = []
        self.silent = False
        self.answer = lambda request: None
        if kind == "websocket_client":
            # As often it looks whether its session has a socket, and makes another where it has none yet: on a busy
            # machine the first one takes a second.
            options.setdefault("ping_interval", 2.0)
        self.client = CLIENTS[kind](slack.app_token, web_client=self.web, **options)
        self.client.socket_mode_request_listeners.append(self._take)
        self.client.connect()
        slack.wait_for(
            lambda: slack.state()["app"]["connected"] and self.client.is_connected(), what="the app's socket"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self):
        """Leave. The socket is cut from the other side first: closed under its reader, that would sleep for 10 s more."""
        self.client.auto_reconnect_enabled = False
        session = self.client.current_session
        self.slack.fault("drop")
        self.slack.wait_for(lambda: not self.slack.state()["app"]["connected"], what="the socket to close")
        if isinstance(self.client, WebsocketClient):
            self.slack.wait_for(lambda: session.sock is None, what="the client's reader to see it")
        self.client.close()

    def events(self, kind="message"):
        """Return the events of a kind, oldest first."""
        bodies = [request.payload["event"] for request in self.requests if request.type == "events_api"]
        return [event for event in bodies if event["type"] == kind]

    def payloads(self, kind):
        """Return the interactions of a kind, or the slash commands, oldest first."""
        return [r.payload for r in self.requests if kind in (r.type, r.payload.get("type")) and r.type != "events_api"]

    def wait_for_event(self, kind="message", fits=lambda event: True, timeout=10):
        """Wait for an event and return the newest that fits."""
        return self._wait(lambda: [event for event in self.events(kind) if fits(event)], timeout, kind)

    def wait_for_payload(self, kind, timeout=10):
        """Wait for an interaction and return the newest."""
        return self._wait(lambda: self.payloads(kind), timeout, kind)

    def _wait(self, found, timeout, what):
        return self.slack.wait_for(found, timeout, what)[-1]

    def _take(self, client, request):
        self.requests.append(request)
        if not self.silent:
            answer = self.answer(request)
            client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id, payload=answer))
