"""Which instant a triage is about, where nobody said: now, or where the log ends."""

from datetime import UTC, datetime, timedelta

from bot.errors import SourceError, Truncated
from bot.triage.ports import LogSource

LIVE_WITHIN = timedelta(minutes=1)
"""A log whose newest line is younger than this is being written (the report's contract)."""

_AFTER = timedelta(microseconds=1)
"""Windows are half-open: their end must be past the newest line for it to count."""


def instant_of(logs: LogSource, now: datetime) -> tuple[datetime, tuple[str, ...]]:
    """Return the end of the window, and what has to be said about it."""
    part = ""
    try:
        newest = logs.newest()
    except Truncated as error:
        newest, part = error.partial, ", as far as it was read"
    except SourceError:
        return now, ()  # the triage itself will meet it, and say it
    if newest is None:
        return now, ()
    if newest > now + LIVE_WITHIN:
        return now, (f"the newest line is dated {_said(newest)}, which is to come; the window ends now",)
    if now - newest <= LIVE_WITHIN:
        return now, ()
    return newest + _AFTER, (f"the log ends at {_said(newest)}{part}; the window ends there, not now",)


def _said(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
