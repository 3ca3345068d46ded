"""Log files on this machine as a LogSource: a file, a folder or a glob, also rotated and compressed; read only."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import TypeVar

from bot.errors import SourceError, Truncated, Unreachable
from bot.logs.blocks import Block, BlockReader
from bot.logs.dialect import BY_NAME
from bot.logs.format import UNKNOWN, forced
from bot.logs.groups import SAMPLE_LIMIT
from bot.logs.lines import lines_of
from bot.logs.listing import Listing
from bot.logs.mute import mute
from bot.logs.part import dater, format_of, index_of, written
from bot.logs.paths import LogFile, find_files
from bot.logs.reading import Progress, Reading, Stretch
from bot.logs.record import Record
from bot.logs.scan import entries, first_lines
from bot.logs.tally import Tally
from bot.logs.times import Reckoning, from_microseconds, to_microseconds
from bot.logs.window import DISORDER_US
from bot.text.clean import untrusted
from bot.times import ZONE_REMEDY
from bot.triage.figures import length
from bot.triage.summary import LogRequest, LogSummary, SourceReport, Span, TraceRecord

SERVICE_LIMIT = 80

DISORDER = timedelta(microseconds=DISORDER_US)

READ_DEADLINE_S = 20.0
"""For a trace, or the newest line: a triage of two minutes (the longest) and one of them end within `TRIAGE_LIMIT_S`."""

LAST_PART = 3
"""Of a window: so much of it without a record, and with times that carry no zone, is not taken for quiet."""

ZONE_HOURS_MAX, SHIFT_WITHIN_S = 14, 60
"""Zones are up to so many hours from UTC. A log is written when its lines are dated, give or take a minute: of copies whose
file is of another day, one in thirty is as near to a whole hour.
"""

READS_MAX = 2
"""A file that is emptied while it is read has its lines elsewhere by then; nobody rotates twice in a minute."""

T = TypeVar("T")


class FileLogSource:
    """Logs in files.

    Args:
        patterns: Files, folders (read recursively) and globs (`**` too).
        name: How findings call the source; by default the patterns.
        root: Where set, what resolves outside of it is refused.
        dialect: Of BY_NAME, for every line; None to find it by looking, a file at a time.
        timezone: Of times that carry none; None for UTC.
        disorder: How far lines of one file may stand out of order; more of it is read around the stretch for that.
        progress: Called while reading.
        deadline_s: Seconds of real time for a trace or the newest line; a summary has that of its request.
        monotonic: Seconds that never jump, for the deadline.
    """

    def __init__(
        self,
        patterns: Sequence[str],
        *,
        name: str = "",
        root: Path | None = None,
        dialect: str | None = None,
        timezone: tzinfo | None = None,
        disorder: timedelta = DISORDER,
        progress: Progress | None = None,
        deadline_s: float = READ_DEADLINE_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name or " ".join(patterns)
        self._patterns = tuple(patterns)
        self._root = root
        self._dialect = None if dialect is None else BY_NAME[dialect]
        self._zone = timezone
        self._disorder_us = disorder // timedelta(microseconds=1)
        self._progress = progress
        self._deadline_s = deadline_s
        self._monotonic = monotonic

    def newest(self) -> datetime | None:
        """Return the newest timestamp in the files, or None when nothing in them is dated.

        Raises:
            SourceError: nothing could be read.
            Truncated: the time was up; `partial` is the newest of what was read.
        """
        reading, newest_us = self._read(None, self._deadline_s, Reading.newest)
        newest = None if newest_us is None else from_microseconds(newest_us)
        if reading.account.is_late:
            raise Truncated(*reading.account.problems, partial=newest)
        return newest

    def summarize(self, request: LogRequest) -> LogSummary:
        """Read baseline and window once and count everything that the four steps ask for."""

        def count(reading: Reading) -> Tally:
            tally = Tally(request, several_files=len({file.label for file in reading.files}) > 1)
            reading.count(tally)
            return tally

        reading, tally = self._read(_stretch(request.span), request.deadline_s, count)
        tally.saw_oldest(reading.oldest_us)
        where = " ".join(self._patterns)
        is_known = self._zone is not None or reading.account.is_late
        doubt = "" if is_known else _doubt(tally, reading.files[0]) or _shift(tally, reading.files)
        silent, is_all = mute(reading.read)
        problems = (
            *reading.account.problems,
            *_problems_of(tally, reading, where, self._zone),
            *filter(None, (doubt, silent)),
        )
        source = SourceReport(
            name=self.name,
            files=reading.account.read,
            bytes_read=reading.account.bytes_read,
            lines=tally.lines,
            parsed=tally.parsed,
            skipped=tally.lines - tally.parsed,
            partial=reading.account.partial,
            problems=tuple(untrusted(problem, SAMPLE_LIMIT) for problem in problems),
            zoneless=tally.naive if self._zone is None else 0,
            doubt=doubt,
            mute=silent if is_all else "",
        )
        return tally.summary(source)

    def trace(self, trace_id: str, span: Span) -> Sequence[TraceRecord]:
        """Return every record of the span that carries the id, in order of time; no cap.

        Raises:
            SourceError: nothing could be read.
            Truncated: not everything was read; `partial` is what was found.
        """
        stretch = _stretch(span)

        def find(reading: Reading) -> list[tuple[tuple[int, str, int], Record]]:
            return [
                ((entry.at_us, str(file.path), entry.offset), entry.record)
                for file, entry in reading.carrying(trace_id)
                if entry.at_us is not None and stretch.start_us <= entry.at_us < stretch.end_us
                if entry.record is not None
            ]

        reading, found = self._read(stretch, self._deadline_s, find)
        records = [_trace_record(key[0], record) for key, record in sorted(found, key=lambda pair: pair[0])]
        if reading.account.partial:
            raise Truncated(
                *(untrusted(problem, SAMPLE_LIMIT) for problem in reading.account.problems), partial=records
            )
        return records

    def _read(self, stretch: Stretch | None, deadline_s: float, use: Callable[[Reading], T]) -> tuple[Reading, T]:
        """Read the files; from the start again where one was emptied meanwhile."""
        due = self._monotonic() + deadline_s
        for _ in range(READS_MAX):
            reading = Reading(
                self._listing(),
                stretch,
                self._progress,
                lambda: self._monotonic() > due,
                hints=forced(self._dialect, Reckoning(self._zone)),
                disorder_us=self._disorder_us,
            )
            found = use(reading)
            if not reading.account.shrunk or reading.account.is_late:
                break
        return reading, found

    def _listing(self) -> Listing:
        listing = Listing(lambda: find_files(self._patterns, self._root))
        if not listing.files:
            raise Unreachable("; ".join(listing.problems) or "no log file was named")
        return listing


def _stretch(span: Span) -> Stretch:
    return Stretch(to_microseconds(span.start), to_microseconds(span.end))


def _problems_of(tally: Tally, reading: Reading, where: str, zone: tzinfo | None) -> Iterator[str]:
    if reading.account.read == len(reading.files) and not reading.account.lines:
        yield f"{where}: every file is empty; does the service log there?"
    elif tally.oldest_us is None and tally.undated:
        yield f"{where}: no timestamps in {tally.undated:,} lines; each needs a time to be placed by"
    elif tally.undated:
        yield f"{tally.undated:,} lines in files without timestamps left out"
    elif not tally.lines and tally.oldest_us is not None:
        yield f"{where}: no lines between {tally.request.baseline.start:%Y-%m-%d %H:%M} and {tally.request.window.end:%H:%M} UTC"
    if tally.lines and not tally.parsed:
        yield f"{where}: no known format: none of {tally.lines:,} lines could be read"
    yield from tally.skipped.problems()
    yield from tally.estimates()
    if tally.naive:
        yield f"{tally.naive:,} timestamps without a zone, taken as {zone or 'UTC'}"


def _doubt(tally: Tally, first: LogFile) -> str:
    """Say that times without a zone are probably not UTC, where the end of the window holds no record; else ""."""
    if not tally.lines and tally.oldest_us is not None:
        return f"no line in baseline or window, and times carry no zone: {ZONE_REMEDY}" if _lacks_zone(first) else ""
    last = max(1, round(tally.request.window.duration.total_seconds()) // LAST_PART)
    if not tally.naive or any(tally.events[-last:]):
        return ""
    end = length(timedelta(seconds=last))
    return f"no record in the last {end} of the window, and times carry no zone: {ZONE_REMEDY}"


def _shift(tally: Tally, files: Sequence[LogFile]) -> str:
    """Say that times without a zone are probably local: the newest is whole hours from when its file was written; else ""."""
    if not tally.naive:
        return ""
    file = max(files, key=lambda file: file.written_s)
    try:
        with BlockReader(file.path) as reader:
            form = format_of(reader, written(UNKNOWN, file))
            newest_us = index_of(reader, dater(form), DISORDER_US).newest_us()
    except SourceError:
        return ""
    apart_s = 0.0 if newest_us is None else file.written_s - newest_us / 1e6
    hours = round(apart_s / 3600)
    if not 1 <= abs(hours) <= ZONE_HOURS_MAX or abs(apart_s - hours * 3600) > SHIFT_WITHIN_S:
        return ""
    where = "before" if hours > 0 else "after"
    return f"times carry no zone, and end {abs(hours)} h {where} the file was written: {ZONE_REMEDY}"


def _lacks_zone(file: LogFile) -> bool:
    """Tell whether a file begins with times that carry no zone."""
    try:
        with BlockReader(file.path) as reader:
            head = memoryview(reader.head())
            sample = first_lines(lines_of(Block(reader.begin, head, head)))
    except SourceError:
        return False
    return any(entry.naive for entry in entries(sample, lambda _at, _raw: False))


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
