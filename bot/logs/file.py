"""Log files on this machine as a LogSource: a file, a folder or a glob, also rotated and compressed; read only."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from bot.errors import SourceError, Truncated, Unreachable
from bot.logs.ids import ids_of
from bot.logs.lines import LINE_BYTES_MAX, LineReader
from bot.logs.paths import LogFile, find_files
from bot.logs.record import Record
from bot.logs.scan import Entry, Wanted, entries
from bot.logs.tally import SAMPLE_LIMIT, Tally
from bot.logs.times import from_microseconds, to_microseconds
from bot.text.clean import untrusted
from bot.triage.summary import LogRequest, LogSummary, SourceReport, Span, TraceRecord

Progress = Callable[[int, int], None]
"""Called now and then with the bytes read so far and the bytes there are."""

CHECK_EVERY_LINES = 5_000
"""Between two looks at deadline and progress: a few hundredths of a second."""

SERVICE_LIMIT = 80


class FileLogSource:
    """JSON logs in files.

    Args:
        patterns: Files, folders (read recursively) and globs (`**` too).
        name: How findings call the source; by default the patterns.
        root: Where set, what resolves outside of it is refused.
        progress: Called while reading.
        monotonic: Seconds that never jump, for the deadline.
    """

    def __init__(
        self,
        patterns: Sequence[str],
        *,
        name: str = "",
        root: Path | None = None,
        progress: Progress | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name or " ".join(patterns)
        self._patterns = tuple(patterns)
        self._root = root
        self._progress = progress
        self._monotonic = monotonic

    def newest(self) -> datetime | None:
        """Return the newest timestamp in the files, or None when nothing in them is dated."""
        reading = self._reading()
        newest = max((entry.at_us for _, entry in reading.entries(_nothing) if entry.at_us is not None), default=None)
        return None if newest is None else from_microseconds(newest)

    def summarize(self, request: LogRequest) -> LogSummary:
        """Read baseline and window once and count everything that the four steps ask for."""
        reading = self._reading(request.deadline_s)
        tally = Tally(request, several_files=len({file.label for file in reading.files}) > 1)
        for file, entry in reading.entries(lambda at, _raw: tally.wants(at)):
            tally.add(entry, str(file.path), file.label)
        problems = (*reading.problems, *_problems_of(tally, reading, " ".join(self._patterns)))
        source = SourceReport(
            name=self.name,
            files=reading.read,
            bytes_read=reading.bytes_read,
            lines=tally.lines,
            parsed=tally.parsed,
            skipped=tally.lines - tally.parsed,
            partial=reading.partial,
            problems=tuple(untrusted(problem, SAMPLE_LIMIT) for problem in problems),
        )
        return tally.summary(source)

    def trace(self, trace_id: str, span: Span) -> Sequence[TraceRecord]:
        """Return every record of the span that carries the id, in order of time; no cap."""
        start, end = to_microseconds(span.start), to_microseconds(span.end)
        needle = trace_id.encode()

        def wanted(at: int, raw: bytes) -> bool:  # a backslash may hide the id in an escape
            return start <= at < end and (needle in raw or b"\\" in raw)

        found = [
            ((entry.at_us, str(file.path), entry.offset), entry.record)
            for file, entry in self._reading().entries(wanted)
            if entry.at_us is not None and start <= entry.at_us < end
            if entry.record is not None and trace_id in ids_of(entry.record.fields)
        ]
        return [_trace_record(key[0], record) for key, record in sorted(found, key=lambda pair: pair[0])]

    def _reading(self, deadline_s: float | None = None) -> "_Reading":
        files, problems = find_files(self._patterns, self._root)
        if not files:
            raise Unreachable("; ".join(problems) or "no log file was named")
        due = None if deadline_s is None else self._monotonic() + deadline_s
        return _Reading(files, list(problems), self._progress, lambda: due is not None and self._monotonic() > due)


class _Reading:
    """One pass over the files: their entries, what it cost, and what went wrong."""

    def __init__(
        self, files: tuple[LogFile, ...], problems: list[str], progress: Progress | None, overdue: Callable[[], bool]
    ) -> None:
        self.files = files
        self.problems = problems
        self.read = 0
        self.bytes_read = 0
        self.partial = False
        self.empty = 0
        self._progress = progress
        self._overdue = overdue
        self._total = sum(file.size for file in files)

    def entries(self, wanted: Wanted) -> Iterator[tuple[LogFile, Entry]]:
        """Return every entry of every file; a file that fails becomes a problem, and the others are read."""
        for number, file in enumerate(self.files):
            if self._overdue():
                self.partial = True
                self.problems.append(f"out of time: {len(self.files) - number} of {len(self.files)} files not read")
                return
            try:
                reader = LineReader(file.path)
                for entry in entries(self._watched(reader, file), wanted):
                    yield file, entry
            except SourceError as error:
                self.problems.append(str(error))
                self.partial = True
                self.read += isinstance(error, Truncated)
            else:
                self.read += 1

    def _watched(self, reader: LineReader, file: LogFile) -> Iterator[tuple[int, bytes]]:
        before = self.bytes_read
        count = 0
        for count, line in enumerate(reader, 1):
            yield line
            if count % CHECK_EVERY_LINES == 0:
                self.bytes_read = before + reader.bytes_read
                if self._progress is not None:
                    self._progress(self.bytes_read, self._total)
                if self._overdue():
                    self.partial = True
                    self.problems.append(f"{file.path}: out of time after {count:,} lines")
                    break
        self.bytes_read = before + reader.bytes_read
        self.empty += count == 0
        if reader.cut:
            self.problems.append(f"{file.path}: {reader.cut} lines over {LINE_BYTES_MAX >> 20} MiB cut and skipped")


def _nothing(_at_us: int, _raw: bytes) -> bool:
    return False


def _problems_of(tally: Tally, reading: _Reading, where: str) -> Iterator[str]:
    if reading.empty == len(reading.files):
        yield f"{where}: every file is empty; does the service log there?"
    elif tally.oldest_us is None and tally.undated:
        yield f"{where}: no timestamps in {tally.undated:,} lines; each needs a time to be placed by"
    elif tally.undated:
        yield f"{tally.undated:,} lines in files without timestamps left out"
    elif not tally.lines and tally.oldest_us is not None:
        yield f"{where}: no lines between {tally.request.baseline.start:%Y-%m-%d %H:%M} and {tally.request.window.end:%H:%M} UTC"
    if tally.lines and not tally.parsed:
        yield f"{where}: not JSON; none of {tally.lines:,} lines could be read"
    if tally.naive:
        yield f"{tally.naive:,} timestamps without a zone, taken as UTC"


def _trace_record(at_us: int, record: Record) -> TraceRecord:
    severity = record.severity.name if record.severity is not None else ("ERROR" if record.is_error else "")
    message = record.message or (record.exception.message if record.exception else "")
    return TraceRecord(
        at=from_microseconds(at_us),
        service=untrusted(record.service, SERVICE_LIMIT),
        severity=severity,
        message=untrusted(message, SAMPLE_LIMIT),
        is_error=record.is_error,
    )
