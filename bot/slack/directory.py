"""Who and where: people, user groups and channels, as Slack knows them at this moment."""

from dataclasses import dataclass
from functools import cached_property
from time import monotonic
from typing import Any

from slack_sdk import WebClient

from bot.incident.permission import Standing
from bot.slack.call import call, call_in_turn
from bot.slack.errors import Refused
from bot.slack.gate import MethodGate

PAGE = 1000  # conversations.list: "an integer under 1000" is the most it gives
MOST_PAGES = 50
SLACKBOT = "USLACKBOT"  # Slack says of it that it is no bot
# What Slack answers about somebody whom this workspace does not have.
_NOBODY_HERE = frozenset({"user_not_found", "user_not_visible"})


@dataclass(frozen=True, slots=True)
class Group:
    """A user group: its handle without the @, and the ids of who is in it."""

    handle: str
    users: frozenset[str]


class Directory:
    """What the bot can look up in Slack; every method raises `RateLimited`, `OutcomeUnknown` or `Refused`.

    Args:
        client: One that does not retry by itself (`call.make_client`).
        methods: Which methods Slack takes no calls of at present; shared with whoever else calls them.
    """

    def __init__(self, client: WebClient, methods: MethodGate | None = None) -> None:
        self._client = client
        self._methods = methods or MethodGate(monotonic)
        self._channel_ids: dict[str, str] = {}
        self._cursors: dict[str, str] = {}  # of a search that Slack's limit has cut short

    def identity(self) -> dict[str, Any]:
        """Return who we are: team_id, team, user_id, bot_id, url."""
        return call("auth.test", self._client.auth_test)

    def user(self, user_id: str) -> dict[str, Any]:
        """Return a person as Slack describes them: real_name, tz, is_bot, team_id ..."""
        found: dict[str, Any] = call("users.info", self._client.users_info, user=user_id)["user"]
        return found

    @cached_property
    def team_id(self) -> str:
        """The workspace that the bot is installed in."""
        return str(self.identity()["team_id"])

    def standing(self, user_id: str) -> Standing:
        """Return what somebody is to this workspace."""
        try:
            return standing_of(self.user(user_id), self.team_id)
        except Refused as refused:
            if refused.error in _NOBODY_HERE:
                return Standing.STRANGER
            raise

    def groups(self) -> dict[str, Group]:
        """Return every user group that is not disabled, by its id."""
        found = call("usergroups.list", self._client.usergroups_list, include_users=True)["usergroups"]
        return {one["id"]: Group(one.get("handle", ""), frozenset(one.get("users") or ())) for one in found}

    def group_members(self, usergroup_id: str) -> tuple[str, ...]:
        """Return the user ids of a user group (S0123456)."""
        found = call("usergroups.users.list", self._client.usergroups_users_list, usergroup=usergroup_id)
        return tuple(found["users"])

    def channel(self, channel_id: str) -> dict[str, Any]:
        """Return a channel as Slack describes it: name, is_private, is_archived, is_member ..."""
        found: dict[str, Any] = call("conversations.info", self._client.conversations_info, channel=channel_id)[
            "channel"
        ]
        return found

    def channel_id(self, name: str, *, urgent: bool = False) -> str | None:
        """Return the id of a channel that is there and that we may see, by its name, with or without #.

        It is remembered until `forget`: Slack has only a list to look through, and takes 20 pages a minute of it. A search
        that was cut short goes on where it was.
        """
        wanted = name.removeprefix("#")
        if wanted in self._channel_ids:
            return self._channel_ids[wanted]
        for _ in range(MOST_PAGES):
            page = self._page(self._cursors.get(wanted), urgent=urgent)
            if page is None:
                self._cursors.pop(wanted, None)
                continue
            for channel in page["channels"]:
                if channel["name"] == wanted:
                    self._cursors.pop(wanted, None)
                    self._channel_ids[wanted] = str(channel["id"])
                    return self._channel_ids[wanted]
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
            self._cursors[wanted] = cursor
        self._cursors.pop(wanted, None)
        return None

    def forget(self, channel_id: str) -> None:
        """Look a channel up anew by its name next time: this one is not there any more."""
        self._channel_ids = {name: known for name, known in self._channel_ids.items() if known != channel_id}

    def _page(self, cursor: str | None, *, urgent: bool) -> dict[str, Any] | None:
        """Return a page of the channels; None where its cursor has become too old."""
        try:
            return call_in_turn(
                self._methods,
                "conversations.list",
                self._client.conversations_list,
                urgent=urgent,
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=PAGE,
                cursor=cursor,
            )
        except Refused as refused:
            if cursor is None or refused.error != "invalid_cursor":
                raise
            return None


def standing_of(user: dict[str, Any], team_id: str) -> Standing:
    """Read what somebody is to a workspace from what `users.info` says of them.

    Somebody of another workspace is here through Slack Connect (`is_stranger`, another `team_id`); in an Enterprise Grid
    one person belongs to several workspaces, which `enterprise_user` lists.
    """
    teams = {user.get("team_id"), *(user.get("enterprise_user") or {}).get("teams", ())}
    if user.get("deleted"):
        return Standing.DEACTIVATED
    if user.get("is_bot") or user.get("id") == SLACKBOT:
        return Standing.BOT
    if user.get("is_stranger") or team_id not in teams:
        return Standing.STRANGER
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Standing.GUEST
    return Standing.MEMBER
