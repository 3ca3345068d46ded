"""The ledger: what is recorded, what is only noted, what is answered, and what a menu does to card and clock."""

import pytest

from tests.support.room import AVA, BEN


@pytest.fixture(scope="module")
def ledger(shared):
    """The Hypotheses message of an incident whose triage is in."""
    shared.start("Carts fail")
    return shared.ledger()


def reaction(room, channel, ts):
    """Wait for the bot's reaction to somebody's message, and return its name."""
    mine = {"ts": ts, "channel": channel}
    return room.sandbox.wait_for(lambda: room.again(mine).get("reactions"), what="a reaction")[0]["name"]


def test_replies_are_recorded_in_order_and_acknowledged_without_a_word(room):
    """Two people, two lines of the ledger, a reaction each, and no message by the bot."""
    room.start()
    ledger = room.ledger()
    first = room.reply(ledger, "The price cache holds old carts", user=AVA)
    room.becomes(ledger, "*H1* The price cache holds old carts", "*Open* · from @ava")
    second = room.reply(ledger, "Somebody changed the load balancer", user=BEN)
    room.becomes(ledger, "*H2* Somebody changed the load balancer", "*Open* · from @ben")
    assert [reaction(room, ledger["channel"], ts) for ts in (first, second)] == ["ledger", "ledger"]
    room.settle()
    assert [one["ts"] for one in room.thread(ledger)] == [first, second]


def test_a_hypothesis_that_names_a_deploy_is_answered_with_evidence(shared, ledger):
    """Shipped before or after the onset, and whether the failing lines carry it; in the ledger as well."""
    shared.reply(ledger, "I think v214 broke the VAT")
    answer = shared.sees("v214 shipped at", "before the errors began")
    assert answer["thread_ts"] == ledger["ts"]
    shared.becomes(ledger, "I think v214 broke the VAT", "• v214 shipped at")


@pytest.mark.parametrize("text", ["Is anybody looking at the database?", "on it", "H1 looks wrong to me"])
def test_a_question_a_short_reply_and_a_reference_are_notes(shared, ledger, text):
    """They are pinned to the timeline and do not become hypotheses."""
    shared.reply(ledger, "The session store evicts carts early")
    shared.becomes(ledger, "The session store evicts carts early")
    ts = shared.reply(ledger, text)
    assert reaction(shared, ledger["channel"], ts) == "pushpin"
    shared.settle()
    assert text not in shared.text(shared.again(ledger))


def test_an_edit_follows_and_a_deletion_withdraws(shared, ledger):
    """The ledger shows what the reply says now; a deleted one keeps its number."""
    ts = shared.reply(ledger, "Redis is out of memory")
    shared.becomes(ledger, "Redis is out of memory")
    shared.sandbox.edit(ts, "Redis is out of file handles")
    shared.becomes(ledger, "Redis is out of file handles", without=("Redis is out of memory",))
    shared.sandbox.delete(ts)
    text = shared.becomes(ledger, "Redis is out of file handles\n*Not a hypothesis*")
    assert "Redis is out of file handles" in text


def test_what_people_write_pings_nobody_when_the_bot_repeats_it(shared, ledger):
    """Mentions, links and markup in a reply come out as plain text in the ledger."""
    shared.reply(ledger, "<!channel> @here the *edge* at https://evil.example/x says `down` & <b>out</b>")
    text = shared.becomes(ledger, "says")
    assert "evil.example" in text


def test_a_menu_moves_a_hypothesis_and_takes_it_back(shared, ledger):
    """Testing, and Undo: the line says who set it."""
    shared.reply(ledger, "The certificates have expired")
    shared.pick(ledger, "The certificates have expired", "Testing", user=BEN)
    shared.becomes(ledger, "The certificates have expired\n*Testing* (set by @ben)")
    shared.pick(ledger, "The certificates have expired", "Undo: Testing", user=BEN)
    shared.becomes(ledger, "The certificates have expired\n*Open*")


def test_a_message_elsewhere_is_recorded_by_the_shortcut(shared, ledger):
    """Slash commands do not run in threads; the shortcut works on any message, in its author's name."""
    ts = shared.sandbox.say("DNS for the card provider flaps", user=BEN)
    shared.sandbox.shortcut(ts, "record_hypothesis", user=AVA)
    shared.becomes(ledger, "DNS for the card provider flaps\n*Open* · from @ben")


def test_a_confirmed_cause_stops_the_clock_and_ruling_it_out_resumes_it(room):
    """The original clock: what fell due meanwhile is called at once, the next one when it was due anyway."""
    card = room.start()
    ledger = room.ledger()
    room.reply(ledger, "The VAT table lost its default")
    room.pick(ledger, "The VAT table lost its default", "Confirmed")
    room.becomes(card, "*Identified*", "Cause: The VAT table lost its default (@ava)", "No rollback call")
    room.minute(16)
    room.settle()
    assert room.calls() == []
    room.pick(ledger, "The VAT table lost its default", "Undo: Confirmed")
    room.becomes(card, "*Investigating*", without=("Cause:",))
    room.sees("Call 1 of 6")
    room.pick(ledger, "The VAT table lost its default", "Confirmed")
    room.becomes(card, "*Identified*")
    room.pick(ledger, "The VAT table lost its default", "Ruled out")
    room.becomes(card, "*Investigating*")
    room.minute(19)
    room.settle()
    assert len(room.calls()) == 1
    room.minute(20)
    room.sees("Call 2 of 6")
