"""Socket Mode, as the SDK's own clients live with it."""

import json

import pytest
import websocket
from slack_sdk.errors import SlackApiError

from tests.sandbox.recording_app import CLIENTS, RecordingApp


def open_socket(slack, app):
    """Open one more connection, without any client's habits."""
    return websocket.create_connection(app.web.apps_connections_open(app_token=slack.app_token)["url"], timeout=10)


@pytest.mark.parametrize("kind", CLIENTS)
def test_a_message_typed_in_a_channel_reaches_the_client(slack, kind):
    """Both synchronous clients connect, get an event and acknowledge it."""
    with RecordingApp(slack, kind) as app:
        ts = slack.say("checkout is slow")
        event = app.wait_for_event()
        assert (event["ts"], event["text"], event["user"]) == (ts, "checkout is slow", slack.user)
        slack.wait_for(lambda: any(entry["kind"] == "ack" for entry in slack.traffic()), what="the ack")


def test_a_client_comes_back_after_a_refresh(slack):
    """Disconnect with refresh_requested is followed by a new connection, on which events arrive.

    With the SDK's builtin client: its websocket_client one may sleep through the refresh (bot/slack/envelopes.py), and
    what the bot makes of it is tested in tests/slack/test_connection.py.
    """
    with RecordingApp(slack, "builtin") as app:
        before = slack.traffic()[-1]["n"]
        slack.fault("refresh")
        slack.wait_for(
            lambda: any(e["name"] == "apps.connections.open" for e in slack.traffic(before)), 20, "a new connection"
        )
        slack.say("after the refresh")
        app.wait_for_event(fits=lambda event: event["text"] == "after the refresh", timeout=20)


def test_a_client_comes_back_after_the_sockets_were_cut(slack, app):
    """A connection that ends without a word is made anew."""
    slack.fault("drop")
    slack.say("typed while nobody listened")
    app.wait_for_event(fits=lambda event: event["text"] == "typed while nobody listened", timeout=20)


def test_a_ticket_opens_one_connection(slack, app):
    """The URL of apps.connections.open is good once."""
    url = app.web.apps_connections_open(app_token=slack.app_token)["url"]
    websocket.create_connection(url, timeout=10).close()
    with pytest.raises(websocket.WebSocketBadStatusException, match="401"):
        websocket.create_connection(url, timeout=10)


def test_the_first_thing_on_a_connection_is_hello(slack, app):
    """Hello says which app it is and how many connections it has."""
    extra = open_socket(slack, app)
    hello = json.loads(extra.recv())
    extra.close()
    assert hello["type"] == "hello"
    assert hello["connection_info"]["app_id"]
    assert hello["num_connections"] == 2


def test_an_app_may_have_ten_connections(slack, app):
    """The eleventh is refused."""
    extra = [open_socket(slack, app) for _ in range(9)]
    with pytest.raises(SlackApiError) as refused:
        app.web.apps_connections_open(app_token=slack.app_token)
    for socket in extra:
        socket.close()
    assert refused.value.response["error"] == "too_many_websockets"


def test_payloads_go_to_any_one_of_the_connections(slack, app):
    """With two connections each gets some of the messages, and no message goes to both."""
    extra = open_socket(slack, app)
    extra.recv()
    for number in range(4):
        slack.say(f"message {number}")
    envelope = json.loads(extra.recv())
    extra.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
    slack.wait_for(lambda: len(app.events()) == 2, what="half of the messages")
    extra.close()
    assert envelope["payload"]["event"]["ts"] not in {event["ts"] for event in app.events()}


def test_an_acknowledgement_on_another_connection_counts(slack, app):
    """Acks are keyed by app: what came on one socket may be answered on another."""
    app.silent = True
    first, second = open_socket(slack, app), open_socket(slack, app)
    for socket in (first, second):
        socket.recv()
    slack.say("one")
    slack.say("two")
    slack.say("three")
    for socket, other in ((first, second), (second, first)):
        other.send(json.dumps({"envelope_id": json.loads(socket.recv())["envelope_id"]}))
    slack.wait_for(
        lambda: sum(e["kind"] == "ack" and e["status"] == "ok" for e in slack.traffic()) == 2, what="two acks"
    )
    first.close()
    second.close()


