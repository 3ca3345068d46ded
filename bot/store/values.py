"""Values to JSON bytes and back, by their type hints: what a triage found, kept in the database.

Pydantic's TypeAdapter does it in Rust; a summary of 75 minutes (4,500 seconds) takes well under a millisecond. The
format is our own and private to the store: the report's public JSON is made by `bot/triage/report.py`.
"""

from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")

_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def dump(value: Any) -> bytes:
    """Return a dataclass of `bot/triage/summary.py` (or any other of plain fields) as JSON."""
    return _adapter(type(value)).dump_json(value)


def load(kind: type[T], stored: bytes) -> T:
    """Return the value that `dump` was given.

    Raises:
        ValueError: the bytes are not such a value.
    """
    return _adapter(kind).validate_json(stored)  # type: ignore[no-any-return]


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)  # compiled once: 5 ms and more
    return _ADAPTERS[kind]
