"""Processes that read: one that hangs or dies is replaced, and the look that waits for it still decides."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from bot.errors import Unreachable
from bot.incident.effect import Effect
from bot.render.verdicts import Outcome, verdicts
from bot.settings import Settings
from bot.workflow.readers import Readers, _Pool, _trace


@pytest.fixture
def pool():
    """Two processes, with patience."""
    made = _Pool(2, limit_s=20.0, masked=())
    yield made
    made.close()


def test_a_read_that_hangs_is_ended_and_the_next_one_works(pool):
    """A network drive that is gone heeds no deadline, and must not hold up every later call."""
    assert pool.each(os.getpid, [()]) != (os.getpid(),)  # the process is up
    pool._limit_s = 0.5
    began = time.monotonic()
    with pytest.raises(Unreachable, match="did not answer in 0 s"):
        pool.one(time.sleep, 60)
    assert time.monotonic() - began < 10
    pool._limit_s = 20.0
    assert pool.each(abs, [(-1,), (2,)]) == (1, 2)


def test_what_came_before_the_limit_is_kept(pool):
    """One service that hangs takes nothing from the others."""
    pool.each(os.getpid, [(), ()])
    pool._limit_s = 2.0
    first, hung = pool.each(time.sleep, [(0,), (60,)])
    assert first is None
    assert isinstance(hung, Unreachable)


@pytest.fixture
def readers():
    """Pools in which the second of two services hangs."""
    made = Readers()

    def each(function, calls):
        return tuple(Unreachable("did not answer in 20 s") if n else function(*call) for n, call in enumerate(calls))

    made._triage, made._clock = (SimpleNamespace(each=each, close=pool.close) for pool in (made._triage, made._clock))
    yield made
    made.close()


def test_a_service_that_hangs_is_a_finding_beside_the_others(readers, tmp_path):
    """Each step of its report says so; the other service's is whole."""
    (tmp_path / "a.log").write_text('{"level":30,"time":"2026-03-01T03:00:00Z","msg":"ok"}\n')
    logs = {"logs": {"kind": "file", "path": str(tmp_path / "a.log")}}
    services = Settings.model_validate({"service": {"cart": logs, "checkout": logs}}).service
    cart, checkout = readers.investigate(services, datetime(2026, 3, 1, 3, 1, tzinfo=UTC))
    assert cart.investigation.report.source.lines == 1
    report = checkout.investigation.report
    assert report.source.problems == ("checkout did not answer in 20 s",)
    assert report.change_problems == ("checkout did not answer in 20 s",)
    assert [verdict.outcome for verdict in verdicts(report)] == [Outcome.NO_DATA] * 4


@pytest.mark.parametrize("others", [("cart",), ()], ids=["beside another", "alone"])
def test_a_service_without_logs_is_a_finding_beside_the_others(tmp_path, others):
    """Its report names the key to add; the others are read as ever."""
    (tmp_path / "a.log").write_text('{"level":30,"time":"2026-03-01T03:00:00Z","msg":"ok"}\n')
    logs = {"logs": {"kind": "file", "path": str(tmp_path / "a.log")}}
    services = Settings.model_validate({"service": {"empty": {}} | dict.fromkeys(others, logs)}).service
    made = Readers()
    try:
        empty, *rest = made.investigate(services, datetime(2026, 3, 1, 3, 1, tzinfo=UTC))
    finally:
        made.close()
    assert [one.investigation.report.source.lines for one in rest] == [1] * len(others)
    scope, changes, *_ = found = verdicts(empty.investigation.report)
    assert [verdict.outcome for verdict in found] == [Outcome.NO_DATA] * 4
    assert "no log is configured for empty; add [service.empty.logs]" in scope.text
    assert "what shipped is unknown" in changes.text


def test_a_request_of_a_service_without_logs_is_answered_with_the_key_to_add():
    """No records, and why."""
    services = Settings.model_validate({"service": {"empty": {}}}).service
    records, problems = _trace("empty", services["empty"], "abc", datetime(2026, 3, 1, tzinfo=UTC))
    assert records == ()
    assert "add [service.empty.logs]" in problems[0]


def test_a_service_that_hangs_leaves_the_effect_on_the_others_users_known(readers, tmp_path):
    """The clock keeps what came, and knows whose log is missing."""
    nothing = Settings.model_validate({"service": {"a": {}, "b": {}}}).service
    asked = {name: (settings, None) for name, settings in nothing.items()}
    answers = readers.recovery(asked, datetime(2026, 3, 1, tzinfo=UTC))
    assert [answer.state for answer in answers] == [Effect.UNKNOWN] * 2
    assert "no log is configured for a" in answers[0].words
    assert answers[1].words == "b did not answer in 20 s"


def test_a_log_that_hung_is_not_waited_for_again_at_once(readers):
    """Each look at it took 25 s of a thread that other incidents' calls wait for."""
    services = Settings.model_validate({"service": {"a": {}, "b": {}}}).service
    asked = {name: (settings, None) for name, settings in services.items()}
    now = datetime(2026, 3, 1, tzinfo=UTC)
    readers.recovery(asked, now)
    assert [answer.words for answer in readers.recovery({"b": asked["b"]}, now)] == ["b did not answer a moment ago"]
    readers._hung_until["b"] = 0.0
    assert "no log is configured for b" in readers.recovery({"b": asked["b"]}, now)[0].words


def test_a_triage_doubts_local_time_that_was_taken_as_utc(readers, tmp_path):
    """The lines of the window are hours old: nothing is clear of what happens now."""
    log, now = tmp_path / "app.log", datetime.now(UTC)
    ahead = [now + timedelta(hours=1, seconds=2 * i - 10_000) for i in range(5000)]
    log.write_text("".join(f"{at:%Y-%m-%d %H:%M:%S} INFO ok\n" for at in ahead))
    service = {"logs": {"kind": "file", "path": str(log)}}
    services = Settings.model_validate({"service": {"a": service, "b": service}}).service
    scope, *_ = verdicts(readers.investigate(services, now)[0].investigation.report)
    assert (scope.outcome, scope.text.partition(":")[0]) == (
        Outcome.NO_DATA,
        "lines are dated up to 59 min ahead, and times carry no zone",
    )


def test_a_read_that_hangs_takes_nobody_elses_with_it(pool):
    """Two looks at a time, of a service that hangs and one that answers: it is told of both looks, and the other is read."""
    pool.each(os.getpid, [(), ()])
    pool._limit_s = 2.0
    with ThreadPoolExecutor(2) as looks:
        answers = list(looks.map(lambda _: pool.each(time.sleep, [(60,), (0,)]), range(2)))
    for hung, read in answers:
        assert isinstance(hung, Unreachable)
        assert read is None or "other reads" in str(read)
    pool._limit_s = 20.0
    assert pool.each(abs, [(-1,), (2,)]) == (1, 2)


def test_a_process_that_is_killed_is_replaced_and_the_others_go_on(pool):
    """Out of memory, or by hand: that read is tried again, and no other is."""
    pool.each(os.getpid, [(), ()])
    with ThreadPoolExecutor(2) as calls:
        slow = calls.submit(pool.one, time.sleep, 2)
        with pytest.raises(BrokenProcessPool):
            pool.one(os._exit, 1)
        assert slow.result() is None
    assert pool.each(abs, [(-1,), (2,)]) == (1, 2)
