"""Column types: aware instants, durations, enumerations and tuples of text, the same on every database.

Instants and durations are whole microseconds in a BIGINT: exact, ordered, and free of a database's ideas about time
zones. To read one by eye in SQLite: ``datetime(due_at / 1000000, 'unixepoch')``.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

import orjson
from sqlalchemy import BigInteger, Dialect, Text
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_WordT = TypeVar("_WordT", bound=StrEnum)

UNREADABLE = (ValueError, TypeError, OverflowError)
"""What reading a row may raise that was changed by hand, torn, or written by another version."""


class Instant(TypeDecorator[datetime]):
    """An aware datetime in, an aware UTC datetime out."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return microseconds since 1970; a naive datetime is a mistake of the caller and raises ValueError."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the instant, in UTC."""
        del dialect
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Duration(TypeDecorator[timedelta]):
    """A timedelta as microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        """Return microseconds."""
        del dialect
        return None if value is None else value // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        """Return the duration."""
        del dialect
        return None if value is None else timedelta(microseconds=value)


class Word(TypeDecorator[_WordT]):
    """A member of a StrEnum, stored as its word."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[_WordT]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: _WordT | None, dialect: Dialect) -> str | None:
        """Return the word."""
        del dialect
        return None if value is None else str(self.words(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> _WordT | None:
        """Return the member."""
        del dialect
        return None if value is None else self.words(value)


class Texts(TypeDecorator[tuple[str, ...]]):
    """A tuple of strings, stored as a JSON array."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """Return the JSON array."""
        del dialect
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        """Return the tuple."""
        del dialect
        return None if value is None else tuple(orjson.loads(value))


class Payload(TypeDecorator[dict[str, Any]]):
    """A JSON object."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str | None:
        """Return the JSON text."""
        del dialect
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any] | None:
        """Return the object."""
        del dialect
        return None if value is None else orjson.loads(value)
