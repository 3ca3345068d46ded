"""Work that is owed: rows, claimed with a lease by worker threads, and never forgotten before they are settled.

A job is pending, then done, buried (given up, with the reason) or cancelled. `due_at` is on the bot's clock, which a
demo may move by hours; leases are on the database's wall clock, since they measure how long a real process has been
silent, and one clock must tell that to every replica.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Update, and_, func, or_, select, true, update

from bot.store import dialect
from bot.store.columns import UNREADABLE
from bot.store.engine import Store, Tx
from bot.store.incidents import hold
from bot.store.schema import job as table
from bot.text.clean import clean

Lane = Literal["slack", "triage", "work", "clock", "reading"]

ROUTINE_PRIORITY = 0
COURTESY_PRIORITY = -10  # what is nice to see, and may be owed by the thousand
CLOCK_PRIORITY = 100  # heads-ups and rollback calls are claimed before everything else

_PENDING = "pending"
_SECOND = 1_000_000  # instants are microseconds
# Columns that are decoded, and so may fail; and what stands for them in a row where one of them did.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_CANDIDATE, _DEPENDENCY = table.alias("candidate"), table.alias("dependency")  # made once: 4 ms a claim
_DECODED: dict[str, Any] = {"payload": {}, "first_due_at": _NEVER, "due_at": _NEVER, "lease_until": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One claimed or pending piece of work.

    Args:
        n: Tells jobs of one kind and incident apart: the third rollback call has n=3.
        priority: The higher, the earlier.
        depends_on: The job that must be settled (done, buried or cancelled) before this one is claimed.
        first_due_at: When it was due as enqueued: lateness is measured from here.
        due_at: When it is due now, after it was put off.
        attempts: How often it was claimed; above 1 an earlier owner may have done it already.
        failures: How many of these ended in an exception.
        error: Why it was put off or buried, last time.
        post_before: Monotonic instant of the claiming process after which the claim may be another's; not stored.
        damage: Why its row cannot be read; payload and instants mean nothing then, and it can only be given up. Not stored.
    """

    id: int
    incident_id: int | None
    kind: str
    n: int
    lane: Lane
    priority: int
    payload: dict[str, Any]
    depends_on: int | None
    first_due_at: datetime
    due_at: datetime
    state: Literal["pending", "done", "buried", "cancelled"]
    owner: str | None
    lease_until: datetime | None
    attempts: int
    failures: int
    error: str | None
    slack_ts: str | None
    post_before: float = math.inf
    damage: str | None = None


def enqueue(
    tx: Tx,
    incident_id: int | None,
    kind: str,
    n: int = 0,
    *,
    due_at: datetime,
    lane: Lane,
    payload: dict[str, Any] | None = None,
    depends_on: int | None = None,
    priority: int = ROUTINE_PRIORITY,
) -> int | None:
    """Owe a piece of work, from the moment the transaction commits; wake the workers after that.

    Returns:
        The job's id; None when the incident has a job of this kind and n already, settled or not. Without an
        incident there is no such key and every call makes a job.
    """
    values = {
        "incident_id": incident_id,
        "kind": kind,
        "n": n,
        "lane": lane,
        "priority": priority,
        "payload": payload or {},
        "depends_on": depends_on,
        "first_due_at": due_at,
        "due_at": due_at,
        "state": _PENDING,
        "attempts": 0,
        "failures": 0,
    }
    return dialect.insert_if_new(tx, table, values)


def claim(
    store: Store, lane: Lane, owner: str, *, now: datetime, lease_s: float, but: Collection[str] = ()
) -> Job | None:
    """Take the most urgent job that is due, in a transaction of its own: priority, then due_at, then id.

    `now` is the bot's clock, for `due_at`. For `lease_s` seconds of the database's clock the job is the owner's alone.
    What another replica is claiming at this moment, or a verb is about to change, is passed over; so are the kinds `but`.
    """
    urgent = (
        select(_CANDIDATE.c.id)
        .where(_CANDIDATE.c.lane == lane, _claimable(now, but))
        .order_by(_CANDIDATE.c.priority.desc(), _CANDIDATE.c.due_at, _CANDIDATE.c.id)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)  # SQLite has no such clause, and one writer at a time
    )
    taken = (
        update(table)
        .where(table.c.id == urgent.scalar_subquery())
        .values(owner=owner, lease_until=_in_seconds(lease_s), attempts=table.c.attempts + 1)
        .returning(table.c.id)
    )
    with store.transaction() as tx:
        job_id = tx.execute(taken).scalar()
        return None if job_id is None else _claimed(tx, job_id)


