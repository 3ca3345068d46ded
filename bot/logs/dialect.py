"""The dialects of JSON logs: what each family of loggers calls its time, level and message.

A dialect is a row of `DIALECTS`: the names that tell it, and the names it uses. Names are dotted and read alike whether
they are written so (`"log.level"`) or nested. Level numbers mean what the row means by them: 50 is an error in pino, 17
in OpenTelemetry, 3 in syslog, 40000 in logback.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.logs.severity import (
    DATADOG,
    GOOGLE,
    LOGBACK,
    MONOLOG,
    OTEL,
    PINO,
    PYTHON,
    SCALE_OF_NAME,
    SYSLOG,
    Scale,
    Severity,
    by_word,
)
from bot.logs.times import PLAIN, Instant, Reckoning, parse_time

_TIMES = (
    "time", "timestamp", "@timestamp", "ts", "asctime", "datetime", "Timestamp", "@t", "T", "date", "eventTime",
    "start_time", "EdgeStartTimestamp", "time_iso8601", "time_local", "created_at", "t",
)  # fmt: skip
_LEVELS = (
    "level", "severity", "levelname", "log.level", "log_level", "loglevel", "lvl", "@level", "LogLevel", "Level",
    "severity_text", "severityText", "SeverityText", "level_name", "L", "@l", "levelno", "level_value", "severityNumber",
    "SeverityNumber",
)  # fmt: skip
_MESSAGES = (
    "msg", "message", "@message", "event", "body", "Body", "short_message", "Message", "@m", "@mt", "M", "fields.message", "log",
    "textPayload", "full_message",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one family of loggers names things; first found wins.

    Args:
        tell: Top-level names that must all be present.
        without: Top-level names of which none may be.
        any_of: Top-level names of which one must be, where there are any.
        scale: What a numeric level means; None where the rest of the file has to tell.
        absent: The severity where none is written, for loggers that leave the common one out.
        bags: Prefixes under which it puts what the application adds.
    """

    name: str
    tell: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    time: tuple[str, ...] = _TIMES
    level: tuple[str, ...] = _LEVELS
    message: tuple[str, ...] = _MESSAGES
    scale: Scale | None = None
    absent: Severity | None = None
    bags: tuple[str, ...] = ()

    def tells(self, names: Mapping[str, Any]) -> bool:
        """Tell whether an object of these names is in this dialect."""
        return (
            all(name in names for name in self.tell)
            and (not self.any_of or any(name in names for name in self.any_of))
            and not any(name in names for name in self.without)
        )


COMMON = Dialect("json", bags=("fields.", "context.", "extra.", "attributes."))
"""What has no mark of its own: the names that most loggers share."""

TEXT = Dialect("text", time=(), level=("level",), message=("message",))
"""Plain text, read by its layout; its time has been read with it."""

LOGFMT = Dialect("logfmt", scale=PINO)

OTLP = Dialect(
    "otlp", any_of=("timeUnixNano", "observedTimeUnixNano"),
    time=("timeUnixNano", "observedTimeUnixNano"),
    level=("severityNumber", "severityText"),
    message=("body", "exception.message", "eventName"), scale=OTEL,
)  # fmt: skip

