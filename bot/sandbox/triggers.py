"""Trigger ids: each opens one view, within three seconds of the press that made it."""

import secrets

from bot.sandbox.clock import SandboxClock
from bot.sandbox.errors import ApiError

TRIGGER_LIFE_S = 3.0  # wall time: it measures how quick the app is


class Triggers:
    """The trigger ids given out, with who pressed and when."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._issued: dict[str, tuple[str, float]] = {}
        self._used: set[str] = set()

    def new(self, user_id: str) -> str:
        """Return a trigger id for what a user just did."""
        trigger_id = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._issued[trigger_id] = (user_id, self._clock.wall())
        return trigger_id

    def exchange(self, trigger_id: str) -> str:
        """Use a trigger id up and return its user.

        Raises:
            ApiError: it is unknown, was used before, or is too old.
        """
        if trigger_id not in self._issued:
            raise ApiError("invalid_trigger_id")
        user_id, issued = self._issued[trigger_id]
        if trigger_id in self._used:
            raise ApiError("exchanged_trigger_id")
        if self._clock.wall() - issued > TRIGGER_LIFE_S:
            raise ApiError("expired_trigger_id")
        self._used.add(trigger_id)
        return user_id
