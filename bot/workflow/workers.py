"""The threads that do what is owed: they claim jobs, run the handler of each kind, and store what became of it.

One malformed incident never stops the others: an exception in a handler is logged and counted against its job, which
is put off. A process that is killed at any moment loses nothing: what it had claimed is taken again.
"""

import os
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event, Thread
from types import MappingProxyType
from typing import Final

import structlog

from bot.clock import Clock
from bot.slack.call import HTTP_TIMEOUT_S
from bot.slack.errors import ClaimExpired, RateLimited, Refusal, Refused, SlackError
from bot.slack.outbox import PATIENCE_S
from bot.store import jobs
from bot.store.engine import Store, StoreError, Tx
from bot.store.jobs import Job, Lane
from bot.telemetry import metrics
from bot.telemetry.heartbeat import SILENCE_S, Heartbeats
from bot.workflow.bell import Bell
from bot.workflow.work import Dead, Done, Handler, Later, Outcome

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LaneRules:
    """How a lane is worked.

    Args:
        threads: How many jobs of it run at once.
        lease_s: How long a claim stands; longer than any handler of the lane takes.
        most_failures: Exceptions after which a job is given up; None = never, since it is a word owed to people.
    """

    threads: int
    lease_s: float
    most_failures: int | None


LANES: Final[Mapping[Lane, LaneRules]] = MappingProxyType(
    {
        # Room for a read-back of two pages at 5 s each; a replica's death delays its posts by this much.
        "slack": LaneRules(threads=2, lease_s=20.0, most_failures=None),
        # A triage answers within its deadline of 60 s; no more of them than processes that read (`readers.py`).
        "triage": LaneRules(threads=2, lease_s=180.0, most_failures=6),
        "work": LaneRules(threads=2, lease_s=180.0, most_failures=6),
        "clock": LaneRules(threads=2, lease_s=60.0, most_failures=None),
        # Two threads of an incident, and the patience for each. One at a time: they would only take each other's turns.
        "reading": LaneRules(threads=1, lease_s=2 * PATIENCE_S + 60.0, most_failures=6),
    }
)
# A call must have been sent this long before the lease ends: one timeout, and as much again for a paused thread.
GUARD_S = 2 * HTTP_TIMEOUT_S
# How long after a call whose answer was lost Slack is asked whether it has the message. Mostly it shows a post within a
# second or two; a promise needs more than that, and holds for half a lease (docs/reliability.md).
SETTLE_S = 12.0
# After a claim that was too old to post: what took so long is likely to take as long again, and others wait, too.
ANEW_S = 3.0
BACKOFF_FIRST_S = 2.0
BACKOFF_MOST_S = 60.0
# The token was revoked or a scope is missing: its owner has to act, and we must notice within the minute.
REMEDY_S = 60.0
IDLE_S = 5.0
STOP_S = 5.0


