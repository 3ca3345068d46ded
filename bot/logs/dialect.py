"""One JSON object of a log, in the words its library uses, to one record in ours.

A dialect is a row of `DIALECTS`: the names that tell it, where its time, level and message stand, and what its level
numbers mean (50 is an error in pino, 3 in syslog, 40000 in logback: the dialect decides, not the number). Most loggers
need no row of their own: the last row knows the common names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from bot.logs.flatten import Scalar
from bot.logs.times import Instant, parse_time
from bot.text.stack import Stack, read_frames, read_stack


class Severity(IntEnum):
    """As OpenTelemetry orders them."""

    TRACE = 1
    DEBUG = 5
    INFO = 9
    WARN = 13
    ERROR = 17
    FATAL = 21


SERVER_ERROR = 500
"""HTTP statuses from here on are the server's own failures (RFC 9110, 15.6)."""

_LEVEL_WORDS: Mapping[str, Severity] = {
    **dict.fromkeys(("trace", "finest", "finer", "verbose", "silly", "t"), Severity.TRACE),
    **dict.fromkeys(("debug", "fine", "dbg", "d"), Severity.DEBUG),
    **dict.fromkeys(("info", "information", "informational", "notice", "default", "http", "i"), Severity.INFO),
    **dict.fromkeys(("warn", "warning", "wrn", "w"), Severity.WARN),
    **dict.fromkeys(("error", "err", "severe", "e"), Severity.ERROR),
    **dict.fromkeys(
        ("fatal", "critical", "crit", "alert", "emergency", "emerg", "panic", "dpanic", "f", "c"), Severity.FATAL
    ),
}
_LEVEL_WORD_END = str.maketrans("+-", "  ")
"""slog writes levels between the named ones as ERROR+2."""

_STATUS_NAMES = (
    "status", "statusCode", "status_code", "res.statusCode", "res.status", "response.status", "response.statusCode",
    "response.status_code", "http.status", "http.statusCode", "http.status_code", "http.response.status_code",
    "httpRequest.status",
)  # fmt: skip
_ERROR_NAMES = ("err", "error", "exception", "thrown", "exc")
_STACK_NAMES = (
    "err.stack", "error.stack", "error.stack_trace", "exception.stacktrace", "exception.stack_trace", "exception.stack",
    "error.stacktrace", "thrown.extendedStackTrace", "stack_trace", "stacktrace", "stackTrace", "stack", "exc_info",
    "exception", "error", "err", "@x",
)  # fmt: skip
_ERROR_TYPE_KEYS = ("type", "name", "class", "kind")
_SERVICE_NAMES = (
    "service.name", "service", "serviceName", "service_name", "app", "application", "name", "SourceContext", "logger",
)  # fmt: skip


def _pino_number(level: float) -> Severity:
    for severity, floor in ((Severity.FATAL, 60), (Severity.ERROR, 50), (Severity.WARN, 40), (Severity.INFO, 30)):
        if level >= floor:
            return severity
    return Severity.DEBUG if level >= 20 else Severity.TRACE


def _syslog_number(level: float) -> Severity:
    if level <= 2:
        return Severity.FATAL
    if level <= 3:
        return Severity.ERROR
    if level <= 4:
        return Severity.WARN
    return Severity.INFO if level <= 6 else Severity.DEBUG


