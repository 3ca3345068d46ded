"""Times of many lines at once, to the microsecond that `bot.logs.times.parse_time` gives each of them."""

import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bot.logs.fast.bits import KEEP, Flags, Places, Words, are_digits, digits
from bot.logs.fast.words import Run, Text
from bot.logs.times import (
    LATEST_S,
    MICROSECONDS_BELOW,
    MILLISECONDS_BELOW,
    SECONDS_BELOW,
    Instant,
    Reckoning,
    parse_time,
)

_ISO = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:(?P<mark>[.,])(?P<fraction>\d{1,9}))?(?P<zone>\D.{0,30}|)")
_INTEGER = re.compile(rb"[1-9]\d{8,18}")
_DECIMAL = re.compile(rb"[1-7]\d{9}\.\d{1,9}")
_MINUTE_BYTES = 17
_SECOND_US = 1_000_000
_ENDINGS_MAX = 8
"""Forms of fraction and zone of one length that are known at a time: winter and summer, and a few."""

_ZEROS = np.uint64(0x3030303030303030)
_ZERO = np.uint64(ord("0"))
_BYTE, _BYTE_MASK = np.uint64(8), np.uint64(0xFF)
_EVEN_NANOSECONDS = (250, 750)
"""Between them, the rounding of a binary fraction may go either way."""


class Dates(NamedTuple):
    """Microseconds of many lines, which of them are right, and which carry no zone."""

    us: Places
    good: Flags
    naive: Flags


@dataclass(frozen=True, slots=True)
class _Ending:
    """What stands behind the seconds: `.123Z`."""

    mark: int
    digits: int
    zone: Run


