"""What a record says of an exception: as one printed stack trace, as fields, or as a list of frames."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.logs.dialect import dig
from bot.text.stack import FRAMES_MAX, Stack, caused_by, read_stack

_HEADS = (
    "err", "error", "exception", "thrown", "exc", "exc_info", "exception_info", "stack_trace", "context.exception",
    "payload.exception",
)  # fmt: skip
"""Names under which an object may hold type, message and stack."""

_STACKS = (
    "err.stack", "error.stack_trace", "error.stack", "error.stacktrace", "exception.stacktrace", "exception.stack_trace",
    "exception.backtrace", "exception.stack", "attributes.exception.stacktrace", "thrown.extendedStackTrace",
    "thrown.stackTrace", "stack_trace", "stacktrace", "stackTrace", "stack", "errorVerbose", "exc_info", "exception",
    "context.exception.trace", "error", "err", "Exception", "@x", "full_message", "fields.error",
)  # fmt: skip
_TYPE_KEYS = ("type", "name", "class", "kind", "exc_type", "class_name")
_MESSAGE_KEYS = ("message", "msg", "value", "exc_value", "localizedMessage", "localized_message")
_CAUSE_KEYS = ("cause", "inner", "innerException", "InnerException", "caused_by", "causedBy")
CAUSES_MAX = 20
"""Of causes, each in the one before, that are looked through; the log decides how many there are."""

_TYPES = (
    "errorType", "error_type", "error.type", "error.kind", "exception_name", "exception.type", "exception_class", "exception.class",
    "attributes.exception.type", "exc_type",
)  # fmt: skip
_MESSAGES = ("errorMessage", "error.message", "exception.message", "attributes.exception.message", "exception_message")
_MARKS = frozenset(
    part for name in (*_HEADS, *_STACKS, *_TYPES, *_MESSAGES, "context") for part in (name, name.partition(".")[0])
)
"""Names of which one stands in every record that says anything of an exception."""

_FUNCTION_KEYS = ("func", "function", "method", "name")
_FILE_KEYS = ("file", "filename", "fileName", "source")
_LINE_KEYS = ("line", "lineno", "lineNumber")
_ITEMS_MAX = 200


def exception_of(fields: Mapping[str, Any]) -> Stack | None:
    """Return type, message and frames as far as the record names them, or None where it names none of them."""
    if fields.keys().isdisjoint(_MARKS):
        return None
    stack = next((found for name in _STACKS if (found := _stack(dig(fields, name)))), Stack("", "", ()))
    kind = message = cause = ""
    for head in _HEADS:
        value = dig(fields, head)
        if isinstance(value, str) and value and "\n" not in value and stack.frames:
            line = read_stack(value)  # zap and zerolog: the stack stands elsewhere
            kind, message = kind or line.type, message or line.message
        if isinstance(value, list) and value and isinstance(value[0], dict):
            cause = cause or (_headline(value[-1]) if len(value) > 1 and isinstance(value[-1], dict) else "")
            value = value[0]  # structlog: the exception, then its causes
        if isinstance(value, dict):
            cause = cause or _innermost(value)
            kind = kind or _text(value, _TYPE_KEYS)
            message = message or _text(value, _MESSAGE_KEYS)
    if (place := dig(fields, "context.exception.file")) and isinstance(place, str):
        stack = replace(stack, frames=(place, *stack.frames))  # Monolog: where it was thrown, then the trace
    kind = _text(fields, _TYPES) or kind or stack.type
    message = message or _text(fields, _MESSAGES) or stack.message
    cause = stack.cause or caused_by(cause)
    return Stack(kind, message, stack.frames, cause) if kind or message or stack.frames else None


def is_error_detail(name: str) -> bool:
    """Tell whether a field only describes the error that its record is."""
    head = name.partition(".")[0]
    return head in _HEADS or name in _STACKS or name.lower().startswith(("exception", "exc_", "error"))


def _innermost(exception: Mapping[str, Any]) -> str:
    """Return type and message of the innermost cause that an exception has as an object; empty where it has none."""
    found = ""
    for _ in range(CAUSES_MAX):
        inner = next((exception[key] for key in _CAUSE_KEYS if isinstance(exception.get(key), dict)), None)
        if inner is None:
            break
        found, exception = _headline(inner) or found, inner
    return found


def _headline(exception: Mapping[str, Any]) -> str:
    return ": ".join(filter(None, (_text(exception, _TYPE_KEYS), _text(exception, _MESSAGE_KEYS))))


def _stack(value: Any) -> Stack | None:
    """Return the stack that a text, a list of lines or a list of frames is."""
    if isinstance(value, str):
        return read_stack(value) if value else None
    if not isinstance(value, list) or not value:
        return None
    if all(isinstance(item, str) for item in value[:_ITEMS_MAX]):
        return read_stack("\n".join(value[:_ITEMS_MAX]))
    if isinstance(value[0], dict) and isinstance(value[0].get("frames"), list):
        value = value[0]["frames"][::-1]  # structlog writes them outermost first
    frames = tuple(frame for item in value[:FRAMES_MAX] if isinstance(item, dict) and (frame := _frame(item)))
    return Stack("", "", frames) if frames else None


def _frame(item: Mapping[str, Any]) -> str:
    function, file, line = (_text(item, keys) for keys in (_FUNCTION_KEYS, _FILE_KEYS, _LINE_KEYS))
    if owner := _text(item, ("class",)):
        function = f"{owner}.{function}"
    place = f"{file}:{line}" if file and line else file
    if not place:
        return function
    return f"{function} ({place})" if function else place


def _text(fields: Mapping[str, Any], names: Sequence[str]) -> str:
    for name in names:
        value = dig(fields, name)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return str(value)
    return ""
