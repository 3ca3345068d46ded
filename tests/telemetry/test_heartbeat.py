"""A part that falls silent is named, and ends the watch."""

from threading import Event, Thread

import pytest

from bot.telemetry.heartbeat import SILENCE_S, Heartbeats


class Stopwatch:
    """Monotonic time that moves when told."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def watch():
    """The heart's clock."""
    return Stopwatch()


@pytest.fixture
def heartbeats(watch):
    """No part is known yet."""
    return Heartbeats(watch)


def test_a_part_is_stale_when_it_is_silent_for_longer_than_it_said(watch, heartbeats):
    """One that announced a long piece of work is not."""
    heartbeats.beat("ticker")
    heartbeats.beat("work-1", good_for_s=180)
    watch.now = SILENCE_S
    assert heartbeats.stale() == ()
    watch.now += 0.1
    assert heartbeats.stale() == ("ticker",)
    assert heartbeats.ages() == {"ticker": watch.now, "work-1": watch.now}
    heartbeats.beat("ticker")
    assert heartbeats.stale() == ()


def test_a_part_that_ended_on_purpose_is_not_missed(watch, heartbeats):
    """A clean stop is no death."""
    heartbeats.beat("socket")
    heartbeats.forget("socket")
    watch.now = 1e6
    assert heartbeats.stale() == ()


def test_the_silence_allowed_keeps_the_promise_of_a_minute():
    """Seen in <= 60 s: the silence, the time between looks, and room to leave."""
    from bot.telemetry.heartbeat import LOOK_EVERY_S

    assert SILENCE_S + LOOK_EVERY_S < 60


def test_the_watch_returns_the_dead(watch, heartbeats):
    """The caller leaves non-zero with their names."""
    heartbeats.beat("ticker")
    watch.now = SILENCE_S + 1
    assert heartbeats.watch(Event(), look_every_s=0.001) == ("ticker",)


def test_the_watch_ends_without_a_word_when_told_to(heartbeats):
    """A clean stop returns nothing."""
    stop, answers = Event(), []
    heartbeats.beat("ticker")
    watching = Thread(target=lambda: answers.append(heartbeats.watch(stop, look_every_s=0.001)))
    watching.start()
    stop.set()
    watching.join()
    assert answers == [()]
