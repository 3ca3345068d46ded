"""What Slack allows, kept before Slack has to say so: one message a second in a channel, and nothing before Retry-After.

No gate ever sleeps: who may not call now is told how long to wait, and the worker takes other work meanwhile.
"""

from collections.abc import Callable
from itertools import takewhile
from threading import Lock

# docs.slack.dev, rate limits: "generally, 1 message per second per channel".
SPACING_S = 1.0
# Who does not come back so long after its turn has lost its place in the line: cancelled, or another process has it now.
MISSED_S = 10.0


class ChannelGate:
    """When each channel takes its next message; what the clock says goes before everything that waits for its turn.

    Everybody else stands in a line, and is told to come when it may be at its head: of a crowd that all came back for the
    next turn one had it, and the rest had been claimed and put off for nothing.

    Args:
        monotonic: Seconds that never jump.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._next: dict[str, float] = {}
        self._reserved: dict[str, float] = {}
        self._lines: dict[str, dict[str, float]] = {}  # of each channel: who waits, in order, and until when
        self._lock = Lock()

    def take(self, channel_id: str, key: str, *, urgent: bool = False) -> float:
        """Return 0 and use up the channel's turn, or return the seconds until there may be one for whoever has the key.

        An urgent message that has to wait reserves the next turn: nobody else gets it within the second that it takes to
        come back.
        """
        with self._lock:
            now = self._monotonic()
            turn = self._next.get(channel_id, now)
            if urgent and turn > now:
                self._reserved[channel_id] = turn + SPACING_S
            if not urgent:
                turn = max(turn, self._reserved.get(channel_id, turn))
            if turn > now:
                return turn - now + (0.0 if urgent else self._behind(channel_id, key, turn))
            self._lines[channel_id] = {one: until for one, until in self._line(channel_id, now) if one != key}
            self._next = _later(self._next, now)
            self._reserved = _later(self._reserved, now)
            self._reserved.pop(channel_id, None)
            self._next[channel_id] = now + SPACING_S
            return 0.0

    def hold(self, channel_id: str, wait_s: float, *, urgent: bool = False) -> None:
        """Let nothing through to the channel for as long as Slack asked; then first what was urgent."""
        with self._lock:
            turn = max(self._next.get(channel_id, 0.0), self._monotonic() + wait_s)
            self._next[channel_id] = turn
            if urgent:
                self._reserved[channel_id] = turn + SPACING_S

    def _behind(self, channel_id: str, key: str, turn: float) -> float:
        """Return how long after a turn it is one's own, as the line stands; who is new joins it at its end."""
        now = self._monotonic()
        line = dict(self._line(channel_id, now))
        behind = SPACING_S * sum(1 for _ in takewhile(lambda one: one != key, line))
        self._lines[channel_id] = line | {key: turn + behind + MISSED_S}
        return behind

    def _line(self, channel_id: str, now: float) -> list[tuple[str, float]]:
        return [(one, until) for one, until in self._lines.get(channel_id, {}).items() if until > now]


class MethodGate:
    """Which methods Slack takes no calls of: its Retry-After is meant for every call of the method, not for one.

    What a rollback call needs of a method goes before everything else that waits for it.

    Args:
        monotonic: Seconds that never jump.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._until: dict[str, float] = {}
        self._reserved: dict[str, float] = {}
        self._lock = Lock()

    def wait_s(self, method: str, *, urgent: bool = False) -> float:
        """Return the seconds until the method may be called again; 0 where it may be now.

        Who is urgent and has to wait keeps the others out for the second that it takes to come back.
        """
        with self._lock:
            now = self._monotonic()
            turn = self._until.get(method, now)
            if urgent and turn > now:
                self._reserved[method] = turn + SPACING_S
            if not urgent:
                turn = max(turn, self._reserved.get(method, turn))
            return max(0.0, turn - now)

    def hold(self, method: str, wait_s: float, *, urgent: bool = False) -> None:
        """Let no call of the method through for as long as Slack asked; then first what was urgent."""
        with self._lock:
            turn = max(self._until.get(method, 0.0), self._monotonic() + wait_s)
            self._until[method] = turn
            if urgent:
                self._reserved[method] = turn + SPACING_S


def _later(instants: dict[str, float], now: float) -> dict[str, float]:
    return {channel: at for channel, at in instants.items() if at > now}
