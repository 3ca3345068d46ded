"""What one line of a log is: a record, a part of one, or rubbish; and when."""

from dataclasses import dataclass

from bot.logs.record import Record


@dataclass(slots=True)
class Entry:
    """One line that is not blank, and the record it holds; a line of many records is many entries.

    Args:
        at_us: Microseconds since the epoch; None in a file without any timestamp.
        parsed: Whether it is a record or continues one.
        naive: Whether its time carried no zone.
        lines: 1, or 0 for the second and later records of one line.
        reason: Why it is skipped, where it is.
        text: Its beginning, where it is skipped.
    """

    at_us: int | None
    offset: int
    parsed: bool
    record: Record | None = None
    naive: bool = False
    lines: int = 1
    reason: str = ""
    text: str = ""