def claimable_lanes(tx: Tx, now: datetime, but: Collection[str] = ()) -> frozenset[Lane]:
    """Return the lanes in which `claim` would find a job now."""
    query = select(_CANDIDATE.c.lane).where(_claimable(now, but)).distinct()
    return frozenset(tx.execute(query).scalars())


def finish(tx: Tx, job: Job, owner: str, slack_ts: str | None = None) -> bool:
    """Settle the job as done; False when the owner is not us any more, and the outcome is somebody else's to store."""
    return _let_go(tx, job, owner, state="done", slack_ts=slack_ts, error=None)


def release(
    tx: Tx, job: Job, owner: str, due_at: datetime, error: str, *, failed: bool = False, tried: bool = True
) -> bool:
    """Put the job off, to an instant on the bot's clock; False when no longer ours.

    `failed` counts an exception against the job. Without `tried` the claim does not count as an attempt: surely nothing
    was done, and whoever is next need not look for it.
    """
    counts = {"failures": table.c.failures + int(failed), "attempts": table.c.attempts - int(not tried)}
    return _let_go(tx, job, owner, due_at=due_at, error=clean(error), **counts)


def bury(tx: Tx, job: Job, owner: str, error: str) -> bool:
    """Give the job up; the caller says so in the timeline. False when no longer ours."""
    return _let_go(tx, job, owner, state="buried", error=clean(error))


def pending(tx: Tx, incident_id: int, kind: str) -> tuple[Job, ...]:
    """Return the unsettled jobs of that kind, claimed or not, by n.

    In a transaction that writes none of them is claimed before it ends: an edit that still waits will show its change.
    """
    query = select(table).where(table.c.incident_id == incident_id, table.c.kind == kind, table.c.state == _PENDING)
    rows = tx.execute(dialect.held(tx, query.order_by(table.c.n))).all()
    return tuple(Job(**row._mapping) for row in rows)  # noqa: SLF001 - public in spite of its name


def posted(tx: Tx, incident_id: int, kind: str) -> int:
    """Return how many jobs of that kind became a message; one that was overtaken meanwhile did not."""
    which = and_(table.c.incident_id == incident_id, table.c.kind == kind, table.c.slack_ts.is_not(None))
    return tx.execute(select(func.count()).where(which)).scalar_one()


def next_n(tx: Tx, incident_id: int, kind: str) -> int:
    """Return the first n above every job of that kind, settled or not; 1 where there is none.

    In a transaction that writes it is nobody else's n, since the incident is held.
    """
    hold(tx, incident_id)
    query = select(func.max(table.c.n)).where(table.c.incident_id == incident_id, table.c.kind == kind)
    return (tx.execute(query).scalar() or 0) + 1


def last_due(tx: Tx, incident_id: int, kind: str) -> datetime | None:
    """Return when the latest job of that kind, settled or not, is or was due; None where there is none."""
    query = select(func.max(table.c.due_at)).where(table.c.incident_id == incident_id, table.c.kind == kind)
    return tx.execute(query).scalar()


def hurry(tx: Tx, job: Job, due_at: datetime, payload: dict[str, Any]) -> None:
    """Make a pending job that waits for somebody due now; `payload` is laid over the one it has."""
    which = and_(table.c.id == job.id, table.c.state == _PENDING)
    tx.execute(update(table).where(which).values(due_at=due_at, payload=job.payload | payload))


