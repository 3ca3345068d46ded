"""What a writer wrote last, and whether what it writes next is a part of that."""

from dataclasses import dataclass, field
from typing import NamedTuple

from bot.logs.decode import TRACE, Decoded
from bot.logs.dialect import TEXT
from bot.logs.entry import Entry
from bot.logs.record import Draft, is_error, own_severity
from bot.text.stack import begins_another

CRASH_GAP_US = 1_000_000
"""A trace that a wrapper dates this much after the error before it is no part of that error."""


@dataclass(slots=True)
class Last:
    """What a writer wrote last.

    Args:
        end: Where its last line ends.
        entry: Its last record, until it is known what continues it; None where rubbish came first.
        draft: What that holds.
        trace: The lines that continue it.
        goes_on: Whether a further line may.
        named: A line that is an exception's own, until it is known whether frames follow.
    """

    end: int
    entry: Entry | None = None
    draft: Draft | None = None
    trace: list[str] = field(default_factory=list)
    goes_on: bool = False
    named: "Named | None" = None


class Named(NamedTuple):
    """A line that may be a record, and what it is otherwise."""

    entry: Entry
    decoded: Decoded


def is_its_own(decoded: Decoded, crash: Draft, last: Last) -> bool:
    """Tell whether a line that may begin an error of its own does, or belongs to what its writer wrote before it.

    It belongs to an error of the last second, and to text with a level, whose logger prints below it what it was given. Behind a
    trace that nobody has reported, or that a logger of objects has not printed, comes another one.
    """
    entry, before = last.entry, last.draft
    if entry is None or before is None:
        return True
    is_of_text, own = before.dialect is TEXT, before.fields.get(TRACE, "")
    if not is_of_text or own:
        above = [*str(own).splitlines(), *last.trace] if is_of_text else last.trace
        if begins_another(decoded.text, above):
            return True
    is_late = entry.at_us is not None and crash.at is not None and crash.at.us - entry.at_us > CRASH_GAP_US
    if is_late or is_error(before):
        return is_late
    if not last.goes_on or (crash.at is not None and not decoded.awaits_frames):
        return True
    return not is_of_text or own_severity(before) is None
