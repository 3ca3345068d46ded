"""The control endpoints: scripts play people here. Each accepts at once; what the app does with it is seen later."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.control_request import Request
from bot.sandbox.delivery import COMMAND
from bot.sandbox.errors import ControlError
from bot.sandbox.faults import Faults
from bot.sandbox.workspace import BOT_USER_ID, Channel, Json, Message, User, View, new_id

if TYPE_CHECKING:
    from bot.sandbox.slack import LocalSlack

FARTHEST_JUMP_S = 400 * 86_400


def say(request: Request) -> Json:
    """A message, a reply, or a slash command: {user, channel, text, thread_ts?}."""
    user = request.user()
    text = request.text("text")
    if text.startswith("/"):
        return _command(request, user, text)
    channel = request.channel(user, writing=True)
    thread_ts = request.body.get("thread_ts")
    if thread_ts is not None:
        parent = channel.messages.get(str(thread_ts))
        if parent is None or parent.thread_ts or parent.ephemeral_to:
            raise ControlError("no_such_thread", f"{thread_ts!r} is no message of #{channel.name} that takes replies")
    message = request.slack.messages.type_in(user.id, channel, text, thread_ts)
    return {"ts": message.ts, "channel": channel.id}


def _command(request: Request, user: User, text: str) -> Json:
    channel = request.channel(user)
    name = text.split(maxsplit=1)[0]
    known = [command["command"] for command in request.slack.manifest.commands]
    if name not in known:
        raise ControlError("no_such_command", f"{name} is not a command of this app. There are: {', '.join(known)}")
    thread_ts = request.body.get("thread_ts")
    if thread_ts is not None:
        notice = f"{name} is not supported in threads. Sorry!"
        request.slack.messages.slackbot_says(channel, user.id, notice, str(thread_ts))
    else:
        request.slack.interactions.command(user, channel, text)
    return {"channel": channel.id, "kind": COMMAND}


def click(request: Request) -> Json:
    """A press or a choice: {user, channel, ts, action_id, value?, block_id?}, or view_id instead of channel and ts."""
    user = request.user()
    source: Message | View
    source = request.view(user) if "view_id" in request.body else request.message(user, request.channel(user))
    action_id = request.text("action_id")
    request.slack.interactions.press(user, source, action_id, request.body.get("value"), request.body.get("block_id"))
    return {}


def submit(request: Request) -> Json:
    """A modal is sent: {user, view_id, values?}, the values shaped like view.state.values."""
    user = request.user()
    view = request.view(user)
    values = request.body.get("values") or {}
    if not isinstance(values, dict):
        raise ControlError("wrong_values", "values is {block_id: {action_id: {...}}}, like Slack's view.state.values")
    if view.body["type"] != "modal":
        raise ControlError("not_a_modal", "a home tab has nothing to submit")
    top = request.slack.workspace.modals[user.id][-1]
    if view is not top:
        raise ControlError("not_on_top", f"{top.id} stands on {view.id}; submit or close that first")
    request.slack.interactions.submit(user, view, values)
    return {}


def close(request: Request) -> Json:
    """A modal is closed, with what stands on it: {user, view_id}."""
    user = request.user()
    for view in request.slack.views.close(request.view(user)):
        request.slack.interactions.closed(user, view)
    return {}


def shortcut(request: Request) -> Json:
    """A message shortcut is run: {user, channel, ts, callback_id}."""
    user = request.user()
    channel = request.channel(user)
    message = request.message(user, channel)
    callback_id = request.text("callback_id")
    known = [item["callback_id"] for item in request.slack.manifest.shortcuts if item["type"] == "message"]
    if callback_id not in known:
        raise ControlError(
            "no_such_shortcut", f"{callback_id!r} is not a shortcut of this app. There are: {', '.join(known)}"
        )
    request.slack.interactions.shortcut(user, channel, message, callback_id)
    return {}


def home(request: Request) -> Json:
    """The app's home tab is opened: {user}."""
    request.slack.interactions.home(request.user())
    return {}


def verify_url(request: Request) -> Json:
    """The app's URL is asked to prove itself, as when it is entered in the app's settings: {}; see the traffic."""
    if request.slack.http is None:
        raise ControlError("no_url", "this sandbox delivers over the socket; start it with --deliver URL")
    request.slack.delivery.spawn(request.slack.http.verify())
    return {}


def react(request: Request) -> Json:
    """A reaction is set or taken back: {user, channel, ts, name, remove?}; `reaction` is understood for `name`."""
    user = request.user()
    channel = request.channel(user)
    message = request.message(user, channel)
    request.body.setdefault("name", request.body.get("reaction"))
    name = request.text("name").strip(":")
    remove = bool(request.body.get("remove"))
    if not request.slack.messages.react(channel, message, user.id, name, add=not remove):
        raise ControlError("no_reaction" if remove else "already_reacted", f"{user.name}, :{name}:, {message.ts}")
    return {}


