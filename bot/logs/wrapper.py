"""What runs around a log wraps its lines: Docker, Kubernetes, journald, Compose, syslog, Google, CloudWatch, Loki, shippers.

Each takes off one wrapper and says what the wrapper knew: a time, a place, a severity, who wrote it, whether more is to come.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import stringzilla

from bot.logs.access import answered
from bot.logs.dialect import COMMON, dig, first
from bot.logs.pairs import read_logfmt
from bot.logs.severity import SYSLOG, WORDS, Severity, by_word
from bot.logs.times import FORMS, PLAIN, Instant, Reckoning, parse_time, time_in

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
_JOURNAL_WRITER = ("_HOSTNAME", "_SYSTEMD_UNIT", "CONTAINER_NAME", "SYSLOG_IDENTIFIER", "_PID")
_JOURNAL_STREAMS = {"6": "stdout", "3": "stderr"}
"""The priorities that container runtimes give to the lines of either stream."""

_GOOGLE_CONTEXT = ("resource", "labels", "httpRequest", "logName", "trace", "spanId")
_SHIPPED_IN = ("message", "log", "MESSAGE", "line")
_CONTAINER_MARKS = frozenset(("stream", "kubernetes", "container_name", "container_id", "docker", "tag"))
_SHIPPER_MARKS = frozenset(
    ("agent", "beat", "input", "kubernetes", "container_id", "docker", "container_name", "fluentd_tag")
)
_SHIPPED_STREAM = ("stream", "source")
_SHIPPED_WRITER = (
    "container_id", "container_name", "container.id", "docker.container_id", "kubernetes.pod_name", "kubernetes.container_name",
    "kubernetes.pod.name", "kubernetes.container.name", "attrs", "tag", "fluentd_tag", "log.file.path", "host.name",
)  # fmt: skip
"""What Docker's drivers, fluentd, Fluent Bit and Filebeat call the container or file that a line comes from."""

_TELLS_WRITER = (
    b'"log"',
    b'"MESSAGE"',
    b'"logName"',
    b'"insertId"',
    *(b'"%b"' % name.encode() for name in sorted(_SHIPPER_MARKS)),
)
"""Of which one stands in every object that wraps a line and names its writer."""

_ALONE = frozenset(("log", "stream", "time"))
"""All that Docker's json-file driver says of a line of a container that has no labels to be told."""

STDOUT = "stdout"
_STREAMS = (STDOUT, "stderr")
LEVEL_NAMES = frozenset(("level", "severity", "log.level", "levelname", "lvl", "status"))
"""What a shipper puts around a line says nothing of how bad it is; an object with one of these is no such thing."""


class Wrapped(NamedTuple):
    """What was inside, and what the wrapper says.

    Args:
        inner: Text, or an object.
        stream: Standard output or error, where that is known.
        writer: Whose it is of the lines of several that stand between each other: container, process, stream; empty where that is
            not known.
        is_part: Whether the next line of the writer goes on where this one ends.
    """

    inner: str | Mapping[str, Any]
    at: Instant | None = None
    context: Mapping[str, Any] = MappingProxyType({})
    severity: Severity | None = None
    stream: str = ""
    writer: str = ""
    is_part: bool = False


def may_tell_writer(raw: bytes) -> bool:
    """Tell whether a line may be in a wrapper that names its writer."""
    return not raw.startswith(b"{") or any(mark in raw for mark in _TELLS_WRITER)


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


def unwrap_object(fields: Mapping[str, Any], reckoning: Reckoning | None, *, lines_end: bool) -> Wrapped | None:
    """Take one wrapper off an object, or return None where it is none.

    Args:
        fields: The object.
        reckoning: For times; None where nobody asks for them.
        lines_end: Whether Docker's lines end with their newline in this file, so that one without goes on.
    """
    if isinstance(log := fields.get("log"), str) and not _CONTAINER_MARKS.isdisjoint(fields):
        return _docker(fields, log, reckoning, lines_end=lines_end)
    if "__REALTIME_TIMESTAMP" in fields and (message := fields.get("MESSAGE")) is not None:
        return _journald(fields, message)
    if "logName" in fields or "insertId" in fields:
        return _google(fields, reckoning)
    return _shipped(fields, reckoning)


