"""reactions.*, pins.*, bookmarks.*: what hangs on messages and channels."""

from bot.sandbox.api.call import Call, method
from bot.sandbox.errors import ApiError
from bot.sandbox.workspace import BOT_USER_ID, Channel, Json, Message, new_id


def _target(call: Call) -> tuple[Channel, Message]:
    channel = call.joined_channel()
    return channel, call.message(channel, "timestamp")


def _name(call: Call) -> str:
    name = call.text("name").strip(":")
    if not name.replace("_", "").replace("-", "").replace("+", "").isalnum() or name != name.lower():
        raise ApiError("invalid_name")
    return name


@method("reactions.add", "reactions:write")
def add_reaction(call: Call) -> Json:
    """Set a reaction."""
    channel, message = _target(call)
    if not call.slack.messages.react(channel, message, BOT_USER_ID, _name(call), add=True):
        raise ApiError("already_reacted")
    return {}


@method("reactions.remove", "reactions:write")
def remove_reaction(call: Call) -> Json:
    """Take a reaction back."""
    channel, message = _target(call)
    if not call.slack.messages.react(channel, message, BOT_USER_ID, _name(call), add=False):
        raise ApiError("no_reaction")
    return {}


@method("reactions.get", "reactions:read")
def get_reactions(call: Call) -> Json:
    """Show a message with its reactions."""
    channel, message = _target(call)
    return {"type": "message", "channel": channel.id, "message": dict(message.body)}


@method("pins.add", "pins:write")
def add_pin(call: Call) -> Json:
    """Pin a message."""
    channel, message = _target(call)
    if message.ts in channel.pins:
        raise ApiError("already_pinned")
    channel.pins.append(message.ts)
    message.body["pinned_to"] = [channel.id]
    call.slack.messages.changed(channel)
    return {}


@method("pins.remove", "pins:write")
def remove_pin(call: Call) -> Json:
    """Unpin a message."""
    channel, message = _target(call)
    if message.ts not in channel.pins:
        raise ApiError("no_pin")
    channel.pins.remove(message.ts)
    del message.body["pinned_to"]
    call.slack.messages.changed(channel)
    return {}


@method("bookmarks.add", "bookmarks:write")
def add_bookmark(call: Call) -> Json:
    """Put a link at the top of a channel."""
    channel = call.joined_channel("channel_id")
    if call.text("type") != "link":
        raise ApiError("invalid_bookmark_type")
    link = call.text("link")
    if not link.startswith(("http://", "https://")):
        raise ApiError("invalid_link")
    bookmark = {"id": new_id("Bk"), "channel_id": channel.id, "title": call.text("title"), "link": link, "type": "link"}
    channel.bookmarks.append(bookmark)
    call.slack.messages.changed(channel)
    return {"bookmark": bookmark}
