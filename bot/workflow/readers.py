"""Reading logs and repositories, and drawing, in processes of their own: the bot answers commands meanwhile.

Two pools: triages may queue behind one another, but never in front of the clock, which reads three minutes of log at
the moment of its decision.
"""

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures import wait as wait_for_all
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from queue import SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, ParamSpec, TypeVar

from bot.errors import SourceError, Unreachable
from bot.incident.effect import Effect
from bot.logs import beside
from bot.settings import ServiceSettings
from bot.text import redact
from bot.triage.recovery import RECENT, Baseline, Recovery, effect
from bot.triage.summary import ChangeLog, LogRequest, Report, Series, Span
from bot.workflow import sources
from bot.workflow.investigate import Investigation, Traced, investigate, traced

# One core reads, one is left for everything else; two triages at a time, as their lane has threads: what waits for a
# process uses up the time of its claim.
TRIAGE_PROCESSES = 2
CLOCK_PROCESSES = 2  # as many as the clock's lane has threads: no look waits for another one's
# Behind the bot's own threads, which must answer Slack within 3 s.
NICENESS = 10
# Reading three minutes takes well under a second; past this the effect is unknown, and the call says so.
CLOCK_DEADLINE_S = 10.0
# A read that hangs (a network drive that is gone) heeds no deadline: its process is ended. A look reads twice, logs and
# deploys, and both must end within the lease of its lane, 60 s; a triage within 180 s.
CLOCK_LIMIT_S = 25.0
# A log that hangs is not asked again for so long: eight looks at one, 25 s each, made another service's call 100 s late.
HANGS_FOR_S = 60.0
TRIAGE_LIMIT_S = 150.0

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ServiceTriage:
    """What one service's logs and deploys told."""

    service: str
    investigation: Investigation


class Readers:
    """The two pools. Made in main and closed by it; a process that dies is replaced at the next call.

    Args:
        masked: Patterns of the configuration that are redacted, in these processes as in main.
    """

    def __init__(self, masked: Sequence[str] = ()) -> None:
        self._triage = _Pool(TRIAGE_PROCESSES, TRIAGE_LIMIT_S, masked)
        self._clock = _Pool(CLOCK_PROCESSES, CLOCK_LIMIT_S, masked)
        self._hung_until: dict[str, float] = {}

    def investigate(self, services: Mapping[str, ServiceSettings], at: datetime) -> tuple[ServiceTriage, ...]:
        """Triage every service given, side by side; one whose read hangs says so, in every step."""
        calls = [(name, settings, at) for name, settings in services.items()]
        answers = self._triage.each(_investigate, calls)
        return tuple(
            _investigate(*call, silent=sources.Silent(call[0], f"{call[0]} {answer}"))
            if isinstance(answer, Unreachable)
            else answer
            for call, answer in zip(calls, answers, strict=True)
        )

    def trace(self, service: str, settings: ServiceSettings, trace_id: str, at: datetime) -> Traced:
        """Follow one request through baseline and window.

        Raises:
            SourceError: the read hangs.
        """
        return self._triage.one(_trace, service, settings, trace_id, at)

    def chart(self, report: Report, series: Series) -> bytes:
        """Draw errors a minute as PNG."""
        return self._triage.one(_chart, report, series)

    def recovery(
        self, asked: Mapping[str, tuple[ServiceSettings, Baseline | None]], now: datetime
    ) -> tuple[Recovery, ...]:
        """Say for each service whether its users are still hurt, as far as its log can tell, now."""
        began = monotonic()
        to_read = {name: of_service for name, of_service in asked.items() if self._hung_until.get(name, began) <= began}
        answers = self._clock.each(_recovery, [(name, *of_service, now) for name, of_service in to_read.items()])
        found = {name: Recovery(Effect.UNKNOWN, f"{name} did not answer a moment ago") for name in asked}
        for name, answer in zip(to_read, answers, strict=True):
            if isinstance(answer, Unreachable):
                self._hung_until[name] = monotonic() + HANGS_FOR_S
                answer = Recovery(Effect.UNKNOWN, f"{name} {answer}")  # noqa: PLW2901 - the same in other words
            found[name] = answer
        return tuple(found.values())

    def changes(self, settings: ServiceSettings, now: datetime) -> ChangeLog:
        """Say what has shipped, now."""
        try:
            return self._clock.one(_changes, settings, now)
        except SourceError as error:
            return ChangeLog("", problems=(str(error),))

    def close(self) -> None:
        """End the processes at once: the interpreter would wait for them, and what they read is read again."""
        self._triage.close()
        self._clock.close()
        for child in active_children():
            child.kill()


