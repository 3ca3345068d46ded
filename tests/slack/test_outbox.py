"""What the bot says arrives once, and what Slack answers is sorted by what to do next."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk import WebClient

from bot.slack import call
from bot.slack.errors import ClaimExpired, OutcomeUnknown, RateLimited, Refusal, Refused
from bot.slack.outbox import BEHIND_S, PATIENCE_S, Delivery, Outbox

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


class Stopwatch:
    """Monotonic time that moves when told."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def watch():
    """The outbox's monotonic clock."""
    return Stopwatch()


@pytest.fixture
def outbox(slack, watch):
    """An outbox whose gate obeys the stopwatch."""
    return Outbox(call.make_client(slack.bot_token, slack.api_url), watch)


def first(key="1/card/0", **changes):
    """A delivery that nobody tried before."""
    how = {"again": False, "since": datetime.now(UTC), "post_before": math.inf}
    return Delivery(key=key, **(how | changes))


def again(key="1/card/0"):
    """A delivery that somebody may have made."""
    return first(key, again=True)


def ours(slack):
    """The bot's own posts in the channel."""
    return [message for message in slack.messages() if message.get("bot_id")]


def test_a_client_that_repeats_calls_is_refused():
    """The SDK's default repeats a POST whose answer was lost: two messages."""
    with pytest.raises(ValueError, match="posts twice"):
        Outbox(WebClient(token="xoxb-1"))


def test_a_message_carries_its_key_and_unfurls_nothing(slack, outbox, watch):
    """Text, blocks and thread arrive; the key stands in the metadata; a broadcast reply is one message."""
    blocks = [{"type": "section", "text": {"type": "plain_text", "text": "hello"}}]
    ts = outbox.post(slack.channel, "hello", blocks=blocks, delivery=first())
    watch.now += 1
    reply = outbox.post(slack.channel, "call", thread_ts=ts, reply_broadcast=True, delivery=first("1/call/1"))
    card, call_out = ours(slack)
    assert (card["ts"], card["text"], card["blocks"][0]["text"]["text"]) == (ts, "hello", "hello")
    assert (call_out["ts"], call_out["thread_ts"], call_out["subtype"]) == (reply, ts, "thread_broadcast")
    assert card["metadata"] == {"event_type": "fifteen_post", "event_payload": {"key": "1/card/0"}}


@pytest.mark.parametrize("in_thread", [False, True])
def test_a_message_whose_answer_was_lost_is_not_posted_twice(slack, outbox, watch, in_thread):
    """The first try says that nobody knows; the second finds the message and returns its ts."""
    thread_ts = slack.say("it is broken") if in_thread else None
    slack.fault("lost", method="chat.postMessage")
    with pytest.raises(OutcomeUnknown, match=r"chat\.postMessage"):
        outbox.post(slack.channel, "hello", delivery=first(), thread_ts=thread_ts)
    watch.now += 5
    ts = outbox.post(slack.channel, "hello", delivery=again(), thread_ts=thread_ts)
    assert [message["ts"] for message in ours(slack)] == [ts]


@pytest.mark.parametrize("in_thread", [False, True])
def test_a_message_is_found_again_though_our_clock_was_an_hour_fast(slack, outbox, watch, in_thread):
    """Slack's clock stamps what it takes: by ours it stands there an hour before it was owed."""
    thread_ts = slack.say("it is broken") if in_thread else None
    ts = outbox.post(slack.channel, "hello", delivery=first(), thread_ts=thread_ts)
    watch.now += 5
    fast = first(again=True, since=datetime.now(UTC) + timedelta(hours=1))
    assert outbox.post(slack.channel, "hello", delivery=fast, thread_ts=thread_ts) == ts


def test_a_second_attempt_posts_what_is_not_there(slack, outbox, watch):
    """Another post's key does not count as this one's."""
    outbox.post(slack.channel, "other", delivery=first("2/card/0"))
    watch.now += 1
    ts = outbox.post(slack.channel, "hello", delivery=again())
    assert [message["text"] for message in ours(slack)] == ["other", "hello"]
    assert ours(slack)[1]["ts"] == ts


