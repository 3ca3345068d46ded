"""Log files on this machine as a LogSource: a file, a folder or a glob, also rotated and compressed; read only."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from bot.triage.summary import LogRequest, LogSummary, Span, TraceRecord

Progress = Callable[[int, int], None]
"""Called now and then with the bytes read so far and the bytes there are."""


class FileLogSource:
    """JSON logs in files.

    Args:
        patterns: Files, folders (read recursively) and globs (`**` too).
        name: How findings call the source; by default the patterns.
        root: Where set, what resolves outside of it is refused.
        progress: Called while reading.
    """

    def __init__(
        self,
        patterns: Sequence[str],
        *,
        name: str = "",
        root: Path | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.name = name or " ".join(patterns)
        self._patterns = tuple(patterns)
        self._root = root
        self._progress = progress

    def newest(self) -> datetime | None:
        """Return the newest timestamp in the files, or None when nothing in them is dated."""
        raise NotImplementedError

    def summarize(self, request: LogRequest) -> LogSummary:
        """Read baseline and window once and count everything that the four steps ask for."""
        raise NotImplementedError

    def trace(self, trace_id: str, span: Span) -> Sequence[TraceRecord]:
        """Return every record of the span that carries the id, in order of time; no cap."""
        raise NotImplementedError
