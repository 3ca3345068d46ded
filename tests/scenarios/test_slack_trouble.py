"""Slack refuses, is too busy, or loses its answer: the incident stands, and the card follows, once."""

from datetime import timedelta

import pytest

from bot.demo.reading import find_button
from bot.workflow.workers import SETTLE_S
from tests.support.room import DEFAULT, HERE

SECOND = timedelta(seconds=1)


def while_time_passes(room, found):
    """Wait for something while the sandbox's clock runs: retries are due on it."""

    def look():
        room.advance(SECOND)
        return found()

    return room.sandbox.wait_for(look, 30, "while time passes")


@pytest.mark.parametrize(
    "fault",
    [
        {"name": "status", "code": 500, "count": 2},
        {"name": "status", "code": 429, "retry_after": 2, "count": 1},
        {"name": "lost", "count": 2},
    ],
    ids=["500", "429", "lost"],
)
def test_an_incident_started_while_slack_is_in_trouble_gets_one_card(room, fault):
    """The answer to the command comes at once all the same, and the first posts are made good later."""
    room.sandbox.fault(**fault, method="chat.postMessage")
    assert "#1 is started" in room.text(room.command("start"))
    card = while_time_passes(room, lambda: room.find("Lead @ava", "*Scope* found"))[0]
    while_time_passes(room, lambda: room.find("What do you think it is?"))
    while_time_passes(room, lambda: room.find("1. Scope"))
    room.settle()
    assert find_button(room.again(card), "Resolve")
    assert len(room.find("Lead @ava")) == 1
    assert len(room.find("What do you think it is?")) == 1
    assert len(room.find("1. Scope")) == 1


def test_a_reply_to_a_ledger_whose_answer_was_lost_is_heard(room):
    """It stands in Slack, and for a while only there: whoever replies at once is read back once the bot knows it."""
    room.sandbox.fault("lost", method="chat.postMessage", count=2)  # the card's answer, and the ledger's
    room.command("start")
    room.sandbox.wait_for(lambda: room.bot.printed().count("outcome unknown") == 1, what="the card's lost answer")
    room.advance(timedelta(seconds=SETTLE_S))
    room.sandbox.wait_for(lambda: room.bot.printed().count("outcome unknown") == 2, what="the ledger's lost answer")
    room.reply(room.ledger(), "The price cache holds old carts")
    room.sandbox.wait_for(lambda: any("price cache" in str(one) for one in room.sandbox.traffic()), what="the event")
    room.advance(timedelta(seconds=SETTLE_S))
    while_time_passes(room, lambda: room.find("*H1*"))
    room.settle()
    assert len(room.find("*H1*")) == 1


def test_a_call_is_made_once_though_its_answer_is_lost(room):
    """Slack has no key against doubles: the bot looks whether the call stands before it posts again."""
    room.start()
    room.settle()
    room.minute(12)
    room.settle()
    room.sandbox.fault("lost", method="chat.postMessage", count=1)
    room.minute(15)
    room.sees("Call 1 of 6")
    room.sandbox.wait_for(lambda: "outcome unknown" in room.bot.printed(), what="the lost answer")
    room.advance(timedelta(seconds=SETTLE_S))
    room.settle()
    assert len(room.calls()) == 1


def test_a_call_that_slack_takes_late_says_so(room):
    """Decided in time, and held up on its way: whoever reads it must know how old it is."""
    room.start()
    room.minute(12)
    room.settle()
    room.sandbox.fault("status", code=500, method="chat.postMessage")
    room.minute(15)
    room.sandbox.wait_for(lambda: "outcome unknown" in room.bot.printed(), what="the lost answer")
    room.minute(16.2)  # from 16.5 on Slack's own call can no longer be taken back, and is made instead
    text = room.text(room.sees("Call 1 of 6"))
    assert "1 min late: Slack did not take it sooner." in text


def test_the_cards_address_is_asked_for_again(room):
    """Slack was too busy for it once; whoever starts the same incident is shown the way to it all the same."""
    room.sandbox.fault("status", code=429, retry_after=1, method="chat.getPermalink")
    room.start()
    while_time_passes(room, lambda: "[Open]" in room.text(room.command("start")))


def test_a_socket_that_is_cut_is_replaced(shared):
    """Slack refreshes sockets every few hours, and networks drop them: the next command is answered."""
    for fault in ("refresh", "drop") * 4:
        shared.sandbox.fault(fault)
        shared.sandbox.wait_for(lambda: shared.sandbox.state()["app"]["connected"], what="a new socket")
        assert "No open incidents" in shared.text(shared.command("list"))


@pytest.mark.parametrize(
    ("error", "channel", "why"),
    [
        ("is_archived", DEFAULT, "C0CHECKOUT is archived, so this stands here."),
        ("not_in_channel", DEFAULT, "I am not in C0CHECKOUT, so this stands here."),
        ("thread_not_found", HERE, "the card's thread is gone, so this stands here."),
    ],
)
def test_a_call_whose_place_is_refused_is_made_elsewhere_and_says_why(room, error, channel, why):
    """Once, outside of the thread, with its buttons, and with the name of the incident, which it stands apart from."""
    room.start("Carts fail")
    room.minute(12)
    room.settle()
    room.sandbox.fault("refuse", error=error, method="chat.postMessage")
    room.minute(15)
    call = room.sees("Call 1 of 6", channel=channel, buttons=("Rolling back", "Not yet", "Cause found"))
    text = room.text(call)
    assert "#1 Carts fail" in text
    assert why in text
    assert "deploy checkout v213" in text
    assert "thread_ts" not in call
    room.settle()
    assert len(room.find("Call 1 of 6", channel=channel)) == 1


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_too_long"])
def test_a_call_whose_blocks_are_refused_is_made_in_plain_text(room, error):
    """Whom it calls, what to undo and the command stand in it all the same."""
    room.start()
    room.minute(12)
    room.settle()
    room.sandbox.fault("refuse", error=error, method="chat.postMessage")
    room.minute(15)
    call = room.sees("No cause after 15 min", "Roll back v214 -> v213", "deploy checkout v213", "@ava")
    assert "blocks" not in call
    assert call["subtype"] == "thread_broadcast"
