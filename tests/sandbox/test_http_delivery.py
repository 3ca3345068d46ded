"""HTTP delivery: what a server gets that checks as slack_sdk's SignatureVerifier does."""

import json
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from slack_sdk.signature import SignatureVerifier

from tests.sandbox.sandbox_thread import SandboxThread


class Receiver(ThreadingHTTPServer):
    """An app that listens; `status`, `answer` and `delay_s` are what it gives back."""

    def __init__(self, port=0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.requests = []
        self.status, self.answer, self.answer_type, self.delay_s = 200, b"", "application/json", 0
        self.headers = {}
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self):
        """Where it listens: a path of its own, to see that it is kept."""
        return f"http://127.0.0.1:{self.server_port}/somewhere/else?x=1"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, dict(self.headers), body))
        time.sleep(self.server.delay_s)  # the slowness under test, not a wait for something
        with suppress(ConnectionError):  # the sandbox waits for 3 s only
            self._respond()

    def _respond(self):
        self.send_response(self.server.status)
        for name, value in {"Content-Type": self.server.answer_type, **self.server.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *args):
        pass


@pytest.fixture
def receiver():
    """A listening app."""
    server = Receiver()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def slack(tmp_path, receiver):
    """A sandbox that delivers there."""
    with SandboxThread(tmp_path / "clock", deliver_url=receiver.url) as running:
        yield running


def wait_for_requests(slack, receiver, count):
    """Wait until so many requests have come, and return them."""
    slack.wait_for(lambda: len(receiver.requests) >= count, what=f"{count} requests")
    return receiver.requests


def test_an_event_comes_signed_to_the_very_url(slack, receiver):
    """The path is kept; the signature is good by the SDK's verifier; the body is an event_callback."""
    slack.advance(3600)
    ts = slack.say("down")
    path, headers, body = wait_for_requests(slack, receiver, 1)[0]
    assert path == "/somewhere/else?x=1"
    assert SignatureVerifier(slack.signing_secret).is_valid_request(body, headers), "also after a jump of the clock"
    payload = json.loads(body)
    assert payload["type"] == "event_callback"
    assert payload["event"]["ts"] == ts
    assert payload["event_id"].startswith("Ev")
    assert payload["event_time"] == pytest.approx(float(ts), abs=2)
    assert {"team_id", "api_app_id", "authorizations"} <= set(payload)
    assert "X-Slack-Retry-Num" not in headers


def test_a_changed_body_does_not_pass(slack, receiver):
    """The signature covers the body."""
    slack.say("down")
    _, headers, body = wait_for_requests(slack, receiver, 1)[0]
    assert not SignatureVerifier(slack.signing_secret).is_valid_request(body + b" ", headers)


def test_a_command_comes_as_a_form_and_its_answer_is_shown(slack, receiver):
    """Slack's fields; the response's text is an ephemeral message."""
    receiver.answer = json.dumps({"text": "on it"}).encode()
    slack.say("/incident start @cleo a&b")
    _, headers, body = wait_for_requests(slack, receiver, 1)[0]
    fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert (fields["command"], fields["text"]) == ("/incident", "start <@U0CLEO> a&amp;b")
    assert fields["is_enterprise_install"] == "false"
    assert {"token", "team_id", "channel_id", "user_id", "response_url", "trigger_id", "api_app_id"} <= set(fields)
    message = slack.wait_for_message(lambda m: m["text"] == "on it")
    assert message["ephemeral_to"] == slack.user


def test_an_answer_in_channel_is_seen_by_everybody(slack, receiver):
    """response_type in_channel; plain text would be ephemeral."""
    receiver.answer = json.dumps({"text": "for all", "response_type": "in_channel"}).encode()
    slack.say("/incident help")
    assert "ephemeral_to" not in slack.wait_for_message(lambda m: m["text"] == "for all")
    receiver.answer, receiver.answer_type = b"for you", "text/plain"
    slack.say("/incident help")
    assert slack.wait_for_message(lambda m: m["text"] == "for you")["ephemeral_to"] == slack.user


def test_a_command_that_fails_says_so_to_its_user(slack, receiver):
    """An error status is dispatch_failed; nothing is sent again."""
    receiver.status = 500
    slack.say("/incident start")
    message = slack.wait_for_message(lambda m: "dispatch_failed" in m["text"])
    assert message["ephemeral_to"] == slack.user
    slack.advance(600)
    assert len(receiver.requests) == 1


