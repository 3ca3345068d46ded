"""chat.scheduleMessage and its two companions."""

from bot.sandbox.api.call import Call, method
from bot.sandbox.api.chat import content_of, metadata_of, target_of, thread_of
from bot.sandbox.workspace import BOT_ID, Json


@method("chat.scheduleMessage", "chat:write")
def schedule(call: Call) -> Json:
    """Have a message posted later."""
    channel = target_of(call)
    content = content_of(call)
    options = {
        "thread_ts": thread_of(call, channel),
        "broadcast": call.flag("reply_broadcast"),
        "metadata": metadata_of(call),
    }
    scheduled = call.slack.schedule.add(channel, call.number("post_at"), content, options)
    message = {"type": "delayed_message", "bot_id": BOT_ID, **content}
    return {
        "channel": channel.id,
        "scheduled_message_id": scheduled.id,
        "post_at": scheduled.post_at,
        "message": message,
    }


@method("chat.scheduledMessages.list")
def list_scheduled(call: Call) -> Json:
    """List what waits."""
    channel_id = call.text("channel", "")
    waiting = [one.listed() for one in call.slack.schedule.waiting() if channel_id in ("", one.channel_id)]
    page, metadata = call.page_of(waiting)
    return {"scheduled_messages": page, "response_metadata": metadata}


@method("chat.deleteScheduledMessage", "chat:write")
def delete_scheduled(call: Call) -> Json:
    """Take back what waits."""
    call.slack.schedule.remove(call.channel(), call.text("scheduled_message_id"))
    return {}
