"""Which Slack payloads have been seen: each has its effect once, however often it is delivered."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from bot.store import dialect, schema
from bot.store.engine import Tx


def first_time(tx: Tx, key: str, kind: str, now: datetime) -> bool:
    """Record a payload by what Slack repeats when it delivers again (event_id, trigger_id, action_ts).

    Call it in the same transaction as the payload's effect, before anything else.

    Returns:
        False when the key was recorded before: there is nothing left to do but to acknowledge.
    """
    return dialect.insert_if_new(tx, schema.event, {"key": key, "kind": kind, "seen_at": now}) is not None


def known(tx: Tx, keys: Collection[str]) -> frozenset[str]:
    """Return those of the keys that were recorded."""
    query = select(schema.event.c.key).where(schema.event.c.key.in_(keys))
    return frozenset(tx.execute(query).scalars())
