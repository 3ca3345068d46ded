"""What waits in Slack is left, listed and taken back."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.slack.call import make_client
from bot.slack.errors import RateLimited, Refused
from bot.slack.scheduled import ScheduledMessages
from tests.slack.test_outbox import Stopwatch

BLOCKS = [{"type": "section", "block_id": "unheard", "text": {"type": "plain_text", "text": "call"}}]


@pytest.fixture
def scheduled(slack):
    """What waits, seen with the bot's token."""
    return ScheduledMessages(make_client(slack.bot_token, slack.api_url))


def soon(slack, seconds):
    """Return an instant of the sandbox's clock."""
    return datetime.fromtimestamp(int(slack.state()["now"]), UTC) + timedelta(seconds=seconds)


def test_a_message_that_waits_is_found_by_its_beginning_and_once_posted_by_its_block(slack, scheduled, outbox):
    """Another incident's is none of ours; Slack's post carries no metadata, but the block."""
    card, at = slack.say("card"), soon(slack, 300)
    scheduled.add(slack.channel, at, "#1 call", BLOCKS, thread_ts=card)
    scheduled.add(slack.channel, at, "#12 call", BLOCKS, thread_ts=card)
    (ours,) = scheduled.waiting(slack.channel, "#1 ")
    assert (ours.post_at, ours.text) == (at, "#1 call")
    assert outbox.find(slack.channel, card, "unheard", soon(slack, -60)) is None
    scheduled.remove(slack.channel, scheduled.waiting(slack.channel, "#12 ")[0].id)
    slack.advance(301)
    said = slack.messages()[-1]
    assert (said["text"], said["thread_ts"], said["subtype"]) == ("#1 call", card, "thread_broadcast")
    assert outbox.find(slack.channel, card, "unheard", soon(slack, -60)) == said["ts"]
    assert scheduled.waiting(slack.channel, "#1 ") == ()


def test_a_long_list_is_read_to_its_end(slack, scheduled):
    """Pages of Slack's list, in the order of their time."""
    card = slack.say("card")
    for number in range(120):  # one channel takes thirty in five minutes
        scheduled.add(slack.channel, soon(slack, 300 + 60 * number), f"#1 {number}", BLOCKS, thread_ts=card)
        slack.advance(2)  # fifty calls a minute
    waiting = scheduled.waiting(slack.channel, "#1 ")
    assert [one.text for one in waiting] == [f"#1 {number}" for number in range(120)]


def test_what_is_posted_or_about_to_be_cannot_be_taken_back_and_that_is_no_error(slack, scheduled):
    """In its last minute Slack says that there is no such message; it is posted all the same."""
    card = slack.say("card")
    scheduled.add(slack.channel, soon(slack, 50), "#1 call", BLOCKS, thread_ts=card)
    (one,) = scheduled.waiting(slack.channel, "#1 ")
    scheduled.remove(slack.channel, one.id)
    slack.advance(60)
    assert slack.messages()[-1]["text"] == "#1 call"
    scheduled.remove(slack.channel, one.id)


def test_after_a_429_slack_is_left_alone_and_what_a_call_needs_to_know_is_asked_first(slack):
    """Upkeep that is due at the same moment would use up what Slack allows, and the call would wait for ever."""
    watch = Stopwatch()
    scheduled = ScheduledMessages(make_client(slack.bot_token, slack.api_url), watch)
    slack.fault("status", code=429, retry_after=30, method="chat.scheduledMessages.list")
    for _ in range(2):  # Slack refuses the first only
        with pytest.raises(RateLimited) as caught:
            scheduled.waiting(slack.channel, "#1 ", urgent=True)
        assert caught.value.retry_after_s == 30
    watch.now += 30
    with pytest.raises(RateLimited) as caught:
        scheduled.waiting(slack.channel, "#2 ")
    assert caught.value.retry_after_s == 1
    assert scheduled.waiting(slack.channel, "#1 ", urgent=True) == ()
    watch.now += 1
    assert scheduled.waiting(slack.channel, "#2 ") == ()


@pytest.mark.parametrize(("days", "error"), [(-1, "time_in_past"), (121, "time_too_far")])
def test_a_time_that_slack_does_not_take_is_refused(slack, scheduled, days, error):
    """In Slack's own word."""
    with pytest.raises(Refused, match=error):
        scheduled.add(slack.channel, soon(slack, days * 86_400), "#1", BLOCKS, thread_ts=slack.say("card"))
