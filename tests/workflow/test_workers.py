"""What is owed is done once, by threads that one bad job cannot stop and a killed process cannot rob."""

import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from bot.clock import Clock
from bot.slack.errors import ClaimExpired, OutcomeUnknown, RateLimited, Refused
from bot.store import incidents, jobs
from bot.store.engine import Store
from bot.telemetry.heartbeat import SILENCE_S, Heartbeats
from bot.workflow.ticker import Ticker
from bot.workflow.work import Dead, Done, Later, delivery
from bot.workflow.workers import BACKOFF_MOST_S, LANES, SETTLE_S, Workers
from tests.store.samples import add_incident
from tests.support.sandbox_process import ROOT, SandboxProcess


def wait_for(predicate, timeout_s=10.0):
    """Ask until something true comes back, and return it."""
    until = time.monotonic() + timeout_s
    while not (found := predicate()):
        assert time.monotonic() < until, "not seen in time"
        time.sleep(0.01)
    return found


class Bench:
    """A store, a clock that can be moved, workers with one handler, and what became of their jobs."""

    def __init__(self, tmp_path):
        self.store = Store.open(f"sqlite:///{tmp_path}/fifteen.db")
        self._offset = tmp_path / "clock"
        self.clock = Clock(self._offset)
        self.heartbeats = Heartbeats(self.clock.monotonic)
        self.handlers = {}
        self.seen = defaultdict(list)
        self.buried = []
        self.workers = Workers(
            self.store,
            self.clock,
            self.handlers,
            heartbeats=self.heartbeats,
            buried=lambda tx, job, why: self.buried.append((job.kind, why)),
            alike=["react"],
        )
        with self.store.transaction() as tx:
            self.incident = add_incident(tx, started_at=self.clock.now())

    def owe(self, kind, n=0, **how):
        """Enqueue, due now in the slack lane, and wake the workers."""
        with self.store.transaction() as tx:
            how = {"due_at": self.clock.now(), "lane": "slack"} | how
            job_id = jobs.enqueue(tx, self.incident.id, kind, n, **how)
        self.workers.wake()
        return job_id

    def answer(self, kind, *outcomes):
        """Let a kind's handler return (or raise) these, one a call, the last one for ever."""
        left = list(outcomes)

        def handle(job):
            self.seen[kind].append(job)
            outcome = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        self.handlers[kind] = handle

    def job(self, job_id):
        """The job as it stands."""
        with self.store.reading() as tx:
            return jobs.get(tx, job_id)

    def settled(self, job_id):
        """The job, once it is settled."""
        return wait_for(lambda: (job := self.job(job_id)).state != "pending" and job)

    def put_off(self, job_id, times=1):
        """The job, once it was claimed and let go again so often."""
        kind = self.job(job_id).kind
        return wait_for(lambda: len(self.seen[kind]) >= times and (job := self.job(job_id)).owner is None and job)

    def advance(self, seconds):
        """Move the bot's clock on."""
        before = float(self._offset.read_text()) if self._offset.exists() else 0.0
        self._offset.write_text(str(before + seconds))
        self.workers.wake()


@pytest.fixture
def bench(tmp_path):
    """A bench with its threads running."""
    made = Bench(tmp_path)
    made.workers.start()
    yield made
    made.workers.stop()
    made.store.close()


def test_a_job_is_done_and_its_effect_stored_with_it(bench):
    """The ts and the effect are committed together."""
    changed = {"card_ts": "7.7"}

    def effect(tx):
        incident = incidents.get(tx, bench.incident.id)
        incidents.save(tx, incident.__class__(**{f: getattr(incident, f) for f in incident.__slots__} | changed))

    bench.answer("card", Done("7.7", effect))
    job = bench.settled(bench.owe("card"))
    assert (job.state, job.slack_ts, job.attempts) == ("done", "7.7", 1)
    with bench.store.reading() as tx:
        assert incidents.get(tx, bench.incident.id).card_ts == "7.7"


