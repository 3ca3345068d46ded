"""An instant, an incident and a job to start a store test from."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, type_coerce, update

from bot.incident.incident import Incident
from bot.store import incidents, jobs, schema
from bot.store.engine import Store, Tx

NOW = datetime(2026, 3, 1, 3, 0, 0, 123456, tzinfo=UTC)


def add_incident(tx: Tx, **changes: Any) -> Incident:
    """Store an incident of the checkout service in C1."""
    fields = {
        "title": "checkout is failing",
        "service": "checkout",
        "severity": 2,
        "lead_id": "U1",
        "started_by": "U1",
        "started_at": NOW,
        "team_id": "T1",
        "channel_id": "C1",
        "asked_channel_id": "C1",
        "rollback_after": timedelta(minutes=15),
    }
    return incidents.create(tx, **(fields | changes))


def owe(store: Store, kind: str = "card", n: int = 0, **changes: Any) -> int | None:
    """Enqueue a job of the first incident, which is made where there is none; due at NOW in the slack lane."""
    with store.transaction() as tx:
        incident = next(iter(incidents.recent(tx, 1)), None) or add_incident(tx)
        how: dict[str, Any] = {"due_at": NOW, "lane": "slack"} | changes
        return jobs.enqueue(tx, how.pop("incident_id", incident.id), kind, n, **how)


def take(store: Store, owner: str = "me", *, at: datetime = NOW, lane: Any = "slack") -> Any:
    """Claim with a lease of 30 s."""
    return jobs.claim(store, lane, owner, now=at, lease_s=30.0)


def age_leases(store: Store, seconds: float) -> None:
    """Make every lease as old as if the database's clock had gone on."""
    with store.transaction() as tx:
        aged = schema.job.c.lease_until - type_coerce(int(seconds * 1_000_000), BigInteger)
        tx.execute(update(schema.job).values(lease_until=aged))
