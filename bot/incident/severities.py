"""A severity as it is typed: `1`, `sev1`, `SEV 1:`, `p1`; 1 is the worst, 4 the mildest. Pure."""

import re

from bot.incident.numbers import Misread, is_number
from bot.incident.plain import one_line

_SEVERITY = re.compile(r"(?:sev|p)?\s?-?([1-4])", re.IGNORECASE)
_ONE_WORD = re.compile(r"sev-?([1-4])", re.IGNORECASE)
# "sev1 checkout", "SEV 1: checkout", "sev1 - checkout"; but neither "sev10" nor "sev1-runbook is gone".
_LEADING = re.compile(r"sev[\s-]?([1-4])(?:[.,:;]+|(?=\s|$))(?:\s+[-–—](?=\s))?\s*", re.IGNORECASE)


def severity(value: str) -> int:
    """Return the severity that the words are.

    Raises:
        Misread: they are none.
    """
    if not value:
        raise Misread("The severity is missing; 1 is the worst, 4 the mildest.")
    match = _SEVERITY.fullmatch(value)
    if match is None:
        raise Misread(f'"{one_line(value)}" is no severity; 1 is the worst, 4 the mildest.')
    return int(match[1])


def is_severity(word: str) -> bool:
    """Whether a word is "sev" and a severity in one."""
    return _ONE_WORD.fullmatch(word) is not None


def is_verb(word: str, rest: str) -> bool:
    """Whether "sev1" stands where a verb does, for "sev 1": with nothing after it but an incident's number."""
    return is_severity(word) and (not rest or is_number(rest))


def leading(title: str) -> tuple[int | None, str]:
    """Return the severity that a title begins with, and the title without it."""
    match = _LEADING.match(title)
    return (int(match[1]), title[match.end() :]) if match else (None, title)