# Those with marks of their own first; what is told by common names only comes after them.
DIALECTS = (
    OTLP,
    Dialect(
        "journald", ("__REALTIME_TIMESTAMP",), time=("_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP"),
        level=("PRIORITY",), message=("MESSAGE",), scale=SYSLOG,
    ),
    Dialect("clef", ("@t",), time=("@t",), level=("@l",), message=("@m", "@mt"), absent=Severity.INFO),
    Dialect(
        "gelf", ("short_message",), any_of=("version", "host"), time=("timestamp", "_timestamp"),
        level=("level", "_level"), message=("short_message", "full_message"), scale=SYSLOG, bags=("_",),
    ),
    Dialect(
        "log4j2", ("level",), any_of=("loggerFqcn", "instant", "timeMillis", "thrown", "endOfBatch"),
        time=("instant", "timeMillis", *_TIMES), scale=LOGBACK, bags=("contextMap.",),
    ),
    Dialect(
        "lograge", ("method", "path", "status"), any_of=("controller", "action", "format"),
        without=("level", "severity", "lvl"), message=("message", "msg"),
    ),
    Dialect("logback", any_of=("level_value", "@version"), time=("@timestamp", *_TIMES), scale=LOGBACK),
    Dialect("ecs", any_of=("ecs.version", "ecs"), time=("@timestamp",), level=("log.level", "level"), message=("message",)),
    Dialect(
        "datadog", ("status", "message"), any_of=("ddsource", "ddtags"), without=("level", "severity", "lvl"),
        time=("timestamp", "date", *_TIMES), level=("status",), message=("message",), scale=DATADOG,
    ),
    Dialect(
        "datadog", ("_id", "date", "status", "message"), without=("level", "severity", "lvl"),
        time=("date",), level=("status",), message=("message",), scale=DATADOG, bags=("attributes.",),
    ),
    Dialect(
        "mongodb", ("t", "s", "c", "msg"), time=("t",), level=("s",), message=("msg",),
    ),
    Dialect(
        "monolog", ("level_name",), time=("datetime", *_TIMES), level=("level_name", "level"), scale=MONOLOG, bags=("context.", "extra."),
    ),
    Dialect("semantic_logger", any_of=("level_index", "named_tags"), message=("message", "exception.message"), bags=("payload.", "named_tags."),
    ),
    Dialect(
        "lambda_platform", ("time", "type", "record"), without=("level", "message", "msg"), level=("record.status",),
        message=("type",), absent=Severity.INFO,
    ),
    Dialect(
        "gcp", ("severity",), without=("level", "levelname"),
        time=("timestamp", "time", "timestampSeconds", "receiveTimestamp", *_TIMES), level=("severity",),
        message=("message", "textPayload", "msg", *_MESSAGES), scale=GOOGLE,
    ),
    Dialect(
        "dotnet", ("LogLevel", "Message"), time=("Timestamp",), level=("LogLevel",), message=("Message",), bags=("State.",),
    ),
    Dialect(
        "powertools", ("location", "timestamp", "level", "message"), any_of=("service", "function_name", "xray_trace_id"),
        time=("timestamp",), level=("level",), message=("message",), scale=PYTHON,
    ),
    Dialect("lambda", ("timestamp",), any_of=("AWSRequestId", "requestId"), message=("message", "errorMessage", *_MESSAGES)),
    Dialect("python_json_logger", any_of=("levelname", "asctime", "levelno"), time=("asctime", *_TIMES), scale=PYTHON),
    Dialect("bunyan", ("v", "hostname", "pid"), scale=PINO),
    Dialect("pino", ("pid", "hostname"), scale=PINO),
    Dialect("zap", ("L", "M"), time=("T",), level=("L",), message=("M",)),
    Dialect("zap", ("ts", "level"), any_of=("msg", "caller", "logger"), time=("ts", *_TIMES)),
    Dialect("structlog", ("event",), without=("msg", "message", "body"), message=("event",), scale=PYTHON),
    Dialect("slog", ("time", "level", "msg", "source")),
    Dialect("zerolog", ("level", "message", "time"), without=("timestamp", "msg")),
    Dialect("winston", ("level", "message", "timestamp"), without=("time", "msg")),
    Dialect("winston", ("level", "message"), without=("time", "msg", "timestamp", "@timestamp", "ts")),
    Dialect("logrus", ("level", "msg", "time"), without=("v", "pid")),
    COMMON,
)  # fmt: skip

SECONDS_APART = "timestampSeconds"
"""A time of Google's that another field has the fraction of."""

BY_NAME: Mapping[str, Dialect] = {row.name: row for row in reversed((*DIALECTS, LOGFMT, TEXT))}
"""What the configuration may name."""


def dialect_of(fields: Mapping[str, Any]) -> Dialect:
    """Return the first dialect whose tell-tale names are all there."""
    return next(row for row in DIALECTS if row.tells(fields))


def dig(fields: Mapping[str, Any], name: str) -> Any:
    """Return what stands under a dotted name, written so or nested; None where nothing does."""
    value = fields.get(name)
    while value is None and "." in name:
        head, _, name = name.partition(".")
        inner = fields.get(head)
        if not isinstance(inner, dict):
            return None
        fields, value = inner, inner.get(name)
    return value


def first(fields: Mapping[str, Any], names: Sequence[str]) -> Any:
    """Return what stands under the first of the names that holds anything, else None."""
    return next((value for name in names if (value := dig(fields, name)) not in (None, "")), None)


def time_of(fields: Mapping[str, Any], dialect: Dialect, reckoning: Reckoning = PLAIN) -> Instant | None:
    """Return when the record says it was written."""
    for name in dialect.time:
        value = dig(fields, name)
        if value is None:
            continue
        if name == SECONDS_APART:
            value = {"seconds": value, "nanos": fields.get("timestampNanos")}
        if at := parse_time(value, reckoning):
            return at
    return None


def severity_of(fields: Mapping[str, Any], dialect: Dialect, fallback: Scale = PINO) -> Severity | None:
    """Return how bad the record says it is, or None where it does not say.

    Args:
        fields: Nested or dotted.
        dialect: Where the level stands.
        fallback: The scale of numbers where neither name nor dialect tells one.
    """
    for name in dialect.level:
        value = dig(fields, name)
        if isinstance(value, str):
            known = by_word(value)
            if known is not None:
                return known
            value = _number(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6:
            return (SCALE_OF_NAME.get(name) or dialect.scale or fallback)(value)
    return dialect.absent


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