class Clock:
    """Reads one column of times.

    Args:
        sample: One of them; not every form can be read.
        reckoning: As for parse_time.

    Raises:
        ValueError: the form is none of those that can be read: ISO 8601, or a number of seconds and their fractions.
    """

    def __init__(self, sample: bytes, reckoning: Reckoning) -> None:
        self._reckoning = reckoning
        self._endings: dict[int, list[_Ending]] = {}
        self._minutes: dict[tuple[bytes, bytes], Instant | None] = {}
        if _ISO.fullmatch(sample):
            self.read = self._iso
        elif _INTEGER.fullmatch(sample):
            self.read = self._integer
        elif _DECIMAL.fullmatch(sample):
            self.read = self._decimal
        else:
            raise ValueError(sample)

    def _iso(self, text: Text, at: Places, sizes: Places) -> Dates:
        us, good, naive = np.zeros(len(at), np.int64), np.zeros(len(at), np.bool_), np.zeros(len(at), np.bool_)
        same = len(sizes) and bool((sizes == sizes[0]).all())
        for size in sizes[:1].tolist() if same else np.unique(sizes).tolist():
            rows = np.arange(len(at)) if same else np.flatnonzero(sizes == size)
            tried = 0
            while rows.size and tried < _ENDINGS_MAX:
                known = self._endings.setdefault(size, [])
                if tried == len(known) and not self._learn(known, text, int(at[rows[0]]), size):
                    break
                here = self._with_ending(text, at[rows], known[tried])
                if len(rows) == len(at) and here.good.all():
                    return here
                us[rows], good[rows], naive[rows] = here
                rows = rows[~here.good]
                tried += 1
        return Dates(us, good, naive)

    def _learn(self, known: list[_Ending], text: Text, at: int, size: int) -> bool:
        match = _ISO.fullmatch(text.data[at : at + size])
        if match is None:
            return False
        mark, fraction = match["mark"] or b"\0", match["fraction"] or b""
        known.append(_Ending(mark[0], len(fraction), Run.of(match["zone"])))
        return True

    def _with_ending(self, text: Text, at: Places, ending: _Ending) -> Dates:
        words = text.window(at, 4)
        bases, good, naive = self._bases(text, at, words, ending.zone.text)
        tens, ones = ((words[2] >> _BYTE * np.uint64(place) & _BYTE_MASK) - _ZERO for place in (1, 2))
        good &= (tens < 6) & (ones < 10)
        us = bases + (tens * np.uint64(_SECOND_US * 10) + ones * np.uint64(_SECOND_US)).view(np.int64)
        behind = _MINUTE_BYTES + 2
        if ending.digits:
            good &= (words[2] >> _BYTE * np.uint64(3) & _BYTE_MASK) == ending.mark
            eight = words[2] >> np.uint64(32) | words[3] << np.uint64(32)
            fraction, right = _fraction(eight, words[3] >> np.uint64(32) & _BYTE_MASK, ending.digits)
            us, good = us + fraction // 1000, good & right
            behind += 1 + ending.digits
        return Dates(us, good & text.matches(at + behind, ending.zone), naive)

    def _bases(self, text: Text, at: Places, words: list[Words], zone: bytes) -> Dates:
        """Return the beginnings of the minutes, each looked up once a run of lines of the same minute."""
        new = np.ones(len(at), np.bool_)
        differ = (words[0][1:] ^ words[0][:-1]) | (words[1][1:] ^ words[1][:-1])
        differ |= (words[2][1:] ^ words[2][:-1]) & _BYTE_MASK
        new[1:] = differ != 0
        firsts = np.flatnonzero(new)
        found = [self._minute(bytes(text.data[place : place + _MINUTE_BYTES]), zone) for place in at[firsts].tolist()]
        lengths = np.append(firsts[1:], len(at)) - firsts
        us = np.array([0 if one is None else one.us for one in found], np.int64)
        good = np.array([one is not None for one in found], np.bool_)
        naive = np.array([one is not None and one.naive for one in found], np.bool_)
        return Dates(np.repeat(us, lengths), np.repeat(good, lengths), np.repeat(naive, lengths))

    def _minute(self, minute: bytes, zone: bytes) -> Instant | None:
        key = minute, zone
        if key not in self._minutes:
            if len(self._minutes) > 100_000:
                self._minutes.clear()
            whole = (minute + b"00" + zone).decode("utf-8", "replace")
            self._minutes[key] = parse_time(whole, self._reckoning) if _ISO.fullmatch(minute + b"00" + zone) else None
        return self._minutes[key]

    def _integer(self, text: Text, at: Places, sizes: Places) -> Dates:
        value, good = text.integers(at, sizes)
        good &= (sizes >= 9) & (text.bytes[at] != ord("0"))
        us = np.where(value < SECONDS_BELOW, value * np.where(value < SECONDS_BELOW, _SECOND_US, 0), value // 1000)
        us = np.where((value >= SECONDS_BELOW) & (value < MILLISECONDS_BELOW), value * 1000 % (1 << 62), us)
        us = np.where((value >= MILLISECONDS_BELOW) & (value < MICROSECONDS_BELOW), value, us)
        return Dates(us, good & (us <= LATEST_S * 1e6), np.zeros(len(at), np.bool_))

    def _decimal(self, text: Text, at: Places, sizes: Places) -> Dates:
        seconds, good = text.integers(at, np.full(len(at), 10))
        good &= (
            (sizes > 11)
            & (sizes <= 20)
            & (text.bytes[at + 10] == ord("."))
            & (seconds >= 10**9)
            & (seconds < 8 * 10**9)
        )
        nanoseconds, right = _fraction_at(text, at + 11, np.clip(sizes - 11, 1, 9))
        us, rest = seconds * _SECOND_US + nanoseconds // 1000, nanoseconds % 1000
        us += rest > _EVEN_NANOSECONDS[1]
        good &= right
        for row in np.flatnonzero(good & (rest >= _EVEN_NANOSECONDS[0]) & (rest <= _EVEN_NANOSECONDS[1])).tolist():
            found = parse_time(float(text.data[at[row] : at[row] + sizes[row]]))
            us[row], good[row] = (found.us, True) if found else (0, False)
        return Dates(us, good, np.zeros(len(at), np.bool_))


def _fraction(eight: Words, ninth: Words, count: int) -> tuple[Places, Flags]:
    """Return the nanoseconds that 1 to 9 digits behind a point are, and whether they are digits."""
    word = eight if count >= 8 else (eight & KEEP[count]) | (_ZEROS & ~KEEP[count])
    found, good = digits(word) * 10, are_digits(word)
    if count > 8:
        last = ninth - _ZERO
        found, good = found + last.view(np.int64), good & (last < 10)
    return found, good


def _fraction_at(text: Text, at: Places, sizes: Places) -> tuple[Places, Flags]:
    """Return the same for as many digits as each has."""
    here = np.minimum(sizes, 8)
    word: Words = text.head(at, here) | (_ZEROS & ~KEEP[here])
    ninth = np.where(sizes > 8, text.bytes[at + 8].astype(np.int64) - ord("0"), 0)
    return digits(word) * 10 + ninth, are_digits(word) & (ninth >= 0) & (ninth < 10)
