"""The Web API through slack_sdk's WebClient: what it does, and every refusal in Slack's own words."""

import json
import urllib.request

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}
PAYMENTS, SECURITY, ARCHIVED, AVAS_DM = "C0PAYMENTS", "C0SECURITY", "C0OLDSTUFF", "D0AVA"


def error_of(call, *args, **options):
    """Return the error that a call is refused with."""
    with pytest.raises(SlackApiError) as refused:
        call(*args, **options)
    return refused.value.response["error"]


def test_auth_test_says_who_the_bot_is(slack, web):
    """The bot's user is a member of the workspace."""
    answer = web.auth_test()
    assert web.users_info(user=answer["user_id"])["user"]["is_bot"]


@pytest.mark.parametrize(
    ("token", "error"), [("", "not_authed"), ("xoxb-wrong", "invalid_auth"), ("app", "not_allowed_token_type")]
)
def test_a_wrong_token_is_refused(slack, token, error):
    """No token, an unknown one, and one of the other kind."""
    web = WebClient(slack.app_token if token == "app" else token, base_url=slack.api_url)
    assert error_of(web.chat_postMessage, channel=slack.channel, text="x") == error


def test_a_missing_scope_is_named(slack, web):
    """The answer says what is needed and what was granted."""
    with pytest.raises(SlackApiError) as refused:
        web.bookmarks_add(channel_id=slack.channel, title="Runbook", type="link", link="https://example.com")
    answer = refused.value.response
    assert (answer["error"], answer["needed"]) == ("missing_scope", "bookmarks:write")
    assert "chat:write" in answer["provided"].split(",")


def test_an_unknown_method_is_refused(slack, web):
    """As Slack does."""
    assert error_of(web.api_call, "chat.shout") == "unknown_method"


def test_json_and_form_bodies_are_the_same(slack, web):
    """Blocks arrive as a structure in JSON and as a string in a form."""
    in_form = web.api_call("chat.postMessage", data={"channel": slack.channel, "blocks": json.dumps([SECTION])})
    in_json = web.api_call("chat.postMessage", json={"channel": slack.channel, "blocks": [SECTION]})
    assert in_form["message"]["blocks"][0]["text"] == in_json["message"]["blocks"][0]["text"]


def test_a_posted_message_is_there_and_comes_back_as_an_event(slack, app):
    """The app hears its own message with bot_id and app_id."""
    ts = app.web.chat_postMessage(channel=slack.channel, text="hello", blocks=[SECTION])["ts"]
    assert slack.messages()[-1]["ts"] == ts
    event = app.wait_for_event()
    assert event["ts"] == ts
    assert event["bot_id"]
    assert event["app_id"]
    assert event["blocks"][0]["block_id"]


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C0NOWHERE", "channel_not_found"),
        (PAYMENTS, "not_in_channel"),
        (SECURITY, "channel_not_found"),
        (ARCHIVED, "is_archived"),
    ],
)
def test_posting_where_one_cannot_is_refused(web, channel, error):
    """Unknown, not a member, private without the bot (which Slack does not admit to), archived."""
    assert error_of(web.chat_postMessage, channel=channel, text="x") == error


def test_a_channel_can_be_named_and_a_user_written_to(slack, web):
    """chat.postMessage takes #name and a user's id as well."""
    assert web.chat_postMessage(channel="#incidents", text="x")["channel"] == "C0INCIDENT"
    assert web.chat_postMessage(channel=slack.user, text="x")["channel"] == AVAS_DM


def test_an_empty_and_an_endless_message_are_refused(slack, web):
    """no_text and msg_too_long."""
    assert error_of(web.api_call, "chat.postMessage", json={"channel": slack.channel}) == "no_text"
    assert error_of(web.chat_postMessage, channel=slack.channel, text="x" * 40_001) == "msg_too_long"


def test_wrong_blocks_are_refused_with_a_pointer(slack, web):
    """response_metadata.messages says where and why."""
    header = {"type": "header", "text": {"type": "mrkdwn", "text": "no"}}
    with pytest.raises(SlackApiError) as refused:
        web.chat_postMessage(channel=slack.channel, text="x", blocks=[SECTION, header])
    answer = refused.value.response
    assert answer["error"] == "invalid_blocks"
    assert "[json-pointer:/blocks/1/text/type]" in answer["response_metadata"]["messages"][0]


def test_a_reply_counts_on_its_parent(slack, web):
    """reply_count, latest_reply and reply_users stand on the parent, also after a deletion."""
    parent = slack.say("down")
    first = web.chat_postMessage(channel=slack.channel, text="one", thread_ts=parent)["ts"]
    second = slack.say("two", thread_ts=parent)
    shown = slack.messages()[0]
    assert (shown["reply_count"], shown["latest_reply"], len(shown["reply_users"])) == (2, second, 2)
    slack.delete(second)
    web.chat_delete(channel=slack.channel, ts=first)
    assert "reply_count" not in slack.messages()[0]


