"""Answered requests: the status says how bad they are, and nothing that only speaks of a request is one."""

import pytest

from bot.logs.record import Record
from bot.logs.severity import Severity
from tests.logs.test_wrappers import cri, scan


def read(text: str) -> Record:
    """Return the record that a line in a container's wrapper is."""
    (found,) = scan(cri(text))
    assert found.record is not None
    return found.record


@pytest.mark.parametrize(
    "text",
    [
        'INFO:     10.0.0.1:5123 - "POST /pay?id=7 HTTP/1.1" 503 Service Unavailable',
        'INFO:     [2001:db8::1]:5123 - "POST /pay HTTP/1.1" 503',
        'INFO:werkzeug:10.0.0.1 - - [23/Nov/2026 13:52:01] "POST /pay HTTP/1.1" 503 -',
        '2026-11-23 13:52:01,123 INFO uvicorn.access: 10.0.0.1:5123 - "POST /pay HTTP/1.1" 503',
        '[2026-11-23 13:52:01 +0000] [7] [INFO] 10.0.0.1:5123 - "POST /pay HTTP/1.1" 503',
        '2026-11-23 13:52:01,123 [INFO] django.server: "POST /pay HTTP/1.1" 503 145',
    ],
)
def test_the_status_of_an_answer_stands_above_the_info_of_its_logger(text: str) -> None:
    """Frameworks write every answer at INFO, also the failures."""
    record = read(text)
    assert (record.is_error, record.severity, record.message) == (True, None, "POST /pay 503 Service Unavailable")
    fine = read(text.replace(" 503", " 204"))
    assert (fine.is_error, fine.fields["status"]) == (False, 204)


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ('2026-11-23 13:52:01,123 INFO app: the client sent "POST /pay HTTP/1.1" 500 times', Severity.INFO),
        ('2026-11-23 13:52:01,123 INFO app: "POST /pay HTTP/1.1" took 500 ms', Severity.INFO),
        ('2026-11-23 13:52:01,123 INFO app: retry of "POST /pay HTTP/1.1" 500', Severity.INFO),
        ('2026-11-23 13:52:01,123 WARN app: "POST /pay HTTP/1.1" 500', Severity.WARN),
        ('2026-11-23 13:52:01,123 ERROR app: "POST /pay HTTP/1.1" 200', Severity.ERROR),
        ("2026-11-23 13:52:01 10.0.0.5 GET /x was slow and failed 500 times", None),
        ("2026-11-23 13:52:01 GET /x 500 12 ms", None),
        ('[2026-11-23T13:52:01.123Z] "GET /x HTTP/1.1" 500 times in 3 minutes', None),
    ],
)
def test_what_speaks_of_a_request_is_no_answer(text: str, severity: Severity | None) -> None:
    """It stays as bad as it says."""
    record = read(text)
    assert (record.severity, record.fields.get("status")) == (severity, None)


def test_an_answer_that_envoy_never_began_is_no_failure_of_the_server() -> None:
    """The client went away; Envoy writes status 0."""
    record = read('[2026-11-23T13:52:01.123Z] "GET /x HTTP/1.1" 0 DC 0 0 5 - "-" "curl" "-" "pay" "10.0.0.2:80"')
    assert (record.is_error, record.fields["response_flags"]) == (False, "DC")
