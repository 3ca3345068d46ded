"""Incidents and hypotheses for the tests: valid values, of which a test names only what it is about."""

from datetime import UTC, datetime, timedelta

from bot.incident.hypothesis import Hypothesis, HypothesisState
from bot.incident.incident import Incident, Status

START = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def minute(minutes: float) -> datetime:
    """Return the instant so many minutes after the start."""
    return START + timedelta(minutes=minutes)


def incident(**fields: object) -> Incident:
    """Return an incident that has just been started by U1."""
    usual: dict[str, object] = {
        "id": 12,
        "title": "checkout is down",
        "service": "checkout",
        "severity": 2,
        "status": Status.INVESTIGATING,
        "lead_id": "U1",
        "started_by": "U1",
        "started_at": START,
        "team_id": "T1",
        "channel_id": "C1",
        "asked_channel_id": "C1",
        "rollback_after": timedelta(minutes=15),
    }
    return Incident(**(usual | fields))


def hypothesis(number: int = 1, **fields: object) -> Hypothesis:
    """Return a hypothesis that U2 has just written."""
    usual: dict[str, object] = {
        "id": number,
        "incident_id": 12,
        "number": number,
        "text": f"idea {number}",
        "author_id": "U2",
        "recorded_at": minute(number),
        "source_channel_id": "C1",
        "source_ts": f"17000000{number:02}.000100",
        "state": HypothesisState.OPEN,
    }
    return Hypothesis(**(usual | fields))
