"""One pass over log files: only what can lie in a stretch of time is read, and a file that fails is a problem, no end."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar, cast

from bot.errors import SourceError, Truncated
from bot.logs import beside
from bot.logs.account import Account
from bot.logs.ages import Ages
from bot.logs.beside import Beside, Died
from bot.logs.blocks import LINE_BYTES_MAX, Block, BlockReader, Gone
from bot.logs.entry import Entry
from bot.logs.format import UNKNOWN, Format
from bot.logs.ids import ids_of
from bot.logs.lines import lines_of
from bot.logs.listing import Listing
from bot.logs.needle import runs_with
from bot.logs.part import Part, dater, format_of, index_of, one_in, written
from bot.logs.paths import LogFile
from bot.logs.scan import entries
from bot.logs.shares import Shares
from bot.logs.tally import Tally
from bot.logs.window import DISORDER_US, LogIndex
from bot.logs.wrapper import may_hold_parts, needles_of

Progress = Callable[[int, int], None]
"""Called now and then with the bytes read so far and the bytes there are."""

FAST_BYTES = 256 << 10
"""From here on counting many lines at once repays its import."""

LINES_AT_ONCE = 2_000
"""Lines for the parser after which it is looked whether the time is up: a tenth of a second."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stretch:
    """The time to read, in microseconds; half-open."""

    start_us: int
    end_us: int


