"""Messages scheduled in Slack itself, posted when the clock reaches them."""

from dataclasses import dataclass, field

from bot.sandbox.clock import SandboxClock
from bot.sandbox.errors import ApiError
from bot.sandbox.messages import Messages
from bot.sandbox.timers import Timer, Timers
from bot.sandbox.workspace import BOT_USER_ID, Channel, Json, Workspace, new_id

FARTHEST_S = 120 * 86_400
SPAN_S, MOST_A_SPAN = 300, 30  # 30 messages a channel in 5 minutes
TOO_LATE_TO_DELETE_S = 60  # chat.deleteScheduledMessage: not in the last minute


@dataclass
class Scheduled:
    """A message that waits."""

    id: str
    channel_id: str
    post_at: int
    created: int
    content: Json
    options: Json
    timer: Timer = field(repr=False)

    def listed(self) -> Json:
        """Return what Slack lists of it."""
        return {
            "id": self.id,
            "channel_id": self.channel_id,
            "post_at": self.post_at,
            "date_created": self.created,
            "text": self.content["text"],
        }


class Schedule:
    """The waiting messages. One with metadata waits for ever: Slack accepts it and never posts it."""

    def __init__(self, clock: SandboxClock, timers: Timers, workspace: Workspace, messages: Messages) -> None:
        self._clock = clock
        self._timers = timers
        self._workspace = workspace
        self._messages = messages
        self._waiting: dict[str, Scheduled] = {}

    def add(self, channel: Channel, post_at: int, content: Json, options: Json) -> Scheduled:
        """Keep a message until its time.

        Raises:
            ApiError: the time is past or too far, or too many wait around it.
        """
        now = self._clock.now()
        if post_at <= now:
            raise ApiError("time_in_past")
        if post_at > now + FARTHEST_S:
            raise ApiError("time_too_far")
        near = [s for s in self.waiting() if s.channel_id == channel.id and abs(s.post_at - post_at) < SPAN_S]
        if len(near) >= MOST_A_SPAN:
            raise ApiError("restricted_too_many")
        scheduled_id = new_id("Q")
        timer = self._timers.at(post_at, lambda: self._post(scheduled_id))
        self._waiting[scheduled_id] = Scheduled(scheduled_id, channel.id, post_at, int(now), content, options, timer)
        return self._waiting[scheduled_id]

    def waiting(self) -> list[Scheduled]:
        """Return what waits, soonest first."""
        return sorted(self._waiting.values(), key=lambda scheduled: scheduled.post_at)

    def remove(self, channel: Channel, scheduled_id: str) -> None:
        """Take a message back.

        Raises:
            ApiError: there is none, or it is posted within the minute.
        """
        scheduled = self._waiting.get(scheduled_id)
        if scheduled is None or scheduled.channel_id != channel.id:
            raise ApiError("invalid_scheduled_message_id")
        if scheduled.post_at - self._clock.now() < TOO_LATE_TO_DELETE_S:
            raise ApiError("invalid_scheduled_message_id")
        scheduled.timer.cancel()
        del self._waiting[scheduled_id]

    def _post(self, scheduled_id: str) -> None:
        scheduled = self._waiting.pop(scheduled_id)
        if scheduled.options.get("metadata"):
            return
        channel = self._workspace.channels[scheduled.channel_id]
        thread_ts = scheduled.options.get("thread_ts")
        thread_is_gone = bool(thread_ts) and thread_ts not in channel.messages
        if not channel.is_archived and BOT_USER_ID in channel.members and not thread_is_gone:
            self._messages.post_as_bot(channel, scheduled.content, **scheduled.options)
