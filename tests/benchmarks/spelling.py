"""One shop, several loggers: how a record is written as a line."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from json import JSONEncoder
from typing import Any

from tests.benchmarks.traffic import BROKEN, BROKEN_GROUP, ID_ROOM, SEED, STACK, VERSIONS, Record

ISO, EPOCH = "~" * len("2026-03-01T03:00:00"), "9" * len("1772334000")
"""Where the time goes, to the second: a date, or seconds since 1970 that milliseconds follow."""

ID = "^" * ID_ROOM
"""Where the digits go that a repeated stretch gets of its own."""

PINO = {"debug": 20, "info": 30, "warn": 40, "error": 50}
STRANGE_NAMES = 60

_compact = JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_spaced = JSONEncoder(ensure_ascii=False).encode

Spelling = Callable[[Iterable[Record]], str]
"""Writes records as lines."""


def compact(records: Iterable[Record]) -> str:
    """Write as winston or zap would: a level's word, an ISO time, no space."""
    return _lines(_compact(_fields(record)) for record in records)


def spaced(records: Iterable[Record]) -> str:
    """Write as Python's json would, with spaces."""
    return _lines(_spaced(_fields(record)) for record in records)


def reordered(records: Iterable[Record]) -> str:
    """Write the keys the other way round: the message first, the level last."""
    return _lines(_compact(dict(reversed(_fields(record).items()))) for record in records)


def numeric(records: Iterable[Record]) -> str:
    """Write as pino would: a number for the level, milliseconds since 1970."""

    def fields(record: Record) -> Mapping[str, Any]:
        time = int(f"{EPOCH}{record.at_ms % 1000:03d}")
        return {**_fields(record), "level": PINO[record.level], "time": time}

    return _lines(_compact(fields(record)) for record in records)


def shapeless(records: Iterable[Record]) -> str:
    """Write as no logger does: keys in an order that hardly a line shares with another, some of them strange."""
    chance = random.Random(SEED)

    def fields(record: Record) -> Mapping[str, Any]:
        strange = {f"extra{number}": number for number in chance.sample(range(STRANGE_NAMES), 3)}
        items = [*_fields(record).items(), *strange.items(), ("detail", {"retries": strange, "level": "none"})]
        chance.shuffle(items)
        return dict(items)

    return _lines(_compact(fields(record)) for record in records)


def logfmt(records: Iterable[Record]) -> str:
    """Write as Go's loggers do: pairs, quoted where they need be; no JSON."""

    def pairs(record: Record) -> Iterator[str]:
        fields = _fields(record)
        detail = fields.pop("err", {})
        fields |= {f"error.{name}": text for name, text in detail.items()}
        for name, value in fields.items():
            is_plain = len(str(value).split()) == 1
            yield f"{name}={value if is_plain else _compact(value)}"

    return _lines(" ".join(pairs(record)) for record in records)


def text(records: Iterable[Record]) -> str:
    """Write as Python's logging or Logback would: a time, a thread (here the request), a level, a logger and what it says."""

    def said(record: Record) -> str:
        message = f"{BROKEN_GROUP}: {record.message}" if record.group == BROKEN_GROUP else record.message
        time, request = f"{ISO}.{record.at_ms % 1000:03d}Z", ID + record.request
        return f"{time} [{request}] {record.level.upper()} app.{record.service}: {message}"

    return _lines(map(said, records))


SPELLINGS: Mapping[str, Spelling] = {
    "compact": compact,
    "spaced": spaced,
    "reordered": reordered,
    "numeric": numeric,
    "shapeless": shapeless,
    "logfmt": logfmt,
    "text": text,
}


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


def _fields(record: Record) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "level": record.level,
        "time": f"{ISO}.{record.at_ms % 1000:03d}Z",
        "service": record.service,
        "version": VERSIONS[record.service],
        "region": record.region,
        "host": record.host,
        "route": record.route,
        "userId": record.user,
        "correlationId": ID + record.request,
    }
    if record.status is not None:
        fields |= {"status": record.status, "durationMs": record.duration_ms}
    if record.group == BROKEN_GROUP:
        fields["err"] = {"type": BROKEN_GROUP, "message": BROKEN, "stack": STACK}
    return fields | {"msg": record.message}
