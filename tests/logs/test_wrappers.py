"""Wrappers: what they split is joined, what they hold is read, and whose time counts."""

import json
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest

from bot.logs.decode import Decoder, look
from bot.logs.entry import Entry
from bot.logs.format import Format, forced
from bot.logs.scan import REACH_BYTES, entries
from bot.logs.severity import Severity
from bot.logs.times import Reckoning, from_microseconds
from tests.logs import crowd
from tests.logs.dialect_lines import SAMPLES, TEXTS, WRAPPERS
from tests.logs.make import T0

PINO = '{"level":50,"time":1795441921123,"msg":"charge failed","reqId":"req-1"}'


def scan(*lines: str, form: Format | None = None, zone: str | None = None) -> list[Entry]:
    """Return the entries of lines, in the order of the lines."""
    raw = [line.encode() for line in lines]
    hints = forced(None, Reckoning(ZoneInfo(zone) if zone else None, datetime(2026, 11, 24, tzinfo=UTC)))
    offsets = accumulate((len(line) + 1 for line in raw), initial=0)
    found = entries(zip(offsets, raw, strict=False), lambda _at, _raw: True, form or look(raw, hints))
    return sorted(found, key=lambda entry: entry.offset)


def cri(text: str, tag: str = "F", stream: str = "stdout", second: int = 1) -> str:
    """Return a line as containerd writes it."""
    return f"2026-11-23T13:52:0{second}.5Z {stream} {tag} {text}"


def docker(text: str, second: int = 1, **more: str) -> str:
    """Return a line of Docker's json-file driver."""
    return json.dumps({"log": text, "stream": "stdout", "time": f"2026-11-23T13:52:0{second}.5Z", **more})


def said(found: list[Entry]) -> list[str | None]:
    """Return the messages of the records, None for lines that are none."""
    return [entry.record.message if entry.record else None for entry in found]


def test_the_parts_of_a_line_that_containerd_split_are_one_record_per_stream() -> None:
    """Two streams may be in the middle of a line at once."""
    found = scan(cri(PINO[:20], "P"), cri("oops: ", "P", "stderr"), cri(PINO[20:]), cri("no charge", "F", "stderr"))
    assert said(found) == [None, None, "charge failed", "oops: no charge"]
    assert all(entry.parsed for entry in found)


def test_the_parts_of_a_line_that_docker_split_are_one_record() -> None:
    """Only the last part ends with a newline."""
    padded = json.dumps({"level": 50, "time": 1795441921123, "msg": "charge failed", "pad": "x" * 40_000}) + "\n"
    found = scan(*(docker(padded[at : at + 16_384]) for at in range(0, len(padded), 16_384)), docker("hi\n"))
    assert said(found) == [None, None, "charge failed", "hi"]
    assert [entry.parsed for entry in found] == [True] * 4


def test_a_docker_log_without_newlines_is_not_taken_for_parts() -> None:
    """Shippers strip them."""
    assert said(scan(docker(PINO), docker("hi"))) == ["charge failed", "hi"]


def test_what_docker_knows_of_the_container_are_fields() -> None:
    """What the record says itself stands above."""
    (found,) = scan(docker(PINO + "\n", attrs={"region": "eu"}, kubernetes={"pod_name": "pay-1"}))
    assert found.record is not None
    assert found.record.fields["attrs.region"] == "eu"
    assert found.record.fields["kubernetes.pod_name"] == "pay-1"


