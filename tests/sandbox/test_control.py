"""The control endpoints: people in the sandbox, and the refusals of what people cannot do."""

import json
import urllib.error
import urllib.request

import pytest

from tests.support.sandbox_process import Refused

SECURITY, ARCHIVED, PAYMENTS = "C0SECURITY", "C0OLDSTUFF", "C0PAYMENTS"


def test_a_channel_is_made_by_a_person_and_is_anybodys_to_find(slack, app):
    """Its maker is in it, the bot only when invited; a name is given once."""
    channel = slack.post("make_channel", user="U0BEN", name="cart-down")["channel"]
    assert slack.state()["channels"][-1]["members"] == ["U0BEN"]
    slack.invite(channel=channel, user="U0BEN")
    assert app.wait_for_event("member_joined_channel")["channel"] == channel
    with pytest.raises(Refused, match="name_taken"):
        slack.post("make_channel", user="U0BEN", name="cart-down")


def test_what_is_typed_is_escaped_and_mentions_are_found(slack):
    """& < > are escaped; @name, #channel, @here and addresses become Slack's markup; code is left alone."""
    ts = slack.say("a < b & `<x> @ben` @ben @nobody #incidents @here @oncall see https://example.com/a?b=1.")
    message = next(m for m in slack.messages() if m["ts"] == ts)
    assert message["text"] == (
        "a &lt; b &amp; `&lt;x&gt; @ben` <@U0BEN> @nobody <#C0INCIDENT|incidents> <!here> <!subteam^S0123456> "
        "see <https://example.com/a?b=1>."
    )
    kinds = [element["type"] for element in message["blocks"][0]["elements"][0]["elements"]]
    assert {"user", "channel", "broadcast", "usergroup", "link"} <= set(kinds)


def test_markup_that_is_typed_is_not_live(slack):
    """Nobody can type a broadcast or a link with a false name; a pasted mention of somebody who exists is one."""
    slack.say("<!channel> <http://evil.example|bank> <@U0BEN> <@U0NOBODY>")
    text = slack.messages()[-1]["text"]
    assert text.startswith("&lt;!channel&gt; &lt;<http://evil.example>|bank&gt; <@U0BEN> &lt;@U0NOBODY&gt;")


def test_a_typed_message_carries_what_slack_sends(slack, app):
    """client_msg_id, team, rich_text, channel_type, event_ts; a reply thread_ts and parent_user_id too."""
    parent = slack.say("down", user="U0BEN")
    event = app.wait_for_event()
    assert event["channel_type"] == "channel"
    assert event["event_ts"] == parent
    assert event["blocks"][0]["type"] == "rich_text"
    assert event["client_msg_id"]
    assert event["team"]
    slack.say("me too", thread_ts=parent)
    reply = app.wait_for_event(fits=lambda event: event["text"] == "me too")
    assert (reply["thread_ts"], reply["parent_user_id"]) == (parent, "U0BEN")


def test_a_mention_comes_in_addition_to_the_message(slack, app):
    """Message and app_mention, of the same ts."""
    ts = slack.say("@fifteen status")
    assert app.wait_for_event("app_mention")["ts"] == ts
    assert app.wait_for_event("message")["ts"] == ts


def test_an_edit_and_a_deletion_are_heard(slack, app):
    """message_changed with both texts; message_deleted with the last one; then it is gone."""
    ts = slack.say("maybe the deploy")
    slack.edit(ts, "surely the deploy")
    changed = app.wait_for_event(fits=lambda event: event.get("subtype") == "message_changed")
    assert changed["previous_message"]["text"] == "maybe the deploy"
    assert changed["message"]["text"] == "surely the deploy"
    assert changed["message"]["edited"]["user"] == slack.user
    slack.delete(ts)
    deleted = app.wait_for_event(fits=lambda event: event.get("subtype") == "message_deleted")
    assert deleted["deleted_ts"] == ts
    assert deleted["previous_message"]["text"] == "surely the deploy"
    assert slack.messages() == []


def test_a_deleted_parent_leaves_a_tombstone_to_its_thread(slack, app):
    """The app hears message_changed to a tombstone; the message is gone, its replies stand."""
    parent = slack.say("down")
    reply = slack.say("me too", thread_ts=parent)
    slack.delete(parent)
    event = app.wait_for_event(fits=lambda event: event.get("subtype") == "message_changed")
    assert event["message"]["subtype"] == "tombstone"
    assert [message["ts"] for message in slack.messages()] == [reply]
    read = app.web.conversations_replies(channel=slack.channel, ts=parent)["messages"]
    assert [message["ts"] for message in read] == [parent, reply]


def test_an_app_hears_nothing_from_where_it_is_not(slack, app):
    """Until somebody brings it in: member_joined_channel, then messages."""
    slack.say("not for bots", channel=SECURITY)
    slack.invite(channel=SECURITY)
    assert app.wait_for_event("member_joined_channel")["inviter"] == slack.user
    slack.say("for bots", channel=SECURITY)
    event = app.wait_for_event(fits=lambda event: event["text"] == "for bots")
    assert event["channel_type"] == "group"
    assert "not for bots" not in {event["text"] for event in app.events()}


