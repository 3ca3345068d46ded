"""Timestamps as logs write them, to microseconds since the epoch (UTC)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple

SECONDS_BELOW = 1e11
"""A number below this counts seconds (until the year 5138); above it, the unit is told by magnitude."""

MILLISECONDS_BELOW = 1e14
MICROSECONDS_BELOW = 1e17

EARLIEST_S = 0.0
LATEST_S = 253402300799.0
"""Year 9999: what datetime can hold."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_QUARTER_US = 900_000_000
"""Offsets from UTC change at whole quarters of an hour only."""

_CLOCK = r"(?P<h>\d\d):(?P<mi>\d\d)(?::(?P<s>\d\d))?(?:[.,](?P<f>\d{1,9}))?"
_ZONE = r"(?:\s?(?P<z>(?:UTC|GMT)(?!\d)|(?:Z|z|[+-]\d\d(?::?\d\d)?)(?![\d:])))?"
_MONTH = r"(?P<mon>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

FORMS = tuple(
    re.compile(form)
    for form in (
        # 2026-11-23T13:52:01.123Z and its relatives; Java adds [Europe/Berlin].
        rf"(?P<y>\d{{4}})[-/](?P<mo>\d\d)[-/](?P<d>\d\d)[T _]{_CLOCK}{_ZONE}(?:\[[\w/+-]{{1,40}}\])?",
        # 23/Nov/2026:13:52:01 +0000 (access logs), 23-Nov-2026 (Tomcat), 23 Nov 2026 (Redis, RFC 5322).
        rf"(?:[A-Z][a-z]{{2}},? )?(?P<d>\d{{1,2}})[/ -]{_MONTH}[/ -](?P<y>\d{{4}})[: ]{_CLOCK}{_ZONE}",
        # Nov 23 13:52:01 (syslog), Nov 23, 2026 1:52:01 PM (java.util.logging), Mon Nov 23 13:52:01 2026 (ctime).
        (
            rf"(?:[A-Z][a-z]{{2}} )?{_MONTH}\.? {{1,2}}(?P<d>\d{{1,2}})(?:,? (?P<y>\d{{4}})(?!:))?,? "
            r"(?P<h>\d{1,2}):(?P<mi>\d\d):(?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?(?: (?P<half>[AP]M))?"
            rf"{_ZONE}(?: (?P<after>\d{{4}})(?![\d:]))?"
        ),
        rf"(?P<d>\d\d)\.(?P<mo>\d\d)\.(?P<y>\d{{4}}) {_CLOCK}{_ZONE}",
        rf"(?P<y>\d\d)/(?P<mo>\d\d)/(?P<d>\d\d) {_CLOCK}{_ZONE}",  # Spark, Hadoop
        rf"(?P<y>\d{{4}})(?P<mo>\d\d)(?P<d>\d\d)[T ]{_CLOCK}{_ZONE}",
    )
)
_ISO = FORMS[0]
_BEGINS = re.compile(
    rf"[\dA-Z](?:\d{{3}}[-/]\d\d[-/]|\d?[/ -](?:{'|'.join(_MONTHS)})|\d\.\d\d\.|\d/\d\d/|\d{{7}}[T ]"
    rf"|[a-z]{{2}},? (?:\d|{'|'.join(_MONTHS)})|(?:{'|'.join(name[1:] for name in _MONTHS)})[a-z]{{0,6}}[. ])"
)
"""How one of the FORMS begins: where this does not match, none of them does, and it is one search in place of six."""

_NUMBER = re.compile(r"\d{9,19}(?:\.\d{1,9})?")