@pytest.mark.parametrize(
    ("inner", "zone", "second"),
    [
        (PINO, None, 1.123),
        ('{"level":50,"msg":"x"}', None, 1.5),
        ("21:52:01.123 [main] ERROR c.acme.Pay - x", None, 1.5),
        ("2026-11-23 21:52:01,123 ERROR x", None, 1.5),
        ("2026-11-23 21:52:01,123 ERROR x", "Asia/Shanghai", 1.123),
        ("2026-11-23T21:52:01.123+08:00 ERROR x", None, 1.123),
    ],
    ids=["inner", "none within", "no date within", "naive within", "naive, zone configured", "offset within"],
)
def test_the_inner_time_wins_unless_it_is_none_or_of_no_known_zone(inner: str, zone: str | None, second: float) -> None:
    """A time of day at UTC+8 inside a record in UTC must not move it by hours."""
    for line in (cri(inner), docker(inner + "\n")):
        (found,) = scan(line, zone=zone)
        assert found.at_us is not None
        assert from_microseconds(found.at_us) == datetime(2026, 11, 23, 13, 52, 1, round(second % 1 * 1e6), tzinfo=UTC)


def test_a_time_without_a_zone_is_in_the_configured_one() -> None:
    """Summer and winter alike, and it is said."""
    found = scan(
        '{"level":"info","asctime":"2026-07-01 12:00:00,000"}',
        '{"level":"info","asctime":"2026-11-23 12:00:00,000"}',
        zone="Europe/Berlin",
    )
    assert [entry.at_us and from_microseconds(entry.at_us).hour for entry in found] == [10, 11]
    assert all(entry.naive for entry in found)


def test_a_stack_trace_in_a_wrapper_belongs_to_the_record_before_it() -> None:
    """Each of its lines has a wrapper and a time of its own."""
    trace = ["java.lang.IllegalStateException: no", "\tat com.acme.Pay.charge(Pay.java:10)", "\t... 3 more"]
    found = scan(*(cri(text) for text in ["2026-11-23 21:52:01,123 ERROR c.a.Pay - failed", *trace, "INFO: bye"]))
    assert said(found) == ["failed", None, None, None, "bye"]
    assert found[0].record is not None
    assert found[0].record.exception is not None
    assert found[0].record.exception.frames == ("com.acme.Pay.charge (Pay.java:10)",)


@pytest.mark.parametrize(
    ("lines", "kind", "frame"),
    [
        (
            ["Traceback (most recent call last):", '  File "/app/pay.py", line 9, in charge', "    raise ValueError(1)", "ValueError: 1"],
            "ValueError",
            "charge (/app/pay.py:9)",
        ),
        (["panic: runtime error: index out of range", "", "goroutine 1 [running]:", "main.charge(0xc000)", "\t/app/pay.go:10 +0x1d"], "panic", "main.charge (/app/pay.go:10)"),
        (['Exception in thread "main" java.lang.Error: no', "\tat com.acme.Pay.charge(Pay.java:10)"], "java.lang.Error", "com.acme.Pay.charge (Pay.java:10)"),
    ],
    ids=["Python", "Go", "Java"],
)  # fmt: skip
def test_a_crash_that_nothing_reported_is_an_error_of_its_own(lines: list[str], kind: str, frame: str) -> None:
    """The last words of a process stand on standard error, with no level."""
    found = scan(cri('{"level":30,"time":1795441920123,"msg":"fine"}'), *(cri(line, "F", "stderr") for line in lines))
    crash = found[1].record
    assert crash is not None
    assert crash.is_error
    assert crash.exception is not None
    assert (crash.exception.type, crash.exception.frames) == (kind, (frame,))
    assert sum(entry.record is not None for entry in found) == 2


def test_a_crash_right_below_its_error_is_part_of_it() -> None:
    """Python's logging prints the trace below the record."""
    found = scan(
        cri('{"level":50,"time":1795441921123,"msg":"failed"}'),
        cri("Traceback (most recent call last):"),
        cri("ValueError: 1"),
    )
    assert said(found) == ["failed", None, None]


def test_a_torn_record_in_a_wrapper_is_skipped_at_its_own_time() -> None:
    """It is no message."""
    (_, found) = scan(docker(PINO + "\n"), docker(PINO[:30] + "\n", second=7))
    assert (found.parsed, found.reason) == (False, "broken JSON")
    assert found.at_us is not None
    assert from_microseconds(found.at_us).second == 7


