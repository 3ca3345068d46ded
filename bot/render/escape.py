"""Where outside text leaves for Slack: cleaned, cut, then escaped, once, here; and the only makers of live markup.

Slack reads & < > as control characters everywhere, plain_text and the fallback text included; nothing else may be
escaped (docs.slack.dev/messaging/formatting-message-text#escaping). Emphasis has no escape at all, so a text that holds
any of its characters goes into a code span.
"""

import re
from datetime import UTC, datetime
from typing import Final

from bot.text.clean import ELLIPSIS, clean

LINE: Final = 300  # a sentence from outside, two lines on a desktop and six on a phone
NAME: Final = 60  # a tag, a person, a field: what fits beside other words on a phone

_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_WHITESPACE = re.compile(r"\s+")
# Emphasis, strike, code, a quote, an emoji, and what looks like a link: `verbatim` stops the last, but not in `text`.
# Slack leaves the underscores of snake_case alone.
_RESTYLES = re.compile(r"[*~`>]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:[A-Za-z0-9_+'-]+:|://|www\.|@[A-Za-z]|mailto:")
_USER = re.compile(r"[UW][A-Z0-9]{1,30}")
_GROUP = re.compile(r"S[A-Z0-9]{1,30}")
_CHANNEL = re.compile(r"[CDG][A-Z0-9]{1,30}")
_URL = re.compile(r"https?://[^\s<>|&]{1,2900}")
_NOTHING: Final = "(empty)"


def plain(text: str, limit: int = LINE) -> str:
    """Return one escaped line for a plain_text object or the fallback text; `limit` counts what is sent."""
    return _fit(_one_line(text), limit)


def prose(text: str, limit: int = LINE) -> str:
    """Return one escaped line for mrkdwn: as it is where nothing in it could restyle, else in a code span."""
    line = _one_line(text)
    return code(line, limit) if _RESTYLES.search(line) else _fit(line, limit)


def code(text: str, limit: int = LINE) -> str:
    """Return a code span that nothing in the text can end."""
    line = _one_line(text).replace("`", "'")
    return f"`{_fit(line, limit - 2)}`"


def code_block(text: str, limit: int = LINE * 5) -> str:
    """Return a code block that nothing in the text can end; its line breaks stay, and so do single backticks."""
    lines = clean(text).strip("\n").replace("```", "'''")
    return f"```\n{_fit(lines or _NOTHING, limit - 8)}\n```"


def user(user_id: str) -> str:
    """Mention a user; what is no user id is shown, not mentioned."""
    return f"<@{user_id}>" if _USER.fullmatch(user_id) else code(user_id, NAME)


def somebody(slack_id: str) -> str:
    """Mention a user or a user group, whichever the id is of."""
    return f"<!subteam^{slack_id}>" if _GROUP.fullmatch(slack_id) else user(slack_id)


def channel(name: str) -> str:
    """Name a channel, by id as a link, by name as text."""
    return f"<#{name}>" if _CHANNEL.fullmatch(name) else prose(name, NAME)


def link(url: str, label: str) -> str:
    """Link to a URL of ours; one that Slack would not take is left out, and the label stands alone."""
    return f"<{url}|{plain(label.replace('|', '/'), NAME)}>" if _URL.fullmatch(url) else prose(label, NAME)


def time(at: datetime) -> str:
    """Return the time of day, shown in the reader's own zone, with UTC to fall back on."""
    return _date(at, "{time}", f"{at.astimezone(UTC):%H:%M} UTC")


def moment(at: datetime) -> str:
    """Return the day and the time of day, for what may not have been today."""
    return _date(at, "{date_short_pretty} {time}", f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC")


def _date(at: datetime, form: str, fallback: str) -> str:
    return f"<!date^{int(at.timestamp())}^{form}|{fallback}>"


def _one_line(text: str) -> str:
    return _WHITESPACE.sub(" ", clean(text)).strip() or _NOTHING


def _fit(text: str, limit: int) -> str:
    """Escape; where the result is longer than `limit`, stop before it, at a whole character or entity."""
    escaped = "".join(_ENTITIES.get(character, character) for character in text)
    if len(escaped) <= limit:
        return escaped
    kept: list[str] = []
    room = limit - len(ELLIPSIS)
    for character in text:
        entity = _ENTITIES.get(character, character)
        room -= len(entity)
        if room < 0:
            break
        kept.append(entity)
    return "".join(kept).rstrip() + ELLIPSIS
