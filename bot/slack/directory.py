"""Who and where: people, user groups and channels, as Slack knows them at this moment."""

from typing import Any

from slack_sdk import WebClient

from bot.slack.call import call

PAGE = 1000  # conversations.list: "an integer under 1000" is the most it gives
MOST_PAGES = 50


class Directory:
    """What the bot can look up in Slack; every method raises `RateLimited`, `OutcomeUnknown` or `Refused`."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def identity(self) -> dict[str, Any]:
        """Return who we are: team_id, team, user_id, bot_id, url."""
        return call("auth.test", self._client.auth_test)

    def user(self, user_id: str) -> dict[str, Any]:
        """Return a person as Slack describes them: real_name, tz, is_bot, team_id ..."""
        found: dict[str, Any] = call("users.info", self._client.users_info, user=user_id)["user"]
        return found

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

    def channel_id(self, name: str) -> str | None:
        """Return the id of a channel that is there and that we may see, by its name, with or without #."""
        wanted, cursor = name.removeprefix("#"), None
        for _ in range(MOST_PAGES):
            page = call(
                "conversations.list",
                self._client.conversations_list,
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=PAGE,
                cursor=cursor,
            )
            for channel in page["channels"]:
                if channel["name"] == wanted:
                    return str(channel["id"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return None
