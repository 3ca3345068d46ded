"""How a reading of log files went: what was read, and what was not."""

from dataclasses import dataclass, field

from bot.errors import SourceError
from bot.logs.blocks import NoText, Shrunk


@dataclass(slots=True)
class Account:
    """How a reading went; what several processes say of their shares of it is added up.

    Args:
        problems: What was wrong, in words.
        read: Files from which something was read.
        bytes_read: From disk.
        lines: Those that were looked at one by one; of a file that has any, at least one is.
        partial: Whether something was left out that should have been read.
        is_late: Whether the time was up before everything was read.
        shrunk: Whether a file was emptied while it was read.
    """

    problems: list[str] = field(default_factory=list)
    read: int = 0
    bytes_read: int = 0
    lines: int = 0
    partial: bool = False
    is_late: bool = False
    shrunk: bool = False

    def fail(self, problem: str) -> None:
        """Take note of something that could not be read."""
        self.partial = True
        self.problems.append(problem)

    def failed(self, error: SourceError) -> None:
        """Take note of what an error says could not be read."""
        self.shrunk |= isinstance(error, Shrunk)
        if isinstance(error, NoText):  # a picture among logs keeps nobody from being cleared by the logs
            self.problems.append(str(error))
        else:
            self.fail(str(error))

    def run_out(self, problem: str) -> None:
        """Take note of what there was no time for; once is enough."""
        if not self.is_late:
            self.is_late = True
            self.fail(problem)

    def add(self, other: "Account") -> None:
        """Take over how it went for another process."""
        self.problems += other.problems
        self.read += other.read
        self.bytes_read += other.bytes_read
        self.lines += other.lines
        self.partial |= other.partial
        self.is_late |= other.is_late
        self.shrunk |= other.shrunk
