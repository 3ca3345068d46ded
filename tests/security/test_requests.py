"""Requests that did not come from Slack, over the real bot's own port; and ids that are none."""

import re
import socket
import urllib.parse
import urllib.request

import pytest

from bot.errors import UserError
from bot.incident.command import ShowTrace
from bot.incident.grammar import parse
from tests.scenarios.conftest import opened
from tests.scenarios.test_restarts import post, signed_start

HOUR_S = 3600


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A room over HTTP in which nothing must happen."""
    with opened(tmp_path_factory.mktemp("requests"), "http") as room:
        yield room


def forged(room):
    """Yield (what is wrong, body, headers) of requests that Slack did not send, or not now."""
    secret = room.sandbox.signing_secret
    body, good = signed_start(room, secret=secret)
    stamp, signature = "X-Slack-Request-Timestamp", "X-Slack-Signature"
    yield "no headers", body, {}
    yield "no timestamp", body, {signature: good[signature]}
    yield "no signature", body, {stamp: good[stamp]}
    yield "another secret", *signed_start(room, secret="guess")
    yield "another body", body + b"&text=start+other", good
    yield "an empty body", b"", good
    yield "a minute past the five", *signed_start(room, secret=secret, age_s=360)
    yield "from the future", *signed_start(room, secret=secret, age_s=-HOUR_S)
    for value in ("", "now", "1e9", "-1", "1.5", "0x10", "9" * 400, "\u0661\u0662", "NaN"):
        yield f"timestamp {value[:9]!r}", body, good | {stamp: value.encode().decode("latin-1")}
    for value in ("", "v0=", "v0=" + "0" * 64, good[signature].replace("v0=", "v1="), "v0=\xe9", good[signature] + "0"):
        yield f"signature {value[:9]!r}", body, good | {signature: value}
    yield "no form at all", b"\xff\xfe\x00", good
    yield "JSON too deep", b'{"a":' * 5000, good | {"Content-Type": "application/json"}


def test_what_slack_did_not_sign_is_401_and_changes_nothing(room):
    """Forged, stale, cut, unreadable: 401 and never 500; no row is written and nobody is told anything."""
    answers = {what: post(room.http_url, body, headers)[0] for what, body, headers in forged(room)}
    assert answers == dict.fromkeys(answers, 401)
    assert len(answers) > 20
    room.settle()
    assert room.messages() == []
    body, headers = signed_start(room, secret=room.sandbox.signing_secret)
    status, answer = post(room.http_url, body, headers)
    assert (status, "#1 is started" in answer) == (200, True), "the control: signed now, it is done"


def test_a_broken_request_line_or_a_huge_body_does_not_stop_the_next(room):
    """What is no HTTP is closed; what is larger than Slack ever sends is refused unread."""
    address = urllib.parse.urlsplit(room.http_url)
    for raw in (b"\x16\x03\x01\x02\x00", b"POST /slack/events HTTP/1.1\r\nContent-Length: -5\r\n\r\n"):
        with socket.create_connection((address.hostname, address.port), timeout=10) as wire:
            wire.sendall(raw + b"\r\n\r\n")
            assert not re.match(rb"HTTP/1.. (2|5)", wire.recv(100))
    with socket.create_connection((address.hostname, address.port), timeout=10) as wire:
        wire.sendall(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
        assert b" 413 " in wire.recv(100)
    with urllib.request.urlopen(f"http://{address.netloc}/healthz", timeout=10) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    "text",
    [
        "a' OR 1=1",
        "x;DROP",
        "$(reboot)",
        "`id`;`id`",
        "a|b",
        "a b",
        "x" * 129,
        "a\x00b",
        "{x}",
        "..\\etc",
        "<!channel>",
        "a*",
        "a%20b",
        "\u0661\u0662",
    ],
)
def test_only_ids_are_taken_for_ids(text):
    """The allow-list of correlation ids, and its limit; whatever is no id is refused before anything is read."""
    with pytest.raises(UserError):
        parse(f"trace {text}")
    for dressed in ("4bf92f35-77b3/4d:a6_a3.c1", "`4bf92f35-77b3/4d:a6_a3.c1`", "\u202e4bf92f35-77b3/4d:a6_a3.c1"):
        assert parse(f"trace {dressed}") == ShowTrace("4bf92f35-77b3/4d:a6_a3.c1")