def unwrap_text(text: str, reckoning: Reckoning | None) -> Wrapped | None:
    """Take one wrapper off a line of text, or return None where it has none; without its time where there is no reckoning."""
    if not text or not (text[0].isalnum() or text[0] in "<["):
        return None
    if (" stdout " in text or " stderr " in text) and (match := _CRI.fullmatch(text)):
        at = _time(match["time"], reckoning)
        stream = match["stream"]
        return Wrapped(match["rest"], at, stream=stream, writer=stream, is_part=match["tag"] == "P")
    if text[0].isdecimal() and (stamped := _stamped(text, reckoning)):
        return stamped
    for pattern in _syslogs(text):
        if (match := pattern.fullmatch(text)) and not _is_level(match["app"]) and not _is_level(match["host"]):
            return _syslog(match, reckoning)
    return _named(text)


def _stamped(text: str, reckoning: Reckoning | None) -> Wrapped | None:
    """Take off a time, and what may stand between it and a line: of Docker and kubectl, Loki and CloudWatch."""
    if '"}' in text and (match := _LOGCLI.fullmatch(text)):
        labels = dict(_LABEL.findall(match["labels"]))
        at = _time(match["time"], reckoning)
        return Wrapped(match["rest"], at, {"labels": labels}, writer=match["labels"])
    if "{" in text and (match := _STAMPED.fullmatch(text)) and (at := parse_time(match["time"], reckoning or PLAIN)):
        return Wrapped(match["rest"], at)
    if "=" in text and (match := _STAMPED_PAIRS.fullmatch(text)) and _has_level(read_logfmt(match["rest"])):
        return Wrapped(match["rest"], _time(match["time"], reckoning))
    if "/" in text and (match := _CLOUDWATCH.fullmatch(text)):
        name, at = match["stream"], _time(match["time"], reckoning)
        return Wrapped(match["rest"], at, {"logStream": name}, stream=name, writer=name)
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
        writer = f"{match['pod']}/{match['container']}"
        return Wrapped(match["rest"], context={"pod": match["pod"], "container": match["container"]}, writer=writer)
    match = _COMPOSE.fullmatch(text) if "|" in text else None
    if match is None or _is_level(name := match["name"]):
        return None
    service = {"service": _without_replica(name)}
    return Wrapped(match["rest"], context={"container": name, "compose": service}, writer=name)


@lru_cache(maxsize=256)
def _without_replica(name: str) -> str:
    return _REPLICA.sub("", name)


def _docker(fields: Mapping[str, Any], log: str, reckoning: Reckoning | None, *, lines_end: bool) -> Wrapped:
    ended = log.endswith("\n")
    tag = fields.get("logtag")
    long = len(log) >= DOCKER_CHUNK_BYTES // 3 and len(log.encode("utf-8", "replace")) >= DOCKER_CHUNK_BYTES
    is_part = tag == "P" if tag in ("P", "F") else not ended and (lines_end or long)
    at = _time(fields.get("time") or fields.get("@timestamp") or fields.get("date"), reckoning)
    context = {
        name: value
        for name, value in fields.items()
        if name not in {"log", "time", "stream", "logtag", "date", "@timestamp"}
    }
    stream, writer = _shipped_from(fields)
    return Wrapped(log.rstrip("\r\n"), at, context, stream=stream, writer=writer, is_part=is_part)


