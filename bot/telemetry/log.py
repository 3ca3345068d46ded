"""Our own log: structured, on standard error, JSON when nobody is looking. It names no secret.

Everything goes through one pipeline, the records of libraries (Bolt, the SDK, APScheduler, waitress) included, and its
last step before the output masks every token by its shape and every value registered as secret.
"""

import logging
import re
import sys
from collections.abc import Iterable
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "[secret]"
# Slack's tokens by their shape (xoxb-, xapp-, xoxe.xoxp- ...), response_urls and trigger ids carry rights as well.
_TOKEN = re.compile(r"xox[a-z][-.][\w.-]{6,}|xapp-[\w-]{6,}|(?<=hooks\.slack\.com/)[\w/.-]+")
# A shorter value would mask ordinary words.
_SHORTEST_SECRET = 8
# Loud at INFO about every reconnect and tick, and silent about nothing that matters at WARNING.
_QUIET = ("slack_bolt", "slack_sdk", "apscheduler", "waitress", "alembic", "urllib3", "matplotlib", "PIL", "git")


def configure(*, secrets: Iterable[str] = (), level: str = "INFO", stream: TextIO | None = None) -> None:
    """Set up logging for the whole process; called once, in main.

    `secrets` are values (tokens, the signing secret, passwords) that no line may contain, whoever writes it.
    """
    stream = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    mask = Mask(secrets)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_output(mask, stream.isatty())],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class Mask:
    """The processor that takes secrets out of everything an event carries, tracebacks included."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted({secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}, key=len, reverse=True)
        alternatives = [*(re.escape(secret) for secret in known), _TOKEN.pattern]
        self._pattern = re.compile("|".join(alternatives))

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        """Return the event with every secret replaced by "[secret]"."""
        del logger, method
        return {key: self._clean(value) for key, value in event.items()}

    def _clean(self, value: Any) -> Any:
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if isinstance(value, dict):
            return {self._clean(key): self._clean(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._clean(inner) for inner in value]
        return self._pattern.sub(MASK, value if isinstance(value, str) else repr(value))


def _output(mask: Mask, terminal: bool) -> list[Processor]:
    written_out: list[Processor] = [structlog.processors.format_exc_info, mask]
    if terminal:
        plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        return [*written_out, plain]
    return [*written_out, structlog.processors.JSONRenderer()]