def test_a_command_that_is_slow_times_out(slack, receiver):
    """After 3 s its user reads operation_timeout."""
    receiver.delay_s = 3.5
    slack.say("/incident start")
    slack.wait_for_message(lambda m: "operation_timeout" in m["text"])


def test_a_press_comes_as_a_form_with_a_payload(slack, receiver):
    """Interactivity is JSON in the field `payload`."""
    from slack_sdk import WebClient

    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    web = WebClient(slack.bot_token, base_url=slack.api_url)
    blocks = [{"type": "actions", "elements": [button]}]
    ts = web.chat_postMessage(channel=slack.channel, text="x", blocks=blocks)["ts"]
    wait_for_requests(slack, receiver, 1)
    slack.click(ts, "go")
    body = wait_for_requests(slack, receiver, 2)[1][2]
    payload = json.loads(parse_qs(body.decode())["payload"][0])
    assert (payload["type"], payload["actions"][0]["action_id"]) == ("block_actions", "go")


def test_a_refused_event_comes_again_at_once_then_after_a_minute_then_after_five(slack, receiver):
    """On the sandbox's clock, with X-Slack-Retry-Num and -Reason, and the same event_id; then no more."""
    receiver.status = 500
    slack.say("down")
    wait_for_requests(slack, receiver, 2)
    slack.advance(50)
    assert len(receiver.requests) == 2
    slack.advance(10)
    wait_for_requests(slack, receiver, 3)
    slack.advance(300)
    wait_for_requests(slack, receiver, 4)
    slack.advance(3600)
    headers = [headers for _, headers, _ in receiver.requests]
    assert [h.get("X-Slack-Retry-Num") for h in headers] == [None, "1", "2", "3"]
    assert {h["X-Slack-Retry-Reason"] for h in headers[1:]} == {"http_error"}
    assert len({json.loads(body)["event_id"] for _, _, body in receiver.requests}) == 1


def test_an_accepted_event_does_not_come_again(slack, receiver):
    """A jump of the clock brings nothing."""
    slack.say("down")
    slack.wait_for(lambda: any(entry["kind"] == "ack" for entry in slack.traffic()), what="the answer")
    slack.advance(3600)
    slack.say("still down")
    requests = wait_for_requests(slack, receiver, 2)
    assert [json.loads(body)["event"]["text"] for _, _, body in requests] == ["down", "still down"]


def test_an_app_can_decline_retries(slack, receiver):
    """X-Slack-No-Retry: 1 on a refusal."""
    receiver.status, receiver.headers = 500, {"X-Slack-No-Retry": "1"}
    slack.say("down")
    slack.wait_for(lambda: any(entry["kind"] == "ack" for entry in slack.traffic()), what="the answer")
    slack.advance(600)
    receiver.status = 200
    slack.say("still down")
    wait_for_requests(slack, receiver, 2)
    assert all("X-Slack-Retry-Num" not in headers for _, headers, _ in receiver.requests)


def test_a_slow_app_is_told_http_timeout(slack, receiver):
    """3 s of real time are the limit."""
    receiver.delay_s = 3.5
    slack.say("down")
    assert wait_for_requests(slack, receiver, 2)[1][1]["X-Slack-Retry-Reason"] == "http_timeout"


def test_an_app_that_comes_back_gets_what_it_missed(tmp_path, receiver):
    """connection_failed while nobody listens; one jump over all retries is enough to be heard."""
    receiver.shutdown()
    receiver.server_close()
    with SandboxThread(tmp_path / "clock", deliver_url=receiver.url) as slack:
        slack.say("typed while the app was down")
        slack.wait_for(lambda: len(slack.traffic()) == 2, what="two attempts")
        back = Receiver(receiver.server_port)
        slack.advance(60)
        _, headers, body = wait_for_requests(slack, back, 1)[0]
        back.shutdown()
        back.server_close()
    assert json.loads(body)["event"]["text"] == "typed while the app was down"
    assert (headers["X-Slack-Retry-Num"], headers["X-Slack-Retry-Reason"]) == ("2", "connection_failed")


def test_the_url_can_be_asked_to_prove_itself(slack, receiver):
    """url_verification; an app that does not echo the challenge is not verified."""
    slack.post("verify_url")
    body = json.loads(wait_for_requests(slack, receiver, 1)[0][2])
    assert body["type"] == "url_verification"
    slack.wait_for(lambda: slack.traffic()[-1]["status"] == "not verified", what="the verdict")