def test_one_line_of_otlp_is_as_many_records_as_it_holds() -> None:
    """One line, each with the attributes of its resource."""
    records = [
        {"timeUnixNano": f"179544192{s}000000000", "severityNumber": 17, "body": {"stringValue": f"m{s}"}}
        for s in range(3)
    ]
    resource = {
        "attributes": [{"key": "region", "value": {"stringValue": "eu"}}, {"key": "n", "value": {"intValue": "3"}}]
    }
    found = scan(json.dumps({"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": records}]}]}))
    assert said(found) == ["m0", "m1", "m2"]
    assert [entry.lines for entry in found] == [1, 0, 0]
    assert all(
        entry.record and entry.record.fields["region"] == "eu" and entry.record.fields["n"] == 3 for entry in found
    )
    assert len({entry.offset for entry in found}) == 3


def test_a_message_of_journald_with_its_trace_is_one_record() -> None:
    """It keeps the lines of a message together."""
    message = (
        'charge failed\nTraceback (most recent call last):\n  File "/app/pay.py", line 9, in charge\nValueError: no'
    )
    (found,) = scan(json.dumps({"__REALTIME_TIMESTAMP": "1795441921123000", "PRIORITY": "3", "MESSAGE": message}))
    assert said([found]) == ["charge failed"]
    assert found.record is not None
    assert found.record.exception is not None
    assert found.record.exception.type == "ValueError"


@pytest.mark.parametrize(
    ("lines", "is_error"),
    [
        (['{"level":3,"msg":"a","time":1795441921123}', '{"level":6,"msg":"b","time":1795441921123}'], True),
        (['{"level":50,"msg":"a","time":1795441921123}', '{"level":30,"msg":"b","time":1795441921123}'], True),
        (['{"level":40,"msg":"a","time":1795441921123}', '{"level":30,"msg":"b","time":1795441921123}'], False),
        (['{"level":17,"msg":"a","time":1795441921123}', '{"level":9,"msg":"b","time":1795441921123}'], True),
        (['{"level":40000,"msg":"a","time":1795441921123}'], True),
        (['{"levelno":40,"msg":"a","time":1795441921123}'], True),
        (['{"severity":500,"message":"a","time":1795441921123}'], True),
        (['{"level":400,"level_name":"ERROR","message":"a","datetime":"2026-11-23T13:52:01Z"}'], True),
    ],
    ids=["syslog", "pino", "pino warning", "OpenTelemetry", "logback", "Python", "Google", "Monolog"],
)
def test_numbers_mean_what_the_rest_of_the_file_means_by_them(lines: list[str], is_error: bool) -> None:
    """Where no name tells, the numbers of the whole file do."""
    found = scan(*lines)[0].record
    assert found is not None
    assert found.is_error is is_error


def test_plain_text_among_json_is_a_record_only_with_time_and_level() -> None:
    """A stray word is rubbish there; in a log of plain text it is not."""
    json_lines = [PINO] * 8
    assert [entry.parsed for entry in scan(*json_lines, "ERROR lost", "2026-11-23T13:52:02Z ERROR lost")[-2:]] == [
        False,
        True,
    ]
    text = ["2026-11-23T13:52:02Z INFO fine"] * 3
    assert [entry.parsed for entry in scan(*text, "ERROR lost", "2026-11-23T13:52:03Z stopped", "Killed")[-3:]] == [
        True,
        True,
        False,
    ]


