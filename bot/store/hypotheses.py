"""The ledger: hypotheses, numbered within their incident, which is held while one of them is changed."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from bot.incident.hypothesis import Hypothesis
from bot.store.engine import Tx
from bot.store.incidents import hold
from bot.store.schema import hypothesis as table


def add(
    tx: Tx,
    *,
    incident_id: int,
    text: str,
    author_id: str,
    recorded_at: datetime,
    source_channel_id: str,
    source_ts: str,
    evidence: tuple[str, ...] = (),
) -> Hypothesis:
    """Record the next hypothesis of an incident; its number is given here and never used again."""
    hold(tx, incident_id)
    last = tx.execute(select(func.max(table.c.number)).where(table.c.incident_id == incident_id)).scalar()
    draft = Hypothesis(
        id=0,
        incident_id=incident_id,
        number=(last or 0) + 1,
        text=text,
        author_id=author_id,
        recorded_at=recorded_at,
        source_channel_id=source_channel_id,
        source_ts=source_ts,
        evidence=evidence,
    )
    values = asdict(draft)
    del values["id"]
    return replace(draft, id=tx.execute(insert(table).values(values).returning(table.c.id)).scalar_one())


def get(tx: Tx, incident_id: int, number: int) -> Hypothesis | None:
    """Return H`number` of the incident, which is held."""
    hold(tx, incident_id)
    return _first(tx, select(table).where(table.c.incident_id == incident_id, table.c.number == number))


def by_source(tx: Tx, channel_id: str, ts: str) -> Hypothesis | None:
    """Return what was recorded from that message, its incident held; edits and deletions of the message follow it."""
    query = select(table).where(table.c.source_channel_id == channel_id, table.c.source_ts == ts)
    found = _first(tx, query.order_by(table.c.id.desc()))
    return None if found is None else get(tx, found.incident_id, found.number)  # as it is now that nobody changes it


def of_incident(tx: Tx, incident_id: int) -> tuple[Hypothesis, ...]:
    """Return H1, H2 ... in order."""
    rows = tx.execute(select(table).where(table.c.incident_id == incident_id).order_by(table.c.number)).all()
    return tuple(Hypothesis(**row._mapping) for row in rows)  # noqa: SLF001 - public in spite of its name


def save(tx: Tx, hypothesis: Hypothesis) -> None:
    """Store the value as it now is."""
    values = asdict(hypothesis)
    del values["id"]
    tx.execute(update(table).where(table.c.id == hypothesis.id).values(values))


def _first(tx: Tx, query: Select[Any]) -> Hypothesis | None:
    row = tx.execute(query.limit(1)).first()
    return None if row is None else Hypothesis(**row._mapping)  # noqa: SLF001
