"""Everything else that is typed or pressed: status, list, help, trace, lead, severity, update, resolve, reopen, home."""

import pytest

from tests.support.room import AVA, BEN, HERE


@pytest.fixture(scope="module")
def card(shared):
    """The card of an open incident."""
    return shared.start("Carts fail")


def test_status_and_list_say_where_it_stands(shared, card):
    """To whoever asks, alone: number, state, lead, and how long until the call."""
    text = shared.text(shared.command("status"))
    assert "*#1* Carts fail" in text
    assert "*Investigating* · severity" in text
    assert "Rollback call in 14 min" in text
    assert "*#1* Carts fail · investigating" in shared.text(shared.command("list", channel="C0INCIDENT"))


def test_help_lists_every_verb_with_buttons(shared, card):
    """A bare command is help, and its buttons answer."""
    for typed in ("", "help"):
        answer = shared.command(typed)
        assert "/incident start [title] [service:NAME] [sev:1..4]" in shared.text(answer)
        assert "[Start an incident] [Status] [List]" in shared.text(answer)
    before = len(whispers(shared))
    shared.press(answer, "Status")
    shared.sandbox.wait_for(lambda: len(whispers(shared)) > before, what="the status")
    assert "*#1* Carts fail" in shared.text(whispers(shared)[-1])


def test_a_trace_follows_one_request_into_the_thread(shared, card):
    """Both of its lines, the failing one marked; an id that nobody logged is said to be none."""
    request = shared.log.failed[-1]
    shared.command(f"trace {request}")
    found = shared.sees(request, "✗ +40 ms", "request received")
    assert found["thread_ts"] == card["ts"]
    shared.command("trace nobody-logged-this")
    shared.sees("carries nobody-logged-this")


def test_lead_and_severity_are_on_the_card(shared, card):
    """Handed over by mention, and changed by number."""
    shared.command("lead @ben")
    shared.becomes(card, "Lead @ben")
    shared.command("sev 1")
    shared.becomes(card, "severity 1")
    shared.command("lead me", user=AVA)
    shared.becomes(card, "Lead @ava")


@pytest.mark.parametrize(("whom", "who"), [("@fifteen", "A bot"), ("@gus", "A guest")])
def test_who_can_press_nothing_does_not_become_lead(shared, card, whom, who):
    """The bot itself, and a guest: refused with the reason, the card stays."""
    before = shared.text(shared.again(card))
    answer = shared.text(shared.command(f"lead {whom}"))
    assert f"{who} cannot lead: only full members of this workspace can." in answer
    assert "/incident lead @user" in answer
    shared.settle()
    assert shared.text(shared.again(card)) == before


def test_who_leads_already_is_said_to(shared, card):
    """Nobody has a new lead then."""
    shared.command("lead @ava")
    assert shared.text(shared.command("lead @ava")) == "You lead #1 already."
    assert shared.text(shared.command("lead @ava", user=BEN)) == "They lead #1 already."


def test_an_update_goes_to_everybody(shared, card):
    """In the card's thread, and in the channel."""
    shared.command("update Only the EU is hit", user=BEN)
    update = shared.sees("Update", "@ben: Only the EU is hit")
    assert update["subtype"] == "thread_broadcast"
    assert update["thread_ts"] == card["ts"]


def test_a_mention_runs_a_verb_in_a_thread(shared, card):
    """Where slash commands do not work; the answer is for its author, in that thread."""
    shared.sandbox.say("@fifteen status", user=BEN, thread_ts=card["ts"])
    answer = shared.sandbox.wait_for(
        lambda: next((one for one in whispers(shared, BEN) if one.get("thread_ts") == card["ts"]), None),
        what="an answer in the thread",
    )
    assert "*#1* Carts fail" in shared.text(answer)
    shared.settle()
    assert shared.find("no verb") == []


def test_a_reply_under_the_card_is_a_note(shared, card):
    """Pinned to the timeline, and no hypothesis."""
    ts = shared.reply(card, "The payments team is looking at it too")
    mine = {"ts": ts, "channel": HERE}
    reactions = shared.sandbox.wait_for(lambda: shared.again(mine).get("reactions"), what="a reaction")
    assert reactions[0]["name"] == "pushpin"
    assert "payments team" not in shared.text(shared.ledger())


def test_triage_again_brings_the_card_up_to_date(shared, card):
    """What has failed meanwhile is counted."""
    before = shared.text(shared.again(card))
    shared.log.write_until(shared.now())
    shared.press(card, "Triage again")
    shared.sandbox.wait_for(lambda: shared.text(shared.again(card)) != before, 20, "a new triage")
    written = len(shared.log.errors)  # one of the second in which the window ends is not in it
    said = shared.becomes(card, "*Errors* found")
    assert any(f"*Errors* found: {count} of" in said for count in (written, written - 1))


def test_the_home_tab_lists_what_is_open(shared, card):
    """Opened, it shows the incidents and every form."""
    shared.sandbox.home(user=BEN)
    home = shared.sandbox.wait_for(lambda: shared.sandbox.home_view(BEN), what="the home tab")
    text = shared.text(home)
    assert "*#1* Carts fail" in text
    assert "/incident resolve [TEXT]" in text


def test_several_open_incidents_get_a_picker(room):
    """A verb without a number asks which; the button runs it."""
    first = room.start("Carts fail")
    answer = room.command("start Refunds hang")
    room.press(answer, "Start another")
    second = room.sees("#2 Refunds hang", "Lead @ava")
    asked = room.command("sev 1")
    assert "Which incident?" in room.text(asked)
    room.press(asked, "#2 Refunds hang")
    room.becomes(second, "severity 1")
    assert "severity 2" in room.text(room.again(first))


def test_a_closed_incident_takes_notes_and_opens_again(room):
    """A late reply is kept and its author told how to reopen; the clock goes on from the start."""
    card = room.start("Carts fail")
    ledger = room.ledger()
    assert "#1 is resolved." in room.text(room.command("resolve v213 is back"))
    room.becomes(card, "*Resolved*", "Resolution: v213 is back")
    room.sees("Resolved after")
    room.becomes(ledger, "as they stood at the end")
    room.reply(ledger, "It is the price cache after all", user=BEN)
    told = room.sandbox.wait_for(lambda: whispers(room, BEN), what="a word to its author")[-1]
    assert "/incident reopen #1" in room.text(told)
    assert "price cache" not in room.text(room.again(ledger))
    refusal = room.text(room.command("sev #1 1"))
    assert "#1 is resolved" in refusal
    assert "/incident reopen #1" in refusal
    room.minute(16)
    room.settle()
    assert room.calls() == []
    assert "#1 is open again" in room.text(room.command("reopen"))
    room.becomes(card, "*Investigating*")
    room.sees("opened it again")
    room.sees("Call 1 of 6")


def whispers(room, user=AVA):
    """Return what only this person sees, oldest first."""
    return [one for one in room.sandbox.messages(HERE, user=user) if "ephemeral_to" in one]