def test_level_words_in_prose_are_no_levels() -> None:
    """What is said of an error is not one."""
    found = scan(
        "2026/11/23 13:52:00 request failed with ERROR code",
        "2026/11/23 13:52:01 no error: all fine",
        "2026-11-23 13:52:01.123 UTC [7] app@shop STATEMENT:  select 'ERROR' from log where level = 'ERROR'",
        "2026-11-23 13:52:01 served app.ERROR: to bob@shop.example ERROR",
        "2026-11-23T13:52:01Z\tcart\terror\t0",
        '2026-11-23T13:52:01Z level=info msg="all well" ERROR',
        "2026/11/23 13:52:01 user=7 tried again after ERROR",
    )
    assert [entry.record and entry.record.severity for entry in found] == [None] * len(found)


@pytest.mark.parametrize(
    "line",
    [
        "2026/11/23 13:52:01 INFO ERROR is what the page says",
        "2026-11-23 13:52:01.123 UTC [7] app@shop LOG:  ERROR:  is what it printed",
        "2026-11-23 13:52:01 UTC:10.0.1.5(4321):app@shop:[7]:LOG:  FATAL: no",
        '[2026-11-23 13:52:01] production.INFO: mail.ERROR: was sent {"level":"ERROR"}',
        "[2026-11-23T13:52:01.123+0000] {task.py:1} INFO - ERROR - none",
        "2026-11-23T13:52:01.123Z\tinfo\tads\terror\tnone",
        "[2026-11-23 13:52:01.123][12][info][main] [critical] none",
        "2026-11-23T13:52:01.123Z pid=12 tid=abc INFO: error: none ERROR",
        "[23-Nov-2026 13:52:01 UTC] PHP Notice:  PHP Fatal error:  none",
        "2026-11-23 13:52:01.123 request_id=F01 [info] [error] none",
    ],
)
def test_the_first_level_of_a_line_is_its_level(line: str) -> None:
    """What its message says of errors changes nothing."""
    (found,) = scan(line)
    assert found.record is not None
    assert (found.record.severity, found.record.is_error) == (Severity.INFO, False)


@pytest.mark.parametrize(
    ("word", "severity"),
    [("TRAC", "TRACE"), ("DEBU", "DEBUG"), ("INFO", "INFO"), ("WARN", "WARN"), ("ERRO", "ERROR"), ("FATA", "FATAL"), ("PANI", "FATAL")],
)  # fmt: skip
def test_logrus_in_colours_counts_seconds_and_cuts_its_levels_short(word: str, severity: str) -> None:
    """Four letters, and the seconds since the process began; the wrapper knows when that was."""
    (found,) = scan(cri(f"\x1b[31m{word}\x1b[0m[0012] charge failed   order=7"))
    assert found.record is not None
    assert (found.record.severity, found.record.message) == (Severity[severity], "charge failed   order=7")


@pytest.mark.parametrize(
    ("text", "is_error"),
    [
        ("START RequestId: 8c5d6b2e-0000-4000-8000-000000000000 Version: $LATEST", False),
        ("REPORT RequestId: 8c5d6b2e-0000-4000-8000-000000000000\tDuration: 12.00 ms", False),
        ("REPORT RequestId: 8c5d6b2e-0000-4000-8000-000000000000\tDuration: 12.00 ms\tStatus: timeout", True),
        ("RequestId: 8c5d6b2e-0000-4000-8000-000000000000 Error: Runtime exited with error: signal: killed", True),
        ("2026-11-23T13:52:01.123Z 8c5d6b2e-0000-4000-8000-000000000000 asked why a Task timed out after 3 s", False),
        ("2026/11/23 13:52:01 saw http: panic serving 10.0.0.1:5123: none", False),
    ],
)
def test_failures_that_a_runtime_reports_without_a_level_are_errors(text: str, is_error: bool) -> None:
    """In its own words, where they stand first; of CloudWatch each record keeps the stream."""
    (found,) = scan(f"2026-11-23T13:52:01.123456+00:00 2026/11/23/pay[$LATEST]0123456789abcdef {text}")
    assert found.record is not None
    assert found.record.is_error is is_error
    assert found.record.fields["logStream"] == "2026/11/23/pay[$LATEST]0123456789abcdef"


