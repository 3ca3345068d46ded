"""What the configuration adds to masking, put in force in this process."""

from collections.abc import Sequence

from bot.errors import ConfigError
from bot.text import redact


def mask(patterns: Sequence[str]) -> None:
    """Mask what matches one of the patterns as well, from now on.

    Raises:
        ConfigError: one of them cannot be used; the error quotes it and says why.
    """
    try:
        redact.configure(patterns)
    except ValueError as error:
        raise ConfigError("redact", f"{error}.", "Masking must never be slow; see docs/configuration.md.") from None
