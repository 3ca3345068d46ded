"""Which line is a record, which continues one, which is rubbish, and when each was."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.logs.entry import Entry
from bot.logs.scan import entries
from bot.logs.severity import Severity

A = '{"level":50,"time":1795441920000,"msg":"a"}'
B = '{"level":30,"time":1795441921000,"msg":"b"}'


def scan(*lines: str | bytes) -> list[Entry]:
    """Return the entries of lines, in the order of the lines."""
    raw = [line.encode() if isinstance(line, str) else line for line in lines]
    return sorted(entries(enumerate(raw), lambda _at, _raw: True), key=lambda entry: entry.offset)


def test_a_line_without_time_has_that_of_the_line_before_and_the_first_ones_of_the_one_after() -> None:
    """Rubbish and undated records alike."""
    found = scan('{"msg":"early"}', "rubbish", A, '{"msg":"late"}', B)
    assert [entry.at_us // 1_000_000 - 1795441920 for entry in found if entry.at_us] == [0, 0, 0, 0, 1]
    assert [entry.parsed for entry in found] == [True, False, True, True, True]


def test_a_stack_trace_below_an_error_is_parsed_and_gives_it_its_frames() -> None:
    """It counts as lines read, not as records."""
    found = scan(A, "TypeError: x", "    at charge (/app/pay.js:1:2)", B)
    assert [entry.parsed for entry in found] == [True] * 4
    assert [entry.record is not None for entry in found] == [True, False, False, True]
    assert found[0].record is not None
    assert found[0].record.exception is not None
    assert found[0].record.exception.frames == ("charge (/app/pay.js:1)",)


def test_rubbish_ends_a_stack_trace() -> None:
    """What is indented below rubbish belongs to the rubbish."""
    assert [entry.parsed for entry in scan(A, "rubbish", "   more of it", B)] == [True, False, False, True]


def test_a_stack_without_a_record_before_it_is_rubbish() -> None:
    """There is nothing that it could continue."""
    assert [entry.parsed for entry in scan("    at f (/a.js:1:2)", A)] == [False, True]


@pytest.mark.parametrize("line", [A[:20], "123", '"text"', "[1]", "null", "{}}", '{"a":' * 2000])
def test_what_is_no_object_is_skipped(line: str) -> None:
    """Torn lines, other JSON and absurd depth."""
    assert [entry.parsed for entry in scan(A, line)] == [True, False]


@pytest.mark.parametrize(
    "line",
    [
        b'{"level":50,"time":1795441920000,"msg":"caf\xe9"}',
        b'{"level":50,"time":1795441920000,"msg":"x","n":NaN}',
        b'{"level":50,"time":1795441920000,"msg":"\\ud800"}',
        b'  {"level":50,"time":1795441920000,"msg":"x"}\r',
    ],
)
def test_what_strict_parsers_refuse_is_read_all_the_same(line: bytes) -> None:
    """Invalid UTF-8, NaN, lone surrogates and carriage returns."""
    (found,) = scan(line)
    assert found.record is not None
    assert found.record.is_error
    found.record.message.encode()


@pytest.mark.parametrize(
    ("fields", "severity", "is_error"),
    [
        ({"level": 50}, Severity.ERROR, True),
        ({"level": "warn", "status": 503}, Severity.WARN, False),
        ({"severity": "CRITICAL"}, Severity.FATAL, True),
        ({"log.level": "error"}, Severity.ERROR, True),
        ({"log": {"level": "error"}}, Severity.ERROR, True),
        ({"level": "ERROR+2"}, Severity.ERROR, True),
        ({"level_value": 40000, "@timestamp": 1795441920}, Severity.ERROR, True),
        ({"short_message": "x", "version": "1.1", "level": 3}, Severity.ERROR, True),
        ({"@t": "2026-11-23T13:52:00Z", "@m": "x", "status": 500}, Severity.INFO, False),
        ({"res": {"statusCode": 500}}, None, True),
        ({"statusCode": "502"}, None, True),
        ({"status": 499}, None, False),
    ],
)
def test_severity_decides_and_the_http_status_only_without_one(
    fields: dict[str, object], severity: Severity | None, is_error: bool
) -> None:
    """Level numbers mean what the dialect means by them."""
    (found,) = scan(json.dumps({"time": 1795441920, **fields}))
    assert found.record is not None
    assert (found.record.severity, found.record.is_error) == (severity, is_error)


def test_docker_wrappers_are_opened_and_the_inner_time_wins() -> None:
    """A stack trace within the wrapper continues, too."""
    wrap = [
        json.dumps({"log": text + "\n", "stream": "stdout", "time": "2026-11-23T14:00:00Z"})
        for text in (A, "  at f", "hi")
    ]
    found = scan(*wrap)
    assert [entry.at_us // 1_000_000 - 1795441920 for entry in found if entry.at_us] == [0, 0, 480]
    assert [entry.record.message if entry.record else "" for entry in found] == ["a", "", "hi"]


@given(st.lists(st.binary(max_size=60) | st.sampled_from([A.encode(), B.encode(), b"  at f", b"x"]), max_size=30))
def test_every_line_that_is_not_blank_is_one_entry(lines: list[bytes]) -> None:
    """Whatever the bytes."""
    assert len(scan(*lines)) == sum(bool(line.strip()) for line in lines)


@given(st.data())
def test_a_mutated_record_is_read_or_skipped_never_a_crash(data: st.DataObject) -> None:
    """One byte of a pino line is replaced, removed or doubled."""
    line = bytearray(A.encode())
    at = data.draw(st.integers(0, len(line) - 1))
    line[at : at + 1] = data.draw(st.sampled_from([b"", b'"', b"{", b"\\", b"\xff", b"9", line[at : at + 1] * 2]))
    assert len(scan(bytes(line), B)) == 2