@pytest.mark.parametrize(
    ("status", "severity", "payload", "message", "is_error"),
    [
        (500, "ERROR", {}, "POST /pay 500 Internal Server Error", True),
        ("503", "ERROR", {}, "POST /pay 503 Service Unavailable", True),
        (
            502,
            "WARNING",
            {"jsonPayload": {"statusDetails": "failed_to_pick_backend"}},
            "POST /pay 502 Bad Gateway",
            True,
        ),
        (404, "WARNING", {}, "POST /pay 404", False),
        (200, "INFO", {}, "POST /pay 200", False),
        (None, "ERROR", {}, "https://pay.acme.com/pay?id=7", True),
        (500, "INFO", {"jsonPayload": {"message": "charged"}}, "charged", False),
        (500, "INFO", {"jsonPayload": {"event": "charged"}}, "charged", False),
        (200, "ERROR", {"textPayload": "charge failed"}, "charge failed", True),
    ],
)
def test_google_s_log_of_requests_is_an_access_log(
    status: int | str | None, severity: str, payload: dict[str, object], message: str, is_error: bool
) -> None:
    """Named by its answer, so that another status is another fault; a record with words of its own has those."""
    request = {"requestMethod": "POST", "requestUrl": "https://pay.acme.com/pay?id=7", "status": status}
    (found,) = scan(
        json.dumps({
            "insertId": "x1", "logName": "projects/acme/logs/run.googleapis.com%2Frequests", "severity": severity,
            "timestamp": "2026-11-23T13:52:01.123Z", "httpRequest": request, **payload,
        })
    )  # fmt: skip
    assert found.record is not None
    assert (found.record.message, found.record.is_error) == (message, is_error)


def test_a_time_before_pairs_is_that_of_a_wrapper() -> None:
    """As kubectl and Docker print it on request; text with pairs in it stays text."""
    found = scan(
        '2026-11-23T13:52:01.123456789Z level=error msg="charge failed" order=7',
        '2026-11-23T13:52:01.123456789Z {app="pay"} level=error msg="charge failed"',
        "2026-11-23T13:52:01.123456789Z order=7 user=8",
    )
    assert said(found) == ["charge failed", "charge failed", "order=7 user=8"]
    assert [entry.record and entry.record.is_error for entry in found] == [True, True, False]
    assert found[1].record is not None
    assert found[1].record.fields["labels.app"] == "pay"


@pytest.mark.parametrize(
    "fields",
    [
        {"RequestMethod": "GET", "RequestPath": "/pay", "OriginStatus": 502, "DownstreamStatus": 502},
        {"ClientRequestMethod": "GET", "ClientRequestURI": "/pay?id=7", "EdgeResponseStatus": 502},
    ],
    ids=["Traefik", "Cloudflare"],
)
def test_an_answer_of_a_proxy_is_told_by_the_status_that_the_client_got(fields: dict[str, object]) -> None:
    """Under the names of its own."""
    (found,) = scan(json.dumps({"time": "2026-11-23T13:52:01Z", **fields}))
    assert found.record is not None
    assert (found.record.is_error, found.record.message) == (True, "GET /pay 502 Bad Gateway")


def test_the_year_of_a_time_without_one_is_that_of_the_log() -> None:
    """December's lines in a log that was last written in January are of the year before."""
    raw = [b"Dec 31 23:59:59 web-1 pay[7]: hi", b"Jan  1 00:00:01 web-1 pay[7]: hi"]
    hints = forced(None, Reckoning(until=datetime(2027, 1, 1, 1, tzinfo=UTC)))
    found = entries(enumerate(raw), lambda _at, _raw: True, look(raw, hints))
    assert [entry.at_us and from_microseconds(entry.at_us).year for entry in found] == [2026, 2027]


