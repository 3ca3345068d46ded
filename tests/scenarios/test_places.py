"""Where an incident goes: here, into a channel that is joined, to the default channel, or where it is invited."""

import pytest

from tests.scenarios.conftest import opened
from tests.support.room import AVA, DEFAULT, HERE

DIRECT, PRIVATE, ARCHIVED, FOREIGN = "D0AVA", "C0SECURITY", "C0OLDSTUFF", "C0PAYMENTS"


def test_a_public_channel_without_the_bot_is_joined(shared):
    """Nobody has to invite it first."""
    shared.command("start Refunds hang", channel=FOREIGN)
    card = shared.sees("Refunds hang", "Lead @ava", channel=FOREIGN)
    assert card["channel"] == FOREIGN


def test_a_private_channel_asks_for_an_invitation_and_posts_when_it_has_one(room):
    """The answer names both ways out; the invitation alone is enough."""
    room.command("start Keys leaked", channel=PRIVATE)
    room.sandbox.wait_for(
        lambda: [one for one in room.sandbox.messages(PRIVATE) if "I am not in this channel" in room.text(one)],
        what="the way out",
    )
    asked = room.sandbox.messages(PRIVATE)[-1]
    assert asked["ephemeral_to"] == AVA
    assert "[Invite me]" in room.text(asked)
    assert "[Use #incidents]" in room.text(asked)
    room.sandbox.invite(channel=PRIVATE)
    room.sees("Keys leaked", "Lead @ava", channel=PRIVATE)
    room.settle()
    assert room.messages(DEFAULT) == []
    assert len(room.find("Lead @ava", channel=PRIVATE)) == 1


@pytest.mark.parametrize("place", [PRIVATE, DIRECT])
def test_the_default_channel_is_one_press_away(shared, place):
    """From a private channel, or a direct message, the incident goes there with what was typed."""
    shared.command(f"start Leak in {place}", channel=place)
    asked = shared.sandbox.wait_for(
        lambda: next((m for m in shared.sandbox.messages(place) if "[Use #incidents]" in shared.text(m)), None),
        what="the way out",
    )
    shared.press(asked, "Use #incidents")
    shared.sees(f"Leak in {place}", "Lead @ava", channel=DEFAULT)
    shared.settle()
    assert len(shared.find(f"Leak in {place}", "Lead @ava", channel=DEFAULT)) == 1


def test_an_archived_channel_sends_the_incident_to_the_default_channel_and_says_why(shared):
    """Nothing can be posted there; whoever typed it is told where it stands."""
    shared.command("start Old trouble", channel=ARCHIVED)
    shared.sees("Old trouble", "Lead @ava", channel=DEFAULT)
    told = shared.sandbox.wait_for(
        lambda: next((m for m in shared.sandbox.messages(ARCHIVED) if "archived" in shared.text(m)), None), what="why"
    )
    assert told["ephemeral_to"] == AVA
    answer = shared.command("status", channel=ARCHIVED)
    assert "Old trouble" in shared.text(answer), "it is found where it was asked for"


def test_a_call_of_an_incident_without_a_place_goes_to_the_default_channel(room):
    """Nobody invited the bot: the call alone goes where it can be read; once invited, all that waited comes at once."""
    room.command("start Keys leaked", channel=PRIVATE)
    room.minute(15)
    call = room.sees("Call 1 of 6", channel=DEFAULT, buttons=("Rolling back",))
    assert f"*#1 Keys leaked* · I am not in {PRIVATE}, so this stands here." in room.text(call)
    room.sandbox.invite(channel=PRIVATE)
    room.sees("Keys leaked", "Lead @ava", channel=PRIVATE)
    room.sees("1. Scope", channel=PRIVATE)
    room.minute(20)
    assert "thread_ts" in room.sees("Call 2 of 6", channel=PRIVATE)
    assert len(room.messages(DEFAULT)) == 1


def test_a_mention_knows_the_service_of_its_channel(tmp_path):
    """Its payload carries no name of the channel, and the configuration may know the channel by nothing else."""
    more = '[service.payments]\nchannels = ["#payments"]\n'
    with opened(tmp_path, more=more, channels=["#checkout-alerts"]) as room:
        room.sandbox.say("@fifteen start Carts fail", channel=HERE)
        assert "`checkout`" in room.text(room.sees("Carts fail", "Lead @ava"))