def test_an_effect_that_raises_leaves_the_job_owed(bench):
    """Neither is stored; the job comes back."""

    def effect(tx):
        raise KeyError("a mistake of ours")

    bench.answer("card", Done("7.7", effect), Done("7.7"))
    job = bench.put_off(bench.owe("card"))
    assert (job.state, job.failures, job.slack_ts) == ("pending", 1, None)
    bench.advance(2)
    assert bench.settled(job.id).state == "done"


def test_what_depends_on_a_job_follows_at_once(bench):
    """Nobody waits for a tick."""
    bench.answer("card", Done("7.7"))
    bench.answer("reply", Done("7.8"))
    reply = bench.owe("reply", depends_on=bench.owe("card"))
    assert bench.settled(reply).slack_ts == "7.8"


def test_a_kind_with_a_colon_is_handled_by_what_stands_before_it(bench):
    """say:call and say:update are one handler's."""
    bench.answer("say", Done())
    assert bench.settled(bench.owe("say:call")).state == "done"


def test_one_bad_job_does_not_stop_the_others(bench):
    """It is put off and counted, while every other one is done."""
    bench.answer("bad", KeyError("a malformed incident"))
    bench.answer("good", Done())
    bad = bench.owe("bad")
    assert all(bench.settled(bench.owe("good", n)).state == "done" for n in range(5))
    assert bench.put_off(bad).failures == 1
    assert bench.put_off(bad).error == "KeyError: 'a malformed incident'"


def test_a_job_that_cannot_be_read_is_given_up_and_said(bench):
    """Torn by hand, and the most urgent of its lane: the others are done, and the timeline names it."""
    bench.answer("say", Done())
    with bench.store.transaction() as tx:
        how = {"due_at": bench.clock.now(), "lane": "slack", "priority": jobs.CLOCK_PRIORITY}
        torn = jobs.enqueue(tx, bench.incident.id, "say", 1, **how)
        tx.exec_driver_sql(f"UPDATE job SET payload = 'torn' WHERE id = {torn}")
    assert bench.settled(bench.owe("say", 2)).state == "done"
    wait_for(lambda: bench.buried)
    assert bench.buried[0][0] == "say"
    assert bench.buried[0][1].startswith("its row cannot be read (JSONDecodeError: ")
    assert [job.n for job in bench.seen["say"]] == [2]


def test_a_job_is_given_up_although_that_cannot_be_noted(bench, tmp_path):
    """Its incident is damaged, too: tried again and again it would only be in the way."""

    def note(tx, job, why):
        tx.exec_driver_sql("UPDATE incident SET title = 'half a note'")
        raise ValueError("the incident cannot be read")

    bench.workers._buried = note
    bench.answer("card", Dead("no"))
    assert bench.settled(bench.owe("card")).state == "buried"
    with bench.store.reading() as tx:
        assert incidents.get(tx, bench.incident.id).title == bench.incident.title


def test_a_lane_that_nobody_works_does_not_stop_the_ticker(bench):
    """Another version may know more lanes than this one."""
    bench.owe("unheard_of", lane="elsewhere")
    bench.answer("card", Done())
    card = bench.owe("card")
    bench.workers.wake_where_due()
    assert bench.settled(card).state == "done"


def test_a_kind_that_nobody_handles_stays_owed(bench):
    """An older version may have left it; a newer one will know it."""
    job_id = bench.owe("unheard_of")
    assert wait_for(lambda: bench.job(job_id).failures) == 1
    assert bench.job(job_id).state == "pending"


def test_failures_are_put_off_longer_each_time_up_to_a_minute(bench):
    """2, 4, 8 ... 60 seconds; a word owed to people is never given up."""
    bench.answer("say", ValueError("no"))
    job_id, waits = bench.owe("say"), []
    for times in range(1, 9):
        job = bench.put_off(job_id, times)
        waits.append((job.due_at - bench.clock.now()).total_seconds())
        bench.advance(waits[-1] + 0.001)
    assert [round(wait) for wait in waits] == [2, 4, 8, 16, 32, 60, 60, 60]
    assert waits[-1] <= BACKOFF_MOST_S
    assert bench.buried == []


