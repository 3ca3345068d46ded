"""Hypotheses and the ledger: who thinks what, and what became of it. The rules of the ledger stand in this file."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.errors import UserError
from bot.incident.incident import Incident, cause_ruled_out, confirm_cause


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


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody said what became of a hypothesis; WITHDRAWN by None: its reply was deleted."""

    number: int
    state: HypothesisState
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Undone:
    """Somebody took the last move back."""

    number: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Edited:
    """The reply was edited."""

    number: int
    text: str
    at: datetime


Change = Moved | Undone | Edited

# What a reader looks for first: the cause, then what is being tried, then what nobody has looked at.
_ORDER = (
    HypothesisState.CONFIRMED,
    HypothesisState.TESTING,
    HypothesisState.OPEN,
    HypothesisState.REFUTED,
)


def next_number(ledger: Iterable[Hypothesis]) -> int:
    """Return the number of the next hypothesis; withdrawn ones keep theirs."""
    return max((hypothesis.number for hypothesis in ledger), default=0) + 1


def move(hypothesis: Hypothesis, state: HypothesisState, *, by: str | None, now: datetime) -> Hypothesis:
    """Return the hypothesis in another state. Saying the same twice changes nothing, so a retry keeps the undo."""
    if state is hypothesis.state:
        return hypothesis
    return replace(hypothesis, state=state, previous_state=hypothesis.state, state_by=by, state_at=now)


def undo(hypothesis: Hypothesis, *, by: str, now: datetime) -> Hypothesis:
    """Return the hypothesis as it was before the last move; one step, no further."""
    if hypothesis.previous_state is None:
        raise UserError(f"There is nothing to undo for {hypothesis.label}.")
    return replace(hypothesis, state=hypothesis.previous_state, previous_state=None, state_by=by, state_at=now)


def withdraw(hypothesis: Hypothesis, *, now: datetime) -> Hypothesis:
    """Return the hypothesis withdrawn because its reply was deleted; its number is not used again."""
    return move(hypothesis, HypothesisState.WITHDRAWN, by=None, now=now)


def edit(hypothesis: Hypothesis, text: str) -> Hypothesis:
    """Return the hypothesis with its reply's new words. What was found for the old ones is dropped."""
    if text == hypothesis.text:
        return hypothesis
    return replace(hypothesis, text=text, evidence=())


def add_evidence(hypothesis: Hypothesis, sentences: Iterable[str]) -> Hypothesis:
    """Return the hypothesis with what was found for it, each sentence once, newest last."""
    return replace(hypothesis, evidence=tuple(dict.fromkeys((*hypothesis.evidence, *sentences))))


def ledger(hypotheses: Iterable[Hypothesis]) -> tuple[Hypothesis, ...]:
    """Return what the message shows: confirmed, testing, open, ruled out, each by number; withdrawn ones not at all."""
    shown = (hypothesis for hypothesis in hypotheses if hypothesis.state in _ORDER)
    return tuple(sorted(shown, key=lambda hypothesis: (_ORDER.index(hypothesis.state), hypothesis.number)))


def fold(hypotheses: Iterable[Hypothesis], changes: Iterable[Change]) -> tuple[Hypothesis, ...]:
    """Return the hypotheses, by number, after changes that may have come twice and in any order.

    Each distinct change counts once, in the order of its own time. Changes of unknown numbers and undos of nothing
    have no effect. What was said at the same instant is taken edits first, then by its words, so that the answer
    never depends on the order of arrival.
    """
    folded = {hypothesis.number: hypothesis for hypothesis in hypotheses}
    for change in sorted(set(changes), key=_when):
        if change.number in folded:
            folded[change.number] = _apply(folded[change.number], change)
    return tuple(folded[number] for number in sorted(folded))


def follow(incident: Incident, before: Hypothesis, after: Hypothesis, others: Iterable[Hypothesis]) -> Incident:
    """Return the incident after one of its hypotheses changed: a confirmed one is its cause.

    Confirming sets the cause to its text; so does editing the one that is the cause. When the one that is the cause
    no longer stands, the newest other confirmed one takes its place, else the cause is ruled out and the original clock
    goes on. A cause that was given otherwise (`/incident cause`) is left alone. A closed incident stays as it is.
    """
    if not incident.is_open or (before.state, before.text) == (after.state, after.text):
        return incident
    was = before.state is HypothesisState.CONFIRMED
    stands = after.state is HypothesisState.CONFIRMED
    if was and incident.cause != before.text:
        return incident
    if stands:
        return _caused_by(incident, after)
    if not was:
        return incident
    rest = [other for other in others if other.state is HypothesisState.CONFIRMED and other.number != after.number]
    if not rest:
        return cause_ruled_out(incident)
    return _caused_by(incident, max(rest, key=lambda other: (other.state_at or other.recorded_at, other.number)))


def _caused_by(incident: Incident, hypothesis: Hypothesis) -> Incident:
    by = hypothesis.state_by or hypothesis.author_id
    return confirm_cause(incident, hypothesis.text, by=by, now=hypothesis.state_at or hypothesis.recorded_at)


def _when(change: Change) -> tuple[datetime, int, str, str]:
    match change:
        case Edited(text=text):
            return (change.at, 0, text, "")
        case Moved(state=state, by=by):
            return (change.at, 1, state, by or "")
        case Undone(by=by):
            return (change.at, 2, by, "")


def _apply(hypothesis: Hypothesis, change: Change) -> Hypothesis:
    match change:
        case Edited(text=text):
            return edit(hypothesis, text)
        case Moved(state=state, by=by, at=at):
            return move(hypothesis, state, by=by, now=at)
        case Undone(by=by, at=at):
            return hypothesis if hypothesis.previous_state is None else undo(hypothesis, by=by, now=at)
