"""Slack's limits, and what goes wrong between it and an app: by chance, late, and too often."""

import time

import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.limits import POSTS_IN_A_BURST, TIERS, RateLimits

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}


def refused_after(call, most):
    """Call until it is refused; return how often it passed, and the answer."""
    for passed in range(most):
        try:
            call()
        except SlackApiError as error:
            return passed, error.response
    raise AssertionError(f"{most} calls passed")


def test_a_channel_takes_one_message_a_second_with_short_bursts(slack, web):
    """429 with Retry-After; another channel is free, and a second later so is this one."""
    passed, answer = refused_after(lambda: web.chat_postMessage(channel=slack.channel, text="x"), 20)
    assert POSTS_IN_A_BURST <= passed <= POSTS_IN_A_BURST + 2  # the bucket fills while it is emptied
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "1")
    web.chat_postMessage(channel="C0INCIDENT", text="x")
    slack.advance(1)
    web.chat_postMessage(channel=slack.channel, text="x")


def test_a_method_is_limited_by_its_tier(slack, web):
    """conversations.list: 20 a minute; the refused call has done nothing, and others are served."""
    passed, answer = refused_after(web.conversations_list, 40)
    assert TIERS["conversations.list"] <= passed <= TIERS["conversations.list"] + 2
    assert 1 <= int(answer.headers["Retry-After"]) <= 3
    web.auth_test()


def test_a_bucket_fills_evenly_and_holds_a_minute():
    """After a long rest as much as a minute allows, never more."""
    now = [0.0]
    limits = RateLimits(lambda: now[0])
    assert [limits.take("chat.update", "C1") for _ in range(51)] == [0] * 50 + [2]
    now[0] += 2.4
    assert [limits.take("chat.update", "C1") for _ in range(3)] == [0, 0, 2]
    now[0] += 86_400
    assert sum(limits.take("chat.update", "C1") == 0 for _ in range(99)) == 50


def test_a_share_of_the_calls_meets_the_fault(slack, web):
    """About three in ten of two hundred, until it is ended."""
    slack.fault("status", code=500, share=0.3, method="auth.test")
    failed = 0
    for _ in range(200):
        try:
            web.auth_test()
        except SlackApiError:
            failed += 1
    assert 40 <= failed <= 80
    slack.fault("none")
    web.auth_test()


def test_a_late_post_is_accepted_and_not_yet_to_be_read(slack, web):
    """The thread shows it only after a while; people, and the posts after it, are not concerned."""
    parent = web.chat_postMessage(channel=slack.channel, text="card")["ts"]
    slack.fault("late", seconds=0.4)
    late = web.chat_postMessage(channel=slack.channel, text="call", thread_ts=parent)["ts"]
    on_time = web.chat_postMessage(channel=slack.channel, text="more", thread_ts=parent)["ts"]

    def read():
        return [one["ts"] for one in web.conversations_replies(channel=slack.channel, ts=parent)["messages"]]

    assert read() == [parent, on_time]
    assert late in [one["ts"] for one in slack.messages()]
    until = time.monotonic() + 5
    while late not in read():
        assert time.monotonic() < until
        slack.advance(2)  # the reading itself is limited


@pytest.mark.parametrize("share", [0, 1.5, True, "half"])
def test_a_share_is_a_number_up_to_one(slack, share):
    """Anything else is refused."""
    with pytest.raises(Exception, match="share is a number above 0 and up to 1"):
        slack.fault("lost", share=share)
