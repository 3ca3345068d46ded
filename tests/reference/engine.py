"""The obvious engine: every line of every file through the parser, one after the other. What the real one must equal."""

from collections.abc import Callable, Iterator, Sequence

from bot.logs.blocks import BlockReader
from bot.logs.entry import Entry
from bot.logs.format import UNKNOWN
from bot.logs.groups import SAMPLE_LIMIT
from bot.logs.lines import lines_of
from bot.logs.part import written
from bot.logs.paths import LogFile, find_files
from bot.logs.scan import Wanted, entries
from bot.logs.tally import Tally
from bot.logs.times import from_microseconds, to_microseconds
from bot.text.clean import untrusted
from bot.triage.summary import LogRequest, LogSummary, SourceReport, Span

Show = Callable[[int, Entry], None]


def read(patterns: Sequence[str], wanted: Wanted) -> Iterator[tuple[LogFile, Entry]]:
    """Yield every entry of every file."""
    for file in find_files(patterns)[0]:
        with BlockReader(file.path) as reader:
            lines = (line for block in reader.blocks() for line in lines_of(block))
            for entry in entries(lines, wanted, hints=written(UNKNOWN, file)):
                yield file, entry


def newest(patterns: Sequence[str]) -> int | None:
    """Return the newest time of all, in microseconds."""
    return max(
        (entry.at_us for _, entry in read(patterns, lambda _at, _raw: False) if entry.at_us is not None), default=None
    )


def summarize(patterns: Sequence[str], request: LogRequest) -> LogSummary:
    """Return the summary, its source report with the counts of lines only."""
    files, _ = find_files(patterns)
    tally = Tally(request, several_files=len({file.label for file in files}) > 1)
    for file, entry in read(patterns, lambda at, _raw: tally.wants(at)):
        tally.add(entry, str(file.path), file.label)
    lines, parsed = tally.lines, tally.parsed
    return tally.summary(SourceReport("reference", lines=lines, parsed=parsed, skipped=lines - parsed))


def trace(patterns: Sequence[str], trace_id: str, span: Span) -> list[tuple[object, str]]:
    """Return time and message of every record of the span that carries the id, in order."""
    from bot.logs.ids import ids_of

    start, end = to_microseconds(span.start), to_microseconds(span.end)
    found = [
        ((entry.at_us, str(file.path), entry.offset), entry.record.message)
        for file, entry in read(patterns, lambda at, _raw: start <= at < end)
        if entry.at_us is not None and start <= entry.at_us < end
        if entry.record is not None and trace_id in ids_of(entry.record.fields)
    ]
    return [(from_microseconds(key[0]), untrusted(message, SAMPLE_LIMIT)) for key, message in sorted(found)]
