"""One record of a log in our words: how bad it is, what it says, of which service, with which exception."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

from bot.logs.access import answered
from bot.logs.dialect import TEXT, Dialect, dig, first, severity_of
from bot.logs.exception import exception_of
from bot.logs.flatten import Scalar, flatten
from bot.logs.ids import USER_FIELDS
from bot.logs.pairs import pairs
from bot.logs.severity import PINO, Scale, Severity
from bot.logs.times import Instant
from bot.text.signature import exception_signature, signature
from bot.text.stack import Stack, read_stack

SERVER_ERROR = 500
"""HTTP statuses from here on are the server's own failures (RFC 9110, 15.6)."""

STATUS_MIN, STATUS_MAX = 100, 599
"""What lies outside is no HTTP status (a number of bytes, a code of one's own)."""

_STATUS_NAMES = (
    "status", "statusCode", "status_code", "res.statusCode", "res.status", "res.status_code", "response.status",
    "response.statusCode", "response.status_code", "http.status", "http.statusCode", "http.status_code",
    "http.response.status_code", "httpRequest.status", "response_code", "attributes.http.response.status_code",
    "attributes.http.status_code", "RequestMethod.StatusCode", "StatusCode", "payload.status",
    "DownstreamStatus", "EdgeResponseStatus",
)  # fmt: skip
_STATUSES = frozenset(_STATUS_NAMES)
_SERVICE_NAMES = (
    "service.name", "service", "resource.service.name", "Resource.service.name", "serviceContext.service", "serviceName",
    "service_name", "app", "application", "labels.service", "kubernetes.container_name", "kubernetes.labels.app", "SYSLOG_IDENTIFIER",
    "compose.service", "syslog.app", "name", "SourceContext", "logger", "logger_name", "loggerName", "Category",
    "_SYSTEMD_UNIT", "host",
)  # fmt: skip
_INNER_MESSAGES = ("message", "msg", "stringValue", "error", "text")
_METHOD_NAMES = (
    "method", "request_method", "req.method", "request.method", "http.method", "http.request.method",
    "httpRequest.requestMethod", "RequestMethod", "ClientRequestMethod",
)  # fmt: skip
_PATH_NAMES = (
    "path", "uri", "url", "request_uri", "request_path", "req.url", "req.path", "request.path", "request.uri", "request.url",
    "http.target", "http.path", "http.url", "url.path", "httpRequest.requestUrl", "request",
    "RequestPath", "ClientRequestURI",
)  # fmt: skip
_OBJECT_LIMIT = 300
UNSIGNED = "(no message)"
TOO_DEEP = "(a message too deeply nested to be shown)"


class Draft(NamedTuple):
    """One record, dated but not read yet: its object as the logger wrote it.

    Args:
        fields: Nested or dotted.
        at: When; None where neither it nor its wrapper says.
        context: What its wrappers say of it; what it says itself stands above.
        severity: What its wrapper says, for a record that says nothing.
        scale: What its level numbers mean where its dialect does not tell.
    """

    fields: Mapping[str, Any]
    dialect: Dialect
    at: Instant | None
    context: Mapping[str, Any] = MappingProxyType({})
    severity: Severity | None = None
    scale: Scale = PINO


@dataclass(slots=True)
class Record:
    """One record of a log, in our words; not redacted yet.

    Args:
        severity: None where the record names none.
        exception: What it says of an exception; frames may be added by lines that follow it.
        fields: Flat, under dotted names.
    """

    severity: Severity | None
    is_error: bool
    message: str
    exception: Stack | None
    fields: Mapping[str, Scalar]

    @property
    def service(self) -> str:
        """Of which service it is; empty where it names none."""
        return next((str(self.fields[name]) for name in _SERVICE_NAMES if self.fields.get(name)), "")


def read_record(draft: Draft) -> Record:
    """Return the record that a draft is."""
    fields, severity = fields_of(draft), severity_told(draft)
    message = _message(draft.fields, draft.dialect)
    is_error = is_failure(fields) if severity is None else severity >= Severity.ERROR
    exception = exception_of(draft.fields) if is_error else None
    if not message and is_error:
        message = (exception.message if exception else "") or _answered(draft.fields)
    return Record(severity, is_error, message, exception, fields)


def fields_of(draft: Draft) -> dict[str, Scalar]:
    """Return the fields of a record, flat, with those of its wrappers, and the pairs and ids that its text carries."""
    fields = named_fields(draft.fields, draft.dialect)
    if draft.context:
        fields = {**flatten(draft.context), **fields}
    if draft.dialect is TEXT:
        fields = {**pairs(_message(draft.fields, TEXT)), **fields}
    return fields


