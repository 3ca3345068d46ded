"""Stack traces as text: which lines belong to one, and its type, message and frames in one form for all languages.

A frame reads `function (file:line)`, innermost first: V8, Java, .NET, Python, Go and Ruby print them each their own way.
"""

import re
from collections.abc import Iterable
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
    r"(?P<type>[A-Za-z_][\w.$]*(?:::\w+)*)(?:: (?P<message>.*))?"
)
_EXCEPTION_NAME = re.compile(r"(?:Error|Exception|Throwable|Fault|Failure|Timeout|Interrupt|Exit|panic)(?:\$\w+)?$")
_CONTINUATION = re.compile(
    r"\s+\S"  # anything indented: frames, and the source lines that Python prints below them
    r"|at \S|Caused by: |Suppressed: |Traceback \(most recent call last\)|File \"|\.\.\. \d+ (?:more|common)"
    r"|During handling of the above exception|The above exception was the direct cause"
    r"|--- End of (?:inner exception )?stack trace|goroutine \d+ \[|created by \S+|exit status \d+$|\[signal SIG"
    r"|[\w./*()\[\]-]+\.[\w.*()\[\]-]+\((?:0x[0-9a-f]+|\.\.\.|\{|\)).*$"  # Go: the function, its place below
    r"|panic: |fatal error: |thread '[^']*' panicked at|stack backtrace:|note: run with `RUST_BACKTRACE"
    r"|#\d+ (?:/\S+\(\d+\)|\{main\}|\[internal function\])|PHP Fatal error: |Stack trace:|Exception in thread \"|thrown in /"
    r"|\S+\.rb:\d+:in |from \S+:\d+:in |Unhandled exception\. |Node\.js v\d|Backtrace:$|Error: "
)
_CRASH = re.compile(
    r"Traceback \(most recent call last\)|Exception in thread \"|Unhandled exception[. :]|Uncaught (?:exception|\w*Error)"
    r"|panic: |fatal error: |thread '[^']*' panicked at|terminate called after|PHP Fatal error: |\w*Error: .*\(unhandled\)"
)
_PYTHON_START = "Traceback (most recent call last)"


@dataclass(frozen=True, slots=True)
class Stack:
    """What a stack trace says; parts that it does not have are empty."""

    type: str
    message: str
    frames: tuple[str, ...]


def continues(line: str) -> bool:
    """Tell whether a line that is no record of its own reads like part of the stack trace of the record before it.

    Blank, or indented, or begins as one of the known parts of a trace, or is the exception's own line
    (`ValueError: ...`, `java.io.IOException: ...`).
    """
    if _CONTINUATION.match(line) or not line.strip():
        return True
    head = _HEADLINE.fullmatch(line)
    return bool(head and _EXCEPTION_NAME.search(head["type"]))


def begins_crash(line: str) -> bool:
    """Tell whether a line begins the trace of an exception that nobody caught, which is all that is said of it."""
    return _CRASH.match(line) is not None


def read_stack(text: str) -> Stack:
    """Return type, message and frames of a printed stack trace."""
    return _read_again(text) if len(text) <= REMEMBERED_MAX else _read(text)


def _read(text: str) -> Stack:
    lines = text.splitlines()
    python = any(line.startswith(_PYTHON_START) for line in lines)
    kind, message = _headline(reversed(lines) if python else lines)
    frames = read_frames(lines)
    return Stack(kind, message, frames)


_read_again = lru_cache(maxsize=256)(_read)


def read_frames(lines: Iterable[str]) -> tuple[str, ...]:
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
        match = pattern.fullmatch(line.rstrip())
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
