"""The two markups a line may be written in: Slack's, and none, for a terminal."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.render import escape
from bot.text.clean import clean


@dataclass(frozen=True, slots=True)
class Markup:
    """How outside text is written so that it stays text.

    Args:
        prose: A sentence from outside.
        code: A name or a sample, set apart.
        time: A time of day.
        moment: A day and a time of day.
    """

    prose: Callable[[str], str]
    code: Callable[[str], str]
    time: Callable[[datetime], str]
    moment: Callable[[datetime], str]


def _as_it_is(text: str) -> str:
    return " ".join(clean(text).split())


def _name(text: str) -> str:
    return escape.code(text, escape.NAME * 2)


MRKDWN: Final = Markup(escape.prose, _name, escape.time, escape.moment)
PLAIN: Final = Markup(
    _as_it_is,
    _as_it_is,
    lambda at: f"{at.astimezone(UTC):%H:%M} UTC",
    lambda at: f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
)