class Instant(NamedTuple):
    """A parsed timestamp; `naive` when it carried no zone and was taken as UTC."""

    us: int
    naive: bool = False


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How to read times that do not say everything.

    Args:
        zone: Of times that carry none; None where nobody said, which is UTC.
        until: When the log was last written: the year of times that carry none.
    """

    zone: tzinfo | None = None
    until: datetime | None = None

    def settled(self, at: Instant) -> Instant:
        """Return the instant with the zone applied that it did not carry."""
        if not at.naive or self.zone is None:
            return at
        return Instant(at.us - _offset_at(self.zone, at.us // _QUARTER_US), naive=True)

    def trusts(self, at: Instant) -> bool:
        """Tell whether the zone of an instant is known."""
        return not at.naive or self.zone is not None

    def year_of(self, month: int, day: int) -> int:
        """Return the latest year in which that day had come by the end of the log, give or take a day."""
        last = (self.until or _EPOCH) + timedelta(days=1)
        return last.year - ((month, day) > (last.month, last.day))


PLAIN = Reckoning()


def parse_time(value: object, reckoning: Reckoning = PLAIN) -> Instant | None:
    """Return the instant that a log value names, or None when it names none.

    Takes RFC 3339 and its relatives (comma decimals, `+0000`, a space for the T), the forms of access logs, syslog and
    C, epoch numbers, also as text, in seconds, milliseconds, microseconds or nanoseconds by magnitude, and the objects
    that hold one: {seconds, nanos}, {epochSecond, nanoOfSecond}, {$date}, {date, timezone}.
    """
    if isinstance(value, str):
        at = _from_text(value, reckoning)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value)
    elif isinstance(value, dict):
        at = _from_object(value, reckoning)
    else:
        return None
    return at and reckoning.settled(at)


def time_in(text: str, start: int, end: int, reckoning: Reckoning) -> tuple[Instant, int, int] | None:
    """Return the first complete timestamp that begins within text[start:end], and where it stands."""
    first = _BEGINS.search(text, start, end + 40) if ":" in text else None
    if first is None:
        return None
    for form in FORMS:
        if found := form.match(text, first.start(), end + 40):
            break
    else:
        for form in FORMS:
            match = form.search(text, first.start() + 1, end + 40)
            if match and (found is None or match.start() < found.start()):
                found = match
    at = _from_match(found, reckoning) if found and found.start() < end else None
    return (reckoning.settled(at), *found.span()) if found and at else None


def has_time(text: str, start: int) -> bool:
    """Tell whether a timestamp stands in a text from some place on, whether there is such a day or not."""
    return any(form.search(text, start) for form in FORMS)


def second_of(text: str, reckoning: Reckoning) -> Instant | None:
    """Return the instant of a time that is one of FORMS, without its fraction; None where there is no such day."""
    at = _to_the_second(text, reckoning.until)
    return at and reckoning.settled(at)


def span_of_fraction(text: str) -> tuple[int, int]:
    """Return where the digits of the fraction stand in a time that is one of FORMS; at its end where it has none."""
    match = next(found for form in FORMS if (found := form.fullmatch(text)))
    return match.span("f") if match["f"] else (len(text), len(text))


def from_microseconds(us: int) -> datetime:
    """Return the instant as an aware UTC datetime."""
    return _EPOCH + timedelta(microseconds=us)


def to_microseconds(at: datetime) -> int:
    """Return an aware instant as whole microseconds since the epoch."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def _from_text(text: str, reckoning: Reckoning) -> Instant | None:
    text = text.strip()
    match = _ISO.fullmatch(text)
    if match is None:
        if _NUMBER.fullmatch(text):
            return _from_number(float(text) if "." in text else int(text))
        match = next((found for form in FORMS[1:] if (found := form.fullmatch(text))), None)
    return match and _from_match(match, reckoning)


def _from_match(match: re.Match[str], reckoning: Reckoning) -> Instant | None:
    begin, end = match.span("f")
    if begin < 0:
        return _to_the_second(match[0], reckoning.until)
    text, micros = match.string, int((match["f"] + "00000")[:6])
    at = _to_the_second(text[match.start() : begin - 1] + text[end : match.end()], reckoning.until)
    return at and Instant(at.us + micros, at.naive)


@lru_cache(maxsize=4096)
def _to_the_second(text: str, until: datetime | None) -> Instant | None:
    """Return the instant of a time that is one of FORMS, without its fraction: of one second, logs have many lines."""
    match = next(found for form in FORMS if (found := form.fullmatch(text)))
    part = match.groupdict()
    month = _MONTHS.index(part["mon"]) + 1 if part.get("mon") else int(part["mo"])
    day, hour = int(part["d"]), int(part["h"])
    if part.get("half"):
        hour = hour % 12 + (12 if part["half"] == "PM" else 0)
    year = int(part.get("y") or part.get("after") or Reckoning(until=until).year_of(month, day))
    # A leap second is the last instant of its minute: logs that carry one must not lose the line.
    second = min(int(part["s"] or 0), 59)
    zone = part.get("z")
    try:
        at = datetime(year + 2000 if year < 100 else year, month, day, hour, int(part["mi"]), second, tzinfo=UTC)
        us = to_microseconds(at) - _offset_us(zone)
    except ValueError:
        return None
    return Instant(us, naive=zone is None) if us >= 0 else None


def _from_object(value: Mapping[str, Any], reckoning: Reckoning) -> Instant | None:
    for whole, fraction in (("seconds", "nanos"), ("epochSecond", "nanoOfSecond")):
        seconds, nanos = value.get(whole), value.get(fraction) or 0
        if isinstance(seconds, str) and seconds.isdecimal() and len(seconds) < 13:
            seconds = int(seconds)
        if isinstance(seconds, int) and isinstance(nanos, int) and 0 < seconds < LATEST_S:
            return Instant(seconds * 1_000_000 + nanos // 1000)
    inner = value.get("$date", value.get("date"))
    if not isinstance(inner, str | int):
        return None
    at = parse_time(inner, Reckoning(until=reckoning.until))
    return at._replace(naive=False) if at and value.get("timezone") in {"UTC", "+00:00", "Z"} else at


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
    if value > LATEST_S * 1e9:
        return None
    us = value * factor[0] // factor[1] if isinstance(value, int) else round(value * factor[0] / factor[1])
    return Instant(us) if us <= LATEST_S * 1e6 else None


def _offset_us(zone: str | None) -> int:
    if zone is None or not zone[-1].isdecimal():
        return 0
    digits = zone[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return (minutes if zone[0] == "+" else -minutes) * 60_000_000


@lru_cache(maxsize=4096)
def _offset_at(zone: tzinfo, quarter: int) -> int:
    local = from_microseconds(quarter * _QUARTER_US).replace(tzinfo=zone)
    return (local.utcoffset() or timedelta()) // timedelta(microseconds=1)
