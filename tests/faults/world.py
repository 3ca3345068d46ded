"""A workspace in which a thousand incidents wait for their call: cards in channels, and the jobs in the store."""

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from slack_sdk import WebClient

from bot.clock import Clock
from bot.incident.escalation import DEFAULT_ROLLBACK_AFTER
from bot.store import incidents, jobs
from bot.store.engine import Store
from bot.workflow import owe
from tests.faults.plan import Plan
from tests.support.sandbox_process import ROOT, SandboxProcess

CHANNELS = 40
"""One message a second in each: four replicas that do not know of one another stay far below that."""

CREATED_A_MINUTE = 20
WARM_UP = timedelta(minutes=5)
"""From the last preparation to the first call: more than any replicas take to start. What is left of it is skipped."""


class World:
    """The sandbox with its channels, the store, and what is due when.

    Args:
        folder: For the clock and the configuration.
        url: The empty database.
    """

    def __init__(self, folder: Path, url: str) -> None:
        self.sandbox = SandboxProcess(clock_file=folder / "clock", manifest=_manifest(folder))
        self._client = WebClient(self.sandbox.bot_token, base_url=self.sandbox.api_url, retry_handlers=[])
        self._clock = Clock(folder / "clock")
        self.config = folder / "fifteen.toml"
        self.config.write_text(f'store = "{url}"\n')
        self.url = url
        self.due: dict[int, datetime] = {}
        self.places: dict[int, tuple[str, str]] = {}

    def prepare(self, plan: Plan) -> None:
        """Make the channels, post a card for each incident, and owe the calls."""
        self.channels = self._make_channels()
        places = self._post_cards(plan.escalations)
        self.first_due = self._clock.now() + WARM_UP
        chance = random.Random(plan.seed)
        due = [self.first_due + timedelta(seconds=chance.uniform(0, plan.spread_s)) for _ in places]
        self._owe_calls(list(zip(places, due, strict=True)))

    def begin(self) -> None:
        """Move the clock on to the first call."""
        self.sandbox.advance((self.first_due - self.now()).total_seconds())

    def now(self) -> datetime:
        """Return the present, as the bot and its Slack have it."""
        return self._clock.now()

    def _make_channels(self) -> list[str]:
        made = []
        for number in range(CHANNELS):
            if number % CREATED_A_MINUTE == 0:
                self.sandbox.advance(60)
            made.append(self._client.conversations_create(name=f"incident-{number}")["channel"]["id"])
        return made

    def _post_cards(self, count: int) -> list[tuple[str, str]]:
        places = []
        for number in range(count):
            if number % CHANNELS == 0:
                self.sandbox.advance(1)
            channel = self.channels[number % CHANNELS]
            places.append((channel, self._client.chat_postMessage(channel=channel, text=f"card {number}")["ts"]))
        return places

    def _owe_calls(self, waiting: list[tuple[tuple[str, str], datetime]]) -> None:
        """Store an open incident for each card, whose look is due at its instant."""
        store = Store.open(self.url)
        with store.transaction() as tx:
            for (channel, ts), due in waiting:
                incident = incidents.create(tx, **_incident(channel, ts, due))
                payload = {"call": 1}
                jobs.enqueue(
                    tx, incident.id, owe.LOOK, 1,
                    due_at=due, lane="clock", payload=payload, priority=jobs.CLOCK_PRIORITY,
                )  # fmt: skip
                self.due[incident.id], self.places[incident.id] = due, (channel, ts)
        store.close()

    def close(self) -> None:
        """End the sandbox."""
        self.sandbox.stop()


def _incident(channel: str, ts: str, due: datetime) -> dict[str, Any]:
    return {
        "title": "errors",
        "service": None,
        "severity": 2,
        "lead_id": "U0AVA",
        "started_by": "U0AVA",
        "started_at": due - DEFAULT_ROLLBACK_AFTER,
        "team_id": "T0SANDBOX",
        "channel_id": channel,
        "asked_channel_id": channel,
        "rollback_after": DEFAULT_ROLLBACK_AFTER,
        "card_ts": ts,
    }


def _manifest(folder: Path) -> Path:
    """Let the app make channels, which the bot itself never does."""
    scope = "      - chat:write"
    granted = (ROOT / "deploy" / "manifest.yaml").read_text(encoding="utf-8")
    allowed = folder / "manifest.yaml"
    allowed.write_text(granted.replace(scope, f"      - channels:manage\n{scope}", 1), encoding="utf-8")
    return allowed
