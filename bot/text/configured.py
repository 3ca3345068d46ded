"""Patterns that a configuration adds to what is masked: compiled only where no text can make them slow.

Python's `re` backtracks. A repetition inside a repetition may take time exponential in the text, and many in a row a
high power of its length; both are refused here, and what is left costs at most the square of a bounded text.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

PATTERN_LENGTH_MAX = 1_000
REPEATS_MAX = 2
"""Unbounded repetitions in one pattern, possessive and atomic ones left out, which never try again."""

BOUNDED_MAX = 1_000
"""Ways in which a pattern's bounded repetitions may be tried together; `\\d{4}` has one, `\\d{1,19}` nineteen."""

_parser: Any = re._parser  # type: ignore[attr-defined]  # noqa: SLF001 - the only parser of Python's own patterns there is
_REPEATS = frozenset(("MAX_REPEAT", "MIN_REPEAT"))
_NEVER_AGAIN = frozenset(("POSSESSIVE_REPEAT", "ATOMIC_GROUP"))


def compile_pattern(text: str) -> re.Pattern[str]:
    """Return the pattern.

    Raises:
        ValueError: it is no pattern, matches nothing at all, or may take too long; the sentence says which.
    """
    if len(text) > PATTERN_LENGTH_MAX:
        raise ValueError(f"a pattern has at most {PATTERN_LENGTH_MAX} characters")
    try:
        pattern = re.compile(text)
        parsed = _parser.parse(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"it is no regular expression: {error}") from None
    if pattern.search(""):
        raise ValueError("it matches the empty text, and so everything")
    unbounded, ways = _cost(parsed, inside=False)
    if unbounded > REPEATS_MAX or ways > BOUNDED_MAX:
        raise ValueError(
            "it may take too long: bound its repetitions, such as {1,64}, or make them possessive, such as ++"
        )
    return pattern


def compile_patterns(texts: Iterable[str]) -> Sequence[re.Pattern[str]]:
    """Return the patterns, as `compile_pattern` does; the ValueError names the first that cannot be used."""
    found = []
    for text in texts:
        try:
            found.append(compile_pattern(text))
        except ValueError as error:
            raise ValueError(f"{text!r}: {error}") from None
    return found


def _cost(parsed: Any, *, inside: bool) -> tuple[int, int]:
    """Return how many unbounded repetitions there are, and in how many ways the bounded ones may be tried."""
    unbounded, ways = 0, 1
    for code, argument in parsed:
        name = str(code)
        if name in ("GROUPREF", "GROUPREF_EXISTS"):
            raise ValueError("it refers back to a group, which may take too long")
        varies = name in _REPEATS and argument[0] != argument[1]
        if inside and (varies or name == "BRANCH"):
            raise ValueError(
                "a choice or repetition inside a repetition may take too long; a possessive one, such as ++, may not"
            )
        if varies and argument[1] is _parser.MAXREPEAT:
            unbounded += 1
        elif varies:
            ways *= int(argument[1]) - int(argument[0]) + 1
        for part in _parts(name, argument):
            more, further = _cost(part, inside=inside or (name in _REPEATS and argument[1] > 1))
            if name not in _NEVER_AGAIN:
                unbounded, ways = unbounded + more, ways * further
    return unbounded, ways


def _parts(name: str, argument: Any) -> list[Any]:
    """Return the patterns within one element of a pattern."""
    match name:
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return [argument[2]]
        case "SUBPATTERN":
            return [argument[3]]
        case "ATOMIC_GROUP":
            return [argument]
        case "ASSERT" | "ASSERT_NOT":
            return [argument[1]]
        case "BRANCH":
            return list(argument[1])
        case _:
            return []
