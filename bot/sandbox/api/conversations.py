"""conversations.*: what channels there are, who is in them, what was said."""

from bot.sandbox.api.call import Call, method
from bot.sandbox.api.chat import shown
from bot.sandbox.errors import ApiError
from bot.sandbox.workspace import BOT_USER_ID, TEAM_ID, Channel, Json, Message, new_id

_PREFIX = {"channel": "channels", "group": "groups", "im": "im"}
_KIND_OF_TYPE = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


def described(channel: Channel) -> Json:
    """Return a conversation as Slack describes it to the bot."""
    common = {
        "id": channel.id,
        "created": channel.created,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": channel.kind == "im",
        "is_mpim": False,
        "is_private": channel.kind != "channel",
        "is_archived": channel.is_archived,
        "is_member": BOT_USER_ID in channel.members,
        "context_team_id": TEAM_ID,
    }
    if channel.kind == "im":
        del common["is_member"]
        return {**common, "user": next(user for user in channel.members if user != BOT_USER_ID)}
    return {
        **common,
        "name": channel.name,
        "name_normalized": channel.name,
        "num_members": len(channel.members),
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "creator": channel.members[0],
        "is_general": False,
        "is_shared": False,
        "is_ext_shared": False,
    }


def _need(call: Call, channel: Channel, what: str) -> None:
    call.needs(f"{_PREFIX[channel.kind]}:{what}")


@method("conversations.info")
def info(call: Call) -> Json:
    """Describe one conversation."""
    channel = call.channel()
    _need(call, channel, "read")
    return {"channel": described(channel)}


@method("conversations.list")
def list_channels(call: Call) -> Json:
    """List the conversations that the bot may know of."""
    types = call.text("types", "public_channel").replace(" ", "").split(",")
    if set(types) - set(_KIND_OF_TYPE):
        raise ApiError("invalid_types")
    for kind in types:
        call.needs({"channel": "channels:read", "group": "groups:read"}.get(_KIND_OF_TYPE[kind], f"{kind}:read"))
    kinds = {_KIND_OF_TYPE[kind] for kind in types}
    without_archived = call.flag("exclude_archived")
    channels = [
        described(channel)
        for channel in call.slack.workspace.channels.values()
        if channel.kind in kinds
        and (channel.kind == "channel" or BOT_USER_ID in channel.members)
        and not (without_archived and channel.is_archived)
    ]
    page, metadata = call.page_of(channels)
    return {"channels": page, "response_metadata": metadata}


@method("conversations.members")
def members(call: Call) -> Json:
    """List who is in a conversation."""
    channel = call.channel()
    _need(call, channel, "read")
    page, metadata = call.page_of(channel.members)
    return {"members": page, "response_metadata": metadata}


@method("conversations.join", "channels:join")
def join(call: Call) -> Json:
    """Become a member of a public channel."""
    channel = call.channel()
    if channel.kind != "channel":
        raise ApiError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise ApiError("is_archived")
    if BOT_USER_ID in channel.members:
        warning = "already_in_channel"
        return {"channel": described(channel), "warning": warning, "response_metadata": {"warnings": [warning]}}
    call.slack.messages.join(channel, BOT_USER_ID)
    return {"channel": described(channel)}


@method("conversations.history")
def history(call: Call) -> Json:
    """Read a channel, newest first; replies stand in their threads unless they were broadcast."""
    channel = call.joined_channel(writing=False)
    _need(call, channel, "history")
    messages = [
        m
        for m in channel.messages.values()
        if m.ephemeral_to is None and (m.thread_ts is None or m.body.get("subtype") == "thread_broadcast")
    ]
    return _read(call, list(reversed(_between(call, messages))))


@method("conversations.replies")
def replies(call: Call) -> Json:
    """Read a thread, oldest first, its parent before all."""
    channel = call.joined_channel(writing=False)
    _need(call, channel, "history")
    message = channel.messages.get(call.text("ts"))
    if message is None or message.ephemeral_to:
        raise ApiError("thread_not_found")
    parent = channel.messages[message.thread_ts or message.ts]
    within = _between(call, channel.thread(parent.ts))
    return _read(call, [parent, *within])


def _between(call: Call, messages: list[Message]) -> list[Message]:
    oldest, latest = _instant(call, "oldest", "0"), _instant(call, "latest", "inf")
    messages = [m for m in messages if m.hidden_until <= call.slack.clock.wall()]
    if call.flag("inclusive"):
        return [m for m in messages if oldest <= float(m.ts) <= latest]
    return [m for m in messages if oldest < float(m.ts) < latest]


def _instant(call: Call, name: str, default: str) -> float:
    try:
        return float(call.text(name, default))
    except ValueError as error:
        raise ApiError(f"invalid_ts_{name}") from error


def _read(call: Call, messages: list[Message]) -> Json:
    page, metadata = call.page_of(messages)
    with_metadata = call.flag("include_all_metadata")
    shown_page = [shown(message, with_metadata=with_metadata) for message in page]
    return {"messages": shown_page, "has_more": bool(metadata["next_cursor"]), "response_metadata": metadata}


@method("conversations.open", "im:write")
def open_direct(call: Call) -> Json:
    """Open the conversation with one person."""
    call.args["user"] = call.text("users")
    user = call.user()
    channel = call.slack.workspace.direct_message(user.id, int(call.slack.clock.now()))
    return {"channel": described(channel) if call.flag("return_im") else {"id": channel.id}}


@method("conversations.create")
def create(call: Call) -> Json:
    """Create a channel with the bot in it."""
    is_private = call.flag("is_private")
    call.needs("groups:write" if is_private else "channels:manage")
    name = call.text("name")
    if len(name) > 80 or name != name.lower() or not name.replace("-", "").replace("_", "").isalnum():
        raise ApiError("invalid_name_specials")
    if call.slack.workspace.channel_named(name) is not None:
        raise ApiError("name_taken")
    kind = "group" if is_private else "channel"
    channel = Channel(new_id("C"), name, kind, [BOT_USER_ID], created=int(call.slack.clock.now()))
    call.slack.workspace.channels[channel.id] = channel
    call.slack.messages.changed(channel)
    return {"channel": described(channel)}


def _need_manage(call: Call, channel: Channel) -> None:
    call.needs("channels:manage" if channel.kind == "channel" else f"{_PREFIX[channel.kind]}:write")


@method("conversations.invite")
def invite(call: Call) -> Json:
    """Make people members."""
    channel = call.joined_channel()
    _need_manage(call, channel)
    for user_id in call.text("users").split(","):
        if user_id not in call.slack.workspace.users:
            raise ApiError("user_not_found")
        if user_id in channel.members:
            raise ApiError("already_in_channel")
        call.slack.messages.join(channel, user_id, BOT_USER_ID)
    return {"channel": described(channel)}


@method("conversations.setTopic")
def set_topic(call: Call) -> Json:
    """Set a channel's topic."""
    channel = call.joined_channel()
    _need_manage(call, channel)
    channel.topic = call.text("topic", "")
    if len(channel.topic) > 250:
        raise ApiError("too_long")
    text = f"set the channel topic: {channel.topic}"
    call.slack.messages.post_as_bot(channel, {"subtype": "channel_topic", "topic": channel.topic, "text": text})
    return {"channel": described(channel)}