def test_a_broadcast_reply_stands_in_the_channel_too(slack, web):
    """It is a thread_broadcast, and history shows it among the messages of the channel."""
    parent = slack.say("down")
    reply = web.chat_postMessage(channel=slack.channel, text="roll back", thread_ts=parent, reply_broadcast=True)
    quiet = web.chat_postMessage(channel=slack.channel, text="detail", thread_ts=parent)["ts"]
    assert reply["message"]["subtype"] == "thread_broadcast"
    assert reply["message"]["root"]["ts"] == parent
    history = [message["ts"] for message in web.conversations_history(channel=slack.channel)["messages"]]
    assert history == [reply["ts"], parent]
    assert quiet not in history


@pytest.mark.parametrize(("thread_ts", "error"), [("0", "invalid_thread_ts"), ("1.000001", "thread_not_found")])
def test_a_reply_to_nothing_is_refused(slack, web, thread_ts, error):
    """A timestamp that is none, and one of no message."""
    assert error_of(web.chat_postMessage, channel=slack.channel, text="x", thread_ts=thread_ts) == error


def test_a_reply_cannot_have_replies(slack, web):
    """thread_ts names a parent."""
    reply = slack.say("me too", thread_ts=slack.say("down"))
    assert error_of(web.chat_postMessage, channel=slack.channel, text="x", thread_ts=reply) == "thread_not_found"


def test_metadata_is_shown_only_to_who_asks(slack, web):
    """conversations.replies hands it out with include_all_metadata."""
    metadata = {"event_type": "rollback_call", "event_payload": {"key": "call:12:1"}}
    parent = slack.say("down")
    web.chat_postMessage(channel=slack.channel, text="call", thread_ts=parent, metadata=metadata)
    read = [
        web.conversations_replies(channel=slack.channel, ts=parent, include_all_metadata=wanted)["messages"][1]
        for wanted in (False, True)
    ]
    assert "metadata" not in read[0]
    assert read[1]["metadata"] == metadata


def test_an_update_keeps_metadata_and_blocks_and_marks_the_edit(slack, app):
    """What is not given stays; the app hears message_changed with both versions."""
    metadata = {"event_type": "card", "event_payload": {"n": 1}}
    posted = app.web.chat_postMessage(channel=slack.channel, text="one", blocks=[SECTION], metadata=metadata)
    app.web.chat_update(channel=slack.channel, ts=posted["ts"], text="two")
    message = slack.messages()[-1]
    assert (message["text"], message["metadata"]) == ("two", metadata)
    assert message["blocks"][0]["text"] == SECTION["text"]
    assert message["edited"]["ts"] > posted["ts"]
    event = app.wait_for_event(fits=lambda event: event.get("subtype") == "message_changed")
    assert (event["previous_message"]["text"], event["message"]["text"]) == ("one", "two")
    assert event["hidden"]


def test_only_own_messages_can_be_changed(slack, web):
    """Somebody else's message, and one that is not there."""
    ts = slack.say("mine")
    assert error_of(web.chat_update, channel=slack.channel, ts=ts, text="x") == "cant_update_message"
    assert error_of(web.chat_delete, channel=slack.channel, ts=ts) == "cant_delete_message"
    assert error_of(web.chat_update, channel=slack.channel, ts="1.000001", text="x") == "message_not_found"


def test_an_ephemeral_message_is_seen_by_one(slack, web):
    """Others see nothing; reading the channel neither."""
    web.chat_postEphemeral(channel=slack.channel, user=slack.user, text="only you")
    assert slack.messages(user=slack.user)[-1]["ephemeral_to"] == slack.user
    assert slack.messages(user="U0BEN") == []
    assert web.conversations_history(channel=slack.channel)["messages"] == []
    assert error_of(web.chat_postEphemeral, channel="C0INCIDENT", user="U0GUS", text="x") == "user_not_in_channel"


def test_reading_goes_page_by_page(slack, web):
    """Limit and cursor lead through a thread; the SDK's own iteration gets every reply once."""
    parent = slack.say("parent")
    replies = [slack.say(f"reply {number}", thread_ts=parent) for number in range(5)]
    pages = web.conversations_replies(channel=slack.channel, ts=parent, limit=2)
    assert [message["ts"] for page in pages for message in page["messages"]] == [parent, *replies]
    newer = web.conversations_replies(channel=slack.channel, ts=parent, oldest=replies[2])["messages"]
    assert [message["ts"] for message in newer] == [parent, *replies[3:]]


def test_joining_makes_a_member_and_an_event(slack, app):
    """A public channel is joined once; a private or archived one is not."""
    assert app.web.conversations_join(channel=PAYMENTS)["channel"]["is_member"]
    assert app.wait_for_event("member_joined_channel")["channel"] == PAYMENTS
    assert app.web.conversations_join(channel=PAYMENTS)["warning"] == "already_in_channel"
    assert error_of(app.web.conversations_join, channel=SECURITY) == "channel_not_found"
    assert error_of(app.web.conversations_join, channel=ARCHIVED) == "is_archived"