def lines_of(wrap: str, *said: tuple[int, str, str]) -> list[str]:
    """Return lines in a wrapper, each of a writer on a stream, a tenth of a second apart."""
    return [
        crowd.WRAPS[wrap](line, T0 + timedelta(milliseconds=100 * i), writer, stream)
        for i, (writer, stream, line) in enumerate(said)
    ]


NODE = ("Error: connect ECONNREFUSED", "    at connect (/app/src/cache.js:12:9) {", "  errno: -111", "}")


@pytest.mark.parametrize("wrap", ["Kubernetes", "Docker", "fluentd", "Kubernetes in fluentd"])
def test_errors_on_standard_error_are_no_part_of_what_standard_output_says(wrap: str) -> None:
    """What nobody caught is an error each time, though nothing on its stream has a level; the lines below are of it."""
    said = [(0, "stdout", "GET /cart handled"), *((0, "stderr", line) for line in NODE)] * 3
    found = scan(*lines_of(wrap, *said))
    assert all(entry.parsed for entry in found)
    errors = [entry.record for entry in found if entry.record and entry.record.is_error]
    assert [error.message for error in errors] == ["Error: connect ECONNREFUSED"] * 3
    assert [error.exception and error.exception.frames for error in errors] == [("connect (/app/src/cache.js:12)",)] * 3


@pytest.mark.parametrize("wrap", ["fluentd", "journald", "Compose", "kubectl", "syslog", "syslog, ISO"])
def test_traces_between_each_other_belong_to_the_errors_of_their_own_writers(wrap: str) -> None:
    """However the lines of two are mixed; a third says something in between."""
    one = ["2026-11-23 12:00:00,000 ERROR one", "TypeError: a", "    at first (/app/a.js:1:1)"]
    two = ["2026-11-23 12:00:00,000 ERROR two", "RangeError: b", "    at second (/app/b.js:2:2)"]
    said = [(writer, "stderr", line) for pair in zip(one, two, strict=True) for writer, line in enumerate(pair)]
    said.insert(3, (2, "stderr", "2026-11-23 12:00:00,000 INFO three"))
    found = [entry.record for entry in scan(*lines_of(wrap, *said)) if entry.record]
    assert [record.message for record in found] == ["one", "two", "three"]
    stacks = [record.exception for record in found]
    assert [stack and (stack.type, stack.frames) for stack in stacks[:2]] == [
        ("TypeError", ("first (/app/a.js:1)",)), ("RangeError", ("second (/app/b.js:2)",)),
    ]  # fmt: skip


def test_a_trace_far_below_what_its_writer_wrote_is_an_error_of_its_own() -> None:
    """Others have written more than is waited for."""
    other = (1, "stdout", f"2026-11-23 12:00:00,000 INFO {'x' * REACH_BYTES}")
    record, *trace = ((0, "stdout", line) for line in ("2026-11-23 12:00:00,000 ERROR failed", *NODE[:2]))
    assert said(scan(*lines_of("Compose", record, *trace, other))) == ["failed", None, None, other[2][-REACH_BYTES:]]
    assert said(scan(*lines_of("Compose", record, other, *trace)))[2:] == ["Error: connect ECONNREFUSED", None]


@pytest.mark.parametrize(
    ("record", "lines", "errors"),
    [
        ("WARN will try again", NODE, 0),
        ("ERROR failed", NODE, 1),
        ("will try again", NODE, 1),
        ("will try again", ("TypeError [ERR_INVALID_ARG_TYPE]: no text", *NODE[1:]), 1),
        ("will try again", ("Timeout: 30",), 0),
        ("will try again", ("Timeout: 30", "Timeout: 60", "    at connect (/app/src/cache.js:12:9)"), 1),
        ('{"level":30,"time":1795435200000,"msg":"fine"}', NODE, 1),
        ("will try again", (*NODE, *NODE), 2),
        ("ERROR failed", (*NODE, *NODE), 1),
    ],
)  # fmt: skip
def test_an_exceptions_own_line_begins_an_error_where_no_logger_wrote_it(
    record: str, lines: tuple[str, ...], errors: int
) -> None:
    """With frames below; and not below text with a level, whose logger prints there what it was given."""
    found = scan(*(cri(line, "F", "stderr") for line in (record, *lines)))
    assert all(entry.parsed for entry in found)
    assert sum(entry.record.is_error for entry in found if entry.record) == errors


