"""A room to play an incident in: the sandbox, the bot, a service's log and its repository, all of them real.

What a test sees is what a person sees: messages, modals and the home tab. What it does is what a person does.
"""

import json
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.demo.reading import Reader, find_button, find_option
from tests.support.bot_process import BotProcess, free_port
from tests.support.repository import NOON, Repository
from tests.support.sandbox_process import SandboxProcess
from tests.support.shop_log import ShopLog
from tests.support.strict import complaints

Json = dict[str, Any]

HISTORY = timedelta(minutes=80)
PUT_OFF = timedelta(seconds=5)
"""More than Slack asks a post to wait, when all is well."""

ONSET_BEFORE_START = timedelta(minutes=5)
SHIPPED_BEFORE_ONSET = timedelta(minutes=2)
AVA, BEN, CLEO, DAN = "U0AVA", "U0BEN", "U0CLEO", "U0DAN"
HERE, DEFAULT = "C0CHECKOUT", "C0INCIDENT"


class Room:
    """Everything that runs, and hands to play with it.

    Args:
        folder: Empty; gets the configuration, the store, the log and the repository.
        delivery: "socket" or "http".
        more: Sections to add to fifteen.toml.
        config: Lines of [service.checkout] in place of those of the same name here.
    """

    def __init__(self, folder: Path, delivery: str = "socket", more: str = "", **config: Any) -> None:
        port = free_port() if delivery == "http" else None
        url = f"http://127.0.0.1:{port}/slack/events" if port else None
        self.folder = folder
        self.sandbox = SandboxProcess(deliver_url=url, clock_file=folder / "clock")
        self.http_url = url
        self._clock = Clock(folder / "clock")
        self.onset = (self.now() - ONSET_BEFORE_START).replace(microsecond=0)
        self.repository = shop_repository(folder / "repo", self.onset)
        shipped = [(self.onset - timedelta(hours=20), "v213"), (self.onset - SHIPPED_BEFORE_ONSET, "v214")]
        (folder / "logs").mkdir()
        self.log = ShopLog(folder / "logs" / "checkout.log", self.now() - HISTORY, self.onset, shipped)
        self.log.write_until(self.now())
        self.config = folder / "fifteen.toml"
        self.config.write_text(self._toml(config) + more)
        self.bot = BotProcess(self.sandbox, self.config, folder / "bot.out", http_port=port)
        self.started_at = self.now()
        self.reader = Reader({user["id"]: user["name"] for user in self.sandbox.state()["users"]})
        self._judged = 0
        self.complaints: list[str] = []

    def now(self) -> datetime:
        """Return the present instant on the sandbox's clock."""
        return self._clock.now()

    # What a person does

    def command(self, text: str, *, user: str = AVA, channel: str = HERE) -> Json:
        """Type `/incident ...` and return the answer that only they see."""
        before = {message["ts"] for message in self._whispers(channel, user)}
        self.sandbox.say(f"/incident {text}".strip(), user=user, channel=channel)

        def answer() -> Json | None:
            return next((one for one in self._whispers(channel, user) if one["ts"] not in before), None)

        return self.sandbox.wait_for(answer, what=f"an answer to /incident {text}")

    def start(self, text: str = "", *, user: str = AVA, channel: str = HERE) -> Json:
        """Start an incident, wait for its triage, and return the card."""
        self.log.write_until(self.now())
        self.started_at = self.now()
        self.command(f"start {text}", user=user, channel=channel)
        return self.sees("Scope", "Changes", "Errors", "Trace", buttons=("Resolve",), channel=channel)

    def reply(self, under: Json, text: str, *, user: str = AVA) -> str:
        """Reply in a message's thread and return the reply's ts."""
        thread_ts = under.get("thread_ts") or under["ts"]
        return self.sandbox.say(text, user=user, channel=under["channel"], thread_ts=thread_ts)

    def press(self, message: Json, label: str, *, user: str = AVA) -> None:
        """Press a button."""
        found = find_button(self.again(message), label)
        assert found is not None, f"no button {label!r} in: {self.text(message)}"
        self.sandbox.click(message["ts"], found.action_id, user=user, channel=message["channel"])

    def pick(self, message: Json, near: str, label: str, *, user: str = AVA) -> None:
        """Pick an option of the menu beside a text, once it is there."""
        found = self.sandbox.wait_for(lambda: find_option(self.again(message), near, label), what=f"option {label!r}")
        self.sandbox.click(message["ts"], found.action_id, found.value, user=user, channel=message["channel"])

    def submit(self, values: dict[str, str], *, user: str = AVA) -> None:
        """Fill in the modal that is open, or is about to, and send it."""
        view = self.sandbox.wait_for_view(user=user)
        state: Json = {}
        for block in view["blocks"]:
            if block.get("block_id") in values:
                given = values[block["block_id"]]
                element = block["element"]
                chosen = {"selected_option": {"value": given}} if "options" in element else {"value": given}
                state[block["block_id"]] = {element["action_id"]: {"type": element["type"], **chosen}}
        self.sandbox.submit(view["id"], state, user=user)

    def minute(self, minute: float) -> None:
        """Move the clock to a minute of the incident, and a second past it; the log has grown as far before."""
        self.advance(self.started_at + timedelta(minutes=minute, seconds=1) - self.now())

    def advance(self, length: timedelta) -> None:
        """Move the clock on; the log has grown as far before."""
        if length > timedelta():
            self.log.write_until(self.now() + length)
            self.sandbox.advance(length.total_seconds())

    # What a person sees

    def messages(self, channel: str = HERE) -> list[Json]:
        """Return what everybody sees in a channel, oldest first."""
        return [message for message in self.sandbox.messages(channel) if "ephemeral_to" not in message]

    def text(self, message: Json) -> str:
        """Return a message as people read it."""
        return "\n".join(self.reader.lines(message))

    def find(self, *words: str, channel: str = HERE, buttons: tuple[str, ...] = ()) -> list[Json]:
        """Return the messages that say all the words and carry all the buttons, oldest first."""
        return [
            message
            for message in self.messages(channel)
            if all(word in self.text(message) for word in words)
            and all(find_button(message, label) for label in buttons)
        ]

    def sees(self, *words: str, channel: str = HERE, buttons: tuple[str, ...] = (), timeout: float = 20) -> Json:
        """Wait for a message that says all the words, and return the newest."""

        def found() -> Json | None:
            return next(reversed(self.find(*words, channel=channel, buttons=buttons)), None)

        try:
            return self.sandbox.wait_for(found, timeout, " | ".join((*words, *buttons)))
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.transcript(channel)}") from None

    def again(self, message: Json) -> Json:
        """Return a message as it stands now."""
        here = self.sandbox.messages(message["channel"])
        return next(one for one in here if one["ts"] == message["ts"])

    def card(self, channel: str = HERE) -> Json:
        """Wait for the newest card."""
        return self.sees("Lead", "started", "severity", channel=channel)

    def ledger(self, channel: str = HERE) -> Json:
        """Wait for the newest Hypotheses message."""
        return self.sees("What do you think it is?", channel=channel)

    def becomes(self, message: Json, *words: str, without: tuple[str, ...] = ()) -> str:
        """Wait until a message says all the words, and none of the others; return its text."""

        def reads() -> str | None:
            text = self.text(self.again(message))
            return text if all(word in text for word in words) and not any(word in text for word in without) else None

        try:
            return self.sandbox.wait_for(reads, 20, f"{words} without {without}")
        except AssertionError:
            raise AssertionError(
                f"never {words} without {without}; it reads:\n{self.text(self.again(message))}"
            ) from None

    def thread(self, message: Json) -> list[Json]:
        """Return the replies under a message, oldest first."""
        return [one for one in self.messages(message["channel"]) if one.get("thread_ts") == message["ts"] != one["ts"]]

    def calls(self) -> list[Json]:
        """Return the rollback calls, oldest first."""
        return self.find("Call ", " of 6", buttons=("Not yet",))

    def settle(self) -> None:
        """Wait until the bot owes nothing that is due or held up by Slack: then what is not there will not come."""
        self.sandbox.wait_for(lambda: not owed(self.folder / "fifteen.db", self.now()), 20, "nothing owed")

    def transcript(self, channel: str = HERE) -> str:
        """Return the whole channel as people read it, for a failure."""
        return "\n---\n".join(self.text(message) for message in self.sandbox.messages(channel))

    def _whispers(self, channel: str, user: str) -> list[Json]:
        return [one for one in self.sandbox.messages(channel, user=user) if "ephemeral_to" in one]

    # How it is set up

    def judge(self) -> None:
        """Look at everything that the bot has sent since the last time, before the sandbox forgets it."""
        for entry in self.sandbox.traffic(after=self._judged):
            self._judged = entry["n"]
            self.complaints += complaints(entry, self.sandbox.page_url)

    def close(self) -> None:
        """End the bot, hold it to what it promises, and end the sandbox."""
        try:
            self.bot.stop()
            self.judge()
        finally:
            self.sandbox.stop()

    def _toml(self, config: Json) -> str:
        service = {
            "rollback_after": "15m",
            "rollback_command": "deploy checkout {previous}",
            "oncall": "S0123456",
            "escalate_to": DAN,
        } | config
        own = "".join(f"{key} = {json.dumps(value)}\n" for key, value in service.items())
        return f"""\
store = {json.dumps(f"sqlite:///{self.folder / 'fifteen.db'}")}
default_channel = "#incidents"

[service.checkout]
{own}
[service.checkout.logs]
kind = "file"
path = {json.dumps(str(self.folder / "logs" / "*.log"))}

[service.checkout.deploys]
kind = "git"
path = {json.dumps(str(self.folder / "repo"))}
tags = "v*"
"""


