"""Lines that have no known shape, many at once: of each only what is asked of it is read.

A line that is one plain record, with one time and one level at the top, is dated and judged by its tokens. What is less plain
is parsed line by line, and has tokens of what the parser says of it.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import orjson

from bot.logs.decode import Decoder
from bot.logs.dialect import LOGFMT, Dialect, severity_of
from bot.logs.fast.bits import Flags, Places
from bot.logs.fast.block import Lines
from bot.logs.fast.gaps import Gaps
from bot.logs.fast.instants import Clock, Dates
from bot.logs.fast.known import USELESS_AFTER, USELESS_BELOW
from bot.logs.fast.lists import without_lists
from bot.logs.fast.logfmt import as_objects
from bot.logs.fast.parsed import Asked, Parser
from bot.logs.fast.plans import Plan, Plans
from bot.logs.fast.records import Read, Records
from bot.logs.fast.shape import Kind
from bot.logs.fast.tokens import AS_SCALAR, AS_TEXT, Spans, Tokens, tokens_of
from bot.logs.fast.words import BACKSLASH, Text
from bot.logs.flatten import Scalar
from bot.logs.format import Format
from bot.logs.ids import USER_FIELDS
from bot.logs.pairs import read_logfmt
from bot.logs.record import Draft
from bot.logs.severity import Severity
from bot.logs.times import parse_time

LINES_MIN = 32
"""Of a block; the parser has read fewer before a block of them is laid out."""

QUOTES_MAX = 1 << 17
"""Of lines whose texts are looked at together: some MiB of numbers about them."""

PARSED_USELESS_BELOW = 0.5
"""Of the lines that are parsed here: all others are parsed again, with what is above them."""

_UNKNOWN, _FINE, _FAILED = 0, 1, 2
_LEVEL_TYPES, _TIME_TYPES = frozenset((str, int)), frozenset((str, int, float))


class Loose:
    """Reads the lines of one file that have no shape.

    Args:
        records: What they are counted into.
        form: How the file is written.
    """

    def __init__(self, records: Records, form: Format) -> None:
        self._records = records
        self._form = form
        self._decoder = Decoder(form)
        self._gaps, self._names = Gaps(), records.names
        self._parser = Parser(form)
        self._is_logfmt = form.dialect is LOGFMT
        self._plans = Plans(None if self._is_logfmt else self._decoder, self._names)
        self._plain_lines, self._parsed_lines = _Use(USELESS_BELOW), _Use(PARSED_USELESS_BELOW)

    def read(self, lines: Lines, rows: Places) -> Iterator[Read]:
        """Date and judge some lines of a block, as far as they are plain; nothing where trying is of no use."""
        if not self._is_logfmt:
            rows = rows[lines.text.bytes[lines.starts[rows]] == ord("{")]
        if self._plain_lines.is_none or len(rows) < LINES_MIN:
            return
        objects = as_objects(lines, rows) if self._is_logfmt else without_lists(lines, rows)
        for some in _parts(objects, rows):
            found = self._plain(objects, some, lambda row: self._draft(lines.line(row)))
            self._plain_lines.note(len(some), len(found.which))
            yield found

    def parse(self, lines: Lines, rows: Places, told: Callable[[int, bool], bool]) -> Iterator[Read]:
        """Do the same for lines that are not plain: each is parsed.

        Args:
            lines: Of the block.
            rows: Which of them.
            told: Tells by time and verdict of which records the fields are counted.
        """
        if self._parsed_lines.is_none or not rows.size:
            return
        parsed = self._parser.read(lines, rows, Asked(told, self._records.is_counted, self._records.drops))
        self._parsed_lines.note(len(parsed.rows) + parsed.in_vain, len(parsed.rows))
        if not parsed.rows.size:
            return
        number_of = np.zeros(len(lines), np.int64)
        number_of[parsed.rows] = np.arange(len(parsed.rows))
        for some in _parts(parsed.objects, parsed.rows):
            tokens = tokens_of(parsed.objects, some, self._gaps, self._names)
            which = np.flatnonzero(~tokens.is_strange)
            these = number_of[tokens.rows[which]]
            us, naive, is_error = parsed.us[these], parsed.naive[these], parsed.is_error[these]
            yield Read(parsed.objects, tokens, which, us, naive, is_error, lambda row: self._parser.draft(lines, row))

    def _plain(self, lines: Lines, rows: Places, draft_of: Callable[[int], Draft]) -> Read:
        """Return those of the rows that are plain."""
        tokens = tokens_of(lines, rows, self._gaps, self._names)
        count = len(tokens.rows)
        us, verdicts, naive = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.bool_)
        for plan, mine, places in self._plans.of(tokens):
            us[mine], naive[mine], verdicts[mine] = self._judge(lines, tokens, mine, plan, places)
        read = np.flatnonzero(verdicts)
        return Read(lines, tokens, read, us[read], naive[read], verdicts[read] == _FAILED, draft_of)

    def _judge(
        self, lines: Lines, tokens: Tokens, mine: Places, plan: Plan, places: Places
    ) -> tuple[Places, Flags, Places]:
        """Return the times of lines of one plan, whether each has no zone, and its verdict.

        Args:
            lines: Of the block.
            tokens: Of them and of others.
            mine: Which of the lines of the tokens they are.
            plan: How they are read.
            places: Of each mark: where it stands in them.
        """
        text = lines.text
        us, good, naive = self._dated(text, tokens.values(places[plan.time]), plan)
        levels = tokens.values(places[plan.level])
        hashes = text.marks(levels.begins, levels.sizes) ^ levels.kinds
        verdicts = plan.verdicts.of(hashes, lambda row: self._verdict(levels.value(text, row), levels.kinds[row], plan))
        for mark in plan.guarded:
            inner = tokens.values(places[mark])
            first = text.bytes[inner.begins]
            good &= (inner.kinds != AS_TEXT) | ((first != ord("{")) & (first != BACKSLASH))
        good &= self._have_one_user(tokens, mine, plan.dialect)
        return us, naive, np.where(good, verdicts, _UNKNOWN)

    def _dated(self, text: Text, times: Spans, plan: Plan) -> Dates:
        """Return the instants of times of one form, together; those of another form one by one."""
        begins, sizes, kinds = times
        us, good, naive = np.zeros(len(sizes), np.int64), np.zeros(len(sizes), np.bool_), np.zeros(len(sizes), np.bool_)
        if plan.clock is None and len(sizes):
            plan.clock = _clock_of(bytes(text.data[begins[0] : begins[0] + sizes[0]]), self._form)
        if plan.clock is not None:
            us, good, naive = plan.clock.read(text, begins, sizes)
            good &= (kinds == AS_TEXT) | (kinds == AS_SCALAR)
        for i in np.flatnonzero(~good).tolist():
            value: Any = times.value(text, i)
            at = parse_time(value, self._form.reckoning) if _is_one(value, kinds[i], _TIME_TYPES) else None
            if at is not None:
                us[i], good[i], naive[i] = at.us, True, at.naive
        return Dates(us, good, naive)

    def _verdict(self, level: Scalar, kind: int, plan: Plan) -> int:
        """Return what a level says."""
        if not _is_one(level, kind, _LEVEL_TYPES):
            return _UNKNOWN
        severity = severity_of({plan.level_name: level}, plan.dialect, self._form.scale)
        if severity is None:
            return _UNKNOWN
        return _FAILED if severity >= Severity.ERROR else _FINE

    def _have_one_user(self, tokens: Tokens, mine: Places, dialect: Dialect) -> Flags:
        """Name users as a record does, wherever the dialect puts them; tell which lines do not have several."""
        names = self._names
        good = np.ones(len(tokens.rows), np.bool_)
        for bag, name in ((bag, name) for bag in dialect.bags for name in USER_FIELDS if bag + name in names.numbers):
            inside = np.flatnonzero(tokens.name == names.numbers[bag + name])
            inside = inside[tokens.are_in(inside, mine)]
            tokens.name[inside] = number = names.number(name)
            good[tokens.doubled(number)] = False
        return good[mine]

    def _draft(self, line: bytes) -> Draft:
        if self._is_logfmt:
            return Draft(read_logfmt(line.decode()) or {}, LOGFMT, None, scale=self._form.scale)
        fields = orjson.loads(line)
        return Draft(fields, self._decoder.dialect(fields)[0], None, scale=self._form.scale)


class _Use:
    """Of how many lines a way of reading was tried on, how many it understood.

    Args:
        least: The share of them below which it costs more than it saves.
    """

    def __init__(self, least: float) -> None:
        self._least = least
        self._tried = self._read = 0

    @property
    def is_none(self) -> bool:
        """Whether it costs more than it saves."""
        return self._tried > USELESS_AFTER and self._read < self._least * self._tried

    def note(self, tried: int, read: int) -> None:
        """Take note of some lines."""
        self._tried += tried
        self._read += read


def _parts(lines: Lines, rows: Places) -> Iterator[Places]:
    """Yield the rows in parts of which each has no more than QUOTES_MAX quotes, unless a single line has."""
    quotes = np.cumsum(lines.quotes[rows])
    count = 1 + int(quotes[-1]) // QUOTES_MAX
    for some in np.split(rows, np.searchsorted(quotes, quotes[-1] * np.arange(1, count) // count)):
        if len(some):
            yield some


def _is_one(value: Scalar, kind: int, types: frozenset[type]) -> bool:
    """Tell whether a value may be a time, or a level; true is none, though it is the number 1, nor is a list."""
    return type(value) in types and kind != Kind.LIST


def _clock_of(sample: bytes, form: Format) -> Clock | None:
    try:
        return Clock(sample, form.reckoning)
    except ValueError:
        return None
