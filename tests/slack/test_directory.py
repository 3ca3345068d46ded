"""Who and where, as Slack tells it: a channel is looked up by its name once, within Slack's limits."""

import pytest

from bot.slack import call
from bot.slack.errors import RateLimited, Refused
from bot.slack.outbox import Outbox
from tests.slack.test_outbox import Stopwatch, calls_of, first


@pytest.fixture
def watch():
    """The outbox's monotonic clock."""
    return Stopwatch()


@pytest.fixture
def outbox(slack, watch):
    """An outbox whose gates obey the stopwatch."""
    return Outbox(call.make_client(slack.bot_token, slack.api_url), watch)


def test_a_channel_is_looked_up_by_its_name_once(slack, outbox):
    """Each card and each call in a default channel by name took the list anew, and Slack 20 pages a minute."""
    channel = slack.make_channel("outages")
    assert [outbox.directory.channel_id(name) for name in ("#outages", "outages")] == [channel] * 2
    assert calls_of(slack, "conversations.list") == 1


@pytest.mark.parametrize("error", ["channel_not_found", "is_archived"])
def test_a_channel_that_is_gone_is_looked_up_anew(slack, outbox, error):
    """Archived, and made anew under the same name."""
    channel = slack.make_channel("outages")
    outbox.directory.channel_id("#outages")
    slack.fault("refuse", error=error, method="chat.postMessage")
    with pytest.raises(Refused):
        outbox.post(channel, "hello", delivery=first())
    outbox.directory.channel_id("#outages")
    assert calls_of(slack, "conversations.list") == 2


def test_a_search_that_slack_has_limited_goes_on_where_it_was(slack, outbox, watch, monkeypatch):
    """From the first page each time it never came to a channel behind more pages than Slack allows in a minute."""
    monkeypatch.setattr("bot.slack.directory.PAGE", 1)
    for number in range(24):
        slack.make_channel(f"a-{number:02}")
    channel = slack.make_channel("z-incidents")
    with pytest.raises(RateLimited):
        outbox.directory.channel_id("#z-incidents")
    for seconds in (60, 60):
        slack.advance(seconds)
        watch.now += seconds
    assert outbox.directory.channel_id("#z-incidents") == channel


def test_what_a_call_looks_up_goes_before_what_a_card_does(slack, outbox, watch):
    """Both wait for the list, and Slack may take one call of it."""
    channel = slack.make_channel("outages")
    slack.fault("status", code=429, retry_after=9, method="conversations.list")
    for urgent in (False, True):
        with pytest.raises(RateLimited):
            outbox.directory.channel_id("#outages", urgent=urgent)
    watch.now += 9
    with pytest.raises(RateLimited):
        outbox.directory.channel_id("#outages")
    assert outbox.directory.channel_id("#outages", urgent=True) == channel
    assert calls_of(slack, "conversations.list") == 2


def test_a_cursor_that_slack_does_not_know_any_more_begins_the_search_anew(slack, outbox, watch, monkeypatch):
    """Hours may lie between two attempts."""
    channel = slack.make_channel("outages")
    monkeypatch.setattr(outbox.directory, "_cursors", {"outages": "c3RhbGU="})
    slack.fault("refuse", error="invalid_cursor", method="conversations.list")
    assert outbox.directory.channel_id("#outages") == channel
