"""Timestamps as logs write them, to microseconds since the epoch (UTC)."""

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

SECONDS_BELOW = 1e11
"""A number below this counts seconds (until the year 5138); above it, the unit is told by magnitude."""

MILLISECONDS_BELOW = 1e14
MICROSECONDS_BELOW = 1e17

EARLIEST_S = 0.0
LATEST_S = 253402300799.0
"""Year 9999: what datetime can hold."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\s*(Z|z|UTC|[+-]\d\d:?\d\d|[+-]\d\d)?"
)
_NUMBER = re.compile(r"\d{9,19}(?:\.\d{1,9})?")


class Instant(NamedTuple):
    """A parsed timestamp; `naive` when it carried no zone and was taken as UTC."""

    us: int
    naive: bool = False


def parse_time(value: object) -> Instant | None:
    """Return the instant that a log value names, or None when it names none.

    Takes RFC 3339 and its relatives (comma decimals, `+0000`, a space for the T), and epoch numbers, also as text, in
    seconds, milliseconds, microseconds or nanoseconds by magnitude.
    """
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return _from_number(value)


def from_microseconds(us: int) -> datetime:
    """Return the instant as an aware UTC datetime."""
    return _EPOCH + timedelta(microseconds=us)


def to_microseconds(at: datetime) -> int:
    """Return an aware instant as whole microseconds since the epoch."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def _from_text(text: str) -> Instant | None:
    text = text.strip()
    match = _ISO.fullmatch(text)
    if match is None:
        if not _NUMBER.fullmatch(text):
            return None
        return _from_number(float(text) if "." in text else int(text))
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    micros = int(f"{fraction:0<6}"[:6]) if fraction else 0
    try:
        # A leap second is the last instant of its minute: logs that carry one must not lose the line.
        at = datetime(int(year), int(month), int(day), int(hour), int(minute), min(int(second), 59), micros, tzinfo=UTC)
        us = to_microseconds(at) - _offset_us(zone)
    except ValueError:
        return None
    return Instant(us, naive=zone is None) if us >= 0 else None


def _from_number(value: float) -> Instant | None:
    if value != value or value <= EARLIEST_S:  # noqa: PLR0124 - NaN
        return None
    if value < SECONDS_BELOW:
        factor: tuple[int, int] = (1_000_000, 1)
    elif value < MILLISECONDS_BELOW:
        factor = (1_000, 1)
    elif value < MICROSECONDS_BELOW:
        factor = (1, 1)
    else:
        factor = (1, 1_000)
    us = value * factor[0] // factor[1] if isinstance(value, int) else round(value * factor[0] / factor[1])
    return Instant(us) if us <= LATEST_S * 1e6 else None


def _offset_us(zone: str | None) -> int:
    if zone is None or zone in {"Z", "z", "UTC"}:
        return 0
    digits = zone[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return (minutes if zone[0] == "+" else -minutes) * 60_000_000
