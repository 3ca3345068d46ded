"""Whose turn it is in a channel, and which methods rest: on time that moves when told."""

import pytest

from bot.slack.gate import MISSED_S, SPACING_S, ChannelGate, MethodGate
from tests.slack.test_outbox import Stopwatch


@pytest.fixture
def watch():
    """The gates' monotonic clock."""
    return Stopwatch()


@pytest.fixture
def gate(watch):
    """A gate that nothing has passed yet."""
    return ChannelGate(watch)


def test_an_urgent_message_gets_the_next_turn_before_all_that_wait(gate, watch):
    """Twenty routine messages knock at the very moment that the channel opens; the call comes a moment later."""
    assert gate.take("C1", "first") == 0
    assert gate.take("C1", "call", urgent=True) == 1
    watch.now += 1
    assert [gate.take("C1", f"update {n}") for n in range(20)] == [1.0 + n for n in range(20)]
    assert gate.take("C2", "other") == 0
    watch.now += 0.6
    assert gate.take("C1", "call", urgent=True) == 0
    watch.now += 0.9
    assert gate.take("C1", "update 0") == pytest.approx(0.1)
    watch.now += 0.1
    assert gate.take("C1", "update 0") == 0


def test_each_of_a_crowd_is_told_its_own_turn(gate, watch):
    """All of them came back for each turn: a hundred were claimed and put off for each one that was posted."""
    asked, due = 0, {f"update {n}": watch.now for n in range(100)}
    while due:
        for key in [key for key, at in due.items() if at <= watch.now]:
            asked += 1
            wait_s = gate.take("C1", key)
            if wait_s:
                due[key] = watch.now + wait_s
            else:
                del due[key]
        watch.now += 0.5  # as often as the ticker looks
    assert watch.now <= 1000 + 100 + 1
    assert asked <= 300


def test_a_call_does_not_stand_in_line(gate, watch):
    """A hundred wait; it has the next turn."""
    for n in range(100):
        gate.take("C1", f"update {n}")
    assert gate.take("C1", "call", urgent=True) == 1


def test_who_comes_too_early_keeps_its_place_and_who_does_not_come_loses_it(gate, watch):
    """Its channel was limited meanwhile; or it was cancelled, and nobody waits for it for ever."""
    gate.take("C1", "first")
    assert [gate.take("C1", key) for key in ("gone", "early", "late")] == [1, 2, 3]
    gate.hold("C1", 5)
    watch.now += 2
    assert gate.take("C1", "early") == 3 + SPACING_S
    watch.now += MISSED_S
    gate.take("C1", "other")
    assert gate.take("C1", "early") == 1


def test_a_turn_that_is_not_taken_up_goes_to_the_others(gate, watch):
    """The call was overtaken meanwhile: one second is lost, no more."""
    gate.take("C1", "first")
    gate.take("C1", "call", urgent=True)
    watch.now += 2
    assert gate.take("C1", "update") == 0


def test_after_retry_after_the_urgent_message_is_the_first(gate, watch):
    """Slack refused the call itself: it keeps its place before what has come since."""
    assert gate.take("C1", "call", urgent=True) == 0
    gate.hold("C1", 30, urgent=True)
    assert gate.take("C1", "update") == 31
    watch.now += 30
    assert gate.take("C1", "update") == 1
    assert gate.take("C1", "call", urgent=True) == 0


def test_a_method_rests_until_the_last_of_its_retry_afters(watch):
    """Two calls were refused at once; other methods go on."""
    methods = MethodGate(watch)
    assert methods.wait_s("chat.update") == 0
    methods.hold("chat.update", 30)
    methods.hold("chat.update", 5)
    watch.now += 29
    assert methods.wait_s("chat.update") == 1
    assert methods.wait_s("reactions.add") == 0
    watch.now += 1
    assert methods.wait_s("chat.update") == 0


def test_what_a_call_needs_of_a_method_goes_before_all_that_wait_for_it(watch):
    """Upkeep knocks whenever the method may be called again; the call that was refused before comes a moment later."""
    methods = MethodGate(watch)
    methods.hold("chat.update", 30, urgent=True)
    watch.now += 30
    assert methods.wait_s("chat.update") == 1
    watch.now += 0.5
    assert methods.wait_s("chat.update", urgent=True) == 0
    methods.hold("chat.update", 2)
    assert methods.wait_s("chat.update", urgent=True) == 2
    watch.now += 2
    assert methods.wait_s("chat.update") == 1
    assert methods.wait_s("reactions.add") == 0
    watch.now += 1
    assert methods.wait_s("chat.update") == 0
