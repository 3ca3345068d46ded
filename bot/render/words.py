"""How numbers are said: "2 min", "1 min 40 s", "4.1 %", "9,030"; and the words for states."""

from collections.abc import Sequence
from datetime import timedelta
from types import MappingProxyType

from bot.incident.hypothesis import HypothesisState
from bot.incident.incident import Status, UsersAffected

STATES = MappingProxyType(
    {
        HypothesisState.OPEN: "Open",
        HypothesisState.TESTING: "Testing",
        HypothesisState.CONFIRMED: "Confirmed",
        HypothesisState.REFUTED: "Ruled out",
        HypothesisState.WITHDRAWN: "Not a hypothesis",
    }
)
STATUSES = MappingProxyType(
    {
        Status.INVESTIGATING: "Investigating",
        Status.IDENTIFIED: "Identified",
        Status.MONITORING: "Monitoring",
        Status.RESOLVED: "Resolved",
    }
)
ANSWERS = MappingProxyType(
    {UsersAffected.YES: "Yes", UsersAffected.NO: "No", UsersAffected.NOT_SURE: "Not sure"},
)

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_EXACT_BELOW_S = 10 * _MINUTE  # seconds still matter below ten minutes, and are noise above
_BARS = "▁▂▃▄▅▆▇█"
_COLUMNS = 30  # what a phone shows on one line


def duration(length: timedelta) -> str:
    """Return "40 s", "1 min 40 s", "37 min", "24 h 5 min" or "3 d 4 h"; seconds only below ten minutes."""
    seconds = max(0, round(length.total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _EXACT_BELOW_S:
        return _two(seconds, _MINUTE, "min", 1, "s")
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < 2 * _DAY:
        return _two(seconds, _HOUR, "h", _MINUTE, "min")
    return _two(seconds, _DAY, "d", _HOUR, "h")


def minutes(length: timedelta) -> str:
    """Return a length for a clock: whole minutes from one minute on, so that a late second is not said."""
    seconds = max(0, round(length.total_seconds()))
    return duration(timedelta(seconds=seconds - seconds % _MINUTE if seconds >= _MINUTE else seconds))


def gap(ms: float) -> str:
    """Return the time between two steps of a request: "12 ms", "1.4 s", "31 s"."""
    if ms < 1000:
        return f"{ms:.0f} ms"
    return f"{ms / 1000:.1f} s" if ms < 10_000 else duration(timedelta(milliseconds=ms))


def percent(fraction: float) -> str:
    """Return "4.1 %" below ten, "97 %" above; what is not all or nothing is never rounded to it."""
    value = fraction * 100
    if value <= 0:
        return "0 %"
    if value < 0.1:
        return "under 0.1 %"
    if value < 9.95:
        return f"{value:.1f} %".replace(".0 %", " %")
    if value < 99.5:
        return f"{value:.0f} %"
    if value < 99.95:
        return f"{value:.1f} %"
    return "100 %" if value >= 100 else "over 99.9 %"


def count(number: int, thing: str = "", things: str = "") -> str:
    """Return "9,030", "1 error", "9,030 errors"."""
    if not thing:
        return f"{number:,}"
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def sparkline(values: Sequence[int]) -> str:
    """Return one bar a value, the tallest at the top; more values than columns are summed in groups."""
    width = -(-len(values) // _COLUMNS) or 1
    grouped = [sum(values[at : at + width]) for at in range(0, len(values), width)]
    top = max(grouped, default=0)
    return "".join(_bar(value, top) for value in grouped)


def _bar(value: int, top: int) -> str:
    if value <= 0:
        return _BARS[0]
    return _BARS[max(1, round(value / top * (len(_BARS) - 1)))]


def _two(seconds: int, large_s: int, large: str, small_s: int, small: str) -> str:
    whole, rest = divmod(seconds, large_s)
    part = rest // small_s
    return f"{whole} {large} {part} {small}" if part else f"{whole} {large}"
