"""Under which names lines of no shape keep their time and level: told by those of their names that have a say in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from bot.logs.decode import MARKS, WRAPPER_NAMES, Decoder
from bot.logs.dialect import LOGFMT, OTLP, SECONDS_APART, Dialect
from bot.logs.fast.bits import Places
from bot.logs.fast.columns import Codes
from bot.logs.fast.instants import Clock
from bot.logs.fast.tokens import Names, Tokens
from bot.logs.pairs import LOGFMT_MARKS
from bot.logs.wrapper import LEVEL_NAMES

PLANS_MAX = 2_000
"""Sets of marks that are remembered; a log with more makes them of its data."""

_PLAIN_WRAPPER_NAMES = frozenset(("message", "line"))
"""Names that say nothing of a wrapper where their value is no object written as text, and the record has a level."""

_MARKS_MAX = 64


@dataclass(slots=True)
class Plan:
    """How lines with certain marks are read.

    Args:
        dialect: They are in.
        level_name: Under which they keep their level.
        time: The mark under which they keep their time.
        level: The same of their level.
        guarded: The marks that make a wrapper of a line when their value is an object.
        verdicts: What each level says that was met.
        clock: Reads their times.
    """

    dialect: Dialect
    level_name: str
    time: int
    level: int
    guarded: tuple[int, ...]
    verdicts: Codes = field(default_factory=Codes)
    clock: Clock | None = None


class Plans:
    """The plans for the lines of one file.

    Args:
        decoder: Of the file; None where it is logfmt.
        names: Of the file.
    """

    def __init__(self, decoder: Decoder | None, names: Names) -> None:
        self._decoder = decoder
        self._names = names
        self._marks: dict[str, int] = {}
        self._tops = 0
        self._mark_of: Places = np.empty(0, np.int64)
        self._plans: dict[int, Plan | None] = {}

    def of(self, tokens: Tokens) -> Iterator[tuple[Plan, Places, Places]]:
        """Yield how lines are read, which, and where among their names each mark stands in them.

        They are those with a time and a level at the top, and no name twice.
        """
        places = tokens.places(self._marked())
        masks = np.zeros(len(tokens.rows), np.uint64)
        for mark, here in enumerate(places):
            masks |= (here >= 0).astype(np.uint64) << np.uint64(mark)
        left = np.flatnonzero(~tokens.is_strange)
        while left.size:  # there are few masks, and to sort them takes longer
            is_mine = masks[left] == masks[left[0]]
            mine, left = left[is_mine], left[~is_mine]
            plan = self._plan(int(masks[mine[0]]))
            if plan is not None:
                yield plan, mine, places[:, mine]

    def _marked(self) -> Places:
        """Return for each name the number of the mark that it is; -1 where it has no say in a line's dialect."""
        if len(self._mark_of) < len(self._names) or self._tops < len(self._names.tops):
            self._tops = len(self._names.tops)
            self._mark_of = np.full(len(self._names), -1)
            for number, name in self._names.tops.items():
                if name in MARKS:
                    self._mark_of[number] = self._marks.setdefault(name, min(len(self._marks), _MARKS_MAX - 1))
        return self._mark_of

    def _plan(self, mask: int) -> Plan | None:
        if mask not in self._plans and len(self._plans) < PLANS_MAX:
            self._plans[mask] = None if mask >> (_MARKS_MAX - 1) else self._learn(mask)
        return self._plans.get(mask)

    def _learn(self, mask: int) -> Plan | None:
        """Return how lines with certain marks are read; None where they may be no plain records."""
        marks = {name: mark for name, mark in self._marks.items() if mask >> mark & 1}
        dialect, may_wrap = (LOGFMT, False) if self._decoder is None else self._decoder.dialect(marks)
        time, level = (_only(names, marks) for names in (dialect.time, dialect.level))
        if time is None or level is None or dialect is OTLP or time == SECONDS_APART:
            return None
        if dialect is LOGFMT:
            return None if LOGFMT_MARKS.isdisjoint(marks) else Plan(dialect, level, marks[time], marks[level], ())
        wrappers = WRAPPER_NAMES.intersection(marks)
        if may_wrap and (not wrappers <= _PLAIN_WRAPPER_NAMES or level not in LEVEL_NAMES):
            return None
        return Plan(dialect, level, marks[time], marks[level], tuple(marks[name] for name in wrappers))


def _only(names: tuple[str, ...], marks: Mapping[str, int]) -> str | None:
    """Return the one of the names that an object has at its top; None where it may have more, or none."""
    found = [name for name in names if name in marks or name.partition(".")[0] in marks]
    return found[0] if len(found) == 1 and found[0] in marks else None
