"""The dead man's call: a call that waits in Slack itself, for when the bot, or its host, cannot make its own.

It stands behind the next call of the clock, a little after it. A bot that lives makes its own call first and takes this
one back; one that does not live is spoken for. Pure: what is to wait, and what can still be changed.
"""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.incident.escalation import MAX_CALLS, Look, MakeCall, NothingToUndo
from bot.incident.incident import Incident, UsersAffected

# docs.slack.dev, chat.deleteScheduledMessage: not what "will be posted to Slack within 60 seconds".
UNDELETABLE = timedelta(seconds=60)

# How long after its call is due Slack posts in the bot's place. The call of a replica that died holding it is made
# within 75 s, as it promises; a second death before the deletion costs a lease of 20 s, and the last 60 s are
# Slack's: 155 s, rounded up to what people read on a clock.
AFTER = timedelta(minutes=3)

# Before Slack's last minute a late call still has to be posted and the waiting one deleted: a post, a list and a
# deletion of at most 5 s each, and as much again for what stands before them in the queue.
CHANGE_TAKES = timedelta(seconds=30)

# Slack shows a post within a second or two; after this one that cannot be read was not made.
SHOWN_WITHIN = timedelta(seconds=5)


def post_at(due: datetime) -> datetime:
    """Return when Slack posts for a call that is due at an instant: a whole second, as Slack counts."""
    return datetime.fromtimestamp(math.ceil((due + AFTER).timestamp()), UTC)


def as_posted(call: MakeCall | NothingToUndo, incident: Incident, due: datetime) -> MakeCall | NothingToUndo:
    """Return a call that Slack made in our place as it was when Slack posted it, however much later it was decided."""
    at = post_at(due)
    return replace(call, after=at - incident.started_at, late_by=at - due)


def stands_behind(incident: Incident, look: Look) -> bool:
    """Return whether a call is to wait in Slack for this look: where the look, made now, could become a call.

    None after a recovery or a word that users are not affected: to Slack's message nothing is worse than when it was
    left there.
    """
    return (
        incident.is_open
        and incident.cause is None
        and not incident.is_rolling_back
        and incident.recovered_at is None
        and incident.users_affected is not UsersAffected.NO
        and look.n <= MAX_CALLS
    )


def is_settled(at: datetime, now: datetime) -> bool:
    """Return whether Slack will post, or has posted, whatever is done now about a message that waits until `at`."""
    return at - now < UNDELETABLE + CHANGE_TAKES
