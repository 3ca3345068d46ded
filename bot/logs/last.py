"""What a writer wrote last, and whether what it writes next is a part of that."""

from dataclasses import dataclass, field

from bot.logs.entry import Entry
from bot.logs.record import Draft

CRASH_GAP_US = 1_000_000
"""A trace that a wrapper dates this much after the error before it is no part of that error."""


@dataclass(slots=True)
class Last:
    """What a writer wrote last.

    Args:
        end: Where its last line ends.
        entry: Its last record, until it is known what continues it; None where rubbish came first.
        trace: The lines that continue it.
        goes_on: Whether a further line may.
    """

    end: int
    entry: Entry | None = None
    trace: list[str] = field(default_factory=list)
    goes_on: bool = False


def is_its_own(crash: Draft, last: Last) -> bool:
    """Tell whether a crash is no part of what its writer wrote before its trace: an error, and in the same second."""
    before = last.entry
    if before is None or before.record is None or not before.record.is_error:
        return True
    return before.at_us is not None and crash.at is not None and crash.at.us - before.at_us > CRASH_GAP_US