def bring_forward(tx: Tx, incident_id: int, due_at: datetime, *, but: str) -> None:
    """Make due what of an incident was put off, apart from its clock: what it waited for is there.

    What was put off with an error that begins with `but` waits for something else.
    """
    put_off = and_(table.c.incident_id == incident_id, table.c.lane != "clock", table.c.due_at > due_at)
    for_that = ~func.coalesce(table.c.error, "").startswith(but, autoescape=True)
    which = and_(put_off, for_that, table.c.state == _PENDING, table.c.owner.is_(None))
    tx.execute(update(table).where(which).values(due_at=due_at))


def get(tx: Tx, job_id: int) -> Job | None:
    """Return the job as it stands."""
    row = tx.execute(select(table).where(table.c.id == job_id)).first()
    return None if row is None else Job(**row._mapping)  # noqa: SLF001


def last_settled(tx: Tx, incident_id: int, kind: str) -> Job | None:
    """Return the newest job of that kind that is done or buried; None where there is none yet."""
    which = and_(table.c.incident_id == incident_id, table.c.kind == kind, table.c.state.in_(("done", "buried")))
    row = tx.execute(select(table).where(which).order_by(table.c.n.desc()).limit(1)).first()
    return None if row is None else Job(**row._mapping)  # noqa: SLF001


def cancel(tx: Tx, incident_id: int, kinds: Collection[str]) -> int:
    """Settle every pending job of these kinds without doing it, those in somebody's hands included.

    Returns:
        How many. A worker that holds one finds out when it checks before it posts, or when it finishes.
    """
    which = and_(table.c.incident_id == incident_id, table.c.kind.in_(kinds), table.c.state == _PENDING)
    return tx.execute(update(table).where(which).values(state="cancelled", owner=None, lease_until=None)).rowcount


def is_ours(tx: Tx, job: Job, owner: str) -> bool:
    """Return whether the claim still stands: not cancelled, not taken over."""
    query = select(table.c.id).where(table.c.id == job.id, table.c.owner == owner, table.c.state == _PENDING)
    return tx.execute(query).first() is not None


def end_leases(tx: Tx, lane: Lane, within_s: float = 0.0) -> int:
    """Let every lease of a lane end within so many seconds: its owners are known to be dead (one process, just started).

    Returns:
        How many were shortened.
    """
    leased = and_(table.c.lane == lane, table.c.state == _PENDING, table.c.lease_until > _in_seconds(within_s))
    return tx.execute(update(table).where(leased).values(lease_until=_in_seconds(within_s))).rowcount


def _in_seconds(length_s: float) -> ColumnElement[int]:
    return dialect.wall_us() + int(length_s * _SECOND)


def _claimed(tx: Tx, job_id: int) -> Job | None:
    """Return a job that was just claimed; one whose row is damaged must not keep the others of its lane from their turn."""
    try:
        return get(tx, job_id)
    except UNREADABLE as error:
        readable = [column for column in table.c if column.name not in _DECODED]
        row = tx.execute(select(*readable).where(table.c.id == job_id)).one()
        damage = f"its row cannot be read ({type(error).__name__}: {error})"
        return Job(**row._mapping, **_DECODED, damage=damage)  # noqa: SLF001


def _claimable(now: datetime, but: Collection[str]) -> ColumnElement[bool]:
    unsettled = and_(_DEPENDENCY.c.id == _CANDIDATE.c.depends_on, _DEPENDENCY.c.state == _PENDING)
    return and_(
        _CANDIDATE.c.state == _PENDING,
        _CANDIDATE.c.due_at <= now,
        or_(_CANDIDATE.c.lease_until.is_(None), _CANDIDATE.c.lease_until <= dialect.wall_us()),
        ~select(_DEPENDENCY.c.id).where(unsettled).exists(),
        _CANDIDATE.c.kind.not_in(but) if but else true(),
    )


def _let_go(tx: Tx, job: Job, owner: str, **values: Any) -> bool:
    # First the incident, then its jobs: as every verb does, so that no two wait for each other.
    if job.incident_id is not None:
        hold(tx, job.incident_id)
    ours: Update = update(table).where(table.c.id == job.id, table.c.owner == owner, table.c.state == _PENDING)
    return tx.execute(ours.values(owner=None, lease_until=None, **values)).rowcount == 1
