"""How one file is written, found by looking at its first lines: dialect and confidence, level numbers, plain text."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bot.logs.dialect import COMMON, TEXT, Dialect
from bot.logs.severity import PINO, Scale, scale_of
from bot.logs.times import PLAIN, Reckoning

SAMPLE_LINES = 200
"""Lines looked at; the mixture of a file shows within the first screens of it."""

RECORDS_MIN = 20
"""Fewer may well be a banner, or what a service says while it starts."""

TEXT_SHARE = 0.2
"""From this share on, undated lines of plain text are records; below it they are rubbish among JSON."""

CONFIDENT = 0.6
"""Below this share of lines in one dialect the report says that the log is mixed."""


@dataclass(frozen=True, slots=True)
class Format:
    """How the lines of one file are to be read.

    Args:
        dialect: Of most lines; taken for those that do not tell.
        confidence: Share of the lines looked at that are in it; 1 where it was configured.
        forced: Whether it was configured, and counts for every line.
        scale: What level numbers mean where no name tells.
        is_text: Whether lines of plain text are records rather than rubbish.
        lines_end: Whether Docker's lines carry their newline.
        reckoning: Zone and year of times that say neither.
        tells: Whether a line looked at has a level or a status; None where none has, of too few to say.
    """

    dialect: Dialect = COMMON
    confidence: float = 0.0
    forced: bool = False
    scale: Scale = PINO
    is_text: bool = False
    lines_end: bool = False
    reckoning: Reckoning = field(default=PLAIN)
    tells: bool | None = None


UNKNOWN = Format()


@dataclass(frozen=True, slots=True)
class Look:
    """What one line of the sample showed.

    Args:
        dialect: None where it is no record.
        level: Its level number, where it is one whose scale nothing tells.
        ends: Whether a Docker line ended with its newline.
        tells: Whether it has a level or a status.
    """

    dialect: Dialect | None
    level: float | None = None
    ends: bool = False
    tells: bool = False


def judge(looks: Iterable[Look], form: Format = UNKNOWN) -> Format:
    """Return the format that the looks at the first lines speak for; a forced dialect stays."""
    seen = list(looks)
    dialects = Counter(look.dialect for look in seen if look.dialect is not None)
    levels = frozenset(look.level for look in seen if look.level is not None)
    is_told = any(look.tells for look in seen)
    found = replace(
        form,
        scale=scale_of(levels),
        is_text=form.dialect is TEXT or dialects[TEXT] > TEXT_SHARE * sum(dialects.values()),
        lines_end=any(look.ends for look in seen),
        tells=None if not is_told and dialects.total() < RECORDS_MIN else is_told,
    )
    if form.forced or not dialects:
        return found
    dialect, count = max(dialects.items(), key=lambda item: (item[1], item[0].name))
    return replace(found, dialect=dialect, confidence=count / sum(dialects.values()))


def forced(dialect: Dialect | None, reckoning: Reckoning) -> Format:
    """Return the format that the configuration asks for, before anybody looked."""
    if dialect is None:
        return replace(UNKNOWN, reckoning=reckoning)
    return replace(UNKNOWN, dialect=dialect, confidence=1.0, forced=True, reckoning=reckoning)
