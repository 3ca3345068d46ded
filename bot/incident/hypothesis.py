"""Hypotheses and the ledger: who thinks what, and what became of it. The rules of the ledger stand in this file."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class HypothesisState(StrEnum):
    """What became of a hypothesis; WITHDRAWN = "Not a hypothesis", or its reply was deleted."""

    OPEN = "open"
    TESTING = "testing"
    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """H1, H2 ...: one line of the ledger.

    Args:
        number: Counts from 1 within the incident, never reused.
        source_channel_id, source_ts: The reply it was recorded from; edits and deletions follow it.
        previous_state: What an undo goes back to; None when there is nothing to undo.
        evidence: Sentences the bot found, newest last.
    """

    id: int
    incident_id: int
    number: int
    text: str
    author_id: str
    recorded_at: datetime
    source_channel_id: str
    source_ts: str
    state: HypothesisState = HypothesisState.OPEN
    previous_state: HypothesisState | None = None
    state_by: str | None = None
    state_at: datetime | None = None
    evidence: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """H1, H2 ..."""
        return f"H{self.number}"
