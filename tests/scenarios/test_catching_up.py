"""What people wrote while nobody listened is read back, once, whatever Slack sends again afterwards."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from bot.demo.reading import find_button
from tests.scenarios.conftest import opened
from tests.support.room import AVA, BEN

GAP = timedelta(minutes=10)
TYPED = ("The price cache holds old carts", "Somebody changed the load balancer", "The VAT table lost its default")


@pytest.fixture(scope="module")
def gap(tmp_path_factory):
    """A room in which the bot was away for ten minutes while people typed, edited and deleted; and is back."""
    with opened(tmp_path_factory.mktemp("gap")) as room:
        card = room.start()
        room.typed = {}
        ledger = room.ledger()
        for text in ("Redis is out of memory", "DNS for the card provider flaps"):
            room.typed[text] = room.reply(ledger, text)
            room.becomes(ledger, text)
        room.reply(card, "Support has forty tickets")
        room.settle()
        room.advance(timedelta(minutes=2))
        room.bot.kill()
        for text, user in zip(TYPED, (AVA, BEN, AVA), strict=True):
            room.typed[text] = room.reply(ledger, text, user=user)
        room.reply(card, "Two more customers called")
        room.sandbox.edit(room.typed["Redis is out of memory"], "Redis is out of file handles")
        room.sandbox.delete(room.typed["DNS for the card provider flaps"])
        room.advance(GAP)
        room.sandbox.fault("duplicate", count=3)
        room.bot.start()
        room.becomes(ledger, *TYPED)
        room.settle()
        yield room


def test_three_replies_of_the_gap_are_three_hypotheses_once_each(gap):
    """In their order, with their authors, also when Slack sends their events again after they were read."""
    ledger = gap.ledger()
    text = gap.becomes(ledger, "*H3* " + TYPED[0], "*H4* " + TYPED[1], "*H5* " + TYPED[2])
    assert "H6" not in text
    assert text.index("from @ben") > text.index(TYPED[1])
    gap.advance(timedelta(minutes=6))  # Slack's last try
    gap.settle()
    assert "H6" not in gap.text(gap.again(ledger))
    for typed in TYPED:
        reactions = gap.again({"ts": gap.typed[typed], "channel": ledger["channel"]})["reactions"]
        assert [(one["name"], one["count"]) for one in reactions] == [("ledger", 1)]


def test_edits_and_deletions_of_the_gap_are_followed(gap):
    """What stood in the ledger before says what the thread says now."""
    text = gap.becomes(
        gap.ledger(), "Redis is out of file handles", "DNS for the card provider flaps\n*Not a hypothesis*"
    )
    assert "out of memory" not in text


def test_a_new_connection_reads_back_too_and_repeats_nothing(gap):
    """Cut twice: the threads are read again, and say nothing new."""
    before = gap.text(gap.again(gap.ledger()))
    for _ in range(2):
        connects = gap.bot.printed().count("connected to Slack")
        gap.sandbox.fault("drop")
        gap.sandbox.wait_for(lambda n=connects: gap.bot.printed().count("connected to Slack") > n, 20, "a connection")
        gap.settle()
    assert gap.text(gap.again(gap.ledger())) == before
    gap.reply(gap.ledger(), "The certificates have expired")
    gap.becomes(gap.ledger(), "*H6* The certificates have expired")


def test_an_answer_that_was_typed_in_the_gap_stops_the_late_call(room):
    """`@Fifteen cause` under the card, while the bot was down and the call fell due: no call, and who asked is told."""
    card = room.start()
    room.settle()
    room.bot.kill()
    room.reply(card, "<@U0FIFTEEN> cause The VAT table lost its default")
    room.reply(card, "<@U0FIFTEEN> cause")
    room.minute(17)
    room.bot.start()
    room.becomes(card, "*Identified*", "Cause: The VAT table lost its default")
    room.settle()
    assert room.calls() == []
    whispers = [one for one in room.sandbox.messages(card["channel"], user=AVA) if "ephemeral_to" in one]
    refused = [one for one in whispers if "cause is missing" in room.text(one) or "cause TEXT" in room.text(one)]
    assert len(refused) == 1
    room.sandbox.fault("drop")
    room.minute(30)
    room.settle()
    again = [one for one in room.sandbox.messages(card["channel"], user=AVA) if "ephemeral_to" in one]
    assert len(again) == len(whispers)
    assert find_button(room.again(card), "Rule the cause out")


def test_a_clock_that_was_fast_at_the_start_loses_no_reply(tmp_path):
    """Slack's clock dates what people write: by ours, all of it came before the incident."""
    with opened(tmp_path) as room:
        room.start()
        ledger = room.ledger()
        room.reply(ledger, "Redis is out of memory")
        room.becomes(ledger, "*H1* Redis is out of memory")
        room.settle()
        room.advance(timedelta(minutes=2))
        room.bot.kill()
        with closing(sqlite3.connect(tmp_path / "fifteen.db")) as store, store:
            store.execute("UPDATE incident SET started_at = started_at + 3600 * 1000000")
        room.reply(ledger, TYPED[0])
        room.bot.start()
        text = room.becomes(ledger, "*H1* Redis is out of memory", "*H2* " + TYPED[0])
        room.settle()
        assert "Not a hypothesis" not in room.text(room.again(ledger)), text
