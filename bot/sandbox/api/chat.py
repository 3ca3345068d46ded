"""chat.*: posting, changing and deleting messages."""

from bot.sandbox.api.call import Call, method
from bot.sandbox.blocks.surfaces import checked_content
from bot.sandbox.errors import ApiError
from bot.sandbox.workspace import BOT_USER_ID, Channel, Json, Message


def content_of(call: Call) -> Json:
    """Return what a message is to show.

    Raises:
        ApiError: there is nothing, too much, or the blocks are not good.
    """
    body = {name: call.structure(name) for name in ("blocks", "attachments")}
    content = checked_content({**body, "text": call.args.get("text")})
    for index, block in enumerate(content.get("blocks", ())):
        file_id = block.get("slack_file", {}).get("id")
        file = call.slack.workspace.files.get(file_id)
        if file_id and (file is None or file.content is None):
            raise ApiError.explained("invalid_blocks", f"invalid slack file [json-pointer:/blocks/{index}/slack_file]")
    return content


def thread_of(call: Call, channel: Channel) -> str | None:
    """Return the parent that a message is to stand under.

    Raises:
        ApiError: it is no timestamp, or no message that can have replies. (Slack itself accepts an unknown parent and
            shows the reply nowhere; saying so is kinder.)
    """
    thread_ts = call.args.get("thread_ts")
    if not thread_ts:
        return None
    if not isinstance(thread_ts, str) or not thread_ts.replace(".", "", 1).isdigit() or "." not in thread_ts:
        raise ApiError.explained("invalid_thread_ts", f"{thread_ts} is not a valid thread_ts")
    parent = channel.messages.get(thread_ts)
    if parent is None or parent.ephemeral_to or parent.thread_ts:
        raise ApiError("thread_not_found")
    return thread_ts


def metadata_of(call: Call) -> Json | None:
    """Return a message's metadata.

    Raises:
        ApiError: it is not {event_type, event_payload}.
    """
    metadata = call.structure("metadata")
    if metadata is None:
        return None
    is_good = (
        isinstance(metadata, dict)
        and isinstance(metadata.get("event_type"), str)
        and isinstance(metadata.get("event_payload"), dict)
    )
    if not is_good:
        raise ApiError.explained("invalid_metadata_format", "metadata is {event_type, event_payload}")
    return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}


def target_of(call: Call) -> Channel:
    """Return where a message goes: a conversation's id, a channel's #name, or a user's id.

    Raises:
        ApiError: there is no such place, it is archived, or the bot is not in it.
    """
    name = call.text("channel")
    workspace = call.slack.workspace
    if name in workspace.users:
        return workspace.direct_message(name, int(call.slack.clock.now()))
    channel = workspace.channel_named(name)
    if channel is not None:
        call.args["channel"] = channel.id
    return call.joined_channel()


def shown(message: Message, *, with_metadata: bool = True) -> Json:
    """Return a message as the API hands it out."""
    return {**message.body, "metadata": message.metadata} if with_metadata and message.metadata else dict(message.body)


@method("chat.postMessage", "chat:write")
def post_message(call: Call) -> Json:
    """Post a message."""
    channel = target_of(call)
    content, thread_ts, metadata = content_of(call), thread_of(call, channel), metadata_of(call)
    message = call.slack.messages.post_as_bot(
        channel, content, thread_ts=thread_ts, broadcast=call.flag("reply_broadcast"), metadata=metadata
    )
    return {"channel": channel.id, "ts": message.ts, "message": shown(message)}


@method("chat.update", "chat:write")
def update(call: Call) -> Json:
    """Change one of the bot's messages; blocks and metadata that are not given stay."""
    channel = call.joined_channel()
    message = call.message(channel)
    if message.body.get("user") != BOT_USER_ID:
        raise ApiError("cant_update_message")
    kept: Json = {key: message.body[key] for key in ("blocks", "attachments") if key in message.body}
    blocks = call.structure("blocks")
    given = {
        key: value
        for key, value in (("blocks", blocks), ("attachments", call.structure("attachments")))
        if value is not None
    }
    content = checked_content({**kept, **given, "text": call.args.get("text")})
    metadata = metadata_of(call)
    if metadata is not None:
        content["metadata"] = metadata
    call.slack.messages.edit(channel, message, content, BOT_USER_ID)
    return {"channel": channel.id, "ts": message.ts, "text": message.body["text"], "message": shown(message)}


@method("chat.delete", "chat:write")
def delete(call: Call) -> Json:
    """Delete one of the bot's messages."""
    channel = call.joined_channel()
    message = call.message(channel)
    if message.body.get("user") != BOT_USER_ID:
        raise ApiError("cant_delete_message")
    call.slack.messages.delete(channel, message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(call: Call) -> Json:
    """Show a message to one person."""
    channel = target_of(call)
    user_id = call.text("user")
    if user_id not in channel.members:
        raise ApiError("user_not_in_channel")
    content = content_of(call)
    message = call.slack.messages.whisper(channel, user_id, content, thread_of(call, channel))
    return {"message_ts": message.ts}


@method("chat.getPermalink")
def permalink(call: Call) -> Json:
    """Give a link to a message."""
    channel = call.channel()
    message = call.message(channel, "message_ts")
    link = f"{call.slack.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}
