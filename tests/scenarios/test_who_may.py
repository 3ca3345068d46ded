"""Who may, over the wire: members outside of the group, a guest, and a Slack that does not say who is in it."""

import sqlite3

import pytest

from tests.scenarios.conftest import opened
from tests.support.room import AVA, CLEO, HERE, Room

GUS = "U0GUS"
OURS_ALONE = """
[may]
start = ["S0123456"]
confirm = ["S0123456"]
snooze = ["S0123456"]
rollback = ["S0123456"]
resolve = ["U0AVA"]
"""
OUTSIDE = "Only full members of this workspace can use Fifteen. Ask one of them."


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A room in which each act is left to some, with an open incident that has one hypothesis."""
    with opened(tmp_path_factory.mktemp("guarded"), more=OURS_ALONE) as room:
        room.start("Carts fail")
        room.reply(room.ledger(), "The price cache holds old carts")
        room.becomes(room.ledger(), "*H1*")
        room.settle()
        yield room


def whispers(room, user):
    """Return what only this person sees, as text, oldest first."""
    return [room.text(one) for one in room.sandbox.messages(HERE, user=user) if "ephemeral_to" in one]


def told(room, user, act, *words):
    """Do something, and wait for a new word to that person alone that says all the words."""
    before = len(whispers(room, user))
    act()
    room.sandbox.wait_for(lambda: len(whispers(room, user)) > before, what=f"a refusal: {words}")
    newest = whispers(room, user)[-1]
    assert all(word in newest for word in words), newest


def lines(room, *kinds):
    """Return (kind, who, where, surface, text) of the timeline, oldest first."""
    marks = ", ".join("?" * len(kinds))
    query = f"SELECT kind, actor_id, channel_id, origin, text FROM timeline WHERE kind IN ({marks}) ORDER BY id"
    with sqlite3.connect(f"file:{room.folder / 'fifteen.db'}?mode=ro", uri=True) as connection:
        found = connection.execute(query, kinds).fetchall()
    connection.close()
    return found


TYPED = {
    "cause Redis": "confirm the cause of #1",
    "snooze 5m one more idea": "put off the rollback call of #1",
    "rollback": "roll back checkout",
    "resolve": "resolve or reopen #1",
}


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("surface", ["command", "mention"])
def test_who_is_not_in_the_group_is_told_who_is(guarded, typed, surface):
    """By word: the refusal mentions the group, and says what is left to do; the card stays as it was."""
    card, who = guarded.text(guarded.card()), "@ava" if typed == "resolve" else "@S0123456"
    say = f"/incident {typed}" if surface == "command" else f"@fifteen {typed}"
    told(guarded, CLEO, lambda: guarded.sandbox.say(say, user=CLEO), f"Only {who} may {TYPED[typed]}", "Ask them")
    kind, actor, channel, origin, text = lines(guarded, "refused")[-1]
    assert (kind, actor, channel, origin) == ("refused", CLEO, HERE, surface)
    assert TYPED[typed] in text
    assert guarded.text(guarded.card()) == card


def test_who_may_not_start_is_told_who_may(guarded):
    """In a channel of its own; nothing is posted there."""
    answer = guarded.text(guarded.command("start Refunds hang", user=CLEO, channel="C0INCIDENT"))
    assert "Only @S0123456 may start an incident of checkout." in answer
    assert "/incident start" in answer
    guarded.settle()
    assert guarded.messages("C0INCIDENT") == []


def test_buttons_and_menus_open_nothing_for_who_may_not(guarded):
    """Of the card and of a hypothesis; no modal is opened."""
    card, ledger = guarded.card(), guarded.ledger()
    told(guarded, CLEO, lambda: guarded.press(card, "Resolve", user=CLEO), "Only @ava may resolve")
    told(guarded, CLEO, lambda: guarded.press(card, "Cause found", user=CLEO), "Only @S0123456 may confirm")
    told(
        guarded, CLEO, lambda: guarded.pick(ledger, "price cache", "Confirmed", user=CLEO), "Only @S0123456 may confirm"
    )
    assert guarded.sandbox.views(CLEO) == []
    assert [origin for *_, origin, _ in lines(guarded, "refused")[-3:]] == ["button"] * 3
    guarded.pick(ledger, "price cache", "Testing", user=CLEO)
    guarded.becomes(ledger, "*Testing* (set by @cleo)")


def test_a_guest_is_refused_on_every_surface(guarded):
    """Commands, mentions, buttons, menus, the shortcut, the home tab; and a reply is left alone."""
    card, ledger, sandbox = guarded.card(), guarded.ledger(), guarded.sandbox
    acts = {
        "command": lambda: sandbox.say("/incident list", user=GUS),
        "mention": lambda: sandbox.say("@fifteen status", user=GUS),
        "button": lambda: guarded.press(card, "Triage again", user=GUS),
        "menu": lambda: guarded.pick(ledger, "price cache", "Ruled out", user=GUS),
        "shortcut": lambda: sandbox.shortcut(card["ts"], "record_hypothesis", user=GUS),
    }
    for act in acts.values():
        told(guarded, GUS, act, OUTSIDE)
    sandbox.home(user=GUS)
    home = sandbox.wait_for(lambda: sandbox.home_view(GUS), what="the home tab")
    assert guarded.text(home) == OUTSIDE
    surfaces = [origin for _, actor, _, origin, _ in lines(guarded, "refused") if actor == GUS]
    assert surfaces == ["command", "mention", "button", "button", "shortcut", "home"]
    ts = guarded.reply(ledger, "It is the DNS, trust me", user=GUS)
    guarded.reply(ledger, "It is not the DNS", user=CLEO)
    guarded.becomes(ledger, "*H2* It is not the DNS", without=("trust me",))
    assert "reactions" not in guarded.again({"ts": ts, "channel": HERE})


def test_who_may_does_it_and_the_modal_says_where(guarded):
    """From the button through the modal: allowed, and in the timeline with channel and surface."""
    guarded.press(guarded.card(), "Cause found", user=AVA)
    guarded.submit({"cause": "The price cache"}, user=AVA)
    guarded.becomes(guarded.card(), "The price cache")
    assert lines(guarded, "cause") == [("cause", AVA, HERE, "modal", "The price cache")]
    assert lines(guarded, "started", "unchecked") == [("started", AVA, HERE, "command", "Carts fail")]


def test_a_slack_that_never_said_who_is_in_the_group_locks_nobody_out(tmp_path):
    """docs/adr/0013: a member may and the timeline says so; a guest still may not."""
    room = Room(tmp_path, more=OURS_ALONE)
    try:
        room.sandbox.fault("status", code=500, count=10_000, method="usergroups.list")
        room.bot.start()
        assert "#1 is started" in room.text(room.command("start Carts fail", user=CLEO))
        room.card()
        assert OUTSIDE in room.text(room.command("rollback", user=GUS))
        assert lines(room, "unchecked") == [
            ("unchecked", CLEO, HERE, "command", "start: Slack did not say who is in S0123456")
        ]
    finally:
        room.close()
    assert room.complaints == []


def test_a_slack_that_hangs_delays_a_first_word_by_a_second_at_most(tmp_path):
    """Neither the acknowledgement nor the incident waits for `users.info`; Slack's 3 s are kept."""
    room = Room(tmp_path)
    try:
        room.bot.start()
        room.sandbox.fault("slow", seconds=4, count=10_000, method="users.info")
        assert "#1 is started" in room.text(room.command("start Carts fail"))
        room.card()
        (unchecked,) = lines(room, "unchecked")
        assert unchecked[-1] == "start: Slack did not say who they are"
    finally:
        room.close()
