"""A message that Slack does not take as it is, or when it is due: in another place, without blocks, or marked late."""

from datetime import timedelta

from bot.incident.incident import Incident
from bot.render import escape
from bot.render.blocks import context
from bot.render.card import TITLE, name
from bot.render.limits import MESSAGE_BLOCKS, MESSAGE_TEXT, fit_lines
from bot.render.message import Message
from bot.render.words import minutes


def elsewhere(incident: Incident, message: Message, error: str) -> Message:
    """Return a message of the incident's thread as it stands outside of it: whose it is, and why it stands there.

    Args:
        incident: Its `channel_id` is where the message should have stood.
        message: As it would have read in the thread.
        error: Slack's own word for the refusal.
    """
    why = why_refused(incident.channel_id, error)
    blocks = message.blocks[: MESSAGE_BLOCKS - 1]
    head = context(f"*{escape.plain(name(incident), TITLE)}* · {why}, so this stands here.")
    return Message(f"{message.text} ({why})", (head, *blocks) if blocks else ())


def text_only(message: Message) -> Message:
    """Return a message without blocks: the words of its sections, mentions among them; buttons are left out."""
    sections = [block["text"]["text"] for block in message.blocks if block["type"] == "section" and "text" in block]
    return Message(fit_lines(sections, MESSAGE_TEXT) if sections else message.text)


def late(message: Message, by: timedelta) -> Message:
    """Return a message that says how long Slack held it up."""
    mark = f"{minutes(by)} late: Slack did not take it sooner."
    blocks = message.blocks[: MESSAGE_BLOCKS - 1]
    return Message(f"{message.text} ({mark})", (*blocks, context(mark)) if blocks else ())


def why_refused(channel_id: str, error: str) -> str:
    """Return what keeps a message out of a channel, as a clause in mrkdwn."""
    where = escape.channel(channel_id)
    return _WHY.get(error, "{where} refuses it ({error})").format(where=where, error=escape.prose(error, escape.NAME))


_NOT_IN = "I am not in {where}"
_RESTRICTED = "posting in {where} is restricted"
_WHY = {
    "is_archived": "{where} is archived",
    "channel_not_found": "{where} is gone, or I am not in it",
    "not_in_channel": _NOT_IN,
    "not_in_group": _NOT_IN,
    "restricted_action": _RESTRICTED,
    "restricted_action_read_only_channel": _RESTRICTED,
    "restricted_action_thread_only_channel": _RESTRICTED,
    "thread_not_found": "the card's thread is gone",
    "message_not_found": "the card is gone",
}
