"""Rolling back: a hypothesis first, then the watch over the error rate."""

from datetime import timedelta

MINUTE = timedelta(minutes=1)


def call_for_it(room):
    """Let the clock run out, and return the call."""
    room.start()
    room.minute(15)
    return room.sees("Call 1 of 6")


def watch(room, minutes):
    """Let minutes pass one by one, so that the watch looks at each of them."""
    for _ in range(minutes):
        room.advance(MINUTE)
        room.settle()


def test_a_rollback_asks_for_a_hypothesis_and_says_when_it_has_helped(room):
    """One line in a modal becomes H1; the recovery is told from the log, in minutes after the rollback."""
    call = call_for_it(room)
    room.press(call, "Rolling back")
    room.submit({"hypothesis": "v214 lost the default of the VAT table"})
    room.becomes(room.ledger(), "*H1* v214 lost the default of the VAT table")
    room.sees("@ava is rolling back.", "I watch the error rate for 10 min.")
    card = room.card()
    room.becomes(card, "*Rolling back*", "Rollback began")
    watch(room, 1)
    room.log.mend()
    watch(room, 4)
    back = room.sees("Back at baseline", "after the rollback", buttons=("Resolve",))
    assert back["subtype"] == "thread_broadcast"
    assert "Back at baseline 1 min" in room.text(back)
    room.becomes(card, "*Monitoring*")
    room.advance(10 * MINUTE)
    room.settle()
    assert len(room.find("Back at baseline", "after the rollback")) == 1
    assert len(room.calls()) == 1


def test_a_rollback_that_does_not_help_is_said_after_ten_minutes(room):
    """It may not have been this deployment; the calls go on, and do not name it once more."""
    call = call_for_it(room)
    room.reply(room.ledger(), "v214 lost the default")
    room.becomes(room.ledger(), "*H1*")
    room.press(call, "Rolling back")
    room.sees("@ava is rolling back.")
    room.advance(9 * MINUTE)
    room.settle()
    assert room.find("No recovery") == []
    room.advance(MINUTE)
    room.sees("No recovery 10 min after the rollback.", "It may not have been this deployment")
    assert len(room.calls()) == 1
    room.advance(5 * MINUTE)
    text = room.text(room.sees("Call 2 of 6"))
    assert "Rolled back already: v214. Another rollback is not known to help. More people are needed." in text
    assert "Roll back v214" not in text
    assert "Nothing shipped" not in text


def test_a_rollback_without_a_hypothesis_needs_a_reason(room):
    """Nothing is no answer: the modal stays, with the error beside its input. A reason is, and everybody reads it."""
    call = call_for_it(room)
    room.press(call, "Rolling back")
    room.submit({})
    view = room.sandbox.wait_for(lambda: next((v for v in room.sandbox.views() if v["errors"]), None))
    assert "one line" in view["errors"]["hypothesis"]
    room.submit({"without": "Customers are waiting"})
    room.sees("@ava goes without a hypothesis: Customers are waiting")
    room.sees("@ava is rolling back.")
    assert room.sandbox.wait_for(lambda: room.sandbox.views() == [])
