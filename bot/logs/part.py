"""What is read of one file: how it is written, where in it the stretch stands, and where it may be cut."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.logs.blocks import Block, BlockReader
from bot.logs.cut import may_be_cut
from bot.logs.decode import Decoder, look
from bot.logs.dialect import LOGFMT, TEXT
from bot.logs.format import UNKNOWN, Format
from bot.logs.lines import lines_of
from bot.logs.paths import LogFile
from bot.logs.scan import first_lines
from bot.logs.window import DateOf, LogIndex

SAMPLED_BYTES = 64 << 20
BYTES_OF_ONE = 2 << 20
ONE_IN_MAX = 64
"""From SAMPLED_BYTES on the fields of the baseline's fine records are counted in one of so many seconds: in 32 of 64 MiB, in
64 of more. It is at least some 7,000 records, and all that is asked of them is whether a value was there at all.
"""


TEXT_BYTES_A_SECOND, JSON_BYTES_A_SECOND = 2 << 20, 64 << 20
"""What is read at least, on a machine that has other things to do; what this is not enough for is read from its end."""

PIECES = 4
"""Of a baseline, and of a window, that may not be read whole."""

MICROSECONDS_MAX = 1 << 62
"""Later than any line."""

SHARED_BYTES, TEXT_SHARED_BYTES = 32 << 20, 4 << 20
"""From here on two processes are faster than one: a fork costs some milliseconds, and what it counted as many to send."""

SHARE_BYTES_MIN = 2 << 20
"""Of what two processes share; who is done waits for the other no longer than it takes to read twice as much."""

TEXT_AT_ONCE = 512 << 10
"""The same of plain text, and how much of it is read between two looks at the time: in a tenth of a second."""

Range = tuple[int, int | None]
"""Where a stretch of lines begins, and where the next one does; None for the end of the file."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a file.

    Args:
        reader: Of the file.
        form: How it is written.
        index: None where it is compressed.
        begin: Where a line begins.
        end: None for the end of the file, however far it has grown.
        one_in: Of how many seconds of the baseline one has its fields counted; a share has that of the whole.
        ranges: What of it is read where it is shared with another process; None for all.
    """

    reader: BlockReader
    form: Format
    index: LogIndex | None = None
    begin: int = 0
    end: int | None = None
    one_in: int = 1
    ranges: Iterable[Range] | None = None

    @property
    def size(self) -> int:
        """Bytes, as the file was when it was opened."""
        return (self.reader.size if self.end is None else self.end) - self.begin

    @property
    def is_text(self) -> bool:
        """Whether it is read line by line."""
        return self.form.dialect in (TEXT, LOGFMT)

    @property
    def is_nothing(self) -> bool:
        """Whether nothing of the file lies in the stretch."""
        return self.begin == self.end

    def blocks(self) -> Iterator[Block]:
        """Yield the lines of the part; of text few at a time, for they take long, and the time is looked at in between."""
        for begin, end in ((self.begin, self.end),) if self.ranges is None else self.ranges:
            for block in self.reader.blocks(begin, end):
                yield from block.cut(TEXT_AT_ONCE) if self.is_text else (block,)

    def shares(self) -> list[Range]:
        """Return a large part in shares for two processes.

        The newest comes first, for the time may be up before all are read; the last ones are small, so that both processes
        are done at the same time.
        """
        is_large = self.size >= (TEXT_SHARED_BYTES if self.is_text else SHARED_BYTES)
        wanted, left = [], self.size if is_large else 0
        while left >= 2 * (TEXT_AT_ONCE if self.is_text else SHARE_BYTES_MIN):
            wanted += [self.begin + 3 * left // 4, self.begin + left // 2]
            left //= 2
        edges = self._edges(wanted)
        return list(zip([self.begin, *edges], [*edges, self.end], strict=True))[::-1]

    def newest_first(self, from_us: int, deadline_s: float) -> Iterator["Part"]:
        """Yield the part; where reading it may take longer than there is time, in pieces, the last one first.

        Args:
            from_us: Where one of them begins; what is after it is wanted most.
            deadline_s: How much time there is.
        """
        in_time = deadline_s * (TEXT_BYTES_A_SECOND if self.is_text else JSON_BYTES_A_SECOND)
        if self.index is None or self.size <= in_time:
            yield self
            return
        end = self.begin + self.size
        edge = min(max(self.begin, self.index.slice(from_us, MICROSECONDS_MAX)[0]), end)
        wanted = [
            begin + piece * (behind - begin) // PIECES
            for begin, behind in ((self.begin, edge), (edge, end))
            for piece in range(PIECES if behind - begin > in_time else 1)
        ]
        rest = self
        for at in reversed(self._edges(wanted)):
            yield replace(rest, begin=at)
            rest = replace(rest, end=at)
        yield rest

    def _edges(self, wanted: Iterable[int]) -> list[int]:
        """Return where the part may be cut near some offsets: where a dated line begins, and lines below need none above."""
        places = () if self.index is None else map(self.index.dated_from, wanted)
        found = sorted({place.offset for place in places if place is not None})
        inside = (at for at in found if self.begin < at < self.begin + self.size)
        return [at for at in inside if may_be_cut(self.reader, self.form, self.begin, at)]

    def read_by(self, reader: BlockReader) -> "Part":
        """Return the same part of the same file, opened another time."""
        return replace(self, reader=reader)


def one_in(size: int) -> int:
    """Return of how many seconds one is looked at: a power of two."""
    if size < SAMPLED_BYTES:
        return 1
    return min(ONE_IN_MAX, 1 << max(1, size // BYTES_OF_ONE).bit_length() - 1)


def format_of(reader: BlockReader, hints: Format = UNKNOWN) -> Format:
    """Return how a file is written, from its first lines and what is known of it."""
    head = memoryview(reader.head())
    return look((raw for _, raw in first_lines(lines_of(Block(reader.begin, head, head)))), hints)


def written(hints: Format, file: LogFile) -> Format:
    """Return the hints with when the file was last written, which tells the year of times that carry none."""
    return replace(hints, reckoning=replace(hints.reckoning, until=datetime.fromtimestamp(file.written_s, UTC)))


def index_of(reader: BlockReader, date_of: DateOf, disorder_us: int) -> LogIndex:
    """Return the index of a file's text; of its first lines where it is packed."""
    if reader.seekable:
        return LogIndex(reader.pread, reader.size, date_of, reader.begin, disorder_us)
    text = reader.head()
    return LogIndex(lambda size, offset: text[offset : offset + size], len(text), date_of)


def dater(form: Format) -> DateOf:
    """Return what dates lines of a format, each by itself; one of many records by its newest."""

    def date_of(line: bytes) -> int | None:
        drafts = Decoder(form).decode(line).drafts if line.strip() else ()
        return max((draft.at.us for draft in drafts if draft.at), default=None)

    return date_of
