"""A control request: its fields read as people, channels, messages and views that exist."""

from typing import TYPE_CHECKING

from bot.sandbox.errors import ControlError
from bot.sandbox.interactions import can_see
from bot.sandbox.workspace import BOT_USER_ID, SLACKBOT_ID, Channel, Json, Message, User, View

if TYPE_CHECKING:
    from bot.sandbox.slack import LocalSlack


class Request:
    """The body of a control request; what is missing or wrong is said with what would be right."""

    def __init__(self, slack: "LocalSlack", body: Json) -> None:
        self.slack = slack
        self.body = body

    def text(self, name: str) -> str:
        """Return a required string."""
        value = self.body.get(name)
        if not isinstance(value, str) or not value:
            raise ControlError(f"missing_{name}", f"{name} is a string that is not empty, not {value!r}")
        return value

    def user(self, name: str = "user") -> User:
        """Return a person; the app and Slackbot cannot be played."""
        people = {key: u for key, u in self.slack.workspace.users.items() if key not in (BOT_USER_ID, SLACKBOT_ID)}
        user = people.get(self.text(name))
        if user is None:
            there_are = ", ".join(f"{user.id} ({user.name})" for user in people.values())
            raise ControlError("no_such_user", f"{self.body[name]!r} is nobody here. There are: {there_are}")
        return user

    def channel(self, user: User, *, writing: bool = False) -> Channel:
        """Return a conversation that the user sees; for writing, one that takes messages."""
        channels = self.slack.workspace.channels
        channel = channels.get(self.text("channel"))
        if channel is None or not can_see(user, channel):
            there_are = ", ".join(f"{c.id} (#{c.name or c.kind})" for c in channels.values() if can_see(user, c))
            raise ControlError(
                "no_such_channel", f"{user.name} sees no channel {self.body['channel']!r}. There are: {there_are}"
            )
        if writing and channel.is_archived:
            raise ControlError("is_archived", f"#{channel.name} is archived; nobody can write there")
        if writing and user.id not in channel.members:
            raise ControlError("not_in_channel", f"{user.name} is not a member of #{channel.name}")
        return channel

    def message(self, user: User, channel: Channel) -> Message:
        """Return a message that the user sees."""
        message = channel.messages.get(self.text("ts"))
        if message is None or message.is_tombstone or message.ephemeral_to not in (None, user.id):
            seen = [m.ts for m in channel.messages.values() if m.ephemeral_to in (None, user.id)]
            newest = ", ".join(seen[-5:]) or "none"
            raise ControlError(
                "no_such_message", f"{user.name} sees no message {self.body['ts']!r}. The newest: {newest}"
            )
        return message

    def own_message(self, user: User, channel: Channel) -> Message:
        """Return a message that the user wrote."""
        message = self.message(user, channel)
        if message.body.get("user") != user.id:
            raise ControlError(
                "not_the_author", f"{user.name} did not write {message.ts}, {message.body.get('user')} did"
            )
        return message

    def view(self, user: User) -> View:
        """Return a modal or home tab that is open for the user."""
        mine = {view.id: view for view in self.slack.workspace.views() if view.user_id == user.id}
        view = mine.get(self.text("view_id"))
        if view is None:
            there_are = ", ".join(mine) or "none"
            raise ControlError(
                "no_such_view", f"{user.name} has no view {self.body['view_id']!r} open. There are: {there_are}"
            )
        return view
