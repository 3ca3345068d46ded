"""Incidents, stored as whole values.

An incident's row stands for all that belongs to it: whoever means to change any of that holds the row until the end of
the transaction, and reads what it decides on after that. `get`, `by_thread` and `unplaced` hold what they return when
the transaction writes; lists do not, so read the one you choose again. The order is event, incident, jobs.

One whose row cannot be read is left out of every list, so that it hides no other.
"""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Select, insert, or_, select, update

from bot.errors import IncidentDamaged
from bot.incident.incident import Incident, Status
from bot.store import dialect
from bot.store.columns import UNREADABLE
from bot.store.engine import Tx
from bot.store.schema import incident as table

log = structlog.get_logger(__name__)

LARGEST_NUMBER = 2**31 - 1  # of PostgreSQL's INTEGER


def create(tx: Tx, **fields: Any) -> Incident:
    """Store a new incident from the fields of `Incident` without `id`; investigating unless said otherwise."""
    fields.setdefault("status", Status.INVESTIGATING)
    draft = Incident(id=0, **fields)
    values = asdict(draft)
    del values["id"]
    number = tx.execute(insert(table).values(values).returning(table.c.id)).scalar_one()
    return replace(draft, id=number)


def get(tx: Tx, incident_id: int) -> Incident | None:
    """Return the incident of that number.

    Raises:
        IncidentDamaged: there is one, and it cannot be read.
    """
    if not 0 < incident_id <= LARGEST_NUMBER:  # as somebody may type it
        return None
    return _first(tx, dialect.held(tx, select(table).where(table.c.id == incident_id)))


def exists(tx: Tx, incident_id: int) -> bool:
    """Whether an incident has that number, open or not, readable or not; nothing is held."""
    if not 0 < incident_id <= LARGEST_NUMBER:
        return False
    return tx.execute(select(table.c.id).where(table.c.id == incident_id)).first() is not None


def hold(tx: Tx, incident_id: int) -> None:
    """Hold an incident that is changed without being read."""
    tx.execute(dialect.held(tx, select(table.c.id).where(table.c.id == incident_id)))


def save(tx: Tx, incident: Incident) -> None:
    """Store the value as it now is; read and save in one transaction, which nobody else writes in between."""
    values = asdict(incident)
    del values["id"]
    tx.execute(update(table).where(table.c.id == incident.id).values(values))


def open_in_channel(tx: Tx, channel_id: str) -> tuple[Incident, ...]:
    """Return the open incidents of a channel, whose card is there or that were asked for there, oldest first."""
    here = or_(table.c.channel_id == channel_id, table.c.asked_channel_id == channel_id)
    query = select(table).where(here, table.c.status != Status.RESOLVED)
    return _all(tx, query.order_by(table.c.id))


def open_all(tx: Tx) -> tuple[Incident, ...]:
    """Return every open incident, oldest first."""
    return _all(tx, select(table).where(table.c.status != Status.RESOLVED).order_by(table.c.id))


def numbers_open(tx: Tx) -> tuple[int, ...]:
    """Return the numbers of every open incident, newest first; one whose row cannot be read is among them."""
    query = select(table.c.id).where(table.c.status != Status.RESOLVED).order_by(table.c.id.desc())
    return tuple(tx.execute(query).scalars())


def recent(tx: Tx, limit: int) -> tuple[Incident, ...]:
    """Return the newest incidents, open or not, newest first."""
    return _all(tx, select(table).order_by(table.c.id.desc()).limit(limit))


def by_thread(tx: Tx, channel_id: str, thread_ts: str) -> tuple[Incident, str] | None:
    """Return whose thread it is, and which of the two: "card" or "hypotheses".

    Raises:
        IncidentDamaged: it is the thread of one that cannot be read.
    """
    here = or_(table.c.card_ts == thread_ts, table.c.hypotheses_ts == thread_ts)
    found = _first(tx, dialect.held(tx, select(table).where(table.c.channel_id == channel_id, here)))
    if found is None:
        return None
    return found, "card" if found.card_ts == thread_ts else "hypotheses"


def same_recently(tx: Tx, channel_id: str, service: str | None, since: datetime) -> Incident | None:
    """Return the newest open incident of the same channel (asked in, or posted to) and service, started since.

    Where there is none, nobody else starts one before this transaction ends.
    """
    dialect.take_turn(tx, dialect.Turn.START)
    query = select(table).where(
        or_(table.c.channel_id == channel_id, table.c.asked_channel_id == channel_id),
        table.c.service.is_not_distinct_from(service),
        table.c.status != Status.RESOLVED,
        table.c.started_at >= since,
    )
    return next(iter(_all(tx, query.order_by(table.c.id.desc()).limit(1))), None)


def unplaced(tx: Tx, asked_channel_id: str) -> Incident | None:
    """Return the newest open incident that was asked for in the channel and has no card yet."""
    query = select(table).where(
        table.c.asked_channel_id == asked_channel_id, table.c.status != Status.RESOLVED, table.c.card_ts.is_(None)
    )
    return next(iter(_all(tx, dialect.held(tx, query.order_by(table.c.id.desc()).limit(1)))), None)


def _first(tx: Tx, query: Select[Any]) -> Incident | None:
    try:
        row = tx.execute(query).first()
    except UNREADABLE as error:
        number = tx.execute(query.with_only_columns(table.c.id)).scalars().first()
        raise IncidentDamaged(number or 0) from error
    return None if row is None else Incident(**row._mapping)  # noqa: SLF001 - public in spite of its name


def _all(tx: Tx, query: Select[Any]) -> tuple[Incident, ...]:
    try:
        return tuple(Incident(**row._mapping) for row in tx.execute(query).all())  # noqa: SLF001
    except UNREADABLE:
        numbers = tx.execute(query.with_only_columns(table.c.id)).scalars().all()
        return tuple(found for number in numbers if (found := _unless_damaged(tx, number)) is not None)


def _unless_damaged(tx: Tx, number: int) -> Incident | None:
    try:
        return get(tx, number)
    except IncidentDamaged:
        log.error("an incident cannot be read; it is left out", incident=number)  # noqa: TRY400 - said in full elsewhere
        return None
