"""How Slack brings things to an app: one parcel at a time, three more tries for events, none for the rest."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.sandbox.events import event_callback, subscription_of
from bot.sandbox.faults import Faults
from bot.sandbox.manifest import Manifest
from bot.sandbox.timers import Timers
from bot.sandbox.workspace import Json

ANSWER_WITHIN_S = 3.0  # wall time: it measures a real process
RETRIES = 3
HELD_AT_MOST_S = 1.0
EVENT, COMMAND, INTERACTION = "events_api", "slash_commands", "interactive"


class NoAnswerError(Exception):
    """The app did not take a parcel; `reason` in the words of X-Slack-Retry-Reason."""

    def __init__(self, reason: str, *, retry: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry = retry


@dataclass
class Parcel:
    """Something for the app; `answer` is set by whichever attempt is answered first."""

    kind: str
    payload: Json
    first_at: float = 0.0
    answer: asyncio.Future[Any] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    sent: bool = False
    attempt: int = 0
    reason: str = ""

    @property
    def name(self) -> str:
        """Return what it is, in a word or two."""
        event = self.payload.get("event")
        if event:
            return ".".join(filter(None, (event["type"], event.get("subtype"))))
        return str(self.payload.get("command") or self.payload.get("type"))


class Transport(Protocol):
    """A way to the app: the socket, or signed HTTP requests."""

    async def deliver(self, parcel: Parcel) -> Any:
        """Bring one parcel and return the app's answer.

        Raises:
            NoAnswerError: refused, too late, or nobody there.
        """
        ...

    def retry_after_s(self, attempt: int, reason: str) -> float:
        """Return how long after the first attempt this one (1, 2 or 3) is due, on the sandbox's clock."""
        ...


class Delivery:
    """Decides what the app gets, and how often."""

    def __init__(self, transport: Transport, manifest: Manifest, timers: Timers, *, faults: Faults, token: str) -> None:
        self._transport = transport
        self._manifest = manifest
        self._timers = timers
        self._faults = faults
        self._token = token
        self._held: list[Parcel] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something without making anybody wait for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def event(self, event: Json) -> None:
        """Send an event, if the app subscribed to its kind."""
        if subscription_of(event) not in self._manifest.events:
            return
        body = event_callback(event, self._timers.clock, self._token)
        copies = 2 if self._faults.take("duplicate") else 1
        parcels = [Parcel(EVENT, body, self._timers.clock.now()) for _ in range(copies)]
        if self._faults.take("reorder"):
            self._held += parcels
            asyncio.get_running_loop().call_later(HELD_AT_MOST_S, self._send, parcels)
        else:
            self._send(parcels)
            self._send(list(self._held))

    async def ask(self, kind: str, payload: Json) -> Any:
        """Send a command or an interaction and return the answer; these are not retried.

        Raises:
            NoAnswerError: refused, too late, or nobody there.
        """
        return await self._transport.deliver(Parcel(kind, {"token": self._token, **payload}))

    async def stop(self) -> None:
        """Let go of everything under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _send(self, parcels: list[Parcel]) -> None:
        for parcel in parcels:
            if not parcel.sent:
                parcel.sent = True
                self.spawn(self._attempt(parcel))
        self._held = [parcel for parcel in self._held if not parcel.sent]

    async def _attempt(self, parcel: Parcel) -> None:
        if parcel.answer.done():  # a late answer to an earlier attempt
            return
        try:
            await self._transport.deliver(parcel)
        except NoAnswerError as error:
            if parcel.attempt == RETRIES or not error.retry:
                return
            parcel.attempt += 1
            parcel.reason = error.reason
            due = parcel.first_at + self._transport.retry_after_s(parcel.attempt, parcel.reason)
            self._timers.at(due, lambda: self.spawn(self._attempt(parcel)))
