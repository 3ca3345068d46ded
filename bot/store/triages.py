"""Triages: the report and the summary it was made from, as bytes (`values.py` makes and reads them)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, insert, select

from bot.store.engine import Tx
from bot.store.schema import triage as table


@dataclass(frozen=True, slots=True)
class Triage:
    """One triage of an incident; `report` and `summary` are what was handed to `save`."""

    incident_id: int
    taken_at: datetime
    report: bytes
    summary: bytes


def save(tx: Tx, incident_id: int, report: bytes, summary: bytes, taken_at: datetime) -> None:
    """Store a triage beside those before it."""
    values = {"incident_id": incident_id, "report": report, "summary": summary, "taken_at": taken_at}
    tx.execute(insert(table).values(values))


def latest(tx: Tx, incident_id: int) -> Triage | None:
    """Return the triage stored last."""
    return _one(tx, incident_id, table.c.id.desc())


def first(tx: Tx, incident_id: int) -> Triage | None:
    """Return the triage stored first."""
    return _one(tx, incident_id, table.c.id)


def _one(tx: Tx, incident_id: int, order: ColumnElement[int]) -> Triage | None:
    columns = (table.c.incident_id, table.c.taken_at, table.c.report, table.c.summary)
    row = tx.execute(select(*columns).where(table.c.incident_id == incident_id).order_by(order).limit(1)).first()
    return None if row is None else Triage(*row)
