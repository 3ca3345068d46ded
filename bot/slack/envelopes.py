"""Bolt's Socket Mode handler over the SDK's websocket-client, whose sessions end at once when they are replaced or closed.

The SDK closes the old socket from another thread. The thread that waits for it is not told so by the kernel and sits
in its select for up to 10 s, and only then reads the new socket: commands typed meanwhile were late by as much. Shutting
the socket down first wakes it (measured: 11 s from `refresh_requested` to the new connection before, under 1 s after).
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from slack_bolt import App
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.socket_mode.websocket_client import SocketModeClient
from websocket import WebSocketApp, WebSocketException


class EnvelopeHandler(SocketModeHandler):
    """Hands envelopes to Bolt and acknowledges them; the base class, but for the client it makes."""

    def __init__(
        self, app: App, app_token: str, web_client: WebClient, *, ping_interval_s: float, concurrency: int
    ) -> None:
        self.app = app
        self.app_token = app_token
        self.client = PromptClient(
            app_token=app_token,
            logger=app.logger,
            web_client=web_client,
            ping_interval=ping_interval_s,
            concurrency=concurrency,
        )
        self.client.socket_mode_request_listeners.append(self.handle)  # type: ignore[arg-type]


class PromptClient(SocketModeClient):
    """The SDK's client; `connect` and `disconnect` wake the thread that reads the socket they close, `close` waits for no queue."""

    _held: int | None = None  # the last ended socket, for whoever still waits for it

    def connect(self) -> None:
        """Replace the session, if there is one, by a new one."""
        self.auto_reconnect_enabled = False  # the base class turns it on again; the old session need not reconnect
        with self._ended(self.current_session):
            super().connect()

    def disconnect(self) -> None:
        """End the session."""
        with self._ended(self.current_session):
            super().disconnect()

    def close(self) -> None:
        """Let what is being handled be acknowledged, and end; what only waits is not: Slack sends it again.

        The base class ends the session first, and then handles everything that waits, which nobody hears any more.
        """
        self.closed = True  # nothing more is taken off the socket
        self.message_queue.put(None)  # wakes who takes it
        self.message_processor.shutdown()  # type: ignore[no-untyped-call]
        self.message_workers.shutdown(cancel_futures=True)
        super().close()

    def send_message(self, message: str) -> None:
        """Send an acknowledgement; one that comes after the end is dropped, and Slack sends its event again."""
        try:
            super().send_message(message)
        except (
            OSError,
            WebSocketException,
            AttributeError,
        ) as error:  # AttributeError: the SDK logs a session_id that is not there
            self.logger.warning("an acknowledgement came after the end of the session: %s", error)

    @contextmanager
    def _ended(self, session: WebSocketApp | None) -> Iterator[None]:
        """Say goodbye on a session's socket and wake its reader; closed afterwards, which the library then forgets.

        Epoll forgets a closed socket, and a reader that has not got round to waking up by then sleeps on: so the kernel's
        end of it is held until the next one ends.
        """
        frames = session.sock if session is not None else None
        wire = frames.sock if frames is not None else None
        if frames is None or wire is None:
            yield
            return
        with suppress(OSError, WebSocketException):
            frames.send_close()
        with suppress(OSError):
            self._hold(os.dup(wire.fileno()))
            wire.shutdown(socket.SHUT_RDWR)
        try:
            yield
        finally:
            wire.close()

    def _hold(self, descriptor: int) -> None:
        released, self._held = self._held, descriptor
        if released is not None:
            os.close(released)
