"""Stack traces as text: which lines belong to one, and its type, message and frames in one form for all languages.

A frame reads `function (file:line)`, innermost first: V8, Java, .NET, Python, Go and Ruby print them each their own way.
Of chained exceptions the outermost one is read, which says what failed; of the innermost one its type and message.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

REMEMBERED_MAX = 16 << 10
"""Characters of a trace up to which it is remembered: the same fault prints the same trace again and again."""

FRAMES_MAX = 50
"""Frames kept of one trace; the application's own stand near the top."""

_FRAMES = (
    re.compile(r'\s*File "(?P<file>[^"]+)", line (?P<line>\d+)(?:, in (?P<function>.+))?'),  # Python
    re.compile(r"\s*at (?P<function>.+) in (?P<file>.+):line (?P<line>\d+)"),  # .NET
    re.compile(r"\s*at (?:async )?(?:(?P<function>.+?) \()?(?P<file>[^()]+?):(?P<line>\d+):\d+\)?"),  # V8
    re.compile(r"\s*at (?P<function>[^()\s]+)\((?P<file>[^():]+)(?::(?P<line>\d+))?\)(?: .*)?"),  # Java
    re.compile(r"\s*at (?:async )?(?P<function>[^():]+?)(?: \((?P<file>[^()]*)\))?"),  # V8 native, Hermes
    re.compile(r"\s*(?:from )?(?P<file>\S+\.rb):(?P<line>\d+):in [`'](?P<function>[^']+)'"),  # Ruby
    re.compile(r"\s+(?P<file>\S+\.go):(?P<line>\d+)(?: \+0x[0-9a-f]+)?"),  # Go; its function is the line before
    re.compile(r"#\d+ (?P<file>/[^()]+)\((?P<line>\d+)\): (?P<function>[^()]+).*"),  # PHP
    re.compile(r"\s*(?P<file>/\S+\.\w{1,5}):(?P<line>\d+)"),  # a place alone
)
_GO_FUNCTION = re.compile(r"(?P<function>[\w./*()\[\]-]+?)(?:\((?:0x|\.\.\.|\{|\)|[\w, ]*\)).*)?")
_HEADLINE = re.compile(
    r"(?:Exception in thread \"[^\"]*\" |Uncaught |Unhandled exception\. )?"
    r"(?P<type>[A-Za-z_][\w.$]*(?:::\w+)*)(?: \[\w+\])?(?:: (?P<message>.*))?"  # Node: Error [ERR_STREAM_DESTROYED]: ...
)
_EXCEPTION_NAME = re.compile(r"(?:Error|Exception|Throwable|Fault|Failure|Timeout|Interrupt|Exit|panic)(?:\$\w+)?$")
_CONTINUATION = re.compile(
    r"\s+\S"  # anything indented: frames, and the source lines that Python prints below them
    r"|at \S|[Cc]aused by: |Suppressed: |Traceback \(most recent call last\)|File \"|\.\.\. \d+ (?:more|common)"
    r"|During handling of the above exception|The above exception was the direct cause"
    r"|--- End of (?:inner exception )?stack trace|goroutine \d+ \[|created by \S+|exit status \d+$|\[signal SIG"
    r"|[\w./*()\[\]-]+\.[\w.*()\[\]-]+\((?:0x[0-9a-f]+|\.\.\.|\{|\)).*$"  # Go: the function, its place below
    r"|panic: |fatal error: |thread '[^']*' panicked at|stack backtrace:|note: run with `RUST_BACKTRACE"
    r"|#\d+ (?:/\S+\(\d+\)|\{main\}|\[internal function\])|PHP Fatal error: |Stack trace:|Exception in thread \"|thrown in /"
    r"|\S+\.rb:\d+:in |from \S+:\d+:in |Unhandled exception\. |Node\.js v\d|Backtrace:$|Error: |\}$"
)
_CRASH = re.compile(
    r"Traceback \(most recent call last\)|Exception in thread \"|Unhandled exception[. :]|Uncaught (?:exception|\w*Error)"
    r"|panic: |fatal error: |thread '[^']*' panicked at|terminate called after|PHP Fatal error: |\w*Error: .*\(unhandled\)"
)
_FRAME_BELOW = re.compile(r"\s+at \S")
_PYTHON_START = "Traceback (most recent call last)"
_PYTHON_LINK = re.compile(
    r"The above exception was the direct cause|(?P<handling>During handling of the above exception)"
)
_CAUSE = re.compile(r"\s*(?:Caused by: |caused by: |\[cause\]: )")  # Java; pino; Node
_SUPPRESSED = re.compile(r"\s*Suppressed: ")  # Java: what closing a resource threw, with causes of its own
_INNER = re.compile(r"\s*---> (?=[\w.]+(?:Exception|Error)\b)")  # .NET
_INNER_END = "--- End of inner exception stack trace"
_INNER_AGAIN = "---> (Inner Exception #"  # .NET: all exceptions of an AggregateException, below its own frames
_PACKAGE = re.compile(r"(?:[A-Za-z_]\w*\.)+(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Stack:
    """What a stack trace says; parts that it does not have are empty.

    Args:
        cause: Of chained exceptions the innermost, in words: `caused by TimeoutError: read timed out`.
    """

    type: str
    message: str
    frames: tuple[str, ...]
    cause: str = ""


def continues(line: str) -> bool:
    """Tell whether a line that is no record of its own reads like part of the stack trace of the record before it.

    Blank, or indented, or begins as one of the known parts of a trace, or is the exception's own line
    (`ValueError: ...`, `java.io.IOException: ...`).
    """
    return _CONTINUATION.match(line) is not None or not line.strip() or names_error(line)


def names_error(line: str) -> bool:
    """Tell whether a line is an exception's own (`TypeError: x is undefined`), below which its frames may stand."""
    head = _HEADLINE.fullmatch(line)
    return bool(head and _EXCEPTION_NAME.search(head["type"]))


def is_frame(line: str) -> bool:
    """Tell whether a line is a frame as V8, Java and .NET print it: they print the exception's own line first."""
    return _FRAME_BELOW.match(line) is not None


def begins_crash(line: str) -> bool:
    """Tell whether a line begins the trace of an exception that nobody caught, which is all that is said of it."""
    return _CRASH.match(line) is not None


def begins_another(line: str, above: Sequence[str]) -> bool:
    """Tell whether a line that begins a trace, or names an error, does so for another one than that of the lines above it."""
    trace = [one for one in above if one.strip()]
    if begins_crash(line):
        return any(map(begins_crash, trace)) and _PYTHON_LINK.match(trace[-1]) is None
    return any(map(is_frame, trace))


def read_stack(text: str) -> Stack:
    """Return type, message and frames of a printed stack trace."""
    return _read_again(text) if len(text) <= REMEMBERED_MAX else _read(text)


def _read(text: str) -> Stack:
    lines = text.splitlines()
    python = any(line.startswith(_PYTHON_START) for line in lines)
    own, cause = _outermost_of_python(lines) if python else _outermost(lines)
    kind, message = _headline(reversed(own) if python else own)
    return Stack(kind, message, _frames(own), cause)


_read_again = lru_cache(maxsize=256)(_read)


def _outermost_of_python(lines: list[str]) -> tuple[list[str], str]:
    """Return the lines of the outermost exception, which Python prints last, and the cause in words."""
    links = [(i, match["handling"]) for i, line in enumerate(lines) if (match := _PYTHON_LINK.match(line))]
    if not links:
        return lines, ""
    how = "while handling" if any(handling for _, handling in links) else "caused by"
    kind, message = _headline(reversed(lines[: links[0][0]]))
    return lines[links[-1][0] + 1 :], _in_words(how, f"{kind}: {message}" if kind and message else kind or message)


def _outermost(lines: list[str]) -> tuple[list[str], str]:
    """Return the lines of the outermost exception, which the others print first, and the cause in words."""
    own: list[str] = []
    cause = ""
    depth = deepest = 0
    suppressed: int | None = None  # how far it is indented
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if suppressed is not None and indent >= suppressed:
            continue
        suppressed = indent if _SUPPRESSED.match(line) else None
        if _INNER_AGAIN in line:
            break
        if _INNER_END in line:
            depth = max(0, depth - 1)
            continue
        above, *inner = _CAUSE.split(line, 1) if _CAUSE.match(line) else _INNER.split(line)
        if depth == 0 and suppressed is None and (above or not inner):
            own.append(above)
        depth += len(inner)
        if inner and depth > deepest:
            deepest, cause = depth, inner[-1]
    return own, caused_by(cause)


def caused_by(cause: str) -> str:
    """Return the cause of an exception in words; empty where there is none."""
    return _in_words("caused by", cause)


def _in_words(how: str, cause: str) -> str:
    """Return the cause in words, its type without the package: the line is read on a phone."""
    cause = cause.strip().removesuffix(" {")
    if package := _PACKAGE.match(cause):
        cause = cause[package.end() :]
    return f"{how} {cause}" if cause else ""


def _frames(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the frames among lines, innermost first, at most FRAMES_MAX."""
    frames: list[str] = []
    before = ""
    outermost_first = False
    for line in lines:
        outermost_first = outermost_first or line.lstrip().startswith('File "')
        frame = _frame(line, before)
        if frame:
            frames.append(frame)
        before = line
    if outermost_first:
        frames.reverse()
    return tuple(frames[:FRAMES_MAX])


def _headline(lines: Iterable[str]) -> tuple[str, str]:
    for line in lines:
        if not line.strip() or line[0].isspace():
            continue
        match = _HEADLINE.fullmatch(line.strip())
        if match and (_EXCEPTION_NAME.search(match["type"]) or match["message"] is not None):
            return match["type"], match["message"] or ""
        return "", line.strip()
    return "", ""


def _frame(line: str, before: str) -> str:
    for pattern in _FRAMES:
        match = pattern.fullmatch(line.rstrip().removesuffix(" {"))  # Node: its other properties follow
        if match:
            break
    else:
        return ""
    parts = match.groupdict()
    function = parts.get("function") or ""
    if not function and (go := _GO_FUNCTION.fullmatch(before.strip())):
        function = go["function"]
    place = ":".join(part for part in (parts.get("file"), parts.get("line")) if part)
    if not place:
        return function
    return f"{function} ({place})" if function else place
