"""The card: one message that is edited in place from the start of an incident to its end."""

from dataclasses import dataclass

from bot.incident.incident import Incident
from bot.render.message import Message
from bot.triage.summary import Report


@dataclass(frozen=True, slots=True)
class TriageFailed:
    """The triage could not be done; `problem` is a sentence that names the remedy."""

    problem: str


def card(incident: Incident, triage: Report | TriageFailed | None) -> Message:
    """Return the card as it should stand now; `triage` is None while it runs."""
    raise NotImplementedError