def test_work_that_keeps_failing_is_given_up_and_said(bench):
    """After the named number of failures, with the last one's reason."""
    bench.answer("triage", ValueError("no"))
    job_id = bench.owe("triage", lane="work")
    for times in range(1, LANES["work"].most_failures):
        bench.put_off(job_id, times)
        bench.advance(BACKOFF_MOST_S)
    assert bench.settled(job_id).state == "buried"
    assert bench.buried == [("triage", "failed 6 times; last: ValueError: no")]


@pytest.mark.parametrize("error", [RateLimited("chat.postMessage", 7.0), ClaimExpired("too old")])
def test_a_call_that_surely_was_not_made_is_no_attempt(bench, error):
    """So the next one need not read the thread back."""
    bench.answer("card", error, Done())
    job = bench.put_off(bench.owe("card"))
    bench.advance(7)
    assert bench.settled(job.id).attempts == 1
    assert [delivery(seen).again for seen in bench.seen["card"]] == [False, False]


def test_a_claim_that_was_too_old_is_tried_again_after_a_pause(bench):
    """Whatever took so long is done anew: at once, it would have the thread for itself for ever."""
    bench.answer("card", ClaimExpired("too old"))
    job = bench.put_off(bench.owe("card"))
    assert job.due_at > bench.clock.now() + timedelta(seconds=1)


def test_where_slack_limits_one_of_many_alike_the_others_are_left_alone(bench):
    """They were claimed and put off, each of them and again and again, and nothing else had its turn."""
    bench.answer("react", RateLimited("reactions.add", 3600.0))
    bench.answer("say", Done())
    limited = bench.owe("react")
    bench.put_off(limited)
    other = bench.owe("react", 1)
    bench.settled(bench.owe("say"))
    assert bench.job(other).attempts == 0
    with bench.store.reading() as tx:
        assert jobs.claimable_lanes(tx, bench.clock.now()) == {"slack"}
        assert jobs.claimable_lanes(tx, bench.clock.now(), ["react"]) == frozenset()
    assert len(bench.seen["react"]) == 1


def test_those_alike_go_on_when_slack_takes_them_again(bench):
    """None of them is forgotten."""
    bench.answer("react", RateLimited("reactions.add", 0.1), Done())
    limited = bench.owe("react")
    bench.put_off(limited)
    other = bench.owe("react", 1)
    wait_for(lambda: bench.workers.wake_where_due() or bench.job(other).state == "done")
    assert bench.settled(limited).attempts == 1  # the limited one is none


def test_where_slack_does_not_answer_one_of_many_alike_the_others_do_not_wait_for_it_too(bench):
    """Five of them filled both threads for good: a call of Slack that hangs takes 5 s, and they were tried each 12 s."""
    bench.answer("react", OutcomeUnknown("reactions.add", "timed out"))
    bench.answer("say", Done())
    bench.put_off(bench.owe("react"))
    other = bench.owe("react", 1, priority=jobs.CLOCK_PRIORITY)
    bench.settled(bench.owe("say"))
    assert bench.job(other).attempts == 0
    assert len(bench.seen["react"]) == 1


def test_lost_answers_are_looked_for_after_longer_pauses_up_to_a_minute(bench):
    """First when Slack shows what it took; then after as long again as the job was owed, for a Slack that stays away."""
    bench.answer("card", OutcomeUnknown("chat.postMessage", "timed out"))
    job_id, waits = bench.owe("card"), []
    for times in range(1, 7):
        job = bench.put_off(job_id, times)
        waits.append((job.due_at - bench.clock.now()).total_seconds())
        bench.advance(waits[-1] + 0.001)
    assert waits == pytest.approx([12, 12, 24, 48, 60, 60], abs=3)


def test_a_lost_answer_is_looked_for_after_a_moment(bench):
    """The next attempt knows that it is not the first, and has the same key."""
    bench.answer("card", OutcomeUnknown("chat.postMessage", "timed out"), Done())
    job = bench.put_off(bench.owe("card"))
    assert 0 < (job.due_at - bench.clock.now()).total_seconds() <= SETTLE_S
    bench.advance(SETTLE_S)
    bench.settled(job.id)
    first, second = (delivery(seen) for seen in bench.seen["card"])
    assert (first.again, second.again, first.key == second.key) == (False, True, True)


