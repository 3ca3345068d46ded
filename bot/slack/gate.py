"""At most one message a second in a channel: what Slack allows, kept before Slack has to say so."""

from collections.abc import Callable
from threading import Lock

# docs.slack.dev, rate limits: "generally, 1 message per second per channel".
SPACING_S = 1.0


class ChannelGate:
    """When each channel takes its next message.

    It never sleeps: who may not post now is told how long to wait, and the worker takes other work meanwhile.

    Args:
        monotonic: Seconds that never jump.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._next: dict[str, float] = {}
        self._lock = Lock()

    def take(self, channel_id: str) -> float:
        """Return 0 and use up the channel's turn, or return the seconds until it has one."""
        with self._lock:
            now = self._monotonic()
            wait_s = self._next.get(channel_id, now) - now
            if wait_s > 0:
                return wait_s
            self._next = {channel: at for channel, at in self._next.items() if at > now}
            self._next[channel_id] = now + SPACING_S
            return 0.0

    def hold(self, channel_id: str, wait_s: float) -> None:
        """Let nothing through to the channel for as long as Slack asked."""
        with self._lock:
            self._next[channel_id] = max(self._next.get(channel_id, 0.0), self._monotonic() + wait_s)
