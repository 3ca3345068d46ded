"""A progress bar on standard error, for a person who waits: only on a terminal, only when it takes a while."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress

SHOW_AFTER_S = 0.5
"""Sooner than this a bar only flickers."""


class Bar:
    """Shows how much of the log has been read; a context manager that leaves nothing behind."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._wanted = sys.stderr.isatty()
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, done: int, total: int) -> None:
        """Show that `done` of `total` bytes have been read."""
        if not self._wanted or time.monotonic() - self._started < SHOW_AFTER_S:
            return
        if self._bar is None:
            from rich.console import Console  # noqa: PLC0415 - 40 ms that a short run does not need
            from rich.progress import Progress  # noqa: PLC0415

            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._bar.add_task("Reading", total=total)
            self._bar.start()
        self._bar.update(self._bar.task_ids[0], completed=done, total=total)
