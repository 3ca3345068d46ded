"""What runs around a log wraps its lines: Docker, Kubernetes, journald, Compose, syslog, Google, CloudWatch, Loki, shippers.

Each takes off one wrapper and says what the wrapper knew: a time, a place, a severity, whether more is to come.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import stringzilla

from bot.logs.access import answered
from bot.logs.dialect import COMMON, first
from bot.logs.pairs import read_logfmt
from bot.logs.severity import SYSLOG, WORDS, Severity, by_word
from bot.logs.times import FORMS, Instant, Reckoning, parse_time, time_in

STATUS_DIGITS = 3

DOCKER_CHUNK_BYTES = 16_000
"""Docker cuts at 16 KiB; a character cut in two is written as three bytes or as none."""

_ISO = FORMS[0].pattern.replace("?P<", "?P<iso_")
_CRI = re.compile(rf"(?P<time>{_ISO}) (?P<stream>stdout|stderr) (?P<tag>[FP])(?::\S{{0,40}})? ?(?P<rest>.*)", re.DOTALL)
_COMPOSE = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]{0,80}?(?:[-_]\d{1,4})?)\s{1,40}\| ?(?P<rest>.*)", re.DOTALL)
_KUBECTL = re.compile(r"\[pod/(?P<pod>[\w.-]{1,253})/(?P<container>[\w.-]{1,63})\] (?P<rest>.*)", re.DOTALL)
_STAMPED = re.compile(rf"(?P<time>{_ISO})\s{{1,4}}(?P<rest>\{{.*\}})\s*", re.DOTALL)
_STAMPED_PAIRS = re.compile(rf"(?P<time>{_ISO})\s{{1,4}}(?P<rest>[A-Za-z_@][\w.@/-]{{0,100}}=.*)")
_LOGCLI = re.compile(
    rf"(?P<time>{_ISO}) \{{(?P<labels>[A-Za-z_]\w{{0,60}}=\"[^}}\n]{{0,2000}}\")\}}\s{{1,4}}(?P<rest>.*)", re.DOTALL
)
_LABEL = re.compile(r"(?P<name>[A-Za-z_]\w{0,60})=\"(?P<value>[^\"]*)\"")
_CLOUDWATCH = re.compile(
    rf"(?P<time>{_ISO}) (?P<stream>\d{{4}}/\d\d/\d\d/[\w-]{{0,64}}\[[\w$.-]{{1,128}}\][0-9a-f]{{1,40}}"
    r"|[\w.-]{1,128}/[\w.-]{1,255}/[0-9a-f]{32}) (?P<rest>.*)",
    re.DOTALL,
)
"""What `aws logs tail` writes before each line: the time, and the stream of a Lambda function or of a task of ECS."""

_SYSLOG_5424 = re.compile(
    r"<(?P<pri>\d{1,3})>1 (?P<time>\S{1,40}) (?P<host>\S{1,255}) (?P<app>\S{1,48}) (?P<pid>\S{1,128}) \S{1,32} "
    r"(?:-|(?:\[(?:[^\"\]]|\"(?:[^\"\\]|\\.)*\")*\])+) ?\ufeff?(?P<rest>.*)",
    re.DOTALL,
)
_SYSLOG_3164 = re.compile(
    r"(?:<(?P<pri>\d{1,3})>)?(?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (?:(?P<host>[\w.:-]{1,255}) )?"
    r"(?P<app>[\w./@-]{1,64})(?:\[(?P<pid>[\w.-]{1,20})\])?: (?P<rest>.*)",
    re.DOTALL,
)
_SYSLOG_ISO = re.compile(
    rf"(?:<(?P<pri>\d{{1,3}})>)?(?P<time>{_ISO}) (?:(?P<host>[\w.:-]{{1,255}}) )?"
    r"(?P<app>[\w./@-]{1,64})(?:\[(?P<pid>[\w.-]{1,20})\]): (?P<rest>.*)",
    re.DOTALL,
)
_ORIGIN = re.compile(r"[a-z]{2,8}://[^/?#]*")
_REPLICA = re.compile(r"[-_]\d{1,4}$")

_JOURNAL_CONTEXT = ("_HOSTNAME", "_SYSTEMD_UNIT", "SYSLOG_IDENTIFIER", "CONTAINER_NAME", "_TRANSPORT")
_GOOGLE_CONTEXT = ("resource", "labels", "httpRequest", "logName", "trace", "spanId")
_SHIPPED_IN = ("message", "log", "MESSAGE", "line")
_CONTAINER_MARKS = frozenset(("stream", "kubernetes", "container_name", "container_id", "docker", "tag"))
_SHIPPER_MARKS = frozenset(
    ("agent", "beat", "input", "kubernetes", "container_id", "docker", "container_name", "fluentd_tag")
)
LEVEL_NAMES = frozenset(("level", "severity", "log.level", "levelname", "lvl", "status"))
"""What a shipper puts around a line says nothing of how bad it is; an object with one of these is no such thing."""


class Wrapped(NamedTuple):
    """What was inside, and what the wrapper says.

    Args:
        inner: Text, or an object.
        stream: Which of several interleaved streams it belongs to.
        is_part: Whether the next line of the stream goes on where this one ends.
    """

    inner: str | Mapping[str, Any]
    at: Instant | None = None
    context: Mapping[str, Any] = MappingProxyType({})
    severity: Severity | None = None
    stream: str = ""
    is_part: bool = False


def may_hold_parts(data: memoryview) -> bool:
    """Tell whether bytes of a log may hold records that a wrapper split over several lines."""
    if _holds(data, b" P ") and (_holds(data, b" stdout P ") or _holds(data, b" stderr P ")):
        return True
    if not _holds(data, b'"log'):
        return False
    if _holds(data, b'"logtag":"P"'):
        return True
    return _holds(data, b'"log"') and max(map(len, bytes(data).split(b"\n"))) >= DOCKER_CHUNK_BYTES


def needles_of(found: str, data: memoryview) -> frozenset[bytes]:
    """Return the bytes as which a text of plain characters may stand in data: as it is, escaped, or as numbers.

    Numbers are how journald writes a message that is not UTF-8.
    """
    forms = [found, found.replace("/", "\\/")]
    if _holds(data, b"MESSAGE"):
        numbers = [str(byte) for byte in found.encode()]
        forms += [",".join(numbers), ", ".join(numbers)]
    return frozenset(form.encode() for form in forms)


def _holds(data: memoryview, text: bytes) -> bool:
    return bool(stringzilla.find(data, text) >= 0)


def unwrap_object(fields: Mapping[str, Any], reckoning: Reckoning, *, lines_end: bool) -> Wrapped | None:
    """Take one wrapper off an object, or return None where it is none.

    Args:
        fields: The object.
        reckoning: For times.
        lines_end: Whether Docker's lines end with their newline in this file, so that one without goes on.
    """
    if isinstance(log := fields.get("log"), str) and not _CONTAINER_MARKS.isdisjoint(fields):
        return _docker(fields, log, reckoning, lines_end=lines_end)
    if "__REALTIME_TIMESTAMP" in fields and (message := fields.get("MESSAGE")) is not None:
        return _journald(fields, message)
    if "logName" in fields or "insertId" in fields:
        return _google(fields, reckoning)
    return _shipped(fields, reckoning)


def unwrap_text(text: str, reckoning: Reckoning) -> Wrapped | None:
    """Take one wrapper off a line of text, or return None where it has none."""
    if not text or not (text[0].isalnum() or text[0] in "<["):
        return None
    if (" stdout " in text or " stderr " in text) and (match := _CRI.fullmatch(text)):
        at = parse_time(match["time"], reckoning)
        return Wrapped(match["rest"], at, stream=match["stream"], is_part=match["tag"] == "P")
    if text[0].isdecimal() and (stamped := _stamped(text, reckoning)):
        return stamped
    for pattern in _syslogs(text):
        if (match := pattern.fullmatch(text)) and not _is_level(match["app"]) and not _is_level(match["host"]):
            return _syslog(match, reckoning)
    return _named(text)


def _stamped(text: str, reckoning: Reckoning) -> Wrapped | None:
    """Take off a time, and what may stand between it and a line: of Docker and kubectl, Loki and CloudWatch."""
    if '"}' in text and (match := _LOGCLI.fullmatch(text)):
        labels = dict(_LABEL.findall(match["labels"]))
        return Wrapped(match["rest"], parse_time(match["time"], reckoning), {"labels": labels})
    if "{" in text and (match := _STAMPED.fullmatch(text)) and (at := parse_time(match["time"], reckoning)):
        return Wrapped(match["rest"], at)
    if "=" in text and (match := _STAMPED_PAIRS.fullmatch(text)) and _has_level(read_logfmt(match["rest"])):
        return Wrapped(match["rest"], parse_time(match["time"], reckoning))
    if "/" in text and (match := _CLOUDWATCH.fullmatch(text)):
        name = match["stream"]
        return Wrapped(match["rest"], parse_time(match["time"], reckoning), {"logStream": name}, stream=name)
    return None


def _syslogs(text: str) -> tuple[re.Pattern[str], ...]:
    """Return the forms of syslog that a line can be in, by what it begins with."""
    if text[0] == "<":
        return _SYSLOG_5424, _SYSLOG_3164, _SYSLOG_ISO
    if text[0].isdecimal():
        return (_SYSLOG_ISO,) if "]: " in text else ()
    return (_SYSLOG_3164,)


def _named(text: str) -> Wrapped | None:
    """Take off a prefix that only names the container."""
    if text[0] == "[" and (match := _KUBECTL.fullmatch(text)):
        return Wrapped(match["rest"], context={"pod": match["pod"], "container": match["container"]})
    match = _COMPOSE.fullmatch(text) if "|" in text else None
    if match is None or _is_level(name := match["name"]):
        return None
    service = {"service": _without_replica(name)}
    return Wrapped(match["rest"], context={"container": name, "compose": service}, stream=name)


@lru_cache(maxsize=256)
def _without_replica(name: str) -> str:
    return _REPLICA.sub("", name)


def _docker(fields: Mapping[str, Any], log: str, reckoning: Reckoning, *, lines_end: bool) -> Wrapped:
    ended = log.endswith("\n")
    tag = fields.get("logtag")
    long = len(log) >= DOCKER_CHUNK_BYTES // 3 and len(log.encode("utf-8", "replace")) >= DOCKER_CHUNK_BYTES
    is_part = tag == "P" if tag in ("P", "F") else not ended and (lines_end or long)
    at = parse_time(fields.get("time") or fields.get("@timestamp") or fields.get("date"), reckoning)
    context = {
        name: value
        for name, value in fields.items()
        if name not in {"log", "time", "stream", "logtag", "date", "@timestamp"}
    }
    return Wrapped(log.rstrip("\r\n"), at, context, stream=str(fields.get("stream", "")), is_part=is_part)


def _journald(fields: Mapping[str, Any], message: Any) -> Wrapped:
    if isinstance(message, list) and all(isinstance(byte, int) and 0 <= byte < 256 for byte in message):
        message = bytes(message).decode("utf-8", "replace")  # how journalctl writes what is not UTF-8, or in colour
    elif isinstance(message, list):
        message = "\n".join(str(part) for part in message)
    at = parse_time(fields.get("_SOURCE_REALTIME_TIMESTAMP")) or parse_time(fields["__REALTIME_TIMESTAMP"])
    priority = str(fields.get("PRIORITY", ""))
    context = {name: fields[name] for name in _JOURNAL_CONTEXT if name in fields}
    severity = SYSLOG(int(priority)) if priority in tuple("01234567") else None
    return Wrapped(str(message), at, context, severity)


def _google(fields: Mapping[str, Any], reckoning: Reckoning) -> Wrapped | None:
    inner = next((fields[name] for name in ("jsonPayload", "textPayload", "protoPayload") if fields.get(name)), None)
    if isinstance(request := fields.get("httpRequest"), dict) and _says_nothing(inner):
        inner = {**(inner or {}), "httpRequest": request, "message": _answer(request)}
    if not isinstance(inner, dict | str):
        return None
    context = {name: fields[name] for name in _GOOGLE_CONTEXT if name in fields}
    severity = by_word(str(fields.get("severity", "")))
    severity = None if fields.get("severity") in (None, "DEFAULT") else severity
    return Wrapped(
        inner, parse_time(fields.get("timestamp") or fields.get("receiveTimestamp"), reckoning), context, severity
    )


def _says_nothing(inner: Any) -> bool:
    """Tell whether a record has no words of its own: it only reports an answer, as Cloud Run and load balancers do."""
    return inner is None or (isinstance(inner, dict) and first(inner, COMMON.message) is None)


def _answer(request: Mapping[str, Any]) -> str:
    """Return what a request and the status of its answer are called; only the address where there is no status."""
    url, status = str(request.get("requestUrl") or ""), str(request.get("status") or "")
    if not (status.isascii() and status.isdecimal() and len(status) == STATUS_DIGITS):
        return url
    path = _ORIGIN.sub("", url).partition("?")[0]
    return answered(str(request.get("requestMethod") or ""), path or "/", int(status))


def _shipped(fields: Mapping[str, Any], reckoning: Reckoning) -> Wrapped | None:
    """Open an object that a shipper put into a field as text."""
    shipped = (
        not _SHIPPER_MARKS.isdisjoint(fields) and LEVEL_NAMES.isdisjoint(fields) and not _has_level(fields.get("log"))
    )
    for name in _SHIPPED_IN:
        inner = fields.get(name)
        if isinstance(inner, str) and (shipped or (inner.startswith("{") and inner.rstrip().endswith("}"))):
            at = parse_time(fields.get("@timestamp") or fields.get("timestamp") or fields.get("time"), reckoning)
            context = {
                key: value for key, value in fields.items() if key not in {name, "@timestamp", "timestamp", "time"}
            }
            return Wrapped(inner, at, context)
    return None


def _syslog(match: re.Match[str], reckoning: Reckoning) -> Wrapped:
    found = time_in(match["time"], 0, 1, reckoning)
    said = {name: match[name] for name in ("host", "app") if match[name] not in (None, "-")}
    severity = SYSLOG(int(match["pri"]) % 8) if match["pri"] else None
    return Wrapped(match["rest"], found[0] if found else None, {"syslog": said} if said else {}, severity, match["app"])


def _has_level(log: Any) -> bool:
    return isinstance(log, dict) and "level" in log


def _is_level(word: str | None) -> bool:
    return word is not None and word.lower() in WORDS