def _journald(fields: Mapping[str, Any], message: Any) -> Wrapped:
    if isinstance(message, list) and all(isinstance(byte, int) and 0 <= byte < 256 for byte in message):
        message = bytes(message).decode("utf-8", "replace")  # how journalctl writes what is not UTF-8, or in colour
    elif isinstance(message, list):
        message = "\n".join(str(part) for part in message)
    at = parse_time(fields.get("_SOURCE_REALTIME_TIMESTAMP")) or parse_time(fields["__REALTIME_TIMESTAMP"])
    priority = str(fields.get("PRIORITY", ""))
    context = {name: fields[name] for name in _JOURNAL_CONTEXT if name in fields}
    severity = SYSLOG(int(priority)) if priority in tuple("01234567") else None
    stream = _JOURNAL_STREAMS.get(priority, "") if "CONTAINER_NAME" in fields else ""
    writer = _joined((stream, *(fields.get(name) for name in _JOURNAL_WRITER)))
    return Wrapped(str(message), at, context, severity, stream, writer)


def _google(fields: Mapping[str, Any], reckoning: Reckoning | None) -> Wrapped | None:
    inner = next((fields[name] for name in ("jsonPayload", "textPayload", "protoPayload") if fields.get(name)), None)
    if isinstance(request := fields.get("httpRequest"), dict) and _says_nothing(inner):
        inner = {**(inner or {}), "httpRequest": request, "message": _answer(request)}
    if not isinstance(inner, dict | str):
        return None
    context = {name: fields[name] for name in _GOOGLE_CONTEXT if name in fields}
    severity = by_word(str(fields.get("severity", "")))
    severity = None if fields.get("severity") in (None, "DEFAULT") else severity
    at = _time(fields.get("timestamp") or fields.get("receiveTimestamp"), reckoning)
    log = str(fields.get("logName", "")).rpartition("/")[2]
    writer = _joined((log, fields.get("resource")))
    return Wrapped(inner, at, context, severity, log if log in _STREAMS else "", writer)


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


def _shipped(fields: Mapping[str, Any], reckoning: Reckoning | None) -> Wrapped | None:
    """Open an object that a shipper put into a field as text."""
    shipped = (
        not _SHIPPER_MARKS.isdisjoint(fields) and LEVEL_NAMES.isdisjoint(fields) and not _has_level(fields.get("log"))
    )
    for name in _SHIPPED_IN:
        inner = fields.get(name)
        if isinstance(inner, str) and (shipped or (inner.startswith("{") and inner.rstrip().endswith("}"))):
            at = _time(fields.get("@timestamp") or fields.get("timestamp") or fields.get("time"), reckoning)
            context = {
                key: value for key, value in fields.items() if key not in {name, "@timestamp", "timestamp", "time"}
            }
            stream, writer = _shipped_from(fields) if shipped else ("", "")
            return Wrapped(inner, at, context, stream=stream, writer=writer)
    return None


def _shipped_from(fields: Mapping[str, Any]) -> tuple[str, str]:
    """Return stream and writer of what a shipper, or Docker, has put into an object."""
    stream = next((value for name in _SHIPPED_STREAM if (value := fields.get(name)) in _STREAMS), "")
    if _ALONE.issuperset(fields):
        return stream, stream
    return stream, _joined((stream, *(dig(fields, name) for name in _SHIPPED_WRITER)))


def _joined(names: Iterable[Any]) -> str:
    """Return what names a writer as one text; empty where nothing does."""
    return "\x1f".join(map(str, filter(None, names)))


def _syslog(match: re.Match[str], reckoning: Reckoning | None) -> Wrapped:
    found = time_in(match["time"], 0, 1, reckoning) if reckoning is not None else None
    said = {name: match[name] for name in ("host", "app") if match[name] not in (None, "-")}
    severity = SYSLOG(int(match["pri"]) % 8) if match["pri"] else None
    writer = _joined((match["host"], match["app"], match["pid"]))
    return Wrapped(
        match["rest"], found[0] if found else None, {"syslog": said} if said else {}, severity, writer=writer
    )


def _time(value: Any, reckoning: Reckoning | None) -> Instant | None:
    return parse_time(value, reckoning) if reckoning is not None else None


def _has_level(log: Any) -> bool:
    return isinstance(log, dict) and "level" in log


def _is_level(word: str | None) -> bool:
    return word is not None and word.lower() in WORDS
