"""How the rules say numbers in the sentences they hand out: "2 min", "1 min 40 s", "4.1 %"."""

from datetime import timedelta

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86400
_EXACT_BELOW_S = 10 * _MINUTE_S  # seconds matter below ten minutes, and are noise above


def length(span: timedelta) -> str:
    """Return "40 s", "1 min 40 s", "37 min", "2 h 5 min" or "3 d 4 h"; without a sign."""
    seconds = abs(round(span.total_seconds()))
    if seconds < _MINUTE_S:
        return f"{seconds} s"
    if seconds < _EXACT_BELOW_S:
        return _two(seconds, (_MINUTE_S, "min"), (1, "s"))
    if seconds < _HOUR_S:
        return f"{seconds // _MINUTE_S} min"
    if seconds < _DAY_S:
        return _two(seconds, (_HOUR_S, "h"), (_MINUTE_S, "min"))
    return _two(seconds, (_DAY_S, "d"), (_HOUR_S, "h"))


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
    return "100 %" if value >= 100 else "over 99 %"


def _two(seconds: int, large: tuple[int, str], small: tuple[int, str]) -> str:
    whole, rest = divmod(seconds, large[0])
    part = rest // small[0]
    return f"{whole} {large[1]} {part} {small[1]}" if part else f"{whole} {large[1]}"
