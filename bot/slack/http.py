"""The HTTP side: Slack's signed requests at /slack/events, and /healthz, /readyz and /metrics for whoever supervises us."""

import io
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from threading import Thread
from typing import TYPE_CHECKING, Any

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from slack_bolt import App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk.signature import SignatureVerifier
from waitress.server import create_server
from waitress.wasyncore import close_all

from bot.telemetry.heartbeat import Heartbeats

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

EVENTS_PATH = "/slack/events"
# Slack's largest payload is a view with 100 blocks of 3,000 characters.
LARGEST_BODY = 2 * 1024 * 1024
THREADS = 10
STOP_S = 3.0


@dataclass(frozen=True, slots=True)
class Health:
    """What the endpoints answer from: alive while no heartbeat is stale; ready while none is late, and `ready()`."""

    heartbeats: Heartbeats
    ready: Callable[[], bool] = lambda: True

    def report(self) -> tuple[bool, dict[str, Any]]:
        """Return whether every part is alive, and the age in seconds of each one's last sign of life."""
        stale, late = self.heartbeats.stale(), self.heartbeats.late()
        ages = {part: round(age, 1) for part, age in sorted(self.heartbeats.ages().items())}
        return not stale, {"alive": not stale, "stale": list(stale), "late": list(late), "silent_for_s": ages}


def health_only(health: Health) -> "WSGIApplication":
    """Return the WSGI application of the health endpoints."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        alive, report = health.report()
        match environ["PATH_INFO"]:
            case "/healthz":
                return _answer(start_response, HTTPStatus.OK if alive else HTTPStatus.SERVICE_UNAVAILABLE, report)
            case "/readyz":
                ready = not report["late"] and health.ready()
                status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
                return _answer(start_response, status, report | {"ready": ready})
            case "/metrics":
                start_response("200 OK", [("Content-Type", CONTENT_TYPE_LATEST)])
                return [generate_latest()]
        return _answer(start_response, HTTPStatus.NOT_FOUND, {"error": "not found"})

    return application


def events_and_health(app: App, signing_secret: str, health: Health) -> "WSGIApplication":
    """Return the WSGI application that also takes Slack's requests.

    The signature is checked on the raw bytes, before anything is parsed: a forged request is 401 whatever it holds,
    where Bolt answers 500 to a timestamp that is no number or a body that is no JSON.
    """
    verifier = SignatureVerifier(signing_secret)
    slack, others = SlackRequestHandler(app, path=EVENTS_PATH), health_only(health)

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] != EVENTS_PATH:
            return others(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if not _is_signed(verifier, environ, body):
            return _answer(start_response, HTTPStatus.UNAUTHORIZED, {"error": "invalid signature"})
        environ["wsgi.input"] = io.BytesIO(body)
        return slack(environ, start_response)

    return application


class HttpServer:
    """A listening waitress in a thread of its own; `port` is the one it got where 0 was asked for."""

    def __init__(self, application: "WSGIApplication", host: str, port: int) -> None:
        self._sockets: dict[int, Any] = {}
        listening = socket.create_server((host, port))
        self.port: int = listening.getsockname()[1]
        self._server = create_server(
            application,
            map=self._sockets,
            sockets=[listening],
            threads=THREADS,
            ident=None,
            max_request_body_size=LARGEST_BODY,
        )
        self._thread = Thread(target=self._server.run, name="http", daemon=True)

    def start(self) -> "HttpServer":
        """Begin to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Let requests under way be answered, then close every connection and the thread that serves them."""
        self._server.task_dispatcher.shutdown(timeout=STOP_S)
        self._server.trigger.pull_trigger(lambda: close_all(self._sockets))  # in the serving thread, which ends with it
        self._thread.join(STOP_S)


def _is_signed(verifier: SignatureVerifier, environ: "WSGIEnvironment", body: bytes) -> bool:
    timestamp = environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", "")
    signature = environ.get("HTTP_X_SLACK_SIGNATURE", "")
    if not (timestamp.isascii() and timestamp.isdecimal() and signature.isascii()):
        return False
    try:
        return verifier.is_valid(body, timestamp, signature)
    except UnicodeDecodeError:
        return False


def _answer(start_response: "StartResponse", status: HTTPStatus, body: dict[str, Any]) -> Iterable[bytes]:
    start_response(f"{status.value} {status.phrase}", [("Content-Type", "application/json")])
    return [orjson.dumps(body)]