def test_a_refusal_that_nobody_can_cure_is_given_up_and_said(bench):
    """The caller had no answer of its own to it."""
    bench.answer("card", Refused("chat.postMessage", "is_archived"))
    assert bench.settled(bench.owe("card")).state == "buried"
    assert bench.buried == [("card", "chat.postMessage: is_archived")]


def test_a_refusal_that_the_owner_can_cure_waits_for_the_owner(bench):
    """A revoked token or a missing scope: the word is still owed a minute later."""
    bench.answer("card", Refused("chat.postMessage", "missing_scope", "chat:write"), Done())
    job = bench.put_off(bench.owe("card"))
    assert job.error == "Refused: chat.postMessage: missing_scope (chat:write)"
    bench.advance(60)
    assert bench.settled(job.id).state == "done"


def test_later_and_dead_are_answers_too(bench):
    """A handler may put its job off, and give it up."""
    bench.answer("trace", Later(bench.clock.now() + timedelta(seconds=30), "no triage yet"), Dead("no such id"))
    job = bench.put_off(bench.owe("trace", lane="work"))
    assert (job.error, job.failures) == ("no triage yet", 0)
    bench.advance(30)
    assert bench.settled(job.id).state == "buried"
    assert bench.buried == [("trace", "no such id")]


def test_the_effect_of_a_cancelled_job_is_not_stored(bench):
    """Resolved while the post was under way: the message stands, the rest does not follow."""
    begun, go_on, effects = Event(), Event(), []

    def handle(job):
        begun.set()
        go_on.wait(10)
        return Done("7.7", lambda tx: effects.append(job))

    bench.handlers["call"] = handle
    job_id = bench.owe("call")
    begun.wait(10)
    with bench.store.transaction() as tx:
        jobs.cancel(tx, bench.incident.id, ["call"])
    go_on.set()
    bench.workers.stop()
    assert bench.job(job_id).state == "cancelled"
    assert effects == []


def test_a_claim_may_post_only_well_before_its_lease_ends(bench):
    """The guard leaves two timeouts of Slack's API between the last moment to post and the end of the lease."""
    bench.answer("card", Done())
    before = bench.clock.monotonic()
    bench.settled(bench.owe("card"))
    left_s = bench.seen["card"][0].post_before - before
    assert 0 < left_s <= LANES["slack"].lease_s - 10 + (bench.clock.monotonic() - before)


def test_the_ticker_wakes_the_workers_for_what_became_due(bench):
    """An hour passes on the bot's clock; nobody calls wake."""
    bench.answer("call", Done())
    job_id = bench.owe("call", due_at=bench.clock.now() + timedelta(hours=1))
    ticker = Ticker(bench.workers.wake_where_due, bench.heartbeats)
    ticker.start()
    bench._offset.write_text("3600")
    assert bench.settled(job_id).state == "done"
    assert bench.heartbeats.ages()["ticker"] < SILENCE_S
    ticker.stop()
    assert "ticker" not in bench.heartbeats.ages()


def test_a_ticker_whose_tick_fails_shows_no_heartbeat():
    """Alive in name only: its last sign of life stays where it was."""
    now, ticks = [0.0], []

    def tick():
        ticks.append(1)
        raise OSError("disk full")

    heartbeats = Heartbeats(lambda: now[0])
    ticker = Ticker(tick, heartbeats)
    ticker.start()
    now[0] = SILENCE_S + 1
    wait_for(lambda: ticks)
    assert heartbeats.stale() == ("ticker",)
    ticker.stop()


def test_idle_and_busy_workers_are_alive(bench):
    """One that runs a long triage has announced it; all are forgotten after a clean stop."""
    go_on = Event()
    bench.handlers["triage"] = lambda job: go_on.wait(10) and Done()
    bench.owe("triage", lane="work")
    names = {f"{lane}-{number}" for lane in LANES for number in range(1, LANES[lane].threads + 1)}
    wait_for(lambda: set(bench.heartbeats.ages()) == names)
    assert bench.heartbeats.stale() == ()
    go_on.set()
    bench.workers.stop()
    assert bench.heartbeats.ages() == {}