def test_a_message_behind_a_page_of_others_is_found(slack, outbox, watch):
    """Reading back follows the cursor: 210 replies after ours, 200 a page."""
    thread_ts = slack.say("it is broken")
    ts = outbox.post(slack.channel, "hello", delivery=first(), thread_ts=thread_ts)
    for number in range(210):
        slack.say(f"reply {number}", thread_ts=thread_ts)
    watch.now += 5
    assert outbox.post(slack.channel, "hello", delivery=again(), thread_ts=thread_ts) == ts


def test_a_message_is_looked_for_in_the_part_of_the_thread_that_may_have_it(slack, outbox, watch, monkeypatch):
    """A long thread of many hours: each page counts against Slack's limit, and whoever is limited begins anew."""
    monkeypatch.setattr("bot.slack.outbox.PAGE", 2)
    thread_ts = slack.say("it is broken")
    for number in range(5):
        slack.say(f"reply {number}", thread_ts=thread_ts)
    slack.advance(2 * 3600)
    later = datetime.now(UTC) + timedelta(hours=2)
    slack.fault("lost", method="chat.postMessage")
    with pytest.raises(OutcomeUnknown):
        outbox.post(slack.channel, "hello", delivery=first(), thread_ts=thread_ts)
    watch.now += 5
    ts = outbox.post(slack.channel, "hello", delivery=first(again=True, since=later), thread_ts=thread_ts)
    assert [message["ts"] for message in ours(slack)] == [ts]
    assert calls_of(slack, "conversations.replies") == 1


def test_nothing_is_posted_on_a_claim_that_is_too_old(slack, outbox, watch):
    """Another process may have taken the job over while this one was paused."""
    with pytest.raises(ClaimExpired, match="1/card/0"):
        outbox.post(slack.channel, "hello", delivery=first(post_before=watch.now - 0.1))
    assert ours(slack) == []


def test_a_channel_takes_one_message_a_second(slack, outbox, watch):
    """Who comes too early is told how long to wait, without a call; other channels are not held up."""
    outbox.post(slack.channel, "one", delivery=first("1"))
    watch.now += 0.4
    with pytest.raises(RateLimited) as caught:
        outbox.post(slack.channel, "two", delivery=first("2"))
    assert caught.value.retry_after_s == pytest.approx(0.6)
    with pytest.raises(Refused, match="channel_not_found"):
        outbox.post("C0ELSEWHERE", "two", delivery=first("2"))
    watch.now += 0.6
    outbox.post(slack.channel, "two", delivery=first("2"))
    assert [message["text"] for message in ours(slack)] == ["one", "two"]


def calls_of(slack, method):
    """How often Slack was called, refusals included."""
    return sum(entry["kind"] == "api" and entry["name"] == method for entry in slack.traffic())


def test_slacks_retry_after_holds_the_whole_channel(slack, outbox, watch):
    """A 429 had no effect; until it is over the channel's other posts are not even tried."""
    slack.fault("status", code=429, retry_after=7, method="chat.postMessage")
    with pytest.raises(RateLimited) as caught:
        outbox.post(slack.channel, "one", delivery=first("1"))
    assert caught.value.retry_after_s == 7
    watch.now += 6
    with pytest.raises(RateLimited):
        outbox.post(slack.channel, "two", delivery=first("2"))
    assert calls_of(slack, "chat.postMessage") == 1
    watch.now += 1
    outbox.post(slack.channel, "two", delivery=first("2"))
    assert calls_of(slack, "chat.postMessage") == 2


