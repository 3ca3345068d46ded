"""The shapes that the lines of a file have, learnt while they are met."""

from collections import Counter
from collections.abc import Callable

import numpy as np

from bot.logs.fast.bits import Places
from bot.logs.fast.block import Lines
from bot.logs.fast.match import Matched, Matcher
from bot.logs.fast.shape import Shape, learn
from bot.logs.fast.stencil import Stencil, stencil_of
from bot.logs.format import Format

SHAPES_MAX = 100
SAMPLES = 12
"""Lines of a block from which shapes are learnt at a time."""

ROUNDS = 3
LINES_EACH = 4
"""Of a block, that a shape learnt of it is worth where learning further ones is: of a log of ever new ones each has one."""

ATTEMPTS_MAX = 400
"""Lines of a file looked at to learn from; a log of ever new shapes has none."""

USELESS_BELOW = 0.2
"""Share of lines that a way of reading understands, below which trying it costs more than it saves."""

USELESS_AFTER = 5_000
"""Lines after which that is told."""

STENCIL_ROWS_MIN = 64
"""Lines of a block from which it is told which values have always the same size."""

STENCILS_CUT_MAX = 10
"""Of a shape; each fits what the one before it did, and more."""


class Known:
    """The shapes known so far.

    Args:
        form: How the file is written.
        learnt: Called with each new shape.
    """

    def __init__(self, form: Format, learnt: Callable[[Shape], None]) -> None:
        self._form = form
        self._learnt = learnt
        self._matcher = Matcher()
        self._attempts = 0
        self._lines = self._known = 0
        self._stencils: dict[int, Stencil | None] = {}
        self._cuts: Counter[int] = Counter()

    @property
    def is_useless(self) -> bool:
        """Whether hardly any line had a shape so far."""
        return self._lines >= USELESS_AFTER and self._known < USELESS_BELOW * self._lines

    def match(self, lines: Lines) -> list[Matched]:
        """Return the lines that have a shape; nothing where looking for them is of no use."""
        if self.is_useless:
            return []
        found, rows = self._fitted(lines)
        learnt = 0
        for _ in range(ROUNDS):
            new = self._matcher.match(lines.text, lines.starts, lines.ends, rows) if self._matcher.count else []
            found += new
            here = np.zeros(len(lines), np.bool_)
            for one in new:
                here[one.rows] = True
                self._cut(one)
            count = int(np.count_nonzero(here))
            self._known += count
            rows = rows[~here[rows]]
            if count < LINES_EACH * learnt:
                break
            learnt = self._learn(lines, rows)
            if not learnt:
                break
        return found

    def fitted(self, lines: Lines) -> list[Matched]:
        """Return the lines that a stencil fits; nothing where there is none."""
        return self._fitted(lines)[0] if any(self._stencils.values()) and not self.is_useless else []

    def _fitted(self, lines: Lines) -> tuple[list[Matched], Places]:
        """Return the lines that a stencil fits, and the other rows."""
        rows = np.flatnonzero(~lines.odd & (lines.text.bytes[lines.starts] == ord("{")))
        found, rows = self._by_stencil(lines, rows)
        self._lines += len(lines)
        self._known += sum(len(one.rows) for one in found)
        return found, rows

    def _by_stencil(self, lines: Lines, rows: Places) -> tuple[list[Matched], Places]:
        found: list[Matched] = []
        for stencil in self._stencils.values():
            if stencil is None or not rows.size:
                continue
            alike = (lines.quotes[rows] == stencil.quotes) & ~lines.has_hidden[rows]
            one = stencil.match(lines, rows[alike])
            if not len(one.rows):
                continue
            found.append(one)
            if len(one.rows) == len(rows):
                return found, rows[:0]
            here = np.zeros(len(lines), np.bool_)
            here[one.rows] = True
            rows = rows[~here[rows]]
        return found, rows

    def _cut(self, found: Matched) -> None:
        """Cut a stencil for lines of a shape that none has fitted, where they are many."""
        if len(found.rows) < STENCIL_ROWS_MIN:
            return
        known, cut = self._stencils.get(id(found.shape)), self._cuts[id(found.shape)]
        if cut < STENCILS_CUT_MAX:
            self._cuts[id(found.shape)] += 1
            self._stencils[id(found.shape)] = stencil_of(found, known)

    def _learn(self, lines: Lines, rows: Places) -> int:
        """Learn shapes from some of the lines that have no known one; return how many."""
        if not rows.size or self._attempts >= ATTEMPTS_MAX or self._matcher.count >= SHAPES_MAX:
            return 0
        learnt = 0
        for row in rows[:: max(1, len(rows) // SAMPLES)][:SAMPLES].tolist():
            self._attempts += 1
            shape = learn(lines.line(row), self._form)
            if shape is not None and self._matcher.add(shape):
                self._learnt(shape)
                learnt += 1
        return learnt
