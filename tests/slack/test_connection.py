"""Slack reaches the bot by socket and by HTTP, and a connection that hears nothing is replaced or reported."""

import hashlib
import hmac
import json
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from threading import Event

import pytest

from bot.slack import connection
from bot.slack.call import make_client
from bot.slack.connection import make_app, serve_health, serve_http, serve_socket
from bot.slack.errors import Refused
from bot.slack.http import Health
from bot.slack.outbox import Outbox
from bot.telemetry.heartbeat import Heartbeats
from tests.support.sandbox_process import SandboxProcess

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


@pytest.fixture
def heartbeats():
    """Signs of life on real monotonic time."""
    return Heartbeats(time.monotonic)


@pytest.fixture
def app(slack):
    """A Bolt app that answers /incident with what was typed."""
    made = make_app(make_client(slack.bot_token, slack.api_url), slack.signing_secret)
    made.seen = []

    @made.command("/incident")
    def incident(ack, command):
        made.seen.append(command)
        ack(f"heard: {command['text']}")

    @made.event("message")
    def message(event):
        made.seen.append(event)

    return made


@pytest.fixture
def socket_mode(slack, app, heartbeats):
    """A connection, closed at the end."""
    opened = []

    def connect(**changes):
        client = make_client(slack.bot_token, slack.api_url)
        made = serve_socket(app, slack.app_token, client, heartbeats, **changes)
        opened.append(made)
        slack.wait_for(lambda: made.is_ready, what="a ready socket")
        return made

    yield connect
    for each in opened:
        each.stop()


def heard(slack, text):
    """The ephemeral answer to a command."""
    return slack.wait_for_message(lambda message: message["text"] == f"heard: {text}")


def test_a_command_is_answered_over_the_socket(slack, socket_mode):
    """From the sandbox's socket through Bolt and back."""
    socket_mode()
    slack.say("/incident start")
    assert heard(slack, "start")["ephemeral_to"] == slack.user


def test_a_response_url_answers_five_times_at_most(slack, socket_mode, app):
    """Also a public answer; the sixth is refused with Slack's word for it."""
    socket_mode()
    slack.say("/incident start")
    heard(slack, "start")
    outbox, url = Outbox(make_client(slack.bot_token, slack.api_url)), app.seen[0]["response_url"]
    outbox.respond(url, "one")
    outbox.respond(url, "two", in_channel=True)
    slack.wait_for_message(lambda message: message["text"] == "two" and not message.get("ephemeral_to"))
    for _ in range(3):
        outbox.respond(url, "more")
    with pytest.raises(Refused, match="response_url: used_url"):
        outbox.respond(url, "too much")


@pytest.mark.parametrize("fault", ["drop", "refresh", "warning"])
def test_a_lost_connection_is_replaced(slack, socket_mode, fault):
    """Cut or asked to go: what is typed afterwards arrives, and the caller is told to catch up."""
    connects = []
    socket_mode(connected=lambda: connects.append(1))
    slack.fault(fault)
    slack.wait_for(lambda: len(connects) > 1, 20, "a second connection")
    slack.say("/incident status")
    heard(slack, "status")


def test_the_end_waits_for_what_is_handled_and_not_for_what_waits(slack, socket_mode, app):
    """Ten are being handled and are acknowledged; those behind them are not begun: Slack sends them again."""
    made = socket_mode()
    workers = made._handler.client.message_workers
    waiting = workers._work_queue

    @app.use
    def hold(next_):  # until nobody waits behind us but the workers' own last word
        until = time.monotonic() + 10
        while not (workers._shutdown and waiting.qsize() <= 1) and time.monotonic() < until:
            time.sleep(0.01)
        next_()

    behind = 5
    for number in range(connection.CONCURRENCY + behind):
        slack.say(f"/incident {number}")
    slack.wait_for(lambda: waiting.qsize() == behind, what="a queue")
    made.stop()
    answered = {message["text"] for message in slack.messages() if message.get("ephemeral_to")}
    assert len(app.seen) == connection.CONCURRENCY
    assert answered == {f"heard: {command['text']}" for command in app.seen}


def test_a_deaf_socket_is_replaced(slack, socket_mode, monkeypatch, heartbeats):
    """Open and silent: nothing heard for longer than allowed, so a new one is made; its heartbeat had stopped."""
    monkeypatch.setattr(connection, "PING_S", 0.3)
    monkeypatch.setattr(connection, "DEAF_AFTER_S", 1.5)
    monkeypatch.setattr(connection, "LOOK_EVERY_S", 0.1)
    connects = []
    made = socket_mode(connected=lambda: connects.append(1))
    slack.fault("deaf")
    slack.wait_for(lambda: made.silent_for_s > 1.5, 10, "silence")
    assert not made.is_ready
    assert heartbeats.ages()["socket"] > 1.4
    slack.fault("none")
    slack.wait_for(lambda: made.is_ready, 20, "a new connection")
    slack.say("/incident status")
    heard(slack, "status")


