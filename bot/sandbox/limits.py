"""Rate limits: how often each method may be called, as Slack documents it.

Slack gives the least that it allows for each method ("50+ a minute") and forgives short bursts. Here a bucket holds a
minute's calls and fills evenly, on the sandbox's clock: whoever moves the clock on by a minute may call again.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

# docs.slack.dev/apis/web-api/rate-limits: calls a minute, by tier; and one message a second in a channel.
TIER_1, TIER_2, TIER_3, TIER_4 = 1, 20, 50, 100
POSTS_A_SECOND: Final = 1.0
POSTS_IN_A_BURST: Final = 5  # "short bursts of more than that are allowed": how short is not said

TIERS: Final = MappingProxyType(
    {
        "chat.update": TIER_3,
        "chat.delete": TIER_3,
        "chat.postEphemeral": TIER_4,
        "chat.scheduleMessage": TIER_3,
        "chat.scheduledMessages.list": TIER_3,
        "chat.deleteScheduledMessage": TIER_3,
        "conversations.create": TIER_2,
        "conversations.history": TIER_3,
        "conversations.info": TIER_3,
        "conversations.invite": TIER_3,
        "conversations.join": TIER_3,
        "conversations.list": TIER_2,
        "conversations.members": TIER_4,
        "conversations.open": TIER_3,
        "conversations.replies": TIER_3,
        "conversations.setTopic": TIER_2,
        "files.getUploadURLExternal": TIER_4,
        "files.completeUploadExternal": TIER_4,
        "reactions.add": TIER_3,
        "reactions.remove": TIER_2,
        "usergroups.list": TIER_2,
        "usergroups.users.list": TIER_2,
        "users.info": TIER_4,
        "users.list": TIER_2,
        "views.open": TIER_4,
        "views.publish": TIER_4,
        "views.push": TIER_4,
        "views.update": TIER_4,
    }
)
"""Calls a minute. A method that is not here is not limited: auth.test and the like allow hundreds."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class RateLimits:
    """What may be called now.

    Args:
        now: The sandbox's clock, in seconds.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def take(self, method: str, channel_id: str) -> int:
        """Count a call; return 0 where it may pass, else in how many whole seconds it may."""
        if method == "chat.postMessage":
            return self._take((method, channel_id), POSTS_A_SECOND, POSTS_IN_A_BURST)
        a_minute = TIERS.get(method)
        return 0 if a_minute is None else self._take((method, ""), a_minute / 60, a_minute)

    def _take(self, key: tuple[str, str], a_second: float, most: int) -> int:
        now = self._now()
        bucket = self._buckets.setdefault(key, _Bucket(most, now))
        bucket.left = min(most, bucket.left + (now - bucket.at) * a_second)
        bucket.at = now
        if bucket.left < 1:
            return math.ceil((1 - bucket.left) / a_second)
        bucket.left -= 1
        return 0