def test_slacks_retry_after_holds_the_whole_method(slack, outbox, watch):
    """Edits of one message were too many: until that is over no other message is edited, either; the rest goes on."""
    ts = outbox.post(slack.channel, "one", delivery=first("1"))
    slack.fault("status", code=429, retry_after=7, method="chat.update")
    for waited_s in (0, 6.9):
        watch.now += waited_s
        with pytest.raises(RateLimited) as caught:
            outbox.update(slack.channel, ts, "two")
        assert caught.value.retry_after_s == pytest.approx(7 - waited_s)
    outbox.react(slack.channel, ts, "eyes")
    assert calls_of(slack, "chat.update") == 1
    watch.now += 0.2
    outbox.update(slack.channel, ts, "two")
    assert calls_of(slack, "chat.update") == 2


def test_the_limit_of_uploads_holds_uploads_everywhere_and_no_message(slack, outbox, watch):
    """A chart was too many: a rollback call in its channel is no file, and another channel's chart is one."""
    other = slack.make_channel("second")
    slack.fault("status", code=429, retry_after=60, method="files.getUploadURLExternal")
    for channel in (slack.channel, other):
        with pytest.raises(RateLimited):
            outbox.upload(channel, PNG, delivery=first("1/chart/0"), suffix="png", title="Errors")
    assert calls_of(slack, "files.getUploadURLExternal") == 1
    watch.now += 1
    outbox.post(slack.channel, "call", delivery=first("1/call/1", urgent=True))
    outbox.post(other, "call", delivery=first("2/call/1", urgent=True))


def test_a_servers_error_leaves_the_outcome_open(slack, outbox):
    """A 500 may have been said after the message was stored."""
    slack.fault("status", code=500, method="chat.postMessage")
    with pytest.raises(OutcomeUnknown, match="HTTP 500"):
        outbox.post(slack.channel, "hello", delivery=first())


def test_a_dead_host_leaves_the_outcome_open():
    """Nobody listens: like every loss of contact."""
    lonely = Outbox(call.make_client("xoxb-1", "http://127.0.0.1:9/api/"))
    with pytest.raises(OutcomeUnknown, match="Connection refused"):
        lonely.post("C1", "hello", delivery=first())


def test_a_refusal_says_what_it_is_about(slack, outbox):
    """The channel, the token, the message: each has its own remedy."""
    with pytest.raises(Refused) as caught:
        outbox.post("C0NOWHERE", "hello", delivery=first())
    assert (caught.value.refusal, caught.value.error) == (Refusal.CHANNEL, "channel_not_found")
    with pytest.raises(Refused) as caught:
        outbox.update(slack.channel, "1.000001", "hello")
    assert caught.value.refusal is Refusal.GONE
    with pytest.raises(Refused) as caught:
        outbox.post(slack.channel, "hello", blocks=[{"type": "nonsense"}], delivery=first())
    assert (caught.value.refusal, caught.value.error) == (Refusal.MESSAGE, "invalid_blocks")
    assert caught.value.needed
    stranger = Outbox(call.make_client("xoxb-wrong", slack.api_url))
    with pytest.raises(Refused) as caught:
        stranger.directory.identity()
    assert caught.value.refusal is Refusal.TOKEN


def test_an_update_keeps_the_key(slack, outbox, watch):
    """A card that was edited is still found by a second attempt."""
    ts = outbox.post(slack.channel, "hello", delivery=first())
    outbox.update(slack.channel, ts, "changed")
    watch.now += 5
    assert outbox.post(slack.channel, "hello", delivery=again()) == ts
    assert [message["text"] for message in ours(slack)] == ["changed"]


def test_a_picture_is_shared_once(slack, outbox, watch):
    """Files carry no metadata: the key stands in the name."""
    thread_ts = slack.say("it is broken")
    how = {"title": "Errors a minute", "alt_text": "412 errors", "thread_ts": thread_ts}
    slack.fault("lost", method="files.completeUploadExternal")
    with pytest.raises(OutcomeUnknown):
        outbox.upload(slack.channel, PNG, suffix="png", delivery=first("1/chart/0"), **how)
    watch.now += 5
    outbox.upload(slack.channel, PNG, suffix="png", delivery=again("1/chart/0"), **how)
    files = [file["name"] for message in slack.messages() for file in message.get("files") or ()]
    assert files == ["1-chart-0.png"]