def shop_repository(path: Path, onset: datetime) -> Repository:
    """Make the service's history: v213 of yesterday, v214 two minutes before the onset, with a migration in it."""
    repository = Repository(path)
    release = onset - SHIPPED_BEFORE_ONSET
    repository.commit("Price carts", "src/price.js", "src/cart.js", at=_noon(release - timedelta(days=2)))
    repository.tag("v212", at=_noon(release - timedelta(days=2)))
    repository.commit("Ask inventory once more", "src/inventory.js", at=_noon(onset - timedelta(hours=20)))
    repository.tag("v213", at=_noon(onset - timedelta(hours=20)))
    repository.commit("VAT per category (#813)", "src/price.js", "db/migrations/0042_vat.sql", at=_noon(release))
    repository.tag("v214", at=_noon(release))
    return repository


def owed(store: Path, now: datetime) -> bool:
    """Return whether any job in the store is due: the one look behind the curtain, for what must not happen.

    What Slack has put off for a moment counts as due.
    """
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as connection:
        due = connection.execute(
            "SELECT count(*) FROM job WHERE state = 'pending' AND due_at <= (CASE lane WHEN 'clock' THEN ? ELSE ? END)",
            [int(until.timestamp() * 1_000_000) for until in (now, now + PUT_OFF)],
        ).fetchone()
    connection.close()
    return bool(due[0])


def _noon(instant: datetime) -> float:
    """Return an instant in the repository's minutes after its noon."""
    return (instant - NOON) / timedelta(minutes=1)
