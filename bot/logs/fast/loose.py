"""Lines that have no shape, one at a time: of each only what is asked of it is read.

A line that is one plain record, with one time and one level at the top, is dated and judged without the real parser; its
fields are looked at where they count. Errors, and all that is less plain, are left to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson

from bot.logs.blocks import PADDING
from bot.logs.decode import MARKS, Decoder
from bot.logs.dialect import Dialect, severity_of
from bot.logs.fast.block import LINE_MAX, Lines
from bot.logs.fast.instants import Clock, Dates
from bot.logs.fast.values import Values
from bot.logs.fast.words import Flags, Places, Text, hash_places, hashes_of
from bot.logs.format import Format
from bot.logs.ids import request_of, user_of
from bot.logs.record import named_fields
from bot.logs.severity import Severity
from bot.logs.tally import Named, Tally
from bot.logs.times import parse_time

USELESS_BELOW = 0.2
"""Share of lines that can be read so, below which trying costs more than it saves."""

USELESS_AFTER = 5_000
LEVELS_MAX, PLANS_MAX = 10_000, 2_000
"""Levels, and sets of marks, that are remembered; a log with more makes them of its data."""

_LEVEL_TYPES, _TIME_TYPES = frozenset((str, int)), frozenset((str, int, float))
"""True is no level, although it is the number 1; nor is it a time."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where lines with certain marks keep time and level, and how bad each level is that was met."""

    time: str
    level: str
    dialect: Dialect
    severities: dict[Any, Severity | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """Lines of a block that were read.

    Args:
        rows: Which of those that did not fail.
        us: Their times.
        naive: Whether each time has no zone.
        failed: Those that are errors, and left to the parser.
    """

    rows: Places
    us: Places
    naive: Flags
    failed: Places

    def only(self, keep: Flags) -> "Read":
        """Return the lines to keep, and those that failed."""
        return Read(self.rows[keep], self.us[keep], self.naive[keep], self.failed)


class Loose:
    """Reads the lines of one file that have no shape.

    Args:
        tally: Of the request.
        form: How the file is written.
        path: The hash of its path.
    """

    def __init__(self, tally: Tally, form: Format, path: int) -> None:
        self._tally = tally
        self._form = form
        self._path = path
        self._decoder = Decoder(form)
        self._plans: dict[frozenset[str], _Plan | None] = {}
        self._clock: Clock | None = None
        self._values = Values(tally.fields)
        self._tried = self._read = 0

    def read(self, lines: Lines, rows: Places) -> Read:
        """Date and judge some lines of a block, as far as they are plain."""
        plain: list[int] = []
        failed: list[bool] = []
        times: list[str | float] = []
        if self._tried <= USELESS_AFTER or self._read >= USELESS_BELOW * self._tried:
            data, plans = lines.text.data, self._plans
            near = rows[lines.ends[rows] - lines.starts[rows] <= LINE_MAX]
            edges = lines.starts[near].tolist(), lines.ends[near].tolist()
            for row, start, end in zip(near.tolist(), *edges, strict=True):
                try:
                    fields: dict[str, Any] = orjson.loads(data[start:end])
                    plan = plans[MARKS.intersection(fields)]
                except orjson.JSONDecodeError:
                    continue
                except KeyError:
                    plan = self._learn(fields)
                except TypeError:  # JSON, but no object
                    continue
                if plan is None:
                    continue
                time, level = fields[plan.time], fields[plan.level]
                if type(level) not in _LEVEL_TYPES or type(time) not in _TIME_TYPES:
                    continue
                severity = plan.severities.get(level) or self._severity(level, plan)
                if severity is not None:
                    plain.append(row)
                    times.append(time)
                    failed.append(severity >= Severity.ERROR)
            self._tried += len(rows)
            self._read += len(plain)
        (us, good, naive), has_failed = self._dated(times), np.array(failed, np.bool_)
        found, fine = np.array(plain, np.int64), good & ~has_failed
        return Read(found[fine], us[fine], naive[fine], found[good & has_failed])

    def count(self, lines: Lines, rows: Places, where: Places) -> None:
        """Count the fields of some lines, and users and requests of those in the window.

        Args:
            lines: Of the block.
            rows: Read before.
            where: Whether each lies in the window (2).
        """
        tally, data = self._tally, lines.text.data
        users: list[bytes] = []
        requests: list[bytes] = []
        places = hash_places(self._path, lines.offsets[rows])
        edges = lines.starts[rows].tolist(), lines.ends[rows].tolist()
        for in_window, start, end in zip(where.tolist(), *edges, strict=True):
            fields = orjson.loads(data[start:end])
            said = named_fields(fields, self._decoder.dialect(fields)[0])
            if in_window:
                user, request = user_of(said, tally.user_names), request_of(said)
                if user is not None:
                    users.append(user)
                if request is not None:
                    requests.append(request)
            self._values.add(said)
        self._values.count(where, places)
        _name(tally.users, users)
        _name(tally.requests, requests)

    def flush(self) -> None:
        """Hand what was counted to the tally."""
        self._values.flush()

    def _dated(self, times: list[str | float]) -> Dates:
        """Return the instants of times of one form, together; those of another form one by one."""
        us, good, naive = np.zeros(len(times), np.int64), np.zeros(len(times), np.bool_), np.zeros(len(times), np.bool_)
        texts = [str(time) for time in times]
        together = "".join(texts)
        if together.isascii() and texts:
            if self._clock is None:
                self._clock = _clock_of(texts[0].encode(), self._form)
            if self._clock is not None:
                sizes = np.array([len(text) for text in texts], np.int64)
                room = memoryview(together.encode() + bytes(PADDING))
                us, good, naive = self._clock.read(Text(room, len(together)), np.cumsum(sizes) - sizes, sizes)
        for i in np.flatnonzero(~good).tolist():
            at = parse_time(times[i], self._form.reckoning)
            if at is not None:
                us[i], good[i], naive[i] = at.us, True, at.naive
        return Dates(us, good, naive)

    def _learn(self, fields: Mapping[str, Any]) -> _Plan | None:
        dialect, may_wrap = self._decoder.dialect(fields)
        time, level = (_only(names, fields) for names in (dialect.time, dialect.level))
        plan = None if may_wrap or time is None or level is None else _Plan(time, level, dialect)
        if len(self._plans) < PLANS_MAX:
            self._plans[MARKS.intersection(fields)] = plan
        return plan

    def _severity(self, level: str | int, plan: _Plan) -> Severity | None:
        found = severity_of({plan.level: level}, plan.dialect, self._form.scale)
        if found is not None and len(plan.severities) < LEVELS_MAX:
            plan.severities[level] = found
        return found


def _only(names: tuple[str, ...], fields: Mapping[str, Any]) -> str | None:
    """Return the one of the names that an object has at its top; None where it may have more, or none."""
    found = [name for name in names if name in fields or name.partition(".")[0] in fields]
    return found[0] if len(found) == 1 and found[0] in fields else None


def _clock_of(sample: bytes, form: Format) -> Clock | None:
    try:
        return Clock(sample, form.reckoning)
    except ValueError:
        return None


def _name(named: Named, names: list[bytes]) -> None:
    if names:
        named.seen.add_many(hashes_of(names))
        named.fine_records += len(names)
