"""The four findings: as one line each for the card and the terminal, and in full for the card's thread."""

from dataclasses import dataclass
from enum import StrEnum

from bot.render.message import Message
from bot.triage.summary import Report


class Outcome(StrEnum):
    """What a step of the triage came to."""

    FOUND = "found"
    CLEAR = "clear"
    NO_DATA = "no data"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One step in one line; `text` is written in the markup that was asked for, escaped where it has to be."""

    step: str
    outcome: Outcome
    text: str


def findings(report: Report) -> Message:
    """Return the four findings in full, in the order of the protocol."""
    raise NotImplementedError
