"""What a rollback could undo: a deploy, what is only merged, nothing, or nobody knows what."""

from datetime import datetime, timedelta
from enum import StrEnum

# "Rolled back last deploy" is only an answer while the last deploy is fresh; a day covers the release of yesterday.
ROLLBACK_HORIZON = timedelta(hours=24)


class Undo(StrEnum):
    """What a rollback could undo; `untold` where no deploys are configured, so that nobody could tell."""

    DEPLOY = "deploy"
    UNPROVEN = "unproven"
    NOTHING = "nothing"
    UNTOLD = "untold"

    @property
    def escalates(self) -> bool:
        """Whether there is nothing that a call could ask to undo: more people are asked for instead."""
        return self in {Undo.NOTHING, Undo.UNTOLD}


def undoable(
    shipped_at: datetime | None, *, proven: bool, now: datetime, horizon: timedelta = ROLLBACK_HORIZON
) -> Undo:
    """Return what a rollback could undo: nothing, when the change (None: there is none) is older than the horizon.

    `proven` says that it is a deploy, and not merely a commit that was merged.
    """
    if shipped_at is None or now - shipped_at > horizon:
        return Undo.NOTHING
    return Undo.DEPLOY if proven else Undo.UNPROVEN