def test_reactions_may_be_there_already(slack, outbox):
    """Setting one twice and taking it away twice are both fine; another mistake is not."""
    ts = slack.say("it is the cache")
    for _ in range(2):
        outbox.react(slack.channel, ts, "eyes")
    for _ in range(2):
        outbox.unreact(slack.channel, ts, "eyes")
    with pytest.raises(Refused, match="message_not_found"):
        outbox.react(slack.channel, "1.000001", "eyes")


def test_an_ephemeral_message_reaches_one_person(slack, outbox):
    """It is shown to that person only."""
    outbox.ephemeral(slack.channel, slack.user, "only for you")
    shown = [message for message in slack.messages() if message.get("ephemeral_to")]
    assert [(message["text"], message["ephemeral_to"]) for message in shown] == [("only for you", slack.user)]


def test_replies_and_history_come_oldest_first_since_an_instant(slack, outbox):
    """The parent is no reply; a reply is no message of the channel."""
    before = datetime.now(UTC) - timedelta(seconds=5)
    parent = slack.say("it is broken")
    replies = [slack.say(text, thread_ts=parent) for text in ("one", "two")]
    assert [message["ts"] for message in outbox.replies(slack.channel, parent, before)] == replies
    assert [message["ts"] for message in outbox.replies(slack.channel, parent)] == replies
    assert parent in [message["ts"] for message in outbox.history(slack.channel, before)]
    assert not {message["ts"] for message in outbox.history(slack.channel, before)} & set(replies)


def test_people_channels_and_addresses_are_looked_up(slack, outbox):
    """By id, by name, and the address of a message."""
    directory = outbox.directory
    channel = directory.channel(slack.channel)
    assert directory.channel_id(f"#{channel['name']}") == slack.channel
    assert directory.channel_id("no-such-channel") is None
    assert directory.user(slack.user)["id"] == slack.user
    assert directory.identity()["user_id"]
    ts = slack.say("it is broken")
    assert ts.replace(".", "") in outbox.permalink(slack.channel, ts)
    outbox.join(slack.channel)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30),
        ({"retry-after": ["3"]}, 3),
        ({"Retry-After": "0"}, 1),
        ({}, 5),
        ({"Retry-After": "x"}, 5),
    ],
)
def test_a_retry_after_that_cannot_be_read_still_waits(headers, seconds):
    """At least a second, five without a number."""
    assert call.retry_after_s(headers) == seconds


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:3/api/", True),
        ("http://[::1]/", True),
        ("http://localhost/", True),
        ("https://slack.com/", False),
    ],
)
def test_a_local_address_is_not_reached_through_a_proxy(monkeypatch, url, local):
    """The SDK would send even loopback through HTTPS_PROXY."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert (call.make_client("xoxb-1", url).proxy is None) is local


def test_a_patient_reader_waits_for_its_turn_at_each_page(slack, outbox, watch, monkeypatch):
    """Who starts anew where it was limited never comes to the last page while others do; each time it comes after them."""
    monkeypatch.setattr("bot.slack.outbox.PAGE", 2)
    thread_ts = slack.say("it is broken")
    said = [slack.say(f"reply {number}", thread_ts=thread_ts) for number in range(5)]
    slack.fault("status", code=429, retry_after=7, method="conversations.replies", count=2)
    waits = []

    def pause(seconds):
        waits.append(seconds)
        watch.now += seconds

    found = outbox.replies(slack.channel, thread_ts, pause=pause)
    assert [message["ts"] for message in found] == said
    assert waits == [7 + BEHIND_S] * 2
    slack.fault("status", code=429, retry_after=PATIENCE_S + 1, method="conversations.replies")
    with pytest.raises(RateLimited):
        outbox.replies(slack.channel, thread_ts, pause=pause)
    assert len(waits) == 2