def test_a_worker_that_hangs_is_named_once_its_claim_has_long_ended(tmp_path):
    """No handler takes longer than its lease: past that and a minute's silence the thread is dead."""
    now, hanging, go_on = [0.0], Event(), Event()
    bench = Bench(tmp_path)
    heartbeats = bench.workers._heartbeats = Heartbeats(lambda: now[0])
    bench.handlers["card"] = lambda job: hanging.set() or (go_on.wait(10) and Done())
    bench.owe("card", lane="clock")
    bench.workers.start()
    hanging.wait(10)
    wait_for(lambda: len(heartbeats.ages()) == sum(rules.threads for rules in LANES.values()))
    now[0] = LANES["clock"].lease_s + SILENCE_S + 1
    wait_for(lambda: bench.workers.wake() or len(heartbeats.stale()) == 1)
    assert heartbeats.stale()[0] in {"clock-1", "clock-2"}
    go_on.set()
    bench.workers.stop()
    bench.store.close()


POST_AND_HANG = """
import sys, time
from bot.clock import Clock
from bot.slack.call import make_client
from bot.slack.outbox import Outbox
from bot.store.engine import Store
from bot.telemetry.heartbeat import Heartbeats
from bot.workflow.work import Done, delivery
from bot.workflow.workers import Workers
from bot.workflow import workers
workers.SETTLE_S = 1.0

url, token, api_url, channel, thread_ts, hang = sys.argv[1:]
clock, outbox = Clock(), Outbox(make_client(token, api_url))

def say(job):
    ts = outbox.post(channel, "Roll back.", thread_ts=thread_ts, delivery=delivery(job))
    if hang == "hang":
        time.sleep(600)
    return Done(ts)

store = Store.open(url)
Workers(store, clock, {"say": say}, heartbeats=Heartbeats(clock.monotonic), buried=lambda *_: None).start()
print("ready", flush=True)
time.sleep(600)
"""


def test_a_process_killed_between_post_and_store_posts_once(tmp_path: Path):
    """A kill -9 after Slack took the call and before its ts was stored: the next process finds it there."""
    url = f"sqlite:///{tmp_path}/fifteen.db"
    with SandboxProcess() as slack:
        thread_ts = slack.say("it is broken")

        def run(how):
            command = [sys.executable, "-c", POST_AND_HANG, url, slack.bot_token, slack.api_url]
            command += [slack.channel, thread_ts, how]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
            assert process.stdout.readline() == "ready\n"
            return process

        def kill(process):
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            process.stdout.close()

        def calls():
            return [message["ts"] for message in slack.messages() if message["text"] == "Roll back."]

        store = Store.open(url)
        with store.transaction() as tx:
            incident = add_incident(tx)
            job_id = jobs.enqueue(tx, incident.id, "say", due_at=Clock().now(), lane="slack")
        store.close()
        first = run("hang")
        slack.wait_for(calls, what="the call")
        kill(first)
        second = run("finish")
        # The file is the second process's own, so its end is seen in Slack's traffic: it reads the thread back.
        slack.wait_for(
            lambda: any("conversations.replies" in str(entry) for entry in slack.traffic()), 20, "the read-back"
        )
        wait_for(lambda: not _is_owed(tmp_path, job_id))
        kill(second)
        store = Store.open(url)
        with store.reading() as tx:
            job = jobs.get(tx, job_id)
        store.close()
        assert (job.state, job.attempts) == ("done", 2)
        assert calls() == [job.slack_ts]


def _is_owed(folder: Path, job_id: int) -> bool:
    import sqlite3

    with sqlite3.connect(f"file:{folder}/fifteen.db?mode=ro", uri=True) as reader:
        (state,) = reader.execute("SELECT state FROM job WHERE id = ?", (job_id,)).fetchone()
    reader.close()
    return state == "pending"
