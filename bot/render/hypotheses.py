"""The Hypotheses message: the ledger, kept current by editing; and what the bot answers in its thread."""

from collections.abc import Sequence

from bot.incident.hypothesis import Hypothesis
from bot.incident.incident import Incident
from bot.render.message import Message


def ledger(incident: Incident, hypotheses: Sequence[Hypothesis]) -> Message:
    """Return the ledger as it should stand now."""
    raise NotImplementedError


def evidence(hypothesis: Hypothesis, sentences: Sequence[str]) -> Message:
    """Return the reply under a hypothesis that says what was found about it."""
    raise NotImplementedError