def test_an_event_that_is_not_acknowledged_comes_again_three_times(slack, app):
    """After 3 s each, with retry_attempt 1 to 3, the reason timeout, and the same event_id."""
    app.silent = True
    slack.say("anyone there?")
    slack.wait_for(lambda: len(app.events()) == 4, 20, "four attempts")
    assert [request.retry_attempt for request in app.requests] == [0, 1, 2, 3]
    assert {request.retry_reason for request in app.requests[1:]} == {"timeout"}
    assert len({request.payload["event_id"] for request in app.requests}) == 1
    assert len({request.envelope_id for request in app.requests}) == 4


def test_a_late_acknowledgement_ends_the_retries(slack, app):
    """The ack of the first envelope counts although its 3 s are over."""
    app.silent = True
    slack.say("slow app")
    slack.wait_for(lambda: len(app.requests) == 2, 10, "the first retry")
    app.client.send_message(json.dumps({"envelope_id": app.requests[0].envelope_id}))
    slack.wait_for(lambda: slack.traffic()[-1]["kind"] == "ack", what="the ack")
    assert slack.traffic()[-1]["status"] == "ok"


def test_what_was_said_while_nobody_was_connected_arrives_later(slack):
    """Without a connection the retries are due after 3 s, a minute and five minutes of the sandbox's clock."""
    slack.say("nobody is here")
    slack.wait_for(slack.traffic, what="the first attempt")
    with RecordingApp(slack) as app:
        slack.advance(3)
        app.wait_for_event(fits=lambda event: event["text"] == "nobody is here")
        assert app.requests[0].retry_attempt == 1


def test_a_deaf_socket_stays_open_and_brings_nothing(slack, app):
    """The connection stands, the event does not come; when it hears again, the retry does."""
    slack.fault("deaf")
    slack.say("hello?")
    slack.wait_for(lambda: slack.traffic()[-1]["status"] == "not sent: deaf", what="an attempt")
    assert slack.state()["app"]["connected"] == 1
    assert app.requests == []
    slack.fault("none")
    app.wait_for_event(timeout=10)


def test_a_duplicated_event_comes_twice_under_one_id(slack, app):
    """Both copies carry the same event_id; the next event comes once."""
    slack.fault("duplicate")
    slack.say("first")
    slack.say("second")
    slack.wait_for(lambda: len(app.events()) == 3, what="three deliveries")
    first = [r.payload["event_id"] for r in app.requests if r.payload["event"]["text"] == "first"]
    assert len(first) == 2
    assert len(set(first)) == 1


def test_a_held_event_comes_after_the_one_behind_it(slack, app):
    """reorder: the first is sent when the second has gone out, each once."""
    slack.fault("reorder")
    slack.say("first")
    slack.say("second")
    slack.wait_for(lambda: len(app.events()) == 2, what="both")
    assert [event["text"] for event in app.events()] == ["second", "first"]


def test_a_held_event_comes_though_nothing_follows(slack, app):
    """It is late, not lost."""
    slack.fault("reorder")
    slack.say("alone")
    app.wait_for_event()


def test_envelopes_of_events_take_no_payload_and_those_of_commands_do(slack, app):
    """accepts_response_payload tells them apart."""
    slack.say("hello")
    slack.say("/incident help")
    slack.wait_for(lambda: len(app.requests) == 2, what="both")
    assert {r.type: r.accepts_response_payload for r in app.requests} == {"events_api": False, "slash_commands": True}


def test_the_server_pings_with_a_payload(slack, app):
    """An empty ping would block the SDK's builtin client."""
    socket = open_socket(slack, app)
    socket.recv()
    opcode, data = socket.recv_data(control_frame=True)
    socket.close()
    assert opcode == websocket.ABNF.OPCODE_PING
    assert data