class Reading:
    """Reads files in turn.

    Args:
        listing: The files.
        stretch: What to read; None for everything.
        progress: Called while reading.
        overdue: Whether to stop.
        hints: What is known of the format of every file.
        disorder_us: How far the lines of a file may stand out of order.

    Attributes:
        files: Those that there are.
        read: Those of which something was, to its end, and how they are written.
        account: How it went.
        oldest_us: The time of the first dated line of the files, as far as they were opened.
    """

    def __init__(
        self,
        listing: Listing,
        stretch: Stretch | None,
        progress: Progress | None,
        overdue: Callable[[], bool],
        hints: Format = UNKNOWN,
        disorder_us: int = DISORDER_US,
    ) -> None:
        self._hints = hints
        self._disorder_us = disorder_us
        self._listing = listing
        self._ages = Ages()
        self.files = listing.files
        self.read: list[tuple[LogFile, Format]] = []
        self.account = Account(problems=list(listing.problems))
        self.oldest_us: int | None = None
        self._stretch = stretch
        self._from_us = None if stretch is None else stretch.start_us
        self._progress = progress
        self._overdue = overdue
        self._total = sum(file.size for file in listing.files)
        self._beside: Beside[Any] | None = None

    def count(self, tally: Tally) -> None:
        """Count every entry that can lie in the stretch."""

        def count(file: LogFile, part: Part, into: Tally) -> Tally:
            lines = self._left(file, part, into)
            for entry in entries(lines, lambda at, _raw: into.wants(at), part.form):
                into.add(entry, str(file.path), file.label)
            return into

        for file, whole in self._parts():
            here = partial(count, file, into=tally)
            for part in whole.newest_first(tally.window_us, tally.request.deadline_s):
                there = partial(self._pieces, partial(count, file, into=tally.anew()))
                for found in () if self.account.is_late else self._shared(file, part, here, there):
                    if found is not tally:
                        tally.merge(found)

    @staticmethod
    def _pieces(count: Callable[[Part], Tally], part: Part) -> Iterator[Tally]:
        return count(part).pieces()

    def _left(self, file: LogFile, part: Part, tally: Tally) -> Iterator[tuple[int, bytes]]:
        """Count what can be counted without the parser; yield the other lines."""
        if part.size < FAST_BYTES:
            return self._lines(file, part)
        from bot.logs.fast.count import Counter  # noqa: PLC0415 - numpy: 80 ms, which small logs do not need

        counter = Counter(tally, str(file.path), file.label, part.form, one_in=part.one_in)
        return self._noted(file, part, counter.left(self._blocks(file, part)))

    def carrying(self, trace_id: str) -> Iterator[tuple[LogFile, Entry]]:
        """Yield the entries of the records that carry an id, in any order."""

        def runs(block: Block, form: Format) -> Iterator[Iterable[tuple[int, bytes]]]:
            """Yield the lines that carry it, and those around that they need to be understood."""
            if may_hold_parts(block.data):
                yield lines_of(block)
            else:
                yield from runs_with(needles_of(trace_id, block.data), block, dater(form))

        def find(file: LogFile, part: Part) -> list[Entry]:
            return [
                entry
                for block in self._blocks(file, part)
                for run in runs(block, part.form)
                for entry in entries(run, lambda _at, _raw: True, part.form)
                if entry.record is not None and trace_id in ids_of(entry.record.fields)
            ]

        for file, part in self._parts():
            of_file = partial(find, file)
            for found in self._shared(file, part, of_file, partial(_once, of_file)):
                yield from ((file, entry) for entry in found)

    def _shared(
        self, file: LogFile, part: Part, here: Callable[[Part], T], there: Callable[[Part], Iterator[T]]
    ) -> Iterator[T]:
        """Yield what comes of a part; of what a process beside this one read of a large part, what that says."""
        ranges = part.shares() if beside.is_possible() else []
        if len(ranges) < 2:
            yield here(part)
            return
        outcome: T | Account | None = None
        with Shares(ranges) as shares:
            shared = replace(part, ranges=shares)
            with Beside[T | Account](lambda tell: self._apart(file, shared, there, tell)) as self._beside:
                yield here(shared)
                told = self._beside.results()
                try:
                    outcome = next(told, None)
                    if isinstance(outcome, Account):
                        self.account.add(outcome)
                        yield from cast("Iterator[T]", told)
                except Died:
                    if outcome is not None:
                        self.account.fail(f"{file.path}: not all of what it holds is counted")
        self._beside = None
        if outcome is None:
            yield here(replace(part, ranges=shares.others))

    def _apart(
        self, file: LogFile, part: Part, there: Callable[[Part], Iterator[T]], tell: Callable[[int], None]
    ) -> "Iterator[T | Account]":
        """Read shares of a part in another process; yield nothing where it cannot be, and whoever asked has to find out why."""
        self.account = Account()
        self._beside, self._progress = None, lambda done, _total: tell(done)
        try:
            with BlockReader(file.path) as reader:  # an opened file has one position, which both would move
                if reader.identity != part.reader.identity:
                    return
                found = there(part.read_by(reader))
                self.account.bytes_read = reader.bytes_read
                yield self.account
        except SourceError:
            return
        yield from found

    def newest(self) -> int | None:
        """Return the newest time in the files; those written long before it are passed over."""
        newest: int | None = None
        for file, part in self._parts():
            found = self._newest_of(file, part)
            newest = max((at_us for at_us in (newest, found) if at_us is not None), default=None)
            self._from_us = newest
        return newest

    def _newest_of(self, file: LogFile, part: Part) -> int | None:
        if part.index is not None and (found := part.index.newest_us()) is not None:
            return found
        dated = entries(self._lines(file, part), lambda _at, _raw: False, part.form)
        return max((entry.at_us for entry in dated if entry.at_us is not None), default=None)

    def _parts(self) -> Iterator[tuple[LogFile, Part]]:
        """Yield what is to be read of each file, which is open meanwhile."""
        for number, file in enumerate(self._listing):
            if self._overdue():
                left = max(1, len(self.files) - number)
                self.account.run_out(f"out of time: {left} of {len(self.files)} files not read")
                return
            if self._ages.is_too_old(file, self._from_us):
                self._total -= file.size
                continue
            try:
                with BlockReader(file.path) as reader:
                    part = self._part_of(file, reader) if self._listing.is_due(file, reader.identity) else None
                    if part is None or part.is_nothing or self._listing.is_copy(file, reader.head):
                        continue
                    yield file, part
                    self.account.read += 1
                    self.read.append((file, part.form))
                    self.account.bytes_read += reader.bytes_read
            except Gone:
                self._listing.lost(file)
            except SourceError as error:
                self.account.failed(error)
        for problem in self._listing.missing():
            self.account.fail(problem)

    def _part_of(self, file: LogFile, reader: BlockReader) -> Part:
        """Return what of a file can lie in the stretch."""
        form = format_of(reader, written(self._hints, file))
        index = index_of(reader, dater(form), self._disorder_us)
        self._learn(file, index, is_whole=reader.seekable)
        if self._stretch is None:
            return Part(reader, form, index if reader.seekable else None)
        begin, end = index.slice(self._stretch.start_us, self._stretch.end_us)
        reader.check()
        if not reader.seekable:  # where its first lines are in order, and after the stretch, so is the rest
            is_after = end == 0 and index.dated_from(0) is not None
            return Part(reader, form, end=0 if is_after else None, one_in=one_in(reader.size))
        self._total -= reader.size - (end - begin)
        return Part(reader, form, index, begin, None if end == reader.size else end, one_in(end - begin))

    def _learn(self, file: LogFile, index: LogIndex, *, is_whole: bool) -> None:
        """Take note of how old the log is, and of whether files are as old as their lines."""
        first = index.dated_from(0)
        if first is not None:
            self.oldest_us = first.earliest_us if self.oldest_us is None else min(self.oldest_us, first.earliest_us)
        if len(self.files) > 1 and not self._ages.know(file):
            self._ages.learn(file, index.newest_us(), is_whole=is_whole)

    def _lines(self, file: LogFile, part: Part) -> Iterator[tuple[int, bytes]]:
        return self._noted(file, part, (line for block in self._blocks(file, part) for line in lines_of(block)))

    def _noted(
        self, file: LogFile, part: Part, lines: Generator[tuple[int, bytes], None, None]
    ) -> Iterator[tuple[int, bytes]]:
        """Pass lines on until the time is up, and take note of what is wrong with them."""
        count = cut = 0
        with closing(lines):
            for line in lines:
                count += 1
                cut += len(line[1]) == LINE_BYTES_MAX
                yield line
                if count % LINES_AT_ONCE == 0 and not self._may_go_on(part.reader.bytes_read, file):
                    break
        self.account.lines += count
        if cut:
            self.account.problems.append(f"{file.path}: {cut} lines over {LINE_BYTES_MAX >> 20} MiB cut and skipped")

    def _blocks(self, file: LogFile, part: Part) -> Iterator[Block]:
        """Yield the blocks of a part until the time is up, which is looked at between two of them."""
        try:
            for number, block in enumerate(part.blocks()):
                if number and not self._may_go_on(part.reader.bytes_read, file):
                    return
                if block.data:
                    yield block
        except Truncated as error:  # what came before counts, to the last record
            self.account.failed(error)

    def _may_go_on(self, bytes_read: int, file: LogFile) -> bool:
        if self._progress is not None:
            elsewhere = 0 if self._beside is None else self._beside.progress
            self._progress(self.account.bytes_read + bytes_read + elsewhere, self._total)
        if self._overdue():
            self.account.run_out(f"{file.path}: out of time after {bytes_read >> 20:,} MiB")
        return not self.account.is_late


def _once(find: Callable[[Part], T], part: Part) -> Iterator[T]:
    """Return what is found as one piece."""
    return iter((find(part),))
