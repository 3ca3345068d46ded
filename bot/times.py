"""What people write for a length of time and for a time zone; without pydantic, which costs as much as a small triage."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ZONE_REMEDY = "local time? Set timezone in fifteen.toml, or --timezone in fifteen triage"
"""For times without a zone that were taken as UTC, and look as if they were not."""

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smh])")
_UNITS_S = {"s": 1, "m": 60, "h": 3600}


def read_duration(text: object) -> timedelta:
    """Turn "90s", "15m" or "1h" into a timedelta of whole seconds.

    Raises:
        ValueError: it is no such duration, or not a positive whole number of seconds.
    """
    if isinstance(text, timedelta):
        return text
    match = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError('a duration is a number with s, m or h, such as "15m"')
    seconds = float(match[1]) * _UNITS_S[match[2]]
    if seconds <= 0 or seconds != int(seconds):
        raise ValueError('a duration is a whole number of seconds above zero, such as "90s" or "15m"')
    return timedelta(seconds=seconds)


def read_timezone(text: object) -> ZoneInfo:
    """Turn a name such as "Europe/Berlin" into a time zone.

    Raises:
        ValueError: there is no such zone here.
    """
    if isinstance(text, ZoneInfo):
        return text
    try:
        return ZoneInfo(str(text).strip())
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError('a time zone is a name of the IANA database, such as "Europe/Berlin" or "UTC"') from None
