"""Step 2: what shipped, which of it is suspect and why, and what a rollback would undo."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.triage.summary import Change, ChangeLog, ErrorGroup, FieldCounts, Next, Onset


def assess(
    changelog: ChangeLog,
    *,
    onset: Onset | None,
    groups: Sequence[ErrorGroup],
    fields: Sequence[FieldCounts],
    at: datetime,
    rollback_after: timedelta,
) -> tuple[tuple[Change, ...], Next]:
    """Return the changes (deploys first, then commits, newest first) and what the rule asks for next.

    Args:
        changelog: What the deploy source knows.
        onset: When it began, from step 1; None means that no deploy is suspect.
        groups: The window's errors, for the files in their top frames.
        fields: The window's fields, for the version that the failing lines carry.
        at: The instant of the triage; `Next.rollback_at` is `at` + `rollback_after`.
        rollback_after: The delay of the clock.
    """
    raise NotImplementedError
