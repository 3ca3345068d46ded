"""Lines of access logs: a request and the status of its answer.

nginx, Apache and what else writes their common format, HAProxy, Envoy and Istio, IIS, AWS' load balancers, Gin; and
uvicorn, Django and werkzeug, whose loggers call each answer INFO, whatever its status.
"""

import re
from http import HTTPStatus
from typing import NamedTuple

from bot.logs.flatten import Scalar
from bot.logs.pairs import pairs
from bot.logs.severity import Severity, by_word
from bot.logs.times import Instant, Reckoning, time_in

_REQUEST = r"(?P<method>[A-Z]{3,10}) (?P<path>\S{0,4000}?)"
_VERSION = r"(?: HTTP/[\d.]{1,3})?"

_LAYOUTS = (
    # nginx, Apache, also with the virtual host first.
    (
        '] "',
        re.compile(
            r"(?:\S{1,255} )??(?:[A-Z]{4,8}:[\w.]{1,80}:)?(?P<client>\S{1,80}) \S{1,80} (?P<user>\S{1,200}|\"\") \[(?P<time>[^\]]{20,40})\] "
            rf"\"(?:{_REQUEST}{_VERSION}|[^\"]{{0,4000}})\" (?P<status>\d{{3}}) (?:\d+|-)(?P<rest>.*)"
        ),
    ),
    # Envoy, Istio: an answer that was never begun has status 0.
    (
        '] "',
        re.compile(
            rf"\[(?P<time>\d[^\]]{{18,35}})\] \"(?:{_REQUEST}{_VERSION}|[^\"]{{0,4000}})\" (?P<status>\d{{1,3}}) "
            r"(?P<response_flags>-|[A-Z]\w{0,40}(?:,\w{1,40}){0,9}) "
            r"(?:.*? \"(?P<request_id>[0-9a-f-]{36})\" \"(?P<authority>[^\"]{1,255})\" \"(?P<upstream>[^\"]{1,80})\")?"
        ),
    ),
    # HAProxy, behind its syslog prefix: client [time] frontend backend/server timers status bytes ... "request".
    (
        " HTTP/",
        re.compile(
            r"(?P<client>\S{1,80}) \[(?P<time>\d\d/[A-Z][a-z]{2}/\d{4}:[\d:.]{8,18})\] (?P<frontend>\S{1,120}) "
            r"(?P<backend>[^\s/]{1,120})/(?P<server>\S{1,120}) [\d/+-]{5,80} (?P<status>\d{3}|-1) \+?\d+ "
            rf"[^\"]{{0,2000}}\"{_REQUEST}{_VERSION}\""
        ),
    ),
    # IIS, with its usual fields: date time s-ip method stem query port user c-ip agent (referer) status substatus win32.
    (
        " /",
        re.compile(
            r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?:W\dSVC\d{1,10} (?:\S{1,64} )?)?[\w.:%]{1,80} (?P<method>[A-Z]{3,10}) "
            r"(?P<path>/\S{0,4000}) \S{1,4000} \d{1,5} (?P<user>\S{1,200}) (?P<client>[\w.:%]{2,80})(?: \S{1,4000}){1,5}? "
            r"(?P<status>\d{3}) \d{1,5} \d{1,10}(?: \d{1,12}){0,4}$"
        ),
    ),
    # AWS, Application Load Balancer.
    (
        " HTTP/",
        re.compile(
            r"(?:https?|h\d|grpcs?|wss?) (?P<time>\d{4}-\d\d-\d\dT\S{9,24}) (?P<balancer>\S{1,120}) (?P<client>\S{1,80}) "
            r"(?P<upstream>\S{1,80})(?: [\d.-]{1,12}){3} (?P<status>\d{3}) (?:\d{3}|-) \d+ \d+ "
            rf"\"(?P<method>[A-Z]{{3,10}}) (?:[a-z]{{2,5}}://[^/\s]{{1,300}})?(?P<path>\S{{0,4000}}?){_VERSION} ?\""
        ),
    ),
    # Gin, Go.
    (
        "[GIN] ",
        re.compile(
            r"\[GIN\] (?P<time>\d{4}/\d\d/\d\d - \d\d:\d\d:\d\d) \|\s{0,3}(?P<status>\d{3}) \|\s{0,12}[\d.a-zµ]{1,24} \|\s{0,40}"
            r"(?P<client>\S{1,80}) \|\s{0,3}(?P<method>[A-Z]{3,10})\s{1,10}\"(?P<path>[^\"\s]{0,4000})\""
        ),
    ),
)  # fmt: skip
"""What stands in each such line, and how it is read; no form tells one digit from another, so a template fits all its lines."""

