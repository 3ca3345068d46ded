"""How bad a record says it is: words of all loggers, and the numbers that mean something else in each of them."""

from collections.abc import Callable, Mapping
from enum import IntEnum


class Severity(IntEnum):
    """As OpenTelemetry orders them."""

    TRACE = 1
    DEBUG = 5
    INFO = 9
    WARN = 13
    ERROR = 17
    FATAL = 21


Scale = Callable[[float], Severity]
"""What a logger means by a level number."""

WORDS: Mapping[str, Severity] = {
    **dict.fromkeys(("trace", "trc", "finest", "finer", "verbose", "vrb", "silly", "trac", "t"), Severity.TRACE),
    **dict.fromkeys(("debug", "fine", "dbg", "dbug", "debu", "config", "d", *(f"debug{n}" for n in range(1, 6))), Severity.DEBUG),
    **dict.fromkeys(
        ("info", "inf", "information", "informational", "notice", "default", "log", "http", "success", "i"),
        Severity.INFO,
    ),
    **dict.fromkeys(("warn", "warning", "wrn", "w"), Severity.WARN),
    **dict.fromkeys(("error", "err", "eror", "erro", "severe", "fail", "failure", "timeout", "e"), Severity.ERROR),
    **dict.fromkeys(
        ("fatal", "ftl", "fata", "critical", "crit", "alert", "emergency", "emerg", "panic", "dpanic", "pani", "f", "c"), Severity.FATAL
    ),
}  # fmt: skip
_WORD_END = str.maketrans("+-", "  ")
"""slog writes levels between the named ones as ERROR+2."""


def by_word(text: str) -> Severity | None:
    """Return what a level's word means, in any case, or None where it means nothing."""
    known = WORDS.get(text.lower())
    if known is None and (parts := text.translate(_WORD_END).split(maxsplit=1)):
        known = WORDS.get(parts[0].lower())
    return known


def _scale(*floors: tuple[float, Severity], below: Severity) -> Scale:
    """Return a scale on which worse is higher, as (lowest number, severity), worst first."""

    def severity(level: float) -> Severity:
        return next((found for floor, found in floors if level >= floor), below)

    return severity


PINO = _scale(
    (60, Severity.FATAL), (50, Severity.ERROR), (40, Severity.WARN), (30, Severity.INFO), (20, Severity.DEBUG),
    below=Severity.TRACE,
)  # fmt: skip
PYTHON = _scale(
    (50, Severity.FATAL), (40, Severity.ERROR), (30, Severity.WARN), (20, Severity.INFO), (10, Severity.DEBUG),
    below=Severity.TRACE,
)  # fmt: skip
LOGBACK = _scale(
    (40_000, Severity.ERROR), (30_000, Severity.WARN), (20_000, Severity.INFO), (10_000, Severity.DEBUG),
    below=Severity.TRACE,
)  # fmt: skip
JUL = _scale(
    (1000, Severity.ERROR), (900, Severity.WARN), (800, Severity.INFO), (500, Severity.DEBUG), below=Severity.TRACE
)
MONOLOG = _scale(
    (500, Severity.FATAL), (400, Severity.ERROR), (300, Severity.WARN), (200, Severity.INFO), below=Severity.DEBUG
)
OTEL = _scale(
    (21, Severity.FATAL), (17, Severity.ERROR), (13, Severity.WARN), (9, Severity.INFO), (5, Severity.DEBUG),
    below=Severity.TRACE,
)  # fmt: skip
SEMANTIC = _scale(
    (5, Severity.FATAL), (4, Severity.ERROR), (3, Severity.WARN), (2, Severity.INFO), (1, Severity.DEBUG),
    below=Severity.TRACE,
)  # fmt: skip


def SYSLOG(level: float) -> Severity:  # noqa: N802 - a scale among scales
    """Return the severity of a syslog number (RFC 5424, 6.2.1), on which worse is lower."""
    if level <= 2:
        return Severity.FATAL
    if level <= 3:
        return Severity.ERROR
    if level <= 4:
        return Severity.WARN
    return Severity.INFO if level <= 6 else Severity.DEBUG


def GOOGLE(level: float) -> Severity:  # noqa: N802 - a scale among scales
    """Return the severity of Google Cloud's numbers (LogSeverity), and of what others write under the same name."""
    if 0 < level < 100:
        return SYSLOG(level) if level <= 7 else OTEL(level)
    hundreds = {6: Severity.FATAL, 5: Severity.ERROR, 4: Severity.WARN, 1: Severity.DEBUG}
    return hundreds.get(min(int(level // 100), 6), Severity.INFO)


def DATADOG(level: float) -> Severity:  # noqa: N802 - a scale among scales
    """Return the severity of a number that Datadog takes for a status: syslog's, or HTTP's."""
    if level <= 7:
        return SYSLOG(level)
    return Severity.ERROR if level >= 500 else Severity.INFO


SCALE_OF_NAME: Mapping[str, Scale] = {
    "levelno": PYTHON,
    "level_value": LOGBACK,
    "level_index": SEMANTIC,
    "PRIORITY": SYSLOG,
    "severityNumber": OTEL,
    "severity_number": OTEL,
    "SeverityNumber": OTEL,
}
"""Names under which one kind of number stands, whatever else is in the record."""


def scale_of(levels: frozenset[float]) -> Scale:
    """Return the scale that level numbers seen in one file are on, where nothing else tells."""
    worst = max(levels, default=0)
    if not levels or levels <= {10, 20, 30, 35, 40, 50, 60}:
        return PINO
    if worst <= 7:
        return SYSLOG
    if worst <= 24:
        return OTEL
    if worst < 100:
        return PINO
    if worst >= 5000:
        return LOGBACK
    return JUL if levels & {700, 800, 900, 1000} else MONOLOG
