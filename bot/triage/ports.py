"""What a triage needs from the outside: one port for logs, one for deploys. The adapters implement them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.triage.summary import ChangeLog, LogRequest, LogSummary, Span, TraceRecord


class LogSource(Protocol):
    """A place to read logs from; never to write to.

    Every method raises SourceError, with a sentence fit for a finding, when nothing could be read at all. Where some of it
    could, `newest` and `trace` raise Truncated, with it as `partial`; a summary says so in its source.
    """

    name: str

    def newest(self) -> datetime | None:
        """Return the newest timestamp in the source, or None when nothing in it is dated."""
        ...

    def summarize(self, request: LogRequest) -> LogSummary:
        """Read baseline and window once and count everything that the four steps ask for."""
        ...

    def trace(self, trace_id: str, span: Span) -> Sequence[TraceRecord]:
        """Return every record that carries the id as one of its correlation ids, in order of time; no cap.

        Args:
            trace_id: Has matched the allow-list of ids.
            span: Baseline and window together.
        """
        ...


class DeploySource(Protocol):
    """A place that knows what shipped; it is read, never fetched or written."""

    name: str

    def changes(self, until: datetime, *, deploys: int = 10, commits: int = 10) -> ChangeLog:
        """Return the newest deploys and commits at or before an instant, newest first.

        Raises:
            SourceError: nothing could be read; the sentence names the remedy.
        """
        ...
