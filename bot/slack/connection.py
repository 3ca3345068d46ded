"""How Slack reaches us: over Socket Mode, which calls out, or over HTTP, which listens; and what watches either.

A socket can be open and deaf (python-slack-sdk#1701, bolt-python#1529), and `is_connected()` then lies. So the socket's
heartbeat is what was last *heard* on it, on monotonic time: pongs, pings and messages. That a new one opened is no sign
of life: it may be as deaf as the one before.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from threading import Event, Thread
from time import monotonic as real_monotonic
from typing import Any

import structlog
import websocket
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.slack.envelopes import EnvelopeHandler
from bot.slack.http import Health, HttpServer, events_and_health, health_only
from bot.telemetry.heartbeat import Heartbeats

log = structlog.get_logger(__name__)

PART = "socket"
PING_S = 5.0
# Three unanswered pings and some: connect anew. What stays silent for `heartbeat.SILENCE_S` ends the process.
DEAF_AFTER_S = 18.0
LOOK_EVERY_S = 1.0
RETRY_S = 2.0
# Connecting, and the rest of a frame that has begun; the library's own default is to wait for ever.
SOCKET_TIMEOUT_S = 10.0
# A peer that never answers the goodbye is left; the whole process ends in 10 s.
STOP_S = 2.0
# Listeners run in the threads that read envelopes, before the acknowledgement; each is one short transaction.
CONCURRENCY = 10
_HIDDEN_VARIABLES = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN")


def make_app(client: WebClient, signing_secret: str = "") -> App:
    """Return a Bolt app that runs listeners before it acknowledges, so that what fails is delivered again.

    Bolt turns OAuth on, and our token off, when it finds SLACK_CLIENT_ID and SLACK_CLIENT_SECRET in the environment, and
    warns of a second token when it finds SLACK_BOT_TOKEN; here it does not find them.

    Raises:
        slack_bolt.error.BoltError: the token is not accepted.
    """
    with _without(_HIDDEN_VARIABLES):
        # The logger is handed over for its level: Bolt gives its own the root's otherwise.
        quiet = logging.getLogger("slack_bolt")
        return App(client=client, signing_secret=signing_secret, process_before_response=True, logger=quiet)


def serve_socket(
    app: App, app_token: str, client: WebClient, heartbeats: Heartbeats, *, connected: Callable[[], None] = lambda: None
) -> "SocketConnection":
    """Connect by Socket Mode and return at once; `connected` is called at every new connection, to catch up."""
    connection = SocketConnection(app, app_token, client, heartbeats, connected=connected)
    connection.start()
    return connection


def serve_http(app: App, host: str, port: int, signing_secret: str, health: Health) -> HttpServer:
    """Listen for Slack's requests at /slack/events, with /healthz, /readyz and /metrics beside."""
    return HttpServer(events_and_health(app, signing_secret, health), host, port).start()


def serve_health(host: str, port: int, health: Health) -> HttpServer:
    """Listen for /healthz, /readyz and /metrics alone, beside a socket."""
    return HttpServer(health_only(health), host, port).start()


class SocketConnection:
    """A Socket Mode connection, its heartbeat, and the watch that replaces it when it is deaf."""

    def __init__(
        self,
        app: App,
        app_token: str,
        client: WebClient,
        heartbeats: Heartbeats,
        *,
        connected: Callable[[], None] = lambda: None,
        monotonic: Callable[[], float] = real_monotonic,
    ) -> None:
        websocket.setdefaulttimeout(SOCKET_TIMEOUT_S)
        self._handler = EnvelopeHandler(app, app_token, client, ping_interval_s=PING_S, concurrency=CONCURRENCY)
        self._handler.client.on_open_listeners.append(self._opened)
        self._handler.client.on_message_listeners.append(self._heard)
        self._heartbeats = heartbeats
        self._connected = connected
        self._monotonic = monotonic
        self._heard_at = monotonic()
        self._try_again_at = self._heard_at
        self._opened_once = False
        self._stop = Event()
        self._watch = Thread(target=self._keep_hearing, name="socket-watch", daemon=True)

    @property
    def silent_for_s(self) -> float:
        """Seconds since anything was heard from Slack."""
        return self._monotonic() - self._heard_at

    @property
    def is_ready(self) -> bool:
        """Whether a connection stands and has been heard of lately."""
        return self._opened_once and bool(self._handler.client.is_connected()) and self.silent_for_s < DEAF_AFTER_S

    def start(self) -> None:
        """Connect in the background; where Slack does not answer it is tried again until the heartbeat gives up."""
        self._heartbeats.beat(PART, late_after_s=0.0)
        self._watch.start()

    def stop(self) -> None:
        """Take nothing more, let what is being handled be acknowledged, and close."""
        self._stop.set()
        self._watch.join(STOP_S)
        closing = Thread(target=self._handler.close, name="socket-close", daemon=True)  # it may wait for a dead peer
        closing.start()
        closing.join(STOP_S)
        self._heartbeats.forget(PART)

    def _keep_hearing(self) -> None:
        while not self._stop.is_set():
            deaf = self.silent_for_s > DEAF_AFTER_S
            if (deaf or not self._opened_once) and self._monotonic() >= self._try_again_at:
                if deaf:
                    log.warning("the socket is deaf; connecting anew", silent_for_s=round(self.silent_for_s))
                self._reconnect()
            self._stop.wait(LOOK_EVERY_S)

    def _reconnect(self) -> None:
        wait_s = DEAF_AFTER_S  # what a new connection gets to be heard; nothing here beats the heart
        try:
            self._handler.client.connect_to_new_endpoint(force=True)
        except (SlackClientError, OSError, HTTPException) as error:
            log.warning("no socket to be had", error=str(error))
            wait_s = RETRY_S
        self._try_again_at = self._monotonic() + wait_s

    def _opened(self, session: websocket.WebSocketApp) -> None:
        session.on_pong = session.on_ping = self._heard
        self._opened_once = True
        log.info("connected to Slack")
        self._connected()

    def _heard(self, *_: Any) -> None:
        self._heard_at = self._monotonic()
        self._heartbeats.beat(PART, late_after_s=DEAF_AFTER_S)


@contextmanager
def _without(variables: tuple[str, ...]) -> Iterator[None]:
    hidden = {name: os.environ.pop(name) for name in variables if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(hidden)
