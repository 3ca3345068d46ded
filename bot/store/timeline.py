"""The timeline, append-only: there is no function that changes or removes a line."""

from dataclasses import asdict

from sqlalchemy import insert, select

from bot.incident.timeline import Entry
from bot.store.engine import Tx
from bot.store.schema import timeline as table


def append(tx: Tx, entry: Entry) -> None:
    """Write a line."""
    tx.execute(insert(table).values(asdict(entry)))


def of_incident(tx: Tx, incident_id: int) -> tuple[Entry, ...]:
    """Return every line, oldest first; of the same instant, in the order they were written."""
    columns = [column for column in table.c if column.name != "id"]
    query = select(*columns).where(table.c.incident_id == incident_id).order_by(table.c.at, table.c.id)
    return tuple(Entry(**row._mapping) for row in tx.execute(query).all())  # noqa: SLF001 - public