def test_the_list_of_channels_hides_private_ones_without_the_bot(web):
    """And leaves archived ones out when asked to."""
    names = {c["name"] for c in web.conversations_list(types="public_channel,private_channel")["channels"]}
    current = {c["name"] for c in web.conversations_list(exclude_archived=True)["channels"]}
    assert "security-private" not in names
    assert names - current == {"old-outages"}


def test_the_oncall_group_has_members(web):
    """S0123456 is the group of the example configuration."""
    assert "S0123456" in {group["id"] for group in web.usergroups_list()["usergroups"]}
    assert web.usergroups_users_list(usergroup="S0123456")["users"]
    assert error_of(web.usergroups_users_list, usergroup="S0NONE") == "no_such_subteam"


def test_a_reaction_is_set_once(slack, web):
    """already_reacted, no_reaction, and no message."""
    ts = slack.say("maybe the deploy")
    web.reactions_add(channel=slack.channel, timestamp=ts, name="memo")
    assert slack.messages()[-1]["reactions"][0]["name"] == "memo"
    assert error_of(web.reactions_add, channel=slack.channel, timestamp=ts, name="memo") == "already_reacted"
    web.reactions_remove(channel=slack.channel, timestamp=ts, name="memo")
    assert error_of(web.reactions_remove, channel=slack.channel, timestamp=ts, name="memo") == "no_reaction"
    assert error_of(web.reactions_add, channel=slack.channel, timestamp="1.000001", name="memo") == "message_not_found"


def test_a_permalink_names_channel_and_message(slack, web):
    """And the thread, for a reply."""
    parent = slack.say("down")
    reply = slack.say("me too", thread_ts=parent)
    link = web.chat_getPermalink(channel=slack.channel, message_ts=reply)["permalink"]
    assert f"/archives/{slack.channel}/p{reply.replace('.', '')}" in link
    assert f"thread_ts={parent}" in link


def test_an_uploaded_file_is_posted_and_served(slack, web):
    """The SDK's three steps leave a message with the file, whose bytes come back."""
    parent = slack.say("down")
    content = b"\x89PNG\r\n\x1a\nnot much of a chart"
    web.files_upload_v2(
        channel=slack.channel,
        thread_ts=parent,
        filename="errors.png",
        content=content,
        initial_comment="Errors a minute",
    )
    message = slack.messages()[-1]
    assert (message["text"], message["thread_ts"]) == ("Errors a minute", parent)
    file = message["files"][0]
    assert file["mimetype"] == "image/png"
    with urllib.request.urlopen(file["url_private"]) as response:
        assert response.read() == content
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_that_never_came_cannot_be_shared(slack, web):
    """CompleteUploadExternal looks for the bytes."""
    file_id = web.files_getUploadURLExternal(filename="a.txt", length=3)["file_id"]
    refused = error_of(web.files_completeUploadExternal, files=[{"id": file_id}], channel_id=slack.channel)
    assert refused == "file_not_found"


def test_blocks_can_be_checked_without_posting(web):
    """blocks.validate answers pointers, codes and messages."""
    with pytest.raises(SlackApiError) as refused:
        web.api_call("blocks.validate", json={"blocks": [{"type": "video"}]})
    answer = refused.value.response
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"][0]["pointer"] == "/0/type"
    assert web.api_call("blocks.validate", json={"blocks": [SECTION]})["ok"]


@pytest.mark.parametrize("name", ["lost", "status", "slow"])
def test_a_fault_concerns_the_next_call_only(slack, web, name):
    """An answer is lost, refused or late once; the call after it is served."""
    slack.fault(name, code=500, seconds=0, method="chat.postMessage")
    web.auth_test()
    try:
        web.chat_postMessage(channel=slack.channel, text="first")
        came_through = True
    except (OSError, SlackApiError):
        came_through = False
    web.chat_postMessage(channel=slack.channel, text="second")
    stored = {"lost": ["first", "second"], "status": ["second"], "slow": ["first", "second"]}[name]
    assert [message["text"] for message in slack.messages()] == stored
    assert came_through == (name == "slow")


def test_a_rate_limit_says_when_to_come_back(slack, web):
    """429 with Retry-After, as often as ordered."""
    slack.fault("status", code=429, count=2, retry_after=7)
    for _ in range(2):
        with pytest.raises(SlackApiError) as refused:
            web.auth_test()
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["Retry-After"] == "7"
    web.auth_test()


def test_the_record_holds_no_token(slack, app):
    """Calls with their answers, envelopes and acks are recorded; tokens are masked."""
    slack.say("hello")
    app.wait_for_event()
    slack.wait_for(lambda: slack.traffic()[-1]["kind"] == "ack", what="the ack")
    entries = slack.traffic()
    assert {("in", "api"), ("out", "events_api"), ("in", "ack")} <= {(e["direction"], e["kind"]) for e in entries}
    text = json.dumps(entries)
    assert slack.bot_token not in text
    assert slack.app_token not in text
    assert "xoxb-" not in text
