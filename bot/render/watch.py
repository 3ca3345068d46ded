"""After a rollback: what the error rate did."""

from datetime import timedelta

from bot.incident.incident import Incident
from bot.render.message import Message


def watching(incident: Incident, *, how_long: timedelta) -> Message:
    """Say that somebody is rolling back, and that the bot watches."""
    raise NotImplementedError


def back_at_baseline(incident: Incident, *, after: timedelta) -> Message:
    """Say how long after the rollback errors were back at the baseline."""
    raise NotImplementedError


def no_recovery(incident: Incident, *, after: timedelta) -> Message:
    """Say that it may not have been this deployment."""
    raise NotImplementedError
