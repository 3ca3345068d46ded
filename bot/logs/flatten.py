"""Nested JSON objects as one mapping of dotted names; walked without recursion, because depth is up to the log."""

from collections.abc import Mapping
from typing import Any

Scalar = str | int | float | bool | None

DEPTH_MAX = 8
"""Levels that get names of their own; below, nobody would look (ECS has 4, pino-http 3)."""

NAMES_MAX = 500
"""Names taken from one record; a record of more is a dump, not an event."""

_SCALARS = frozenset((str, int, float, bool, type(None)))

LIST_ITEMS_MAX = 50
"""Lines taken from a list of texts, such as a stack trace written as an array."""


def flatten(value: Mapping[str, Any]) -> dict[str, Scalar]:
    """Return the object's scalars under dotted names, as far as DEPTH_MAX and NAMES_MAX.

    A list of texts becomes one text of lines (stack traces are written so); other lists carry no name and are left
    out. A dotted name written as such (`"log.level"`) and the nested form read alike; the first found stays.
    """
    if _SCALARS.issuperset(map(type, value.values())):
        return dict(value)
    flat: dict[str, Scalar] = {}
    pending: list[tuple[str, Mapping[str, Any], int]] = [("", value, 1)]
    for prefix, mapping, depth in pending:
        if len(flat) >= NAMES_MAX:
            break
        for key, item in mapping.items():
            name = prefix + key
            if type(item) in _SCALARS:
                flat.setdefault(name, item)
            elif isinstance(item, dict):
                if depth < DEPTH_MAX:
                    pending.append((name + ".", item, depth + 1))
            elif item and all(isinstance(text, str) for text in item[:LIST_ITEMS_MAX]):
                flat.setdefault(name, "\n".join(item[:LIST_ITEMS_MAX]))
    return flat