def test_a_second_crash_is_an_error_of_its_own_and_what_was_raised_while_handling_one_is_not() -> None:
    """Python says so between the two."""
    trace = ["Traceback (most recent call last):", '  File "/app/pay.py", line 9, in charge', "ValueError: 1"]
    link = ["", "During handling of the above exception, another exception occurred:", ""]
    fine = cri('{"level":30,"time":1795441920123,"msg":"fine"}')
    for between, errors in (([], 2), (link, 1)):
        found = scan(fine, *(cri(line, "F", "stderr") for line in (*trace, *between, *trace)))
        assert sum(entry.record.is_error for entry in found if entry.record) == errors


def test_what_stands_in_another_share_of_the_file_is_not_continued() -> None:
    """Two processes take shares in turn, the newest first; lines further up come later."""
    lines = lines_of("Compose", *((0, "", line) for line in ("2026-11-23 12:00:00,000 ERROR failed", *NODE)))
    found = [
        *entries([(900, lines[0].encode()), (100, lines[2].encode())], lambda _at, _raw: True, Format(is_text=True))
    ]
    assert {entry.offset: entry.parsed for entry in found} == {900: True, 100: False}


def test_a_line_without_a_wrapper_continues_whatever_stands_directly_before_it() -> None:
    """As syslog daemons write the further lines of a message."""
    first, second = lines_of(
        "syslog",
        (0, "", "2026-11-23 12:00:00,000 ERROR failed"),
        (1, "", "2026-11-23 12:00:00,000 INFO fine"),
    )
    assert said(scan(second, first, *NODE)) == ["fine", "failed", None, None, None, None]
    assert [entry.parsed for entry in scan(first, second, "rubbish", *NODE[1:])][2:] == [False] * 4


def test_the_parts_of_lines_of_several_containers_are_not_mixed() -> None:
    """Each says whose it is."""
    found = scan(
        *(docker(text, attrs={"tag": name}) for name, text in (("a", '{"level":50,'), ("b", '{"level":30,'))),
        docker('"time":1795441921123,"msg":"one"}\n', attrs={"tag": "a"}),
        docker('"time":1795441921123,"msg":"two"}\n', attrs={"tag": "b"}),
    )
    assert said(found) == [None, None, "one", "two"]


def test_undated_records_of_several_writers_wait_for_the_first_time() -> None:
    """With their traces."""
    undated = [(writer, "", f'{{"level":50,"msg":"{writer}"}}') for writer in range(2)]
    trace = [(writer, "", line) for line in NODE[:2] for writer in range(2)]
    dated = (2, "", '{"level":30,"time":1795441921123,"msg":"fine"}')
    found = scan(*lines_of("Compose", *undated, *trace, dated))
    assert {entry.at_us for entry in found} == {1795441921123000}
    assert all(entry.parsed for entry in found)


@pytest.mark.parametrize("wrap", [*WRAPPERS, *crowd.WRAPS])
def test_who_wrote_a_line_is_told_without_reading_it(wrap: str) -> None:
    """The same as is told by reading it."""
    samples = [line for sample in (*SAMPLES.values(), *TEXTS.values()) for line in sample[:2]]
    for line in (*samples, *NODE, "", '{"level":50,"ms'):
        raw = (WRAPPERS[wrap](line, 1) if wrap in WRAPPERS else lines_of(wrap, (1, "stderr", line))[0]).encode()
        decoder = Decoder()
        assert decoder.writer(raw) == decoder.decode(raw).writer