class _Pool:
    """Processes, each with a thread that waits for it: one that hangs is ended, and takes nobody's read with it."""

    def __init__(self, processes: int, limit_s: float, masked: Sequence[str]) -> None:
        self._limit_s = limit_s
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="reader")
        self._free: SimpleQueue[_Process] = SimpleQueue()  # as many as there are threads: none ever waits for one
        self._processes = [_Process(masked) for _ in range(processes)]
        for process in self._processes:
            self._free.put(process)

    @property
    def pids(self) -> list[int]:
        """Those of the processes that were started."""
        return [pid for process in self._processes for pid in process.pids]

    def one(self, function: Callable[P, T], *call: P.args, **_: P.kwargs) -> T:
        """Call it, and return what came of it, or raise Unreachable at the limit."""
        (answer,) = self.each(function, [call])
        if isinstance(answer, Unreachable):
            raise answer
        return answer

    def each(self, function: Callable[..., T], calls: Sequence[tuple[Any, ...]]) -> tuple[T | Unreachable, ...]:
        """Call it side by side, and return what came of each call, or that nothing had come at the limit.

        Raises:
            BrokenProcessPool: a process was killed (out of memory, by hand): the job is put off and tried on a fresh one.
        """
        due = monotonic() + self._limit_s
        futures = [self._threads.submit(self._run, due, function, call) for call in calls]
        wait_for_all(futures)
        return tuple(future.result() for future in futures)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in self._processes:
            process.end()

    def _run(self, due: float, function: Callable[..., T], call: tuple[Any, ...]) -> T | Unreachable:
        left_s = due - monotonic()
        if left_s <= 0:
            return Unreachable("was not read: other reads took all the time")
        process = self._free.get()
        try:
            if process.answers(left_s, future := process.begin(function, call)):
                return future.result()
        except BrokenProcessPool:
            process.replace()
            raise
        finally:
            self._free.put(process)
        waited_s = self._limit_s - left_s
        late = f", of which it waited {waited_s:.0f} s for other reads" if waited_s >= 1 else ""
        return Unreachable(f"did not answer in {self._limit_s:.0f} s{late}")


class _Process:
    """One process that reads; a fresh one where it was ended."""

    def __init__(self, masked: Sequence[str]) -> None:
        self._masked = tuple(masked)
        self._executor = self._start()

    @property
    def pids(self) -> list[int]:
        """Its id, once something was asked of it."""
        return list(self._executor._processes or ())  # noqa: SLF001

    def begin(self, function: Callable[..., T], call: tuple[Any, ...]) -> Future[T]:
        """Call it there; nothing else is to be asked of the process meanwhile."""
        return self._executor.submit(function, *call)

    def answers(self, limit_s: float, future: Future[Any]) -> bool:
        """Wait for what was begun; where nothing has come at the limit, end the process."""
        if wait_for_all([future], limit_s).done:
            return True
        self.replace()
        return False

    def end(self) -> None:
        """End it at once."""
        processes = list((self._executor._processes or {}).values())  # noqa: SLF001 - from Python 3.14 on: kill_workers
        self._executor.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()

    def replace(self) -> None:
        """End it, and have a fresh one."""
        self.end()
        self._executor = self._start()

    def _start(self) -> ProcessPoolExecutor:
        # spawn, never fork: threads run already, and numpy starts one at import.
        return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin, initargs=(self._masked,))


def _begin(masked: Sequence[str]) -> None:
    """Start a process: behind the bot, deaf to a Ctrl-C that is meant for it, and never outliving it."""
    redact.configure(masked)
    os.nice(NICENESS)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy would start threads that nobody needs
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_follow_parent, daemon=True).start()
    beside.has_idle_thread()


def _follow_parent() -> None:
    """Leave when the bot is gone, however it went: a worker of a killed pool would wait for ever."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _investigate(
    service: str, settings: ServiceSettings, at: datetime, silent: sources.Silent | None = None
) -> ServiceTriage:
    found = investigate(
        silent or sources.log_source(service, settings),
        silent or sources.deploy_source(settings),
        at=at,
        window=settings.window,
        baseline=settings.baseline,
        rollback_after=settings.rollback_after,
        deadline_s=settings.triage_deadline.total_seconds(),
        user_fields=tuple(settings.logs.user_fields) if settings.logs else (),
        is_live=True,
    )
    return ServiceTriage(service, found)


def _trace(service: str, settings: ServiceSettings, trace_id: str, at: datetime) -> Traced:
    span = Span(at - settings.window - settings.baseline, at)
    return traced(sources.log_source(service, settings), trace_id, span)


def _chart(report: Report, series: Series) -> bytes:
    from bot.render.chart import chart  # noqa: PLC0415 - matplotlib, 0.5 s: only in a process that draws

    return chart(report, series)


def _recovery(service: str, settings: ServiceSettings, baseline: Baseline | None, now: datetime) -> Recovery:
    recent = Span(now - RECENT, now)
    request = LogRequest(
        baseline=Span(recent.start - timedelta(seconds=1), recent.start), window=recent, deadline_s=CLOCK_DEADLINE_S
    )
    try:
        summary = sources.log_source(service, settings).summarize(request)
    except SourceError as error:
        return Recovery(Effect.UNKNOWN, str(error))
    if summary.source.partial:
        return Recovery(Effect.UNKNOWN, f"the log did not answer in {CLOCK_DEADLINE_S:.0f} s")
    return effect(summary.series, summary.newest, baseline, now)


def _changes(settings: ServiceSettings, now: datetime) -> ChangeLog:
    source = sources.deploy_source(settings)
    if source is None:
        return ChangeLog("", problems=("no deploys are configured",))
    try:
        return source.changes(now)
    except SourceError as error:
        return ChangeLog(source.name, problems=(str(error),))
