"""Messages in channels: replies in an incident's threads, their edits and deletions, and `@Fifteen VERB`."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from slack_bolt import BoltContext

from bot.errors import UserError
from bot.incident.hypothesis import Hypothesis
from bot.incident.incident import Incident
from bot.render.replies import error
from bot.workflow import reply, start, verbs
from bot.workflow.context import Asked
from bot.workflow.reply import Reply
from handlers.desk import Body, Desk

Event = dict[str, Any]

# What a person can say in a thread; every other subtype is Slack's own narration.
_SAID = (None, "thread_broadcast", "file_share", "me_message")
_MENTION = re.compile(r"\s*<@([A-Z0-9]+)(?:\|[^>]*)?>\s*")


def message(desk: Desk, body: Body, event: Event, context: BoltContext) -> None:
    """Sort a message event; what does not stand in a thread of ours is nobody's business."""
    subtype = event.get("subtype")
    if subtype == "message_changed":
        _edited(desk, body, event)
    elif subtype == "message_deleted":
        _deleted(desk, body, event)
    elif subtype in _SAID and _is_reply(event) and not _is_for(context.bot_user_id, event):
        asked, said = _asked(body, event, event, _key(event)), _reply(event["channel"], event)
        verbs.heard(desk.context, asked, said, lambda tx: reply.said(tx, desk.context, asked, said))


def read_back(desk: Desk, bot_user_id: Callable[[], str], incident: Incident, said: Event) -> None:
    """Hear what was read back from a thread as if its event had come just now; whichever comes first counts."""
    if said.get("subtype") not in _SAID or not _is_reply(said):
        return
    body, event = {"team_id": incident.team_id}, said | {"channel": incident.channel_id}
    if _is_for(bot_user_id(), said):
        _told(desk, body, event)
        return
    asked, now = _asked(body, event, said, _key(event, _edited_ts(said))), _reply(incident.channel_id, said)
    verbs.heard(desk.context, asked, now, lambda tx: reply.read_back(tx, desk.context, asked, now))


def gone(desk: Desk, incident: Incident, hypothesis: Hypothesis) -> None:
    """Follow a deletion that was seen in a thread, and not sent."""
    said = {"user": hypothesis.author_id}
    _forget(desk, {"team_id": incident.team_id}, {"channel": incident.channel_id}, said, hypothesis.source_ts)


def mentioned(desk: Desk, body: Body, event: Event, context: BoltContext) -> None:
    """`@Fifteen VERB`: a command where slash commands do not work, in threads; the answer is for its author alone."""
    if not event.get("bot_id") and _is_for(context.bot_user_id, event):
        _told(desk, body, event)


def joined(desk: Desk, body: Body, event: Event, context: BoltContext) -> None:
    """The bot was invited: what waited for a place is posted."""
    if event["user"] == context.bot_user_id:
        asked = _asked(body, event, event, body["event_id"], origin="invitation")
        verbs.follow(desk.context, asked, lambda tx: start.invited(tx, desk.context, asked))


def _told(desk: Desk, body: Body, event: Event) -> None:
    text = _MENTION.sub("", event["text"], count=1)
    asked = _asked(body, event, event, _key(event), origin="mention", text=text)
    asked = replace(asked, channel_name=desk.name_of(asked.channel_id))
    tell = verbs.by_whisper(desk.context, asked, event.get("thread_ts"))
    if verbs.typed(desk.context, asked, tell) is not None:  # a modal, which cannot be opened from a mention
        wrong = UserError("That needs a button or the slash command.", "/incident help")
        verbs.say(desk.context, asked, tell, error(wrong))


def _edited(desk: Desk, body: Body, event: Event) -> None:
    now, before = event["message"], event.get("previous_message") or {}
    if _is_reply(now) and now.get("text") != before.get("text"):
        key = reply.key(event["channel"], now["ts"], _edited_ts(now) or event["ts"])
        asked, said = _asked(body, event, now, key), _reply(event["channel"], now)
        verbs.heard(desk.context, asked, said, lambda tx: reply.edited(tx, desk.context, asked, said))


def _deleted(desk: Desk, body: Body, event: Event) -> None:
    _forget(desk, body, event, event.get("previous_message") or {}, event["deleted_ts"])


def _forget(desk: Desk, body: Body, event: Event, said: Event, ts: str) -> None:
    asked = _asked(body, event, said, f"deleted/{event['channel']}/{ts}")
    verbs.follow(  # whoever deleted it: what is gone is gone
        desk.context, asked, lambda tx: reply.deleted(tx, desk.context, asked, event["channel"], ts)
    )


def _asked(body: Body, event: Event, said: Event, key: str, *, origin: str = "reply", text: str = "") -> Asked:
    return Asked(
        key=key,
        user_id=said.get("user", ""),
        team_id=body["team_id"],
        channel_id=event["channel"],
        origin=origin,
        text=text,
        home_team_id=said.get("user_team") or said.get("team", ""),
    )


def _key(event: Event, edited_ts: str = "") -> str:
    """Return the message's own key, not its event's: what is read back has no event_id."""
    return reply.key(event["channel"], event["ts"], edited_ts)


def _edited_ts(said: Event) -> str:
    return str((said.get("edited") or {}).get("ts", ""))


def _reply(channel_id: str, said: Event) -> Reply:
    return Reply(channel_id=channel_id, ts=said["ts"], thread_ts=said["thread_ts"], text=said.get("text", ""))


def _is_reply(said: Event) -> bool:
    """Tell a person's reply from a bot's, and from the first message of a thread."""
    return bool(said.get("user")) and not said.get("bot_id") and said.get("thread_ts") not in (None, said["ts"])


def _is_for(bot_user_id: str | None, event: Event) -> bool:
    mention = _MENTION.match(event.get("text", ""))
    return mention is not None and mention[1] == bot_user_id
