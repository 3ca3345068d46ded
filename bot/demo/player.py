"""A hand on the sandbox: says, presses and picks as a user would, moves the clock, and reads the channel."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.demo.playground import Playground
from bot.demo.reading import Control, Json, Reader, find_button, find_option

HTTP_TIMEOUT_S = 10.0
POLL_S = 0.1
CATCH_UP_TIMEOUT_S = 10.0

# The clock moves in strides, and the shop fills each in before the next: the bot never sees a log that lags further.
STRIDE = timedelta(seconds=30)
TAIL_BYTES = 4096


class Player:
    """Plays users on a running playground."""

    def __init__(self, ground: Playground) -> None:
        self._ground = ground
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._base_url = ground.sandbox["page_url"]
        self.channel: str = ground.sandbox["channel"]
        people = self._ask_slack("users.list").get("members", [])
        groups = self._ask_slack("usergroups.list").get("usergroups", [])
        names = {row["id"]: row["name"] for row in people} | {row["id"]: row["handle"] for row in groups}
        self.reader = Reader(names)
        self.users = _cast(people, ground.sandbox["user"])

    def say(self, user: str, text: str, thread_ts: str | None = None) -> None:
        """Type a message or a command, in the channel or in a thread."""
        message = {"user": user, "channel": self.channel, "text": text}
        self._post("say", message | ({"thread_ts": thread_ts} if thread_ts else {}))

    def press(self, user: str, message: Json, label: str) -> None:
        """Press the button with this label."""
        self._click(user, message, find_button(message, label), label)

    def pick(self, user: str, message: Json, near: str, label: str) -> None:
        """Pick an option in the menu that belongs to the text `near`."""
        self._click(user, message, find_option(message, near, label), label)

    def messages(self) -> list[Json]:
        """Return everything in the channel, oldest first."""
        query = urllib.parse.urlencode({"channel": self.channel})
        messages: list[Json] = self._get(f"/_sandbox/messages?{query}")["messages"]
        return messages

    def now(self) -> datetime:
        """Return the present instant on the sandbox's clock."""
        return self._ground.clock.now()

    def move_clock_to(self, instant: datetime) -> None:
        """Move the clock on in strides, waiting after each until the shop has filled it in."""
        while (missing := instant - self.now()) > timedelta():
            self._post("clock/advance", {"seconds": min(missing, STRIDE).total_seconds()})
            self._wait_for_the_shop(self.now() - timedelta(seconds=2))

    def _wait_for_the_shop(self, instant: datetime) -> None:
        deadline = time.monotonic() + CATCH_UP_TIMEOUT_S
        while self._newest_line() < instant and time.monotonic() < deadline:
            self._ground.check()
            time.sleep(POLL_S)

    def _newest_line(self) -> datetime:
        with self._ground.log.open("rb") as log:
            log.seek(-TAIL_BYTES, 2)
            last = log.read().rsplit(b"\n", 2)[-2]
        return datetime.fromtimestamp(json.loads(last)["time"] / 1000, UTC)

    def _click(self, user: str, message: Json, control: Control | None, label: str) -> None:
        if control is None:
            raise LookupError(f'there is no "{label}" to press')
        click = {"user": user, "channel": self.channel, "ts": message["ts"], "action_id": control.action_id}
        self._post("click", click | ({"value": control.value} if control.value is not None else {}))

    def _post(self, name: str, body: dict[str, Any]) -> None:
        request = urllib.request.Request(  # noqa: S310 - the sandbox's own address
            f"{self._base_url}/_sandbox/{name}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        self._open(request)

    def _get(self, path: str) -> dict[str, Any]:
        return self._open(urllib.request.Request(f"{self._base_url}{path}"))  # noqa: S310 - as above

    def _ask_slack(self, method: str) -> dict[str, Any]:
        token = self._ground.sandbox["bot_token"]
        return self._open(
            urllib.request.Request(  # noqa: S310 - as above
                f"{self._ground.sandbox['api_url']}{method}", b"", {"Authorization": f"Bearer {token}"}
            )
        )

    def _open(self, request: urllib.request.Request) -> dict[str, Any]:
        try:
            with self._opener.open(request, timeout=HTTP_TIMEOUT_S) as response:
                body: dict[str, Any] = json.loads(response.read() or b"{}")
        except urllib.error.HTTPError as refused:
            answer = refused.read().decode(errors="replace")
            raise LookupError(f"the sandbox refused {request.selector}: {refused.code} {answer}") from refused
        return body


def _cast(people: list[dict[str, Any]], first: str) -> tuple[str, str]:
    """Return two members of the team: the one whom the sandbox named, and another."""
    others = (row["id"] for row in people if not _is_outsider(row) and row["id"] != first)
    return first, next(others, first)


def _is_outsider(row: dict[str, Any]) -> bool:
    bot = row.get("is_bot") or row["name"] == "slackbot"
    return bool(bot or row.get("is_restricted") or row.get("is_ultra_restricted") or row.get("deleted"))