def _logback_number(level: float) -> Severity:
    return _pino_number(level / 1000 + 10)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one family of loggers names things; all names dotted, first found wins.

    Args:
        tell: Names that must all be present.
        number: What a numeric level means.
        absent: The severity where none is written, for loggers that leave the common one out.
    """

    name: str
    tell: tuple[str, ...]
    time: tuple[str, ...]
    level: tuple[str, ...]
    message: tuple[str, ...]
    number: Callable[[float], Severity] = _pino_number
    absent: Severity | None = None


DIALECTS = (
    Dialect("CLEF", ("@t",), ("@t",), ("@l",), ("@m", "@mt"), absent=Severity.INFO),
    Dialect("GELF", ("short_message", "version"), ("timestamp",), ("level",), ("short_message",), _syslog_number),
    Dialect("logback", ("level_value",), ("@timestamp",), ("level", "level_value"), ("message",), _logback_number),
    Dialect(
        "common",
        (),
        ("time", "timestamp", "@timestamp", "ts", "asctime", "datetime", "T"),
        ("level", "severity", "levelname", "log.level", "log_level", "lvl", "@level", "L"),
        ("msg", "message", "@message", "event", "body", "short_message", "M"),
    ),
)


@dataclass(slots=True)
class Record:
    """One record of a log, in our words; not redacted yet.

    Args:
        severity: None where the record names none.
        service: Empty where it names none.
        exception: What it says of an exception; frames may be added by lines that follow it.
    """

    severity: Severity | None
    is_error: bool
    message: str
    service: str
    exception: Stack | None
    fields: Mapping[str, Scalar]


def dialect_of(fields: Mapping[str, Scalar]) -> Dialect:
    """Return the first dialect whose tell-tale names are all there."""
    for row in DIALECTS:
        if not row.tell or (row.tell[0] in fields and all(name in fields for name in row.tell)):
            return row
    raise AssertionError("the last dialect tells nothing and takes all")


def time_of(fields: Mapping[str, Scalar], dialect: Dialect) -> Instant | None:
    """Return when the record says it was written."""
    for name in dialect.time:
        value = fields.get(name)
        if value is not None and (at := parse_time(value)):
            return at
    return None


def read_record(fields: Mapping[str, Scalar], dialect: Dialect) -> Record:
    """Return the record that a flattened object is."""
    severity = _severity(fields, dialect)
    if severity is None:
        status = next((fields[name] for name in _STATUS_NAMES if name in fields), None)
        is_error = _number(status, 0) >= SERVER_ERROR
    else:
        is_error = severity >= Severity.ERROR
    exception = _exception(fields) if is_error else None
    message = next((str(fields[name]) for name in dialect.message if fields.get(name) not in (None, "")), "")
    if not message and exception:
        message = exception.message
    service = next((str(fields[name]) for name in _SERVICE_NAMES if fields.get(name)), "")
    return Record(severity, is_error, message, service, exception, fields)


def add_frames(record: Record, lines: list[str]) -> None:
    """Give the record the frames that followed it on lines of their own; its own, if any, stay."""
    stack = read_stack("\n".join(lines))
    known = record.exception or Stack("", "", ())
    frames = known.frames or read_frames(lines)
    record.exception = Stack(known.type or stack.type, known.message or stack.message, frames)


def is_error_detail(name: str) -> bool:
    """Tell whether a field only describes the error that its record is."""
    head = name.partition(".")[0]
    return head in _ERROR_NAMES or name in _STACK_NAMES or name.startswith(("exception", "exc_", "error_", "error"))


def is_status(name: str) -> bool:
    """Tell whether a field is the HTTP status of the answer, which restates the error."""
    return name in _STATUS_NAMES


def _severity(fields: Mapping[str, Scalar], dialect: Dialect) -> Severity | None:
    for name in dialect.level:
        value = fields.get(name)
        if isinstance(value, str):
            word = value.translate(_LEVEL_WORD_END).split(maxsplit=1)
            known = _LEVEL_WORDS.get(word[0].lower()) if word else None
            if known is not None:
                return known
            value = _number(value, -1)
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
            return dialect.number(value)
    return dialect.absent


def _exception(fields: Mapping[str, Scalar]) -> Stack | None:
    text = next((str(fields[name]) for name in _STACK_NAMES if isinstance(fields.get(name), str)), "")
    stack = read_stack(text) if text else Stack("", "", ())
    kind, message = stack.type, stack.message
    for head in _ERROR_NAMES:
        for key in _ERROR_TYPE_KEYS:
            if isinstance(found := fields.get(f"{head}.{key}"), str):
                kind = found
                break
        if isinstance(found := fields.get(f"{head}.message"), str):
            message = found
    for name in ("errorType", "error_type", "exception_name"):
        if isinstance(found := fields.get(name), str):
            kind = found
    return Stack(kind, message, stack.frames) if kind or message or stack.frames else None


def _number(value: Scalar | None, default: float) -> float:
    if isinstance(value, bool) or value is None:
        return default
    try:
        number = float(value)
    except ValueError:
        return default
    return number if number == number else default  # noqa: PLR0124 - NaN
