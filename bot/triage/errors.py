"""Step 3: which errors, by signature, the commonest first."""

from collections.abc import Sequence

from bot.triage.summary import ErrorEntry, ErrorGroup


def top_errors(groups: Sequence[ErrorGroup], top: int) -> tuple[ErrorEntry, ...]:
    """Return the commonest groups of the window, by count, then signature.

    A group is new when its signature was not seen in the baseline; its share is of all errors of the window.
    """
    total = sum(group.count for group in groups)
    ordered = sorted(groups, key=lambda group: (-group.count, group.signature))
    return tuple(
        ErrorEntry(
            signature=group.signature,
            count=group.count,
            share=group.count / total,
            first_seen=group.first_seen,
            last_seen=group.last_seen,
            new=group.baseline_count == 0,
            sample=group.sample,
            exception=group.exception,
            example_id=group.example_id,
            is_estimated=group.is_estimated,
        )
        for group in ordered[:top]
    )
