"""A database that is gone, full or locked for a while: whoever asks is told, and nothing owed is lost or done twice."""

import sqlite3
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from bot.clock import Clock
from bot.errors import ConfigError
from bot.render import ids, modals
from bot.slack.http import Health
from bot.store import dialect, incidents, jobs, timeline
from bot.store.engine import Store, StoreError
from bot.telemetry.heartbeat import Heartbeats
from bot.workflow.pulse import PART, SILENCE_S, Pulse
from bot.workflow.ticker import Ticker
from bot.workflow.work import Done
from bot.workflow.workers import LaneRules, Workers
from handlers import commands, replies, views
from handlers.desk import Desk
from tests.store.samples import NOW, add_incident
from tests.support.bench import Bench

NOT_STORED = "That could not be stored: the bot's database does not answer. Please try again in a moment."


class Gone:
    """PostgreSQL is stopped, as for an upgrade of the server."""

    kind = "postgresql"

    def __init__(self, store, postgres):
        self.start, self.stop = postgres.start, postgres.stop

    def begin(self):
        """Stop it."""
        self.stop()

    def end(self):
        """Start it again."""
        self.start()


class Full:
    """The disk has no room: SQLite may add no page, and its last ones are filled up."""

    kind = "sqlite"

    def __init__(self, store, _postgres):
        self.store, self.engine = store, store._engine

    def begin(self):
        """Let every connection find it full."""
        with self.store.reading() as tx:
            self.pages = tx.exec_driver_sql("PRAGMA page_count").scalar()
        event.listen(self.engine, "connect", self.limit)
        self.engine.dispose()
        for size in (3000, 300, 0):
            with pytest.raises(StoreError, match="database or disk is full"):
                self.fill("x" * size)

    def limit(self, connection, _record):
        """Allow what it has, and no page more."""
        connection.execute(f"PRAGMA max_page_count = {self.pages}")

    def fill(self, text):
        """Write until nothing more fits in."""
        for n in range(10_000):
            with self.store.transaction() as tx:
                later = NOW + timedelta(days=9999)
                jobs.enqueue(tx, 1, f"fill-{len(text)}", n, due_at=later, lane="work", payload={"": text})

    def end(self):
        """Make room."""
        event.remove(self.engine, "connect", self.limit)
        self.engine.dispose()


class Locked:
    """Somebody's shell holds the file for longer than we wait."""

    kind = "sqlite"

    def __init__(self, store, _postgres):
        self.path = store._engine.url.database

    def begin(self):
        """Take it."""
        self.shell = sqlite3.connect(self.path, isolation_level=None)
        self.shell.execute("BEGIN IMMEDIATE")

    def end(self):
        """Give it back."""
        self.shell.close()


@pytest.fixture(params=[Gone, Full, Locked], ids=["gone", "full", "locked"])
def outage(request, postgres, tmp_path, monkeypatch):
    """A store with one incident, and what will befall it."""
    monkeypatch.setattr(dialect, "BUSY_TIMEOUT_MS", 50)
    kind = request.param
    name = postgres.create_database() if kind is Gone else None
    store = Store.open(f"sqlite:///{tmp_path}/fifteen.db" if name is None else postgres.url(name))
    with store.transaction() as tx:
        add_incident(tx, card_ts="1.1", hypotheses_ts="1.2")
    outage = kind(store, postgres)
    outage.store = store
    yield outage
    store.close()
    if name is not None:
        postgres.drop_database(name)


@pytest.fixture
def desk(outage, tmp_path):
    """Where Slack's payloads arrive, over that store."""
    (tmp_path / "bench").mkdir()
    bench = Bench(tmp_path / "bench", service={"checkout": {}})
    yield Desk(replace(bench.context, store=outage.store), bench.desk.open_view)
    bench.close()


def command(text, key="t1"):
    """A slash command as Slack sends it."""
    return {"trigger_id": key, "user_id": "U1", "team_id": "T1", "channel_id": "C7", "text": text}


def test_who_types_is_told_and_may_type_it_again(outage, desk):
    """Slack delivers a command once: without an answer nobody would know."""
    said = []
    outage.begin()
    commands.incident(desk, lambda **answer: said.append(answer["text"]), command("start it is broken"))
    outage.end()
    commands.incident(desk, lambda **answer: said.append(answer["text"]), command("start it is broken", "t2"))
    assert said[0] == NOT_STORED
    assert said[1].startswith("#2 is started.")


