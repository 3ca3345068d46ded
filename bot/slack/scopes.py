"""The permissions that the bot uses, what each is for, and which of them a token has.

`deploy/manifest.yaml` grants exactly these; a test holds the two together.
"""

from collections.abc import Mapping
from types import MappingProxyType

from slack_sdk import WebClient

from bot.slack.call import call

NEEDED: Mapping[str, str] = MappingProxyType(
    {
        "app_mentions:read": "@Fifteen in a thread, where slash commands do not work",
        "channels:history": "replies under the Hypotheses message and the card",
        "channels:join": "an incident in a public channel that the bot is not in yet",
        "channels:read": "the default channel by its name",
        "chat:write": "the card, the findings, the rollback call",
        "commands": "/incident and the shortcut",
        "files:write": "the chart",
        "groups:history": "replies in private channels that the bot was invited to",
        "groups:read": "private channels by their name",
        "reactions:write": "the reaction that says a hypothesis was recorded",
        "usergroups:read": "the on-call group; who may start, confirm, snooze, roll back and resolve",
        "users:read": "people; guests and strangers, who may not",
    }
)


def missing(client: WebClient) -> tuple[str, ...]:
    """Return the scopes that the token lacks, in order of name.

    Source: Slack names a token's scopes in the header X-OAuth-Scopes of every answer.

    Raises:
        SlackError: there was no good answer.
    """
    headers: dict[str, str] = {}

    def ask() -> object:
        response = client.auth_test()
        headers.update({name.lower(): value for name, value in response.headers.items()})
        return response

    call("auth.test", ask)  # type: ignore[arg-type]
    granted = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
    return tuple(sorted(set(NEEDED) - granted))


def can_connect(client: WebClient, app_token: str) -> None:
    """Ask for a Socket Mode address, and leave it unused.

    Raises:
        SlackError: the app token is not accepted, or Socket Mode is off.
    """
    call("apps.connections.open", client.apps_connections_open, app_token=app_token)
