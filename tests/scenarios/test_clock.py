"""The clock: a warning, the call, its repeats, and everything that a person can answer."""

from bot.demo.reading import find_button
from tests.scenarios.conftest import opened

MENTIONS = ("@ava", "@oncall")


def test_the_clock_warns_at_ten_minutes_and_calls_at_fifteen(room):
    """Neither comes early; the call is sent to the channel, and says what to undo, why, and how."""
    card = room.start()
    room.minute(9.5)
    room.settle()
    assert room.find("In 5 min") == []
    room.minute(10)
    warning = room.sees("No confirmed cause yet. In 5 min", "It would be: v214 -> v213", buttons=("Cause found",))
    assert warning["thread_ts"] == card["ts"]
    room.minute(14.5)
    room.settle()
    assert room.calls() == []
    room.minute(15)
    call = room.sees("Call 1 of 6", buttons=("Rolling back", "Not yet", "Cause found"))
    text = room.text(call)
    assert call["subtype"] == "thread_broadcast"
    assert call["thread_ts"] == card["ts"]
    assert "No cause after 15 min, users still affected." in text
    assert "Roll back v214 -> v213 (about 2 min). This is not failure." in text
    assert "deploy checkout v213" in text
    assert "@ava" in text
    assert "dan" not in text
    assert "db/migrations/0042_vat.sql" in text
    assert "late" not in text


def test_an_unanswered_call_repeats_six_times_and_then_says_so(room):
    """Every 5 minutes; from the third on somebody else is asked; then it stops for good."""
    card = room.start()
    for number in range(1, 7):
        room.minute(10 + 5 * number)
        call = room.sees(f"Call {number} of 6")
        assert ("@dan" in room.text(call)) is (number >= 3)
        assert ("the last one" in room.text(call)) is (number == 6)
        room.becomes(card, f"Rollback call {number + 1} of 6 at" if number < 6 else "The last rollback call was made.")
    room.minute(45)
    assert "@dan" in room.text(room.sees("Nobody answered 6 calls. I stop calling."))
    room.minute(75)
    room.settle()
    assert len(room.calls()) == 6
    assert len(room.find("Nobody answered")) == 1


def test_a_resolved_incident_is_never_called_for(room):
    """Resolve from the card, with what ended it; the clock falls silent."""
    card = room.start()
    room.press(card, "Resolve")
    room.submit({"resolution": "v213 is back"})
    room.becomes(card, "*Resolved*", "Resolution: v213 is back")
    room.minute(30)
    room.settle()
    assert room.calls() == []
    assert room.find("In 5 min") == []


def test_a_person_outranks_the_log_on_who_is_affected(room):
    """No: no call, said once with the log's word against it. Yes: the overdue call comes at once."""
    card = room.start()
    room.press(card, "No")
    room.becomes(card, "*Users affected?* No, says @ava", "No rollback call while users are not affected")
    room.minute(15)
    room.sees("No rollback call: users are not affected", "The log says otherwise")
    room.settle()
    assert room.calls() == []
    room.press(card, "Yes")
    room.sees("Call 1 of 6")
    room.becomes(card, "*Users affected?* Yes, says @ava")


def test_not_yet_puts_the_call_off_with_a_reason(room):
    """The reason and the time stand in the thread; the next call keeps its number and comes then."""
    room.start()
    room.minute(15)
    call = room.sees("Call 1 of 6")
    room.press(call, "Not yet", user="U0BEN")
    room.submit({"reason": "The fix is building", "minutes": "10"}, user="U0BEN")
    room.sees("@ben: not yet. The rollback call comes at", "The fix is building")
    room.minute(24)
    room.settle()
    assert len(room.calls()) == 1
    room.minute(25.5)
    room.sees("Call 2 of 6")


def test_a_cause_found_stops_the_calls(room):
    """From the warning's own button; the card says why there will be none."""
    card = room.start()
    room.minute(10)
    room.press(room.sees("No confirmed cause yet"), "Cause found")
    room.submit({"cause": "The VAT table lost its default"})
    room.becomes(card, "*Identified*", "No rollback call: the cause is found.")
    assert find_button(room.again(card), "Rolling back")
    room.minute(30)
    room.settle()
    assert room.calls() == []


def test_a_log_that_falls_silent_has_not_recovered(room):
    """Unknown makes the call, and says that the effect could not be checked."""
    room.start()
    room.log.silent = True
    room.minute(15)
    assert "could not be checked" in room.text(room.sees("Call 1 of 6"))


def test_a_recovered_log_is_said_and_looked_at_again(room):
    """No call while errors are at baseline; when they come back, the call does too."""
    card = room.start()
    room.minute(5)
    room.log.mend()
    room.minute(15)
    room.sees("No rollback call: errors are back at baseline")
    room.becomes(card, "Errors back at baseline")
    assert room.calls() == []
    room.log.mended = None
    room.minute(20.1)
    room.sees("Call 1 of 6")


def test_a_stale_clone_makes_the_call_and_says_what_it_cannot_know(tmp_path):
    """What it knows is too old to be the last deployment: never "nothing shipped", and no command that names it."""
    with opened(tmp_path, rollback_horizon="60s") as room:
        room.repository.git("remote", "add", "origin", "/nowhere")
        room.start()
        room.minute(15)
        text = room.text(room.sees("Call 1 of 6", buttons=("Rolling back",)))
        assert "Roll back the last deployment (about 2 min)." in text
        assert "Check first: never fetched since it was made; newer changes are not seen" in text.replace("*", "")
        assert "the last deployment that is known, v214, is 22 min old" in text
        assert "Nothing shipped" not in text
