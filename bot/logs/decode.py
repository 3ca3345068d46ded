"""From the bytes of one line to what it holds: records, a part of one, or text that is none.

One `Decoder` a file, in the order of its lines: a wrapper may have split a record over several of them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from bot.logs.dialect import Dialect, dialect_of, time_of
from bot.logs.times import Instant, parse_time
from bot.text.stack import continues

WRAPPERS_MAX = 4
"""Wrappers in wrappers that are opened (a container's log shipped by another container)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One record, dated but not read yet: its object as the logger wrote it."""

    fields: Mapping[str, Any]
    dialect: Dialect
    at: Instant | None


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a line holds.

    Args:
        drafts: Its records: one as a rule, many in OTLP; none where it holds text or a part.
        text: What it says where it is no record.
        at: The wrapper's time where it holds no record.
        is_part: Whether it is the beginning of a record that a later line ends.
        raw: The bytes in which an id of its records may be looked for.
    """

    drafts: tuple[Draft, ...] = ()
    text: str = ""
    at: Instant | None = None
    is_part: bool = False
    raw: bytes = b""


class Decoder:
    """Decodes the lines of one file."""

    def decode(self, raw: bytes) -> Decoded:
        """Return what a line that is not blank holds."""
        fields = _json_object(raw)
        if fields is None:
            return Decoded(text=raw.decode("utf-8", "replace"), raw=raw)
        outer: Instant | None = None
        for _ in range(WRAPPERS_MAX):
            log = fields.get("log")
            if not isinstance(log, str) or "stream" not in fields:
                break
            outer = parse_time(fields.get("time")) or outer
            inner = _json_object(log.encode("utf-8", "replace"))
            if inner is None:
                text = log.rstrip("\r\n")
                if continues(text):
                    return Decoded(text=text, raw=raw)
                inner = {"message": text}
            fields = inner
        dialect = dialect_of(fields)
        return Decoded((Draft(fields, dialect, time_of(fields, dialect) or outer),), raw=raw)

    def finish(self) -> Decoded | None:
        """Return what the end of the file left unfinished."""
        return None


def _json_object(raw: bytes) -> dict[str, Any] | None:
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        value = _json_leniently(raw)
    return value if isinstance(value, dict) else None


def _json_leniently(raw: bytes) -> object:
    """Read what orjson refuses and loggers write all the same: NaN, lone surrogates, invalid UTF-8."""
    if not raw.lstrip().startswith(b"{") or not raw.rstrip().endswith(b"}"):
        return None
    try:
        value = json.loads(raw.decode("utf-8", "replace"), parse_constant=str)
        return orjson.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