_OWN_FIELDS = frozenset(("client", "method", "path", "rest", "status", "time", "user"))

_LOGGED = re.compile(
    rf"(?:(?P<client>\S{{1,80}}) - (?:\S{{1,80}} \[[^\]]{{20,40}}\] )?)?\"{_REQUEST} HTTP/[\d.]{{1,3}}\" (?P<status>\d{{3}})(?!\S)"
)
"""What a logger says of an answer: client and request, in quotes, and the status."""

_ADDRESS = re.compile(r"\[?[\da-f.:]{2,45}\]?")
_PORT = re.compile(r"(?<=[\d\]]):\d{1,5}$")

_SERVER_ERRORS = {int(one): one.phrase for one in HTTPStatus if one >= HTTPStatus.INTERNAL_SERVER_ERROR}


class Line(NamedTuple):
    """A line of plain text, read; `at` is None where it carries no date."""

    fields: dict[str, Scalar]
    at: Instant | None


def read_access(text: str, reckoning: Reckoning) -> Line | None:
    """Return what a line of an access log says, or None where it is none."""
    for sign, layout in _LAYOUTS:
        if sign in text and (match := layout.match(text)):
            said = match.groupdict()
            found = time_in(said["time"].replace(" - ", " "), 0, 4, reckoning)
            if not found:
                continue
            user = said.get("user")
            more = {name: value for name, value in said.items() if name not in _OWN_FIELDS and value not in {None, "-"}}
            answer = _answer(said["method"], said["path"], said["status"], said.get("client"))
            fields = {**answer, "user": None if user in {"-", '""'} else user}
            return Line({**pairs(said.get("rest", "")), **more, **fields}, found[0])
    return None


def by_status(line: Line) -> Line:
    """Return a line of which the status tells how bad it is, where it only reports an answer at INFO; else the same."""
    message, level = str(line.fields.get("message") or ""), line.fields.get("level")
    match = _LOGGED.match(message) if " HTTP/" in message else None
    severity = by_word(str(level)) if match else None
    if not match or severity is None or severity > Severity.INFO:
        return line
    client, logger = match["client"], line.fields.get("logger")
    if client is None and isinstance(logger, str) and _ADDRESS.fullmatch(logger):
        client, logger = logger, None
    answer = _answer(match["method"], match["path"], match["status"], client)
    return Line({**line.fields, "level": None, "logger": logger, **answer}, line.at)


def answered(method: str, path: str, status: int) -> str:
    """Return what a request and its answer are called: `GET /pay 502 Bad Gateway`.

    A server error has its name, which is not masked as numbers are: another status is another fault.
    """
    name = f" {_SERVER_ERRORS[status]}" if status in _SERVER_ERRORS else ""
    return f"{method or '-'} {path or '-'} {status}{name}"


def _answer(method: str | None, target: str | None, status: str, client: str | None) -> dict[str, Scalar]:
    """Return the fields of a request and its answer."""
    path = (target or "").partition("?")[0]
    return {
        "message": answered(method or "", path, int(status)),
        "method": method, "path": path, "status": int(status),
        "remote_addr": client and _PORT.sub("", client),
    }  # fmt: skip
