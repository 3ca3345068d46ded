"""The database has a heartbeat of its own: late within seconds, dead only after more than a minute."""

import sqlite3
from contextlib import closing

import pytest

from bot.slack.http import Health
from bot.store import dialect
from bot.store.engine import Store
from bot.telemetry.heartbeat import LOOK_EVERY_S, Heartbeats
from bot.workflow import pulse
from bot.workflow.pulse import Pulse


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A store that does not wait long for whoever holds it."""
    monkeypatch.setattr(dialect, "BUSY_TIMEOUT_MS", 20)
    made = Store.open(f"sqlite:///{tmp_path}/fifteen.db")
    yield made
    made.close()


def test_a_database_that_takes_nothing_is_named_then_reported_dead_and_forgiven(store, tmp_path):
    """Not ready at once; alive for the minute that a failover takes; as before when it is back."""
    now = [0.0]
    heartbeats = Heartbeats(lambda: now[0])
    health, beating = Health(heartbeats), Pulse(store, heartbeats)

    def report_at(seconds):
        now[0] = seconds
        beating.feel()
        alive, report = health.report()
        return alive, report["stale"], report["late"]

    assert report_at(0.0) == (True, [], [])
    with closing(sqlite3.connect(tmp_path / "fifteen.db", isolation_level=None)) as shell:
        shell.execute("BEGIN IMMEDIATE")
        assert report_at(pulse.LATE_S) == (True, [], [])
        assert report_at(pulse.LATE_S + 0.1) == (True, [], ["database"])
        assert report_at(60.0 + LOOK_EVERY_S) == (True, [], ["database"])
        assert report_at(pulse.SILENCE_S + 0.1) == (False, ["database"], ["database"])
    assert report_at(200.0) == (True, [], [])


def test_a_pulse_that_is_stopped_is_not_missed(store):
    """A clean end is no death."""
    now = [0.0]
    heartbeats = Heartbeats(lambda: now[0])
    beating = Pulse(store, heartbeats)
    beating.start()
    beating.stop()
    now[0] = 1e6
    assert heartbeats.stale() == ()