def own_severity(draft: Draft) -> Severity | None:
    """Return how bad a record says it is by its level."""
    return severity_of(draft.fields, draft.dialect, draft.scale)


def severity_told(draft: Draft) -> Severity | None:
    """Return how bad a record is by its level, or its wrapper's; that calls everything INFO, and a status knows better."""
    severity = own_severity(draft)
    if severity is None and draft.severity is not None and _status(named_fields(draft.fields, draft.dialect)) is None:
        return draft.severity
    return severity


def is_error(draft: Draft) -> bool:
    """Tell whether a record is an error."""
    severity = severity_told(draft)
    return is_failure(fields_of(draft)) if severity is None else severity >= Severity.ERROR


def said_by(draft: Draft) -> tuple[str, Stack | None]:
    """Return message and exception of a record that is an error; they are read from its own fields alone."""
    message, exception = _message(draft.fields, draft.dialect), exception_of(draft.fields)
    return message or (exception.message if exception else "") or _answered(draft.fields), exception


def add_lines(record: Record, lines: list[str]) -> None:
    """Give the record what the lines below it say: its message where it has none, and its frames."""
    if not record.message:
        record.message = lines[0].strip()
    if not record.is_error:
        return
    stack = read_stack("\n".join(lines))
    known = record.exception or Stack("", "", ())
    frames, cause = known.frames or stack.frames, known.cause or stack.cause
    if known.type or stack.type or frames or cause:
        record.exception = Stack(known.type or stack.type, known.message or stack.message, frames, cause)


def signature_of(record: Record) -> str:
    """Return what the record's error has in common with others of its kind."""
    exception = record.exception
    if exception is not None and (exception.frames or exception.type):
        return exception_signature(exception.type, exception.message or record.message, exception.frames)
    return signature(record.message) or UNSIGNED


def is_status(name: str) -> bool:
    """Tell whether a field is the HTTP status of the answer, which restates the error."""
    return name in _STATUS_NAMES


def status_among(fields: Mapping[str, Scalar]) -> str:
    """Return under which name fields have a status; empty where they have none."""
    return "" if _STATUSES.isdisjoint(fields) else next(name for name in _STATUS_NAMES if name in fields)


def is_failure(fields: Mapping[str, Scalar]) -> bool:
    """Tell whether the status among fields is one of the server's own failures."""
    return (_status(fields) or 0) >= SERVER_ERROR


def named_fields(fields: Mapping[str, Any], dialect: Dialect) -> dict[str, Scalar]:
    """Return the fields flat, the user under one of its usual names, wherever the dialect puts what applications add."""
    found = flatten(fields)
    for bag in dialect.bags:
        for name in USER_FIELDS:
            if bag + name in found and name not in found:
                found[name] = found.pop(bag + name)
    return found


def says_how_it_went(draft: Draft) -> bool:
    """Tell whether a record has a level, or a status: without either it is no error, whatever happened."""
    return severity_told(draft) is not None or _status(named_fields(draft.fields, draft.dialect)) is not None


def _status(fields: Mapping[str, Scalar]) -> float | None:
    """Return the HTTP status that a record carries, or None."""
    name = status_among(fields)
    if not name:
        return None
    status = fields[name]
    if isinstance(status, str):
        status = int(status) if len(status) == 3 and status.isdecimal() else None
    if type(status) is not int and type(status) is not float:
        return None
    return status if STATUS_MIN <= status <= STATUS_MAX else None


def _message(fields: Mapping[str, Any], dialect: Dialect) -> str:
    value = first(fields, dialect.message)
    if isinstance(value, dict):
        inner = next((dig(value, name) for name in _INNER_MESSAGES if dig(value, name)), None)
        value = value if inner is None or isinstance(inner, dict | list) else inner
    if isinstance(value, dict | list):
        try:
            return orjson.dumps(value).decode()[:_OBJECT_LIMIT]
        except orjson.JSONEncodeError:  # it reads four times as deep as it writes
            return TOO_DEEP
    return "" if value is None else str(value)


def _answered(fields: Mapping[str, Any]) -> str:
    """Return the request and the status of its answer, which are all that a line of an access log says; else ""."""
    status = first(fields, _STATUS_NAMES)
    path = first(fields, _PATH_NAMES)
    if not isinstance(path, str) or type(status) not in (int, str) or _status({"status": status}) is None:
        return ""
    status = int(status)
    method = first(fields, _METHOD_NAMES)
    match path.split(" "):
        case [verb, target, _]:  # nginx' $request: GET /pay HTTP/1.1
            method, path = verb, target
    return answered(method if isinstance(method, str) else "", path.partition("?")[0], status)
