"""The record of everything that went between the app and the sandbox, with tokens masked; and who listens to changes."""

import asyncio
import copy
import itertools
import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bot.sandbox.clock import SandboxClock
from bot.sandbox.workspace import Json

KEPT_ENTRIES = 500
LISTENER_BACKLOG = 1000

_SECRET_TEXT = re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+|ticket-\w+")
_SECRET_KEYS = frozenset({"token", "ticket", "signing_secret"})


def mask(value: Any) -> Any:
    """Return a copy without tokens."""
    if isinstance(value, dict):
        return {key: "***" if key in _SECRET_KEYS and item else mask(item) for key, item in value.items()}
    if isinstance(value, list):
        return [mask(item) for item in value]
    if isinstance(value, str):
        return _SECRET_TEXT.sub("***", value)
    return copy.copy(value)


class Feed:
    """Tells listeners (the page's event streams) that something changed."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[Json]] = set()

    def publish(self, event: Json) -> None:
        """Tell every listener; one that does not keep up misses events and reads the state again."""
        for queue in self._queues:
            if not queue.full():
                queue.put_nowait(event)

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[Json]]:
        """Give a queue that fills with events for as long as the block lasts."""
        queue: asyncio.Queue[Json] = asyncio.Queue(LISTENER_BACKLOG)
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)


class Traffic:
    """The last entries; "in" is what the app sent to Slack, "out" what Slack sent to the app."""

    def __init__(self, clock: SandboxClock, feed: Feed) -> None:
        self._clock = clock
        self._feed = feed
        self._numbers = itertools.count(1)
        self._entries: deque[Json] = deque(maxlen=KEPT_ENTRIES)

    def record(self, direction: str, kind: str, name: str, body: Any, status: str) -> None:
        """Add one entry and tell the listeners."""
        entry = {
            "n": next(self._numbers),
            "at": self._clock.now(),
            "direction": direction,
            "kind": kind,
            "name": name,
            "body": mask(body),
            "status": status,
        }
        self._entries.append(entry)
        self._feed.publish({"type": "traffic", "entry": entry})

    def after(self, number: int) -> list[Json]:
        """Return the kept entries with a higher number, oldest first."""
        return [entry for entry in self._entries if entry["n"] > number]
