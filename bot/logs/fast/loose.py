"""Lines that have no known shape, many at once: of each only what is asked of it is read.

A line that is one plain record, with one time and one level at the top, is dated, judged and counted by its tokens.
All that is less plain is left to the real parser.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from bot.logs.decode import MARKS, Decoder
from bot.logs.dialect import DIALECTS, LOGFMT, Dialect, severity_of
from bot.logs.fast.bits import Flags, Places
from bot.logs.fast.block import Lines
from bot.logs.fast.columns import FAILED, IN_WINDOW
from bot.logs.fast.failures import Failures
from bot.logs.fast.gaps import Gaps
from bot.logs.fast.instants import Clock, Dates
from bot.logs.fast.known import USELESS_AFTER, USELESS_BELOW
from bot.logs.fast.lists import without_lists
from bot.logs.fast.logfmt import as_objects
from bot.logs.fast.names import KeyOf, hashes_at
from bot.logs.fast.plans import Plan, Plans
from bot.logs.fast.shape import Kind
from bot.logs.fast.signatures import MessageSignatures
from bot.logs.fast.tokens import AS_SCALAR, AS_TEXT, Names, Spans, Tokens, tokens_of
from bot.logs.fast.values import Values
from bot.logs.fast.words import BACKSLASH, Text, hash_places
from bot.logs.flatten import Scalar
from bot.logs.format import Format
from bot.logs.ids import USER_FIELDS, id_rank, request_key
from bot.logs.layout import read_logfmt
from bot.logs.record import Draft, read_record, said_by
from bot.logs.severity import Severity
from bot.logs.tally import Named, Tally, path_hash
from bot.logs.times import parse_time

LINES_MIN = 32
"""Of a block; the parser has read fewer before a block of them is laid out."""

QUOTES_MAX = 1 << 17
"""Of lines whose texts are looked at together: some MiB of numbers about them."""

_UNKNOWN, _FINE, _FAILED = 0, 1, 2
_LEVEL_TYPES, _TIME_TYPES = frozenset((str, int)), frozenset((str, int, float))


@dataclass(frozen=True, slots=True)
class Read:
    """Lines of a block that were read.

    Args:
        lines: Where they stand, without their lists, or as objects where they are logfmt.
        tokens: Of them and of others.
        which: Which of the lines of the tokens they are.
        us: Their times.
        naive: Whether each time has no zone.
        is_error: Whether each is an error.
    """

    lines: Lines
    tokens: Tokens
    which: Places
    us: Places
    naive: Flags
    is_error: Flags

    @property
    def rows(self) -> Places:
        """Which lines of the block they are."""
        return self.tokens.rows[self.which]

    def only(self, keep: Flags) -> "Read":
        """Return the lines to keep."""
        if keep.all():
            return self
        return Read(self.lines, self.tokens, self.which[keep], self.us[keep], self.naive[keep], self.is_error[keep])


class Loose:
    """Reads the lines of one file that have no shape.

    Args:
        tally: Of the request.
        form: How the file is written.
        name: Its path.
    """

    def __init__(self, tally: Tally, form: Format, name: str) -> None:
        self._tally = tally
        self._form = form
        self._path = path_hash(name)
        self._decoder = Decoder(form)
        self._users = {*tally.user_names, *(bag + name for row in DIALECTS for bag in row.bags for name in USER_FIELDS)}
        self._gaps, self._names = Gaps(), Names(self._is_useless)
        for user in USER_FIELDS:  # so that each has a number, however many names follow
            self._names.number(user)
        self._is_logfmt = form.dialect is LOGFMT
        self._plans = Plans(None if self._is_logfmt else self._decoder, self._names)
        self._values = Values(tally.fields, self._names)
        self._failures, self._signatures = Failures(tally, name), MessageSignatures()
        self._tried = self._read = 0

    def read(self, lines: Lines, rows: Places) -> Iterator[Read]:
        """Date and judge some lines of a block, as far as they are plain; nothing where trying is of no use."""
        is_useless = self._tried > USELESS_AFTER and self._read < USELESS_BELOW * self._tried
        if is_useless or len(rows) < LINES_MIN:
            return
        lines = as_objects(lines, rows) if self._is_logfmt else without_lists(lines, rows)
        quotes = np.cumsum(lines.quotes[rows])
        parts = 1 + int(quotes[-1]) // QUOTES_MAX
        for some in np.split(rows, np.searchsorted(quotes, quotes[-1] * np.arange(1, parts) // parts)):
            if not len(some):  # a line has more of them than a part
                continue
            found = self._plain(lines, some)
            self._tried += len(some)
            self._read += len(found.which)
            yield found

    def count(self, lines: Lines, read: Read, where: Places) -> None:
        """Count the fields of some lines, those that are errors, and users and requests of those in the window.

        Args:
            lines: Of the block.
            read: Of them.
            where: Whether each lies in the window (2) and is an error (1), added.
        """
        tally, tokens, known = self._tally, read.tokens, self._names.numbers
        lies = np.full(len(tokens.rows), -1)
        lies[read.which] = where
        self._values.count(read.lines.text, tokens, lies, hash_places(self._path, read.lines.offsets[tokens.rows]))
        ranked = sorted(self._names.ranks.items(), key=lambda one: (one[1], one[0]))
        if (where >= IN_WINDOW).any():
            users = [known[name] for name in tally.user_names if name in known]
            self._count_named(read.lines, tokens, lies, users, tally.users, bytes)
            requests = [known[name] for name, _ in ranked]
            self._count_named(read.lines, tokens, lies, requests, tally.requests, request_key)
        self._count_errors(lines, read.only(read.is_error), has_ids=bool(ranked))

    def flush(self) -> None:
        """Hand what was counted to the tally."""
        self._values.flush()
        self._failures.flush()

    def _plain(self, lines: Lines, rows: Places) -> Read:
        """Return those of the rows that are plain."""
        tokens = tokens_of(lines, rows, self._gaps, self._names)
        count = len(tokens.rows)
        us, verdicts, naive = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.bool_)
        for plan, mine, places in self._plans.of(tokens):
            us[mine], naive[mine], verdicts[mine] = self._judge(lines, tokens, mine, plan, places)
        read = np.flatnonzero(verdicts)
        return Read(lines, tokens, read, us[read], naive[read], verdicts[read] == _FAILED)

    def _is_useless(self, name: str) -> bool:
        """Tell whether nobody wants to know of a name: it dates and judges no line, is no id, and is not counted."""
        is_named = name in MARKS or name in self._users or id_rank(name) is not None
        return not is_named and self._tally.fields.is_dropped(name)

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

    def _count_named(
        self, lines: Lines, tokens: Tokens, lies: Places, names: list[int], named: Named, key_of: KeyOf
    ) -> None:
        """Count what the first of some names says in each line of the window."""
        found, has = np.zeros(len(tokens.rows), np.uint64), np.zeros(len(tokens.rows), np.bool_)
        for number in names:
            here = np.flatnonzero(tokens.name == number)
            here = here[((lies >= IN_WINDOW) & ~has)[tokens.row[here]]]
            values = tokens.values(here)
            for kind in (Kind.TEXT, Kind.SCALAR, Kind.LIST):
                some = np.flatnonzero(values.kinds == kind)
                if some.size:
                    at = tokens.row[here[some]]
                    begins, sizes = values.begins[some], values.sizes[some]
                    found[at], has[at] = hashes_at(lines, tokens.rows[at], begins, sizes, kind, key_of)
        named.add_many(found[has], (lies[has] & FAILED) != 0)

    def _count_errors(self, lines: Lines, errors: Read, *, has_ids: bool) -> None:
        drafts = [self._draft(lines.line(row)) for row in errors.rows.tolist()]
        if drafts:
            signatures = self._signatures.of([said_by(draft) for draft in drafts])
            offsets = lines.offsets[errors.rows]
            self._failures.count(signatures, errors.us, offsets, lambda i: read_record(drafts[i]), has_ids=has_ids)

    def _draft(self, line: bytes) -> Draft:
        if self._is_logfmt:
            return Draft(read_logfmt(line.decode()) or {}, LOGFMT, None, scale=self._form.scale)
        fields = orjson.loads(line)
        return Draft(fields, self._decoder.dialect(fields)[0], None, scale=self._form.scale)


def _is_one(value: Scalar, kind: int, types: frozenset[type]) -> bool:
    """Tell whether a value may be a time, or a level; true is none, though it is the number 1, nor is a list."""
    return type(value) in types and kind != Kind.LIST


def _clock_of(sample: bytes, form: Format) -> Clock | None:
    try:
        return Clock(sample, form.reckoning)
    except ValueError:
        return None
