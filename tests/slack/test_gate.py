"""Whose turn it is in a channel, and which methods rest: on time that moves when told."""

import pytest

from bot.slack.gate import ChannelGate, MethodGate
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
    assert gate.take("C1") == 0
    assert gate.take("C1", urgent=True) == 1
    watch.now += 1
    assert all(gate.take("C1") == 1 for _ in range(20))
    assert gate.take("C2") == 0
    watch.now += 0.6
    assert gate.take("C1", urgent=True) == 0
    watch.now += 0.9
    assert gate.take("C1") == pytest.approx(0.1)
    watch.now += 0.1
    assert gate.take("C1") == 0


def test_a_turn_that_is_not_taken_up_goes_to_the_others(gate, watch):
    """The call was overtaken meanwhile: one second is lost, no more."""
    gate.take("C1")
    gate.take("C1", urgent=True)
    watch.now += 2
    assert gate.take("C1") == 0


def test_after_retry_after_the_urgent_message_is_the_first(gate, watch):
    """Slack refused the call itself: it keeps its place before what has come since."""
    assert gate.take("C1", urgent=True) == 0
    gate.hold("C1", 30, urgent=True)
    assert gate.take("C1") == 31
    watch.now += 30
    assert gate.take("C1") == 1
    assert gate.take("C1", urgent=True) == 0


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
