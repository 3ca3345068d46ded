"""What the parser passes over early would not have matched: every shortcut against the long way."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.logs import access, layout, pairs, times, wrapper
from bot.logs.times import FORMS, PLAIN, Instant, Reckoning
from tests.logs.dialect_lines import SAMPLES, TEXTS, WRAPPERS

UNTIL = Reckoning(until=datetime(2026, 11, 23, tzinfo=UTC))
LINES = [line for sample in (*SAMPLES.values(), *TEXTS.values()) for line in (sample.fine, sample.failed)]
WRAPPED = [wrap(line, 0) for wrap in WRAPPERS.values() for line in LINES]
PIECES = (
    "2026-11-23", "2026/11/23", "26/11/23", "20261123", "23.11.2026", "23/Nov/2026", "Mon Nov 23", "Nov  3", "Nov 23, 2026", "Mon, 3 Nov 2026",
    "T", " ", ":", "13:52:01", "13:52", "1:52:01", "13:52:60", ".123", ",123456789", "Z", " UTC", "+0100", "+01:00", " PM", " 2025", "[", "]",
    "[Europe/Berlin]", "ERROR", "Error", "May", "Mayor", "The 3", "7", "99", "a=1", 'b="c d"', 'q="\\""', "e=", "level=info", "\t", "app@shop", "app.ERROR: ", "PHP Fatal error: ", "error", "{x.py:7}", "[1][2]", "msg=x", "request id: abcd1",
    "REQUESTID=abcd", "trace-\u0131d=abcd", "\u0130d: ", "stdout", " F ", "| ", "web-1", "{", "}", "<14>", "1 ", "app[7]: ", '] "GET / HTTP/1.1" 200 5', "-", '"', "\\", "\n", "\u0663",
)  # fmt: skip
TEXT = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=9).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join),
    st.tuples(st.sampled_from([*LINES, *WRAPPED]), st.integers(0, 60), st.sampled_from(PIECES)).map(
        lambda cut: cut[0][: cut[1]] + cut[2] + cut[0][cut[1] :]
    ),
)


def instant(match: re.Match[str], reckoning: Reckoning) -> Instant | None:
    """Return the instant of a match as it reads, fraction and all."""
    part = match.groupdict()
    month = times._MONTHS.index(part["mon"]) + 1 if part.get("mon") else int(part["mo"])
    day, hour = int(part["d"]), int(part["h"])
    if part.get("half"):
        hour = hour % 12 + (12 if part["half"] == "PM" else 0)
    year = int(part.get("y") or part.get("after") or reckoning.year_of(month, day))
    micros = int(f"{part.get('f') or '':0<6}"[:6])
    at = year + 2000 if year < 100 else year, month, day, hour, int(part["mi"]), min(int(part["s"] or 0), 59), micros
    try:
        us = times.to_microseconds(datetime(*at, tzinfo=UTC)) - times._offset_us(part.get("z"))
    except ValueError:
        return None
    return Instant(us, naive=part.get("z") is None) if us >= 0 else None


def time_in(text: str, start: int, end: int, reckoning: Reckoning) -> tuple[Instant, int, int] | None:
    """Return the first time in a text by trying every form everywhere."""
    found = [match for form in FORMS if (match := form.search(text, start, end + 40)) and match.start() < end]
    first = min(found, key=re.Match.start, default=None)
    at = instant(first, reckoning) if first else None
    return (reckoning.settled(at), *first.span()) if first and at else None


@settings(max_examples=400, deadline=None)
@given(TEXT, st.integers(0, 20), st.integers(1, 60))
@example("12 Nov 3 13:52:01", 0, 48)
@example("Mon 23 Nov 2026 13:52:01.5", 0, 48)
def test_a_time_is_found_as_by_trying_every_form(text: str, start: int, size: int) -> None:
    """Where it stands, when it was, and whether it has a zone."""
    for reckoning in (PLAIN, UNTIL):
        assert times.time_in(text, start, start + size, reckoning) == time_in(text, start, start + size, reckoning)
    whole = next((match for form in FORMS if (match := form.fullmatch(text.strip()))), None)
    if whole:
        assert times.parse_time(text, UNTIL) == instant(whole, UNTIL)


@settings(max_examples=400, deadline=None)
@given(TEXT)
def test_a_line_that_is_not_tried_has_no_such_wrapper(text: str) -> None:
    """Each form of a wrapper, wherever the order of the forms would come to it."""
    if not text or not (text[0].isalnum() or text[0] in "<["):
        return
    for pattern in (wrapper._SYSLOG_5424, wrapper._SYSLOG_3164, wrapper._SYSLOG_ISO):
        assert not pattern.fullmatch(text) or pattern in wrapper._syslogs(text)
    assert not wrapper._CRI.fullmatch(text) or " stdout " in text or " stderr " in text
    for pattern, sign in (
        (wrapper._STAMPED, "{"), (wrapper._STAMPED_PAIRS, "="), (wrapper._LOGCLI, '"}'), (wrapper._CLOUDWATCH, "/"),
    ):  # fmt: skip
        assert not pattern.fullmatch(text) or (text[0].isdecimal() and sign in text)
    assert not wrapper._KUBECTL.fullmatch(text) or text[0] == "["
    assert not wrapper._COMPOSE.fullmatch(text) or "|" in text


@settings(max_examples=400, deadline=None)
@given(TEXT)
def test_a_line_that_is_not_tried_has_no_such_layout(text: str) -> None:
    """Neither one of its own, nor an id."""
    for pattern in (
        layout._GLOG,
        layout._NEST,
        layout._SERILOG,
        layout._PYTHON_DEFAULT,
        layout._DOTNET,
        layout._LAMBDA,
    ):
        assert not pattern.match(text) or text[0] in layout._SPECIAL_INITIALS
    assert all(sign in text for sign, pattern in access._LAYOUTS if pattern.match(text))
    assert not access._LOGGED.match(text) or " HTTP/" in text
    assert not pairs._ID.search(text) or pairs._ID_END.search(text)


@settings(max_examples=400, deadline=None)
@given(TEXT, st.integers(0, 30))
@example("12 warehouse [main INFO x] ERROR no", 2)
@example(" \u017fevere: no", 0)
def test_a_level_is_found_as_behind_any_words(text: str, at: int) -> None:
    """Where it stands next, and where none of its words stands at all."""
    found, expected = layout._to_level(text, at), layout._TO_LEVEL.match(text, at, at + layout.HEADER_CHARACTERS)
    assert (found is None) == (expected is None)
    assert not found or not expected or (found.span(), layout._level(found)) == (expected.span(), _level(expected))


def _level(match: re.Match[str]) -> str:
    return next(filter(None, match.group("square", "angle", "round", "upper", "colon", "channel", "php", "tab")))


@settings(max_examples=400, deadline=None)
@given(TEXT)
@example("a = b=c /d=e f.g=h user_id=9 request id: abcd x-trace-id=7777")
def test_pairs_are_found_as_from_the_first_letter_on(text: str) -> None:
    """Though it is begun with the word before a sign, and before what an id ends with."""
    expected: dict[str, str] = {}
    for match in pairs._PAIR.finditer(text):
        expected.setdefault(
            match["name"], match["bare"] if match["quoted"] is None else pairs._unescaped(match["quoted"])
        )
    for match in pairs._ID.finditer(text):
        expected.setdefault(match["name"].replace(" ", "_"), match["id"].rstrip(".:/-"))
    assert pairs.pairs(text) == expected


def test_no_other_letter_is_taken_for_those_of_an_id() -> None:
    """Whatever `(?i)` takes for them."""
    letters = [letter for code in range(0x110000) if re.match("(?i)[idetnq]", letter := chr(code))]
    assert all(re.fullmatch("[iI\u0130\u0131]|[dD]|[etnqETNQ]", letter) for letter in letters)


@settings(max_examples=400, deadline=None)
@given(TEXT)
@example('level=info msg="a \\" b" msg=c e="" f=')
@example('level=info msg="a\\\nb"')
def test_logfmt_is_read_as_pair_by_pair(text: str) -> None:
    """All of the line or nothing; the first of a name stays."""
    pair = re.compile(r"([A-Za-z_@][\w.@/-]{0,100})=(?:\"((?:[^\"\\]|\\.)*)\"|([^\s\"]*))(?:\s+|$)")
    fields: dict[str, str] = {}
    at, text = 0, text.strip()
    while at < len(text) and (match := pair.match(text, at)):
        fields.setdefault(match[1], match[3] if match[2] is None else pairs._unescaped(match[2]))
        at = match.end()
    is_one = at == len(text) and len(fields) > 1 and not pairs.LOGFMT_MARKS.isdisjoint(fields)
    assert pairs.read_logfmt(text) == (fields if is_one else None)


@pytest.mark.parametrize("line", LINES)
def test_the_pairs_of_a_message_are_those_of_the_plain_pattern(line: str) -> None:
    """Without giving names back letter by letter."""
    plain = re.compile(pairs._PAIR.pattern.replace("}+)=", "})="))
    assert plain.pattern != pairs._PAIR.pattern
    assert [match.groups() for match in pairs._PAIR.finditer(line)] == [
        match.groups() for match in plain.finditer(line)
    ]
