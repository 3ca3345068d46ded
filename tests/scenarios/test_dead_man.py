"""The dead man's call: Slack calls for the rollback when the bot, or its host, cannot; never both, never neither."""

from datetime import timedelta

import pytest
from slack_sdk import WebClient

from bot.demo.reading import find_button
from bot.workflow.workers import SETTLE_S
from tests.support.room import HERE

UNHEARD = "Slack posts this for Fifteen"


def waiting(room):
    """Return what waits in Slack, soonest first; not asked over its API, whose limits are for the bot."""
    return [one for one in room.sandbox.state()["scheduled"] if one["channel_id"] == HERE]


def left_with_slack(room, *words):
    """Wait until exactly one message waits in Slack and says the words; return it."""

    def one():
        found = waiting(room)
        return found[0] if len(found) == 1 and all(word in found[0]["text"] for word in words) else None

    return room.sandbox.wait_for(one, what=f"one message that waits and says {words}")


def nothing_waits(room):
    """Wait until Slack keeps nothing."""
    room.sandbox.wait_for(lambda: not waiting(room), what="nothing that waits")


def post_minute(room, one):
    """Return the minute of the incident at which Slack will post, in tenths."""
    return round((one["post_at"] - room.started_at.timestamp()) / 60, 1)


def test_a_bot_that_dies_for_good_is_spoken_for_by_slack(room):
    """Killed after the triage: three minutes after the call was due Slack posts what was known, to the channel."""
    card = room.start()
    left = left_with_slack(room, "v214")
    assert 18 <= post_minute(room, left) <= 18.1
    assert "#1 " in left["text"]
    room.bot.kill()
    room.minute(17.9)
    assert room.find(UNHEARD) == []
    room.minute(18.2)
    said = room.sees(UNHEARD, "No cause after 15 min", "v214 -&gt; v213".replace("&gt;", ">"), "deploy checkout v213")
    assert said["thread_ts"] == card["ts"]
    assert said["subtype"] == "thread_broadcast"
    assert "@ava" in room.text(said)
    assert find_button(said, "Rolling back") is None
    assert "metadata" not in said


def test_a_bot_that_comes_back_makes_slack_s_call_its_own(room):
    """Slack has called at 18, the bot is back at 22: the same message gets its evidence and buttons, and no second one."""
    room.start()
    left_with_slack(room, "v214")
    room.settle()  # a post in its hands when it dies is looked for 12 s later, and the chart comes after that
    room.bot.kill()
    room.minute(22)
    said = room.sees(UNHEARD)
    room.bot.start()
    room.becomes(
        said,
        "No cause after 18 min",
        "Call 1 of 6 · 3 min late",
        "Slack made this call at",
        "I was down",
        without=(UNHEARD,),
    )
    assert find_button(room.again(said), "Rolling back")
    room.settle()
    assert len(room.calls()) == 1
    assert room.find(UNHEARD) == []
    room.minute(27.5)
    room.sees("Call 2 of 6")


def test_a_call_is_made_where_slack_does_not_show_what_waits(room):
    """A refusal of that kind may cost a second message, and never the call."""
    room.start()
    left_with_slack(room, "v214")
    room.bot.kill()
    room.minute(22)
    room.sees(UNHEARD)
    room.sandbox.fault("refuse", error="channel_not_found", method="chat.scheduledMessages.list")
    room.bot.start()
    call = room.sees("Call 1 of 6", "min late")  # 3 where it finds Slack's message after all, 7 where it makes its own
    assert find_button(call, "Rolling back")
    room.settle()
    assert len(room.find("Call 1 of 6")) == 1


def test_a_bot_that_comes_back_in_time_calls_late_and_takes_the_other_back(room):
    """Back a minute after the call was due: it can still delete what waits, so it makes its own."""
    room.start()
    left_with_slack(room, "v214")
    room.bot.kill()
    room.minute(16.1)
    room.bot.start()
    assert "1 min late" in room.text(room.sees("Call 1 of 6"))
    nothing_waits(room)
    room.minute(19)
    room.settle()
    assert len(room.calls()) == 1
    assert room.find(UNHEARD) == []


def test_a_bot_that_comes_back_in_slack_s_last_minute_lets_slack_call(room):
    """What is posted within the minute cannot be taken back: one call, which the bot then completes, and the card waits for."""
    card = room.start()
    left_with_slack(room, "v214")
    room.bot.kill()
    room.minute(17.2)
    room.bot.start()
    room.becomes(card, "The rollback call is on its way.")
    room.settle()
    assert room.calls() == []
    room.minute(18.3)
    said = room.sees("Call 1 of 6", "Slack made this call at")
    room.becomes(card, "Rollback call 2 of 6 at")
    room.settle()
    assert room.calls() == [room.again(said)]


def test_a_living_bot_calls_once_and_leaves_nothing_behind(room):
    """Its own call takes back the one that waits, and no other waits behind the repeats."""
    room.start()
    left_with_slack(room, "v214")
    room.minute(15)
    room.sees("Call 1 of 6")
    nothing_waits(room)
    room.minute(20)
    room.sees("Call 2 of 6")
    room.settle()
    assert waiting(room) == []
    assert room.find(UNHEARD) == []


def test_what_waits_follows_the_clock_and_goes_with_the_incident(room):
    """A snooze moves it, a cause takes it back, ruling the cause out brings it back, the end takes it for good."""
    card = room.start()
    left_with_slack(room, "v214")
    room.command("snooze 20m The fix is building")
    room.sandbox.wait_for(lambda: [post_minute(room, one) for one in waiting(room)] == [pytest.approx(23, abs=0.3)])
    room.command("cause The VAT table")
    nothing_waits(room)
    room.becomes(card, "*Identified*")
    room.press(card, "Rule the cause out")
    left_with_slack(room, "v214")
    room.command("resolve v213 is back")
    nothing_waits(room)


@pytest.mark.parametrize(
    "method", ["chat.scheduleMessage", "chat.scheduledMessages.list", "chat.deleteScheduledMessage"]
)
def test_an_answer_that_was_lost_leaves_one_message(room, method):
    """Slack did what was asked and nobody heard: the next look at its list finds it."""
    room.sandbox.fault("lost", method=method)
    room.start()
    room.sandbox.wait_for(lambda: "outcome unknown" in room.bot.printed(), 20, "the lost answer")
    room.advance(timedelta(seconds=SETTLE_S))
    room.settle()
    left_with_slack(room, "v214")


def test_slack_refuses_to_keep_a_call_and_the_card_says_so(room):
    """Thirty messages wait around that minute already; once there is room again the card is quiet."""
    web = WebClient(room.sandbox.bot_token, base_url=room.sandbox.api_url)
    at = int(room.now().timestamp()) + 18 * 60
    others = [
        web.chat_scheduleMessage(channel=HERE, text="standup", post_at=at)["scheduled_message_id"] for _ in range(30)
    ]
    card = room.start()
    room.becomes(card, "If Fifteen goes down there is no call: Slack keeps none for it (too many messages wait")
    web.chat_deleteScheduledMessage(channel=HERE, scheduled_message_id=others[0])
    room.press(card, "Yes")
    room.becomes(card, "Users affected?", without=("If Fifteen goes down",))
    assert any("As of" in one["text"] for one in waiting(room))