def test_only_events_that_the_manifest_names_are_sent(slack, app):
    """Nobody subscribed to reactions."""
    slack.react(slack.say("down"), "eyes")
    slack.say("next")
    app.wait_for_event(fits=lambda event: event["text"] == "next")
    assert {event["type"] for event in (r.payload["event"] for r in app.requests)} == {"message"}


@pytest.mark.parametrize(
    ("action", "body", "error"),
    [
        ("say", {"channel": "C0CHECKOUT", "text": "x"}, "missing_user"),
        ("say", {"user": "U0NOBODY", "channel": "C0CHECKOUT", "text": "x"}, "no_such_user"),
        ("say", {"user": "U0FIFTEEN", "channel": "C0CHECKOUT", "text": "x"}, "no_such_user"),
        ("say", {"user": "U0AVA", "channel": "C0NOWHERE", "text": "x"}, "no_such_channel"),
        ("say", {"user": "U0CLEO", "channel": SECURITY, "text": "x"}, "no_such_channel"),
        ("say", {"user": "U0GUS", "channel": PAYMENTS, "text": "x"}, "no_such_channel"),
        ("say", {"user": "U0AVA", "channel": ARCHIVED, "text": "x"}, "is_archived"),
        ("say", {"user": "U0AVA", "channel": "C0CHECKOUT"}, "missing_text"),
        ("say", {"user": "U0AVA", "channel": "C0CHECKOUT", "text": "/nothing"}, "no_such_command"),
        ("say", {"user": "U0AVA", "channel": "C0CHECKOUT", "text": "x", "thread_ts": "1.2"}, "no_such_thread"),
        ("click", {"user": "U0AVA", "channel": "C0CHECKOUT", "ts": "1.2", "action_id": "a"}, "no_such_message"),
        ("submit", {"user": "U0AVA", "view_id": "V0"}, "no_such_view"),
        ("clock/advance", {"seconds": -1}, "wrong_seconds"),
        ("clock/advance", {"seconds": "60"}, "wrong_seconds"),
        ("fault", {"name": "earthquake"}, "wrong_fault"),
        ("fault", {"name": "status", "code": "x"}, "wrong_fault"),
        ("dance", {}, "no_such_action"),
        ("verify_url", {}, "no_url"),
    ],
)
def test_what_nobody_could_do_is_refused_with_a_reason(slack, action, body, error):
    """400, ok false, an error in a word, and in the detail what would be right."""
    with pytest.raises(Refused) as refused:
        slack.post(action, **body)
    assert refused.value.answer["ok"] is False
    assert refused.value.answer["error"] == error
    assert refused.value.answer["detail"]


def test_a_body_that_is_no_json_object_is_refused(slack):
    """400 as well."""
    for body in (b"not json", b"[1]"):
        request = urllib.request.Request(f"{slack.page_url}/_sandbox/say", body, method="POST")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        with refused.value as error:
            assert error.code == 400
            assert json.load(error)["error"] == "wrong_body"


def test_somebody_elses_message_cannot_be_changed(slack):
    """Neither edited nor deleted."""
    ts = slack.say("mine", user="U0BEN")
    with pytest.raises(Refused, match="not_the_author"):
        slack.edit(ts, "yours")
    with pytest.raises(Refused, match="not_the_author"):
        slack.delete(ts)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
@pytest.mark.parametrize("path", ["/_sandbox/state", "/api/auth.test", "/"])
def test_other_sites_are_kept_out(slack, headers, path):
    """A name that points here, or another site's page in a browser on this machine."""
    request = urllib.request.Request(slack.page_url + path, headers=headers)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    with refused.value as error:
        assert error.code == 403


def test_the_page_is_served_and_nothing_beside_it(slack):
    """index.html at /, its parts under /page/, no way up."""
    with urllib.request.urlopen(slack.page_url) as response:
        assert response.headers.get_content_type() == "text/html"
    for path in ("/page/../server.py", "/page/%2e%2e/server.py", "/page/nothing.js"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(slack.page_url + path)
        with refused.value as error:
            assert error.code == 404


def test_the_state_says_who_and_where(slack):
    """Users with a guest, channels of every kind, commands, groups, and the default ones with everybody in."""
    state = slack.state()
    assert any(user["is_guest"] for user in state["users"])
    channels = {channel["id"]: channel for channel in state["channels"]}
    default = channels[state["default"]["channel"]]
    assert state["default"] == {"channel": slack.channel, "user": slack.user}
    bot = next(user["id"] for user in state["users"] if user["is_bot"])
    assert {slack.user, bot} <= set(default["members"])
    assert not default["is_private"]
    assert {"is_archived", "is_im", "is_private"} == {
        kind for kind in ("is_archived", "is_im", "is_private") if any(c[kind] for c in channels.values())
    }
    assert "/incident" in {command["command"] for command in state["commands"]}


def test_every_change_is_told_to_who_listens(slack):
    """Server-sent events: messages, the clock, traffic."""
    with urllib.request.urlopen(f"{slack.page_url}/_sandbox/stream", timeout=10) as stream:
        assert stream.readline() == b": listening\n"
        slack.say("hello")
        slack.advance(60)
        seen = []
        while not {"messages", "clock"} <= {event["type"] for event in seen}:
            line = stream.readline()
            if line.startswith(b"data: "):
                seen.append(json.loads(line[6:]))
    assert {"type": "messages", "channel": slack.channel} in seen
