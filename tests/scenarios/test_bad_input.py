"""What is typed wrong: the answer is for its author alone, says what was wrong, and shows the right form."""

import pytest

from tests.support.room import AVA, HERE


@pytest.fixture(scope="module")
def started(shared):
    """A room with one open incident."""
    shared.start()
    shared.settle()
    return shared


@pytest.mark.parametrize(
    ("typed", "wrong", "right"),
    [
        ("strat", 'There is no verb "strat"; the nearest is start.', "/incident start"),  # codespell:ignore strat
        ("frobnicate now", 'There is no verb "frobnicate".', "/incident start frobnicate now"),
        ("start sev:9", '"9" is no severity; 1 is the worst, 4 the mildest.', "/incident start [title]"),
        ("sev high", '"high" is no severity', "/incident sev [#N] 1..4"),
        ("start service:chekout", "no service 'chekout'", "service:checkout"),  # codespell:ignore chekout
        ("start service:zebra", "There is no service 'zebra'", "Known: checkout"),
        ("status #99", "There is no incident #99.", "/incident status #1"),
        ("resolve #99 done", "There is no incident #99.", "#1"),
        ("resolve #99", "There is no incident #99.", "#1"),
        ("resolve #abc", "#abc is no incident", "/incident resolve [#N] [TEXT]"),
        ("resolve 99", "If 99 is an incident, write #99", "/incident resolve #99"),
        ("trace", "The correlation id is missing.", "/incident trace [#N] ID"),
        ("trace $(reboot);", "That is no correlation id", "/incident trace [#N] ID"),
        ("snooze", "How long?", "/incident snooze [#N] 5m REASON"),
        ("snooze 5m", "The reason is missing.", "/incident snooze [#N] 5m REASON"),
        ("snooze 9h sleeping", "A snooze lasts from 1 s to 1 h.", "/incident snooze"),
        ("lead nobody", 'Slack did not say who "nobody" is', "/incident lead [#N] @user"),
        ("cause", "The cause is missing.", "/incident cause [#N] TEXT"),
        ("update", "The text is missing.", "/incident update [#N] TEXT"),
        ("status now please", '"now please" is more than this verb takes.', "/incident status [#N]"),
    ],
)
def test_a_mistake_is_named_with_the_right_form(started, typed, wrong, right):
    """One row a mistake."""
    answer = started.command(typed)
    assert answer["ephemeral_to"] == AVA
    assert wrong in started.text(answer)
    assert right in started.text(answer)
    assert "*Investigating*" in started.text(started.command("status"))


def test_mistakes_leave_no_trace_in_the_channel(started):
    """Only the card and what belongs to it is there for everybody."""
    before = [one["ts"] for one in started.messages()]
    started.command("strat")  # codespell:ignore strat
    started.command("start sev:9")
    started.settle()
    assert [one["ts"] for one in started.messages()] == before


def test_a_verb_without_an_incident_says_how_to_name_one(started):
    """In a channel without any open incident."""
    text = started.text(started.command("status", channel="C0INCIDENT"))
    assert "No incident is open in this channel." in text
    assert "Name one of the list, as in #12" in text
    assert "/incident list" in text


def test_hostile_words_ping_nobody(started):
    """Whatever is typed comes back as text; the room's own check sees every payload."""
    for typed in ("<!channel> <@U0BEN>", "`x` *b* ~s~ <https://evil.example|ok>", "status \u202e\u0000#1", "x" * 3000):
        assert started.command(typed)["ephemeral_to"] == AVA
    assert HERE
