"""What a person does to the app: commands, presses, submissions, shortcuts; as payloads, and what the answers do."""

import copy
from typing import TYPE_CHECKING, Any

from bot.sandbox import events
from bot.sandbox.delivery import COMMAND, INTERACTION, NoAnswerError
from bot.sandbox.errors import ApiError
from bot.sandbox.state import choice, find_element, initial_values, submitted
from bot.sandbox.typed import read_command_text
from bot.sandbox.workspace import (
    APP_ID,
    BOT_USER_ID,
    TEAM_DOMAIN,
    TEAM_ID,
    Channel,
    Json,
    Message,
    User,
    View,
)

if TYPE_CHECKING:
    from bot.sandbox.slack import LocalSlack

COMMAND_FAILURES = {"timeout": "operation_timeout", "http_timeout": "operation_timeout"}


class Interactions:
    """Each method sends one payload and returns at once; the answer takes effect when it comes."""

    def __init__(self, slack: "LocalSlack") -> None:
        self._slack = slack

    def command(self, user: User, channel: Channel, typed: str) -> None:
        """Send a slash command with its arguments."""
        name, _, text = typed.partition(" ")
        settings = next(c for c in self._slack.manifest.commands if c["command"] == name)
        if settings.get("should_escape"):
            text = read_command_text(text, self._slack.workspace)
        fields: Json = {
            "team_id": TEAM_ID,
            "team_domain": TEAM_DOMAIN,
            "channel_id": channel.id,
            "channel_name": _shown_name(channel),
            "user_id": user.id,
            "user_name": user.name,
            "command": name,
            "text": text.strip(),
            "api_app_id": APP_ID,
            "is_enterprise_install": "false",
            "response_url": self._slack.response_urls.new("commands", channel.id, user.id),
            "trigger_id": self._slack.triggers.new(user.id),
        }
        self._slack.delivery.spawn(self._run_command(fields))

    def press(
        self, user: User, source: Message | View, action_id: str, value: Any, block_id: str | None = None
    ) -> None:
        """Send a block action from a message or a view.

        Raises:
            ControlError: nothing there can be pressed like that.
        """
        blocks = source.body.get("blocks", [])
        block, element = find_element(blocks, action_id, block_id)
        chosen = choice(element, value)
        values = self._values(user, source)
        if block["block_id"] in values and action_id in values[block["block_id"]]:
            values[block["block_id"]][action_id] |= chosen
        action: Json = {
            "type": element["type"],
            "action_id": action_id,
            "block_id": block["block_id"],
            **{key: copy.deepcopy(element[key]) for key in ("text", "style", "placeholder", "url") if key in element},
            **copy.deepcopy(chosen),
            "action_ts": self._slack.clock.next_ts(),
        }
        place = self._in_view(source) if isinstance(source, View) else self._in_message(user, source, values)
        self._send({**self._common("block_actions", user), **place, "actions": [action]})

    def submit(self, user: User, view: View, given: Json) -> None:
        """Send a submission; the answer closes, changes or keeps the view.

        Raises:
            ControlError: a value has no place, or a required one is missing.
        """
        view.body["state"]["values"] = submitted(view.body["blocks"], view.body["state"]["values"], given)
        view.errors, view.trouble = {}, ""
        payload = {**self._common("view_submission", user), "view": copy.deepcopy(view.body), "response_urls": []}
        self._slack.delivery.spawn(self._run_submission(view, payload))

    def closed(self, user: User, view: View, *, cleared: bool = False) -> None:
        """Say that somebody closed a modal, where the app wants to know."""
        if view.body["notify_on_close"]:
            payload = self._common("view_closed", user)
            del payload["trigger_id"]
            self._send({**payload, "view": copy.deepcopy(view.body), "is_cleared": cleared})

    def shortcut(self, user: User, channel: Channel, message: Message, callback_id: str) -> None:
        """Send a message shortcut."""
        payload: Json = {
            **self._common("message_action", user),
            "callback_id": callback_id,
            "action_ts": self._slack.clock.next_ts(),
            "channel": {"id": channel.id, "name": _shown_name(channel)},
            "message_ts": message.ts,
            "message": copy.deepcopy(message.body),
            "response_url": self._slack.response_urls.new("app", channel.id, user.id, message),
        }
        self._send(payload)

    def home(self, user: User) -> None:
        """Say that somebody opened the app's home tab."""
        channel = self._slack.workspace.direct_message(user.id, int(self._slack.clock.now()))
        view = self._slack.workspace.homes.get(user.id)
        shown = copy.deepcopy(view.body) if view else None
        self._slack.delivery.event(events.home_opened(user.id, channel.id, shown, self._slack.clock.next_ts()))

    def _common(self, kind: str, user: User) -> Json:
        return {
            "type": kind,
            "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": TEAM_ID},
            "api_app_id": APP_ID,
            "trigger_id": self._slack.triggers.new(user.id),
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _values(self, user: User, source: Message | View) -> Json:
        if isinstance(source, View):
            values: Json = source.body["state"]["values"]
            return values
        return source.answers.setdefault(user.id, initial_values(source.body.get("blocks", [])))

    def _in_message(self, user: User, message: Message, values: Json) -> Json:
        channel = self._slack.workspace.channels[message.channel_id]
        is_ephemeral = message.ephemeral_to is not None
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": is_ephemeral,
        }
        if message.body.get("thread_ts"):
            container["thread_ts"] = message.body["thread_ts"]
        place = {
            "container": container,
            "channel": {"id": channel.id, "name": _shown_name(channel)},
            "state": {"values": copy.deepcopy(values)},
            "response_url": self._slack.response_urls.new("actions", channel.id, user.id, message),
        }
        # Slack keeps no ephemeral message, so it cannot hand one back
        return place if is_ephemeral else {**place, "message": copy.deepcopy(message.body)}

    @staticmethod
    def _in_view(view: View) -> Json:
        return {"container": {"type": "view", "view_id": view.id}, "view": copy.deepcopy(view.body)}

    def _send(self, payload: Json) -> None:
        self._slack.delivery.spawn(self._run_interaction(payload))

    async def _run_interaction(self, payload: Json) -> None:
        try:
            await self._slack.delivery.ask(INTERACTION, payload)
        except NoAnswerError as error:  # the person sees a small warning sign; the sandbox's record shows it
            self._slack.traffic.record("out", INTERACTION, payload["type"], {}, f"not acknowledged: {error.reason}")

    async def _run_command(self, fields: Json) -> None:
        channel_id, user_id = fields["channel_id"], fields["user_id"]
        try:
            answer = await self._slack.delivery.ask(COMMAND, fields)
            self._slack.response_urls.show(channel_id, user_id, answer)
        except NoAnswerError as error:
            self._fail_command(fields, COMMAND_FAILURES.get(error.reason, "dispatch_failed"))
        except ApiError as error:
            self._fail_command(fields, error.error)

    def _fail_command(self, fields: Json, reason: str) -> None:
        channel = self._slack.workspace.channels[fields["channel_id"]]
        text = f'{fields["command"]} failed with the error "{reason}"'
        self._slack.messages.slackbot_says(channel, fields["user_id"], text)

    async def _run_submission(self, view: View, payload: Json) -> None:
        try:
            answer = await self._slack.delivery.ask(INTERACTION, payload)
            self._slack.views.respond(view, answer)
        except NoAnswerError:
            self._slack.views.in_trouble(view)
        except ApiError as error:
            self._slack.traffic.record("out", INTERACTION, "view_submission", error.extra, f"bad answer: {error.error}")
            self._slack.views.in_trouble(view)


def _shown_name(channel: Channel) -> str:
    return {"im": "directmessage", "group": "privategroup"}.get(channel.kind, channel.name)


def can_see(user: User, channel: Channel) -> bool:
    """Return whether a person can read a channel; guests only where they are members."""
    return user.id in channel.members or (channel.kind == "channel" and not user.is_guest and user.id != BOT_USER_ID)
