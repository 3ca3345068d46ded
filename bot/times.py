"""What people write for a length of time and for a time zone; without pydantic, which costs as much as a small triage."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ZONE_REMEDY = "local time? Set timezone in the configuration, or --timezone in fifteen triage"
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
    if seconds <= 0:
        raise ValueError('it must be more than 0, such as "15m"')
    if seconds != int(seconds):
        raise ValueError('it must be whole seconds, such as "90s" or "15m"')
    return timedelta(seconds=seconds)


def write_duration(length: timedelta) -> str:
    """Return a length of whole seconds as people write it: "90s", "2m", "1h"."""
    seconds = int(length.total_seconds())
    unit = "h" if seconds % 3600 == 0 else "m" if seconds % 60 == 0 else "s"
    return f"{seconds // _UNITS_S[unit]}{unit}"


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
