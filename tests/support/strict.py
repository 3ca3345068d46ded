"""What Slack, or a careful reader, would hold against anything that the bot has sent."""

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.support.validators import check_message, check_view, live_tokens

Json = dict[str, Any]

MESSAGES = ("chat.postMessage", "chat.update", "chat.postEphemeral", "chat.scheduleMessage")
VIEWS = ("views.open", "views.publish", "views.update", "views.push")
# The mentions and dates that the bot makes on purpose: people and a group of this workspace, its channels, a moment.
OURS = re.compile(r"<@U0(?:AVA|BEN|CLEO|DAN|GUS)>|<!subteam\^S0123456>|<#[CDG]0[A-Z]+>|<!date\^\d+\^[^<>|]+\|[^<>]+>")


def complaints(entry: Json, page_url: str) -> list[str]:
    """Return what is wrong with one entry of the sandbox's traffic; nothing where it says nothing to anybody."""
    found = []
    for content in _said(entry):
        check = check_view if content.get("type") in ("modal", "home") else check_message
        found += check(content)
        found += [f"a live {token}" for token in live_tokens(content) if not _is_ours(token, page_url)]
    return [f"{entry['kind']} {entry['name']}: {complaint}" for complaint in found]


def _said(entry: Json) -> Iterator[Json]:
    """Yield the messages and views in an entry: API calls, answers by response_url and in acknowledgements."""
    if entry["direction"] != "in":
        return
    body = entry["body"]
    if entry["kind"] == "api":
        args = {key: _read(value) for key, value in body["args"].items() if key in ("text", "blocks", "view")}
        if entry["name"] in VIEWS:
            yield args["view"]
        elif entry["name"] in MESSAGES:
            yield args
    elif entry["kind"] == "response_url" or (entry["kind"] == "ack" and isinstance(body, dict)):
        answer = body.get("payload") or body
        if "text" in answer or "blocks" in answer:
            yield {key: answer[key] for key in ("text", "blocks") if key in answer}


def _read(value: Any) -> Any:
    """Return blocks and views as they were meant: the SDK sends them as JSON in a string."""
    return json.loads(value) if isinstance(value, str) and value[:1] in "[{" else value


def _is_ours(token: str, page_url: str) -> bool:
    return OURS.fullmatch(token) is not None or token.startswith((f"<{page_url}/", "<https://local-sandbox."))