def test_a_modal_stays_open_with_what_was_typed(outage, desk):
    """The error stands beside its first input."""
    view = {
        "id": "V1",
        "callback_id": ids.CAUSE_FOUND_VIEW,
        "private_metadata": modals.cause_found(1)["private_metadata"],
        "state": {"values": {ids.CAUSE_INPUT: {"any": {"value": "the cache is cold " * 20}}}},
    }
    said = []
    outage.begin()
    views.submitted(desk, lambda **answer: said.append(answer), {"user": {"id": "U1"}}, view)
    outage.end()
    assert said == [{"response_action": "errors", "errors": {ids.CAUSE_INPUT: NOT_STORED}}]


def test_an_event_is_refused_so_that_slack_sends_it_again(outage, desk):
    """The reply that holds the right hypothesis is not lost: the second delivery finds it new."""
    body = {"event_id": "Ev1", "team_id": "T1"}
    said = {
        "channel": "C1",
        "user": "U1",
        "ts": "9.1",
        "thread_ts": "1.2",
        "text": "maybe it is the cache after all",
    }
    context = type("BoltContext", (), {"bot_user_id": "UBOT"})
    outage.begin()
    with pytest.raises(StoreError):
        replies.message(desk, body, said, context)
    outage.end()
    replies.message(desk, body, said, context)
    replies.message(desk, body, said, context)
    with outage.store.reading() as tx:
        assert [entry.text for entry in timeline.of_incident(tx, 1)] == ["H1: maybe it is the cache after all"]


def test_what_is_owed_waits_and_is_done_once(outage):
    """Before, during and after: no worker ends, every effect is stored once."""
    clock, begun, seen = Clock(), threading.Event(), Counter()
    heartbeats = Heartbeats(clock.monotonic)

    def handle(job):
        seen[job.n] += 1
        begun.set()
        if not seen[-1]:
            broken.wait(10)  # done in Slack, and then it cannot be stored
        return Done(effect=lambda tx: incidents.save(tx, bumped(incidents.get(tx, 1))))

    def bumped(incident):
        return replace(incident, severity=incident.severity + 1, title=incident.title + "x" * 200)

    broken = threading.Event()
    lanes = {"slack": LaneRules(threads=2, lease_s=1.0, most_failures=None)}
    workers = Workers(outage.store, clock, {"say": handle}, heartbeats=heartbeats, buried=lambda *_: None, lanes=lanes)
    with outage.store.transaction() as tx:
        for n in range(6):
            jobs.enqueue(tx, 1, "say", n, due_at=clock.now(), lane="slack")
    workers.start()
    ticker = Ticker(workers.wake_where_due, heartbeats)
    ticker.start()
    begun.wait(10)
    outage.begin()
    seen[-1] = 1
    broken.set()
    with pytest.raises(StoreError):
        add_much(outage.store)
    outage.end()
    until = time.monotonic() + 20
    while not all_done(outage.store):
        assert time.monotonic() < until, "not all of it was done"
        time.sleep(0.02)
    assert heartbeats.stale() == ()
    ticker.stop()
    workers.stop()
    with outage.store.reading() as tx:
        assert incidents.get(tx, 1).severity == 2 + 6
    assert set(seen) - {-1} == set(range(6))


def add_much(store):
    """Store more than fits into what is left."""
    with store.transaction() as tx:
        jobs.enqueue(tx, 1, "much", 0, due_at=NOW, lane="work", payload={"": "x" * 5000})


def all_done(store):
    """Whether nothing that was owed is pending."""
    with store.reading() as tx:
        return jobs.pending(tx, 1, "say") == ()


@pytest.mark.parametrize("outage", [Gone], indirect=True, ids=["gone"])
def test_health_says_that_it_is_the_database(outage):
    """Late within seconds, so not ready; not dead for a minute, since to start anew would bring no server back."""
    now = [0.0]
    heartbeats = Heartbeats(lambda: now[0])
    pulse = Pulse(outage.store, heartbeats)
    pulse.feel()
    outage.begin()
    now[0] = 60.0
    pulse.feel()
    alive, report = Health(heartbeats).report()
    assert (alive, report["stale"], report["late"]) == (True, [], [PART])
    outage.end()
    pulse.feel()
    assert Health(heartbeats).report()[1]["late"] == []
    now[0] += SILENCE_S + 1
    assert Health(heartbeats).report()[1]["stale"] == [PART]


def test_a_server_that_is_not_there_at_the_start_is_said_at_once(postgres):
    """The process leaves with the reason, and what supervises it tries again."""
    url = postgres.url(postgres.create_database())
    postgres.stop()
    with pytest.raises(ConfigError, match=r"Connection refused.*Check with: psql") as caught:
        Store.open(url)
    postgres.start()
    assert "pass" not in str(caught.value)
    Store.open(url).close()
