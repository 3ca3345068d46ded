"""Work done in a process beside this one: shares of a large log, while this process reads the others.

The process is a fork: it has what it works with, and starts in a millisecond, where a spawned one needs a quarter of a second
for the interpreter and its imports. A fork copies one thread only, and what another was in the middle of stays so for ever: it
is made only where no other thread does anything (ADR 0015).
"""

import os
import signal
import sys
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import RawValue
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Self, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")
Work: TypeAlias = "Callable[[Callable[[int], None]], Iterator[T]]"

_THREADS = Path("/proc/self/task")
_PR_SET_PDEATHSIG = 1
"""linux/prctl.h: the signal that a process gets when its parent, to be exact the thread that forked it, has died."""

_idle_threads = 0


def has_idle_thread() -> None:
    """Take note of a thread of this process that only waits: it holds no lock that a fork would find held for ever."""
    global _idle_threads  # noqa: PLW0603 - threads are the process' own
    _idle_threads += 1


def is_possible() -> bool:
    """Tell whether this process may fork, and has a core to spare for it."""
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2:
        return False
    return sum(1 for _ in _THREADS.iterdir()) == 1 + _idle_threads


class Died(Exception):  # noqa: N818 - what happened, as the other words of this place
    """The process ended before it had told everything."""


class Beside(Generic[T]):
    """Some work that is done meanwhile; a context manager, at whose end it is over in any case.

    Args:
        work: Gets what it may tell its progress, and yields what it finds, in pieces of which one fits the memory.
    """

    def __init__(self, work: "Work[T]") -> None:
        context = get_context("fork")
        self._receiver, sender = context.Pipe(duplex=False)
        self._progress = RawValue("q", 0)
        self._process = context.Process(target=self._run, args=(work, sender, os.getpid()), daemon=True)
        self._process.start()
        sender.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._receiver.close()
        if self._process.is_alive():
            self._process.kill()
        self._process.join()

    @property
    def progress(self) -> int:
        """How far it has come, in the unit that it tells."""
        return int(self._progress.value)

    def results(self) -> "Iterator[T]":
        """Yield what comes of it.

        Raises:
            Died: it did not come to its end.
        """
        try:
            while (found := self._receiver.recv()) is not None:
                yield found
        except (EOFError, OSError):
            raise Died from None

    def _run(self, work: "Work[T]", sender: Connection, parent: int) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the parent, which ends this one
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if not _ends_with(parent):
            os._exit(1)

        def tell(progress: int) -> None:
            self._progress.value = progress

        for found in work(tell):
            sender.send(found)
        sender.send(None)
        sender.close()


def _ends_with(parent: int) -> bool:
    """Let the kernel end this process with its parent, whichever way that ends; tell whether it will."""
    import ctypes  # noqa: PLC0415 - only here, and in a process that nobody waits for to start

    return ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) == 0 and os.getppid() == parent
