"""Nothing lost, nothing twice: a bot that is killed, people who type at once, payloads that come again."""

import hashlib
import hmac
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

from tests.scenarios.conftest import opened
from tests.support.room import AVA, BEN, HERE


@pytest.fixture
def http_room(tmp_path):
    """A room of its own, over HTTP."""
    with opened(tmp_path, "http") as room:
        yield room


def test_a_call_that_fell_due_while_the_bot_was_down_is_made_once_and_marked_late(room):
    """Killed before the warning, started after the call was due."""
    room.start()
    room.settle()
    room.bot.kill()
    room.minute(22)
    room.bot.start()
    call = room.sees("Call 1 of 6")
    assert "3 min late" in room.text(call)  # Slack made it, at minute 18
    room.settle()
    assert len(room.calls()) == 1
    assert room.find("In 5 min") == []
    room.minute(26)
    room.settle()
    assert len(room.calls()) == 1, "catching up is no burst"
    room.minute(28)
    room.sees("Call 2 of 6")


def test_a_bot_killed_right_after_the_start_posts_everything_once(room):
    """The answer was the promise: card, ledger and findings follow after the restart, none of them twice."""
    room.log.write_until(room.now())
    room.command("start Carts fail")
    room.bot.kill()
    room.bot.start()
    room.sees("*Scope* found", timeout=30)
    room.sees("1. Scope", timeout=30)
    room.ledger()
    room.settle()
    assert len(room.find("Lead @ava")) == 1
    assert len(room.find("1. Scope")) == 1
    assert len(room.find("What do you think it is?")) == 1


def test_the_second_of_two_starts_is_shown_the_first(room):
    """Two people mean the same incident; who means another presses the button."""
    room.command("start", user=AVA)
    answer = room.command("start", user=BEN)
    assert "#1" in room.text(answer)
    assert "ago by @ava" in room.text(answer)
    room.card()
    room.settle()
    assert len(room.find("Lead @")) == 1
    room.press(answer, "Start another", user=BEN)
    room.sees("#2", "Lead @ben")


def test_an_event_that_is_delivered_twice_has_one_effect(room):
    """The same event_id again: one line of the ledger, one reaction."""
    room.start()
    ledger = room.ledger()
    room.sandbox.fault("duplicate")
    ts = room.reply(ledger, "The price cache holds old carts")
    room.becomes(ledger, "*H1* The price cache holds old carts")
    room.settle()
    assert "H2" not in room.text(room.again(ledger))
    assert room.again({"ts": ts, "channel": HERE})["reactions"][0]["count"] == 1


def test_a_signed_request_that_is_replayed_has_one_effect(http_room):
    """Slack's signature has no nonce, so the same request passes twice; it starts one incident."""
    body, headers = signed_start(http_room, secret=http_room.sandbox.signing_secret)
    answers = [post(http_room.http_url, body, headers) for _ in range(2)]
    assert answers[0][0] == 200
    assert "#1 is started" in answers[0][1]
    assert answers[1] == (200, "")
    http_room.card()
    http_room.settle()
    assert len(http_room.find("Lead @ava")) == 1


@pytest.mark.parametrize("change", ["secret", "body", "old", "no number"])
def test_a_request_that_slack_did_not_sign_is_refused(shared_http, change):
    """Another secret, another body, a stale or broken timestamp: 401, and nothing happens."""
    secret = "guess" if change == "secret" else shared_http.sandbox.signing_secret
    body, headers = signed_start(shared_http, secret=secret, age_s=600 if change == "old" else 0)
    if change == "body":
        body += b"&text=start+other"
    if change == "no number":
        headers["X-Slack-Request-Timestamp"] = "now"
    assert post(shared_http.http_url, body, headers)[0] == 401
    assert shared_http.messages() == []


@pytest.fixture(scope="module")
def shared_http(tmp_path_factory):
    """A room over HTTP in which nothing must happen."""
    with opened(tmp_path_factory.mktemp("http"), "http") as room:
        yield room


def signed_start(room, *, secret, age_s=0):
    """Return body and headers of `/incident start`, signed as Slack signs."""
    fields = {
        "command": "/incident",
        "text": "start",
        "trigger_id": "1.2.abc",
        "user_id": AVA,
        "user_name": "ava",
        "team_id": "T0LOCAL",
        "team_domain": "local",
        "channel_id": HERE,
        "channel_name": "checkout-alerts",
        "api_app_id": "A0LOCAL",
        "response_url": f"{room.sandbox.page_url}/commands/none",
    }
    body = urllib.parse.urlencode(fields).encode()
    at = str(int(time.time()) - age_s)
    mac = hmac.new(secret.encode(), b"v0:%b:%b" % (at.encode(), body), hashlib.sha256).hexdigest()
    return body, {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={mac}"}


def post(url, body, headers):
    """Send a form and return status and text."""
    request = urllib.request.Request(url, body, {"Content-Type": "application/x-www-form-urlencoded", **headers})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