def test_a_slack_that_is_not_there_leaves_the_heart_unbeaten(slack, app, heartbeats, monkeypatch):
    """Trying is no sign of life: with nobody to connect to, the part goes stale."""
    monkeypatch.setattr(connection, "RETRY_S", 0.1)
    monkeypatch.setattr(connection, "LOOK_EVERY_S", 0.1)
    lonely = make_client("xoxb-1", "http://127.0.0.1:9/api/")
    made = serve_socket(app, "xapp-1", lonely, heartbeats)
    heartbeats.beat("socket", good_for_s=0.3)
    slack.wait_for(lambda: heartbeats.stale() == ("socket",), 5, "a stale socket")
    assert not made.is_ready
    made.stop()
    assert heartbeats.ages() == {}


def test_oauth_stays_off_whatever_the_environment_says(slack, monkeypatch):
    """SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong to some other program; they are still there afterwards."""
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "s")
    app = make_app(make_client(slack.bot_token, slack.api_url))
    assert app.oauth_flow is None
    assert connection.os.environ["SLACK_CLIENT_ID"] == "1.2"


# -- HTTP ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def delivered(heartbeats) -> Iterator[tuple]:
    """A sandbox that delivers by HTTP to a listening bot: (sandbox, bot's base URL, what the bot saw)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with SandboxProcess(deliver_url=f"http://127.0.0.1:{port}/slack/events") as slack:
        app, seen = make_app(make_client(slack.bot_token, slack.api_url), slack.signing_secret), []

        @app.command("/incident")
        def incident(ack, command):
            seen.append(command["text"])
            ack(f"heard: {command['text']}")

        server = serve_http(app, "127.0.0.1", port, slack.signing_secret, Health(heartbeats))
        yield slack, f"http://127.0.0.1:{server.port}", seen
        server.stop()


def request(url, body=b"", headers=None):
    """Return (status, body) of a request; a POST when there is a body."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body or None, headers or {}), timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def signed(body, secret, at=None):
    """Slack's headers for a body."""
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def test_a_command_is_answered_over_http(delivered):
    """A request signed by the sandbox is verified, run and answered."""
    slack, _, _ = delivered
    slack.say("/incident start")
    heard(slack, "start")


def test_a_forged_request_is_401_whatever_it_holds(delivered):
    """Bad signature, old timestamp, missing or unreadable headers, broken bodies: never 500, and nothing runs."""
    slack, url, seen = delivered
    body = urllib.parse.urlencode({"command": "/incident", "text": "start"}).encode()
    good = signed(body, slack.signing_secret)
    stamp, signature = good["X-Slack-Request-Timestamp"], good["X-Slack-Signature"]
    forged = [
        (body, {}),
        (body, signed(body, SECRET)),
        (body, signed(body, slack.signing_secret, at=time.time() - 301)),
        (body, signed(body, slack.signing_secret, at=time.time() + 310)),
        (body, {"X-Slack-Request-Timestamp": stamp}),
        (body, {"X-Slack-Signature": signature}),
        (body, good | {"X-Slack-Request-Timestamp": "soon"}),
        (body, good | {"X-Slack-Request-Timestamp": "1e9"}),
        (body, good | {"X-Slack-Request-Timestamp": "-1"}),
        (body + b"&x=1", good),
        (b"\xff\xfe", good),
        (b"{", good | {"Content-Type": "application/json"}),
    ]
    assert [request(f"{url}/slack/events", *each)[0] for each in forged] == [401] * len(forged)
    assert seen == []


def test_an_unreadable_body_with_a_good_signature_is_401_too(delivered):
    """Bytes that are no UTF-8 cannot come from Slack."""
    slack, url, _ = delivered
    body = b"payload=\xff"
    assert request(f"{url}/slack/events", body, signed(body, slack.signing_secret))[0] == 401


def test_other_paths_are_not_found(delivered):
    """No install page, no surprise."""
    _, url, _ = delivered
    assert request(f"{url}/slack/install")[0] == 404
    assert request(f"{url}/")[0] == 404


def test_health_names_the_part_that_died(heartbeats):
    """Alive is 200; a stale part makes it 503 with its name; not ready is 503 while alive."""
    connected = Event()
    server = serve_health("127.0.0.1", 0, Health(heartbeats, connected.is_set))
    url = f"http://127.0.0.1:{server.port}"
    heartbeats.beat("ticker")
    assert request(f"{url}/healthz")[0] == 200
    assert request(f"{url}/readyz")[0] == 503
    connected.set()
    assert request(f"{url}/readyz")[0] == 200
    heartbeats.beat("ticker", good_for_s=-1)
    status, body = request(f"{url}/healthz")
    assert (status, json.loads(body)["stale"]) == (503, ["ticker"])
    assert request(f"{url}/readyz")[0] == 503
    status, body = request(f"{url}/metrics")
    assert status == 200
    assert b"fifteen_heartbeat_age_seconds" in body
    server.stop()
