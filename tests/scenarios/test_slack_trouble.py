"""Slack refuses, is too busy, or loses its answer: the incident stands, and the card follows, once."""

from datetime import timedelta

import pytest

from bot.demo.reading import find_button

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


def test_a_call_is_made_once_though_its_answer_is_lost(room):
    """Slack has no key against doubles: the bot looks whether the call stands before it posts again."""
    room.start()
    room.settle()
    room.minute(12)
    room.settle()
    room.sandbox.fault("lost", method="chat.postMessage", count=1)
    room.minute(15)
    room.sees("Call 1 of 6")
    for _ in range(8):
        room.advance(SECOND)
        room.settle()
    assert len(room.calls()) == 1


def test_a_socket_that_is_cut_is_replaced(shared):
    """Slack refreshes sockets every few hours, and networks drop them: the next command is answered."""
    for fault in ("refresh", "drop") * 4:
        shared.sandbox.fault(fault)
        shared.sandbox.wait_for(lambda: shared.sandbox.state()["app"]["connected"], what="a new socket")
        assert "No open incidents" in shared.text(shared.command("list"))