class Workers:
    """The worker threads of this process.

    Args:
        handlers: By kind; a kind with a colon ("say:call") is looked up by what stands before it when it has no own.
        buried: Told of every job that is given up, in the transaction that does so: writes it into the timeline.
        alike: Kinds of upkeep whose jobs all make the same calls, and of which there may be many. Where Slack limits one
            of them, or does not answer it, the others are left alone for a while: to claim each and to put it off, or to
            wait for an answer to each, took all the time there was.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        handlers: Mapping[str, Handler],
        *,
        heartbeats: Heartbeats,
        buried: Callable[[Tx, Job, str], None],
        lanes: Mapping[Lane, LaneRules] = LANES,
        alike: Collection[str] = (),
    ) -> None:
        self._store = store
        self._clock = clock
        self._handlers = handlers
        self._heartbeats = heartbeats
        self._buried = buried
        self._lanes = lanes
        self._resting_until = dict.fromkeys(alike, 0.0)
        self._stop = Event()
        self._process = f"{os.uname().nodename}:{os.getpid()}:{secrets.token_hex(4)}"
        self._bells: dict[Lane, Bell] = {lane: Bell() for lane in lanes}
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Take over what a former process left behind, and begin."""
        if self._store.is_exclusive:
            with self._store.transaction() as tx:
                for lane in self._lanes:
                    # A post that a dying process sent may still be on its way: give it time to be found.
                    jobs.end_leases(tx, lane, SETTLE_S if lane == "slack" else 0.0)
        for lane, rules in self._lanes.items():
            for number in range(1, rules.threads + 1):
                name = f"{lane}-{number}"
                self._threads.append(Thread(target=self._work, args=(lane, name), name=name, daemon=True))
        for thread in self._threads:
            thread.start()

    def wake(self, lane: Lane | None = None) -> None:
        """Let the threads look for work now: call it after the transaction that owes it has committed."""
        for each in self._bells if lane is None else (lane,):
            self._bells[each].ring()

    def wake_where_due(self) -> None:
        """Let the threads of those lanes look that have work; the ticker calls this.

        A database that does not answer is no fault of the ticker's: it has a heartbeat of its own (`pulse.py`).
        """
        try:
            with self._store.reading() as tx:
                due = jobs.claimable_lanes(tx, self._clock.now(), self._resting())
        except StoreError:
            return
        for lane in due & self._bells.keys():  # another version may know more lanes
            self.wake(lane)

    def pause(self, seconds: float) -> None:
        """Wait within a job; no longer than until the threads are told to end."""
        self._stop.wait(seconds)

    def take_no_more(self) -> None:
        """Let the threads finish what is at hand, and then end; what fails from now on is left for the next start."""
        self._stop.set()
        for bell in self._bells.values():
            bell.let_go()

    def stop(self, timeout_s: float = STOP_S) -> None:
        """Wait for what is at hand where that is quick; the rest is still owed and taken up at the next start."""
        self.take_no_more()
        until = self._clock.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, until - self._clock.monotonic()))

    def _work(self, lane: Lane, name: str) -> None:
        rules, owner = self._lanes[lane], f"{self._process}/{name}"
        while not self._stop.is_set():
            try:
                self._heartbeats.beat(name, good_for_s=rules.lease_s + SILENCE_S)
                worked = self._one(lane, owner)
            except StoreError as error:  # it may answer later
                why = str(error).splitlines()[0]
                log.warning("nothing could be stored; what was claimed stays owed", worker=name, error=why)
                worked = False
            except Exception:  # the boundary of a thread
                log.exception("a worker failed; what was claimed stays owed", worker=name)
                worked = False
            else:
                self._heartbeats.beat(name)
            if not worked:
                self._bells[lane].wait(IDLE_S)
        self._heartbeats.forget(name)

    def _one(self, lane: Lane, owner: str) -> bool:
        rules = self._lanes[lane]
        began = self._clock.monotonic()  # before the claim, so that the guard errs on the safe side
        now, but = self._clock.now(), self._resting()
        job = jobs.claim(self._store, lane, owner, now=now, lease_s=rules.lease_s, but=but)
        if job is None:
            return False
        self.wake(lane)  # there may be more
        job = replace(job, post_before=began + rules.lease_s - GUARD_S)
        with structlog.contextvars.bound_contextvars(job=job.id, kind=job.kind, incident=job.incident_id):
            word = self._settle(job, owner, rules)
        metrics.JOBS.labels(job.kind, word).inc()
        metrics.JOB_SECONDS.labels(job.kind).observe(self._clock.monotonic() - began)
        return True

    def _settle(self, job: Job, owner: str, rules: LaneRules) -> str:
        """Run the handler, store what became of the job, and return that in a word."""
        try:
            if job.damage is not None:
                log.error("a job cannot be read; it is given up", why=job.damage)
                return self._store_outcome(job, owner, Dead(job.damage))
            return self._store_outcome(job, owner, self._handler(job.kind)(job))
        except StoreError:
            raise
        except SlackError as error:
            return self._after_slack(job, owner, error)
        except Exception as error:  # the boundary of a job: one bad one never stops the others
            if self._stop.is_set():  # what it read with has been ended; the next start does it
                return self._put_off(job, owner, 0.0, error, tried=False)
            log.exception("a handler failed", attempts=job.attempts, failures=job.failures + 1)
            if rules.most_failures is None or job.failures + 1 < rules.most_failures:
                wait_s = min(BACKOFF_FIRST_S * 2 ** min(job.failures, 10), BACKOFF_MOST_S)
                return self._put_off(job, owner, wait_s, error, failed=True)
            why = f"failed {job.failures + 1} times; last: {type(error).__name__}: {error}"
            return self._store_outcome(job, owner, Dead(why))

    def _after_slack(self, job: Job, owner: str, error: SlackError) -> str:
        # To wait one's turn in a channel is no news.
        (log.info if isinstance(error, RateLimited) else log.warning)("Slack did not take it", error=str(error))
        match error:
            case RateLimited(retry_after_s=wait_s):
                self._let_rest(job.kind, wait_s)
                return self._put_off(job, owner, wait_s, error, tried=False)
            case ClaimExpired():
                return self._put_off(job, owner, ANEW_S, error, tried=False)
            case Refused(refusal=Refusal.TOKEN | Refusal.SCOPE):
                return self._put_off(job, owner, REMEDY_S, error, tried=False)
            case Refused():
                return self._store_outcome(job, owner, Dead(str(error)))
        self._let_rest(job.kind, SETTLE_S)
        return self._put_off(job, owner, self._settle_s(job), error)  # OutcomeUnknown: look for it, then try again

    def _settle_s(self, job: Job) -> float:
        """Return how long a job waits after an answer was lost: first until Slack shows what it took, then longer.

        That is for as long again as it was owed: Slack, or the way to it, is as likely to be away for as long again.
        """
        owed_s = (self._clock.now() - job.first_due_at).total_seconds() if job.attempts > 1 else 0.0
        return min(max(owed_s, SETTLE_S), BACKOFF_MOST_S)

    def _store_outcome(self, job: Job, owner: str, outcome: Outcome) -> str:
        with self._store.transaction() as tx:
            match outcome:
                case Done(slack_ts, effect):
                    ours, word = jobs.finish(tx, job, owner, slack_ts), "done"
                    if ours and effect is not None:
                        effect(tx)
                case Later(due_at, why):
                    ours, word = jobs.release(tx, job, owner, due_at, why), "later"
                case Dead(why):
                    ours, word = jobs.bury(tx, job, owner, why), "buried"
                    if ours:
                        self._note_buried(tx, job, why)
        if not ours:
            log.warning("the job was cancelled or taken over meanwhile", outcome=word)
            return "lost"
        if word == "done":
            late_s = (self._clock.now() - job.due_at).total_seconds()
            metrics.JOB_LATENESS_SECONDS.labels(job.kind).observe(max(0.0, late_s))
        self.wake()  # what depended on it
        return word

    def _note_buried(self, tx: Tx, job: Job, why: str) -> None:
        """Say that a job was given up; where its incident is damaged, too, it is given up all the same."""
        try:
            with tx.begin_nested():
                self._buried(tx, job, why)
        except StoreError:
            raise
        except Exception:
            log.exception("what was given up could not be noted", why=why)

    def _put_off(
        self, job: Job, owner: str, wait_s: float, error: Exception, *, failed: bool = False, tried: bool = True
    ) -> str:
        due_at = self._clock.now() + timedelta(seconds=wait_s)
        with self._store.transaction() as tx:
            jobs.release(tx, job, owner, due_at, f"{type(error).__name__}: {error}", failed=failed, tried=tried)
        return "failed" if failed else "later"

    def _let_rest(self, kind: str, wait_s: float) -> None:
        if kind in self._resting_until:
            self._resting_until[kind] = max(self._resting_until[kind], self._clock.monotonic() + wait_s)

    def _resting(self) -> list[str]:
        now = self._clock.monotonic()
        return [kind for kind, until in self._resting_until.items() if until > now]

    def _handler(self, kind: str) -> Handler:
        return self._handlers.get(kind) or self._handlers[kind.partition(":")[0]]