def edit(request: Request) -> Json:
    """Somebody changes an own message: {user, channel, ts, text}."""
    user = request.user()
    channel = request.channel(user, writing=True)
    request.slack.messages.retype(channel, request.own_message(user, channel), request.text("text"))
    return {}


def delete(request: Request) -> Json:
    """Somebody deletes an own message: {user, channel, ts}."""
    user = request.user()
    channel = request.channel(user, writing=True)
    request.slack.messages.delete(channel, request.own_message(user, channel))
    return {}


def invite(request: Request) -> Json:
    """A member brings somebody, by default the app, into a channel: {user, channel, invitee?}."""
    user = request.user()
    channel = request.channel(user, writing=True)
    invitee = request.body.setdefault("invitee", BOT_USER_ID) and request.text("invitee")
    if invitee not in request.slack.workspace.users or invitee in channel.members or channel.kind == "im":
        raise ControlError("cannot_invite", f"{invitee!r} is nobody here, or is in #{channel.name} already")
    request.slack.messages.join(channel, invitee, user.id)
    return {}


def make_channel(request: Request) -> Json:
    """Somebody makes a public channel, alone in it at first: {user, name}."""
    user = request.user()
    name = request.text("name")
    workspace = request.slack.workspace
    if workspace.channel_named(name) is not None:
        raise ControlError("name_taken", f"there is a channel #{name} already")
    channel = Channel(new_id("C"), name, "channel", [user.id], created=int(request.slack.clock.now()))
    workspace.channels[channel.id] = channel
    request.slack.messages.changed(channel)
    return {"channel": channel.id}


def advance(request: Request) -> Json:
    """The clock moves on: {seconds}."""
    seconds = request.body.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= FARTHEST_JUMP_S:
        raise ControlError("wrong_seconds", f"seconds is a number from 0 to {FARTHEST_JUMP_S}, not {seconds!r}")
    request.slack.timers.advance(float(seconds))
    clock = request.slack.clock
    state = {"now": clock.now(), "clock_offset_s": clock.offset_s}
    request.slack.feed.publish({"type": "clock", **state})
    return state


def fault(request: Request) -> Json:
    """Something goes wrong between the app and Slack: {name, ...}; see faults.py."""
    try:
        ordered = Faults.read(request.body)
    except ValueError as error:
        raise ControlError("wrong_fault", str(error)) from error
    socket, faults = request.slack.socket, request.slack.faults
    if ordered.name in ("refresh", "warning", "link_disabled"):
        reason = "refresh_requested" if ordered.name == "refresh" else ordered.name
        request.slack.delivery.spawn(socket.disconnect(reason))
    elif ordered.name == "drop":
        socket.drop()
    elif ordered.name == "deaf":
        socket.be_deaf(ordered.seconds)
    elif ordered.name == "none":
        faults.clear()
        socket.be_deaf(0)
    else:
        faults.add(ordered)
    return {}


ACTIONS: dict[str, Callable[[Request], Json]] = {
    "say": say,
    "click": click,
    "submit": submit,
    "close": close,
    "shortcut": shortcut,
    "home": home,
    "verify_url": verify_url,
    "react": react,
    "edit": edit,
    "delete": delete,
    "invite": invite,
    "make_channel": make_channel,
    "clock/advance": advance,
    "fault": fault,
}


def perform(slack: "LocalSlack", name: str, body: Any) -> Json:
    """Do what one control request asks for.

    Raises:
        ControlError: it is not something that a person could do.
    """
    action = ACTIONS.get(name)
    if action is None:
        raise ControlError("no_such_action", f"there is no /_sandbox/{name}. There are: {', '.join(ACTIONS)}")
    if not isinstance(body, dict):
        raise ControlError("wrong_body", "the body is a JSON object")
    return action(Request(slack, body))


async def handle(slack: "LocalSlack", request: web.Request) -> web.Response:
    """Answer one control request: 200, or 400 with what is wrong and what would be right."""
    try:
        body = json.loads(await request.text() or "{}")
    except ValueError as error:
        return refusal(ControlError("wrong_body", f"the body is not JSON: {error}"))
    try:
        return web.json_response({"ok": True, **perform(slack, request.match_info["action"], body)})
    except ControlError as error:
        return refusal(error)


def refusal(error: ControlError) -> web.Response:
    """Return the answer to a wrong request."""
    return web.json_response({"ok": False, "error": error.error, "detail": error.detail}, status=400)
