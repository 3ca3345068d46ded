"""What scripts and the page look at: messages, views, people and channels, traffic, the stream of changes."""

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.errors import ControlError
from bot.sandbox.workspace import TEAM_DOMAIN, TEAM_ID, TEAM_NAME, Json, Message, View

if TYPE_CHECKING:
    from bot.sandbox.slack import LocalSlack

KEEP_ALIVE_S = 15.0
SHOWN_INLINE = ("image/png", "image/jpeg", "image/gif", "text/plain")


def messages(slack: "LocalSlack", query: Json) -> Json:
    """Return a channel's messages, oldest first; with `user`, as that person sees them."""
    channel = slack.workspace.channels.get(query.get("channel", ""))
    if channel is None:
        there_are = ", ".join(f"{c.id} (#{c.name or c.kind})" for c in slack.workspace.channels.values())
        raise ControlError("no_such_channel", f"channel={query.get('channel')!r} is none. There are: {there_are}")
    viewer = query.get("user")
    seen = [m for m in channel.messages.values() if viewer is None or m.ephemeral_to in (None, viewer)]
    return {"messages": [_shown(message) for message in seen if not message.is_tombstone]}


def _shown(message: Message) -> Json:
    extra: Json = {"channel": message.channel_id}
    if message.metadata is not None:
        extra["metadata"] = message.metadata
    if message.ephemeral_to is not None:
        extra["ephemeral_to"] = message.ephemeral_to
    return {**message.body, **extra}


def views(slack: "LocalSlack", query: Json) -> Json:
    """Return somebody's open modals, the lowest first, and the home tab."""
    user_id = query.get("user", "")
    if user_id not in slack.workspace.users:
        there_are = ", ".join(slack.workspace.users)
        raise ControlError("no_such_user", f"user={user_id!r} is nobody here. There are: {there_are}")
    home = slack.workspace.homes.get(user_id)
    stack = slack.workspace.modals.get(user_id, [])
    return {"views": [_shown_view(view) for view in stack], "home": _shown_view(home) if home else None}


def _shown_view(view: View) -> Json:
    return {**view.body, "errors": view.errors, "trouble": view.trouble}


def state(slack: "LocalSlack", query: Json) -> Json:
    """Return everything but messages, views and traffic."""
    del query
    workspace = slack.workspace
    return {
        "team": {"id": TEAM_ID, "name": TEAM_NAME, "domain": TEAM_DOMAIN},
        "app": {"name": slack.manifest.name, "connected": slack.socket.connected, "http": slack.http is not None},
        "now": slack.clock.now(),
        "clock_offset_s": slack.clock.offset_s,
        "users": [vars(user) for user in workspace.users.values()],
        "channels": [
            {
                "id": channel.id,
                "name": channel.name,
                "is_private": channel.kind != "channel",
                "is_im": channel.kind == "im",
                "is_archived": channel.is_archived,
                "members": channel.members,
                "topic": channel.topic,
                "pins": channel.pins,
                "bookmarks": channel.bookmarks,
            }
            for channel in workspace.channels.values()
        ],
        "commands": [dict(command) for command in slack.manifest.commands],
        "shortcuts": [dict(shortcut) for shortcut in slack.manifest.shortcuts],
        "usergroups": [
            {"id": group.id, "handle": group.handle, "name": group.name, "users": list(group.users)}
            for group in workspace.usergroups.values()
        ],
        "scheduled": [scheduled.listed() for scheduled in slack.schedule.waiting()],
        "default": {"channel": workspace.default_channel, "user": workspace.default_user},
    }


def traffic(slack: "LocalSlack", query: Json) -> Json:
    """Return what went to and fro after an entry's number."""
    after = query.get("after", "0")
    if not after.isdigit():
        raise ControlError("wrong_after", f"after is the number of an entry, not {after!r}")
    return {"entries": slack.traffic.after(int(after))}


VIEWS_OF_IT = {"messages": messages, "views": views, "state": state, "traffic": traffic}


async def stream(slack: "LocalSlack", request: web.Request) -> web.StreamResponse:
    """Send every change as it happens, as server-sent events."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    with slack.feed.listen() as queue, suppress(ConnectionError):  # the listener went away
        await response.write(b": listening\n\n")
        while not slack.stopping.is_set():
            try:
                event = await asyncio.wait_for(queue.get(), KEEP_ALIVE_S)
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            await response.write(f"data: {json.dumps(event)}\n\n".encode())
    return response


async def file(slack: "LocalSlack", request: web.Request) -> web.Response:
    """Serve a file's bytes; what a browser might run is sent as a download."""
    found = slack.workspace.files.get(request.match_info["file_id"])
    if found is None or found.content is None:
        return web.json_response({"ok": False, "error": "file_not_found"}, status=404)
    inline = found.mimetype in SHOWN_INLINE
    headers = {
        "Content-Type": found.mimetype if inline else "application/octet-stream",
        "Content-Disposition": "inline" if inline else "attachment",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=found.content, headers=headers)
