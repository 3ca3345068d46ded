"""A run of the harness: replicas in trouble while their Slack loses answers, and what stands in the channels after."""

import random
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.store import dialect
from bot.store.engine import StoreError
from bot.store.schema import job as table
from bot.workflow import owe
from tests.faults.plan import Call, Patience, Plan, Verdict, settled
from tests.faults.replicas import POLL_S, Replicas
from tests.faults.troubles import Trouble, trouble_of
from tests.faults.world import World
from tests.support.postgres import PostgresServer

LATE_SHARE = 0.1
CALL_KIND = f"{owe.SAY}:{owe.CALL}"

Progress = Callable[[str], None]


def run(plan: Plan, folder: Path, url: str, progress: Progress, server: PostgresServer | None = None) -> Verdict:
    """Carry out a plan over an empty database and return what became of its calls; `server` is the one to crash."""
    began = time.monotonic()
    with ExitStack() as stack:
        world = World(folder, url)
        stack.callback(world.close)
        world.prepare(plan)
        ledger = Ledger(url)
        stack.callback(ledger.close)
        _switch_on(plan, world)
        replicas = Replicas(plan, world, folder)
        with closing(replicas):
            replicas.wait_ready()
            world.begin()
            trouble = trouble_of(plan, world, replicas, server)
            with ExitStack() as ending:
                ending.callback(trouble.over)
                _wait(plan, world, replicas, trouble, ledger, progress)
        calls = _calls(world, ledger, replicas.dark)
    return Verdict(plan, calls, trouble.strikes, time.monotonic() - began)


def _switch_on(plan: Plan, world: World) -> None:
    method = "chat.postMessage"
    world.sandbox.fault("lost", share=plan.lost, method=method)
    world.sandbox.fault("status", share=plan.limited, code=429, retry_after=1, method=method)
    world.sandbox.fault("status", share=plan.failed, code=500, method=method)
    for part in (0.3, 0.6, 1.0):
        world.sandbox.fault("late", share=LATE_SHARE, seconds=plan.visible_after_s * part, method=method)


def _wait(plan: Plan, world: World, replicas: Replicas, trouble: Trouble, ledger: "Ledger", progress: Progress) -> None:
    """Let the trouble strike until every call is due; then let the replicas finish what is owed."""
    chance = random.Random(plan.seed)
    last_due = max(world.due.values())
    next_strike = time.monotonic() + chance.uniform(*plan.strike_every_s)
    patience: Patience | None = None
    made = 0
    while made < plan.escalations:
        if trouble.is_on:
            trouble.look()
            next_strike = time.monotonic() + chance.uniform(*plan.strike_every_s)
        elif patience is None and world.now() < last_due:
            if time.monotonic() > next_strike:
                trouble.strike(chance)
        elif patience is None:
            trouble.afterwards()
            patience = Patience(plan.drain_s, time.monotonic)
        elif patience.is_over(made):
            break
        replicas.watch()
        made = ledger.made(or_else=made)
        progress(f"{made} of {plan.escalations} calls made, struck {trouble.strikes} times")
        time.sleep(POLL_S)


def _calls(world: World, ledger: "Ledger", dark: list[tuple[datetime, datetime]]) -> list[Call]:
    """Compare what was due with what stands in the channels.

    A call counts as answered at the first attempt when its look and its post were claimed once, by a bot that was up.
    """
    threads: dict[tuple[str, str], list[float]] = {}
    for channel in world.channels:
        for message in world.sandbox.messages(channel):
            if message.get("thread_ts") not in (None, message["ts"]) and "Call 1 of" in str(message):
                threads.setdefault((channel, message["thread_ts"]), []).append(float(message["ts"]))
    smooth = ledger.untroubled()
    calls = []
    for incident, due in world.due.items():
        posts = sorted(threads.get(world.places[incident], ()))
        answered = incident in smooth and not any(begin <= due <= end for begin, end in dark)
        late_s = posts[0] - due.timestamp() if posts else None
        history = "" if len(posts) == 1 else f"due {due:%H:%M:%S}, posts {posts}: {ledger.history(incident)}"
        calls.append(Call(len(posts), late_s, answered, history))
    return calls


class Ledger:
    """What the store holds of looks and calls, seen from outside: without its lock, and without writing."""

    def __init__(self, url: str) -> None:
        self._engine = dialect.parse(url).engine()

    def made(self, *, or_else: int) -> int:
        """Return of how many incidents the first call is settled; the other number where the database does not answer."""
        query = select(table.c.incident_id, table.c.state, table.c.slack_ts).where(table.c.kind == CALL_KIND)
        try:
            with self._engine.connect() as connection:
                return settled(tuple(row) for row in connection.execute(query))
        except StoreError:
            return or_else

    def untroubled(self) -> set[int]:
        """Return the incidents whose look and call were each claimed once."""
        rows = self._rows()
        return {row.incident_id for row in rows} - {row.incident_id for row in rows if row.attempts > 1}

    def history(self, incident: int) -> str:
        """Return what is stored of an incident's looks and calls, for whoever has to find out what went wrong."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(table).where(table.c.incident_id == incident).order_by(table.c.id))
            said = [
                f"{row.kind} {row.n} {row.state}, due {row.due_at:%H:%M:%S}, tried {row.attempts}, {row.error}, ts {row.slack_ts}"
                for row in rows
            ]
        return "; ".join(said)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _rows(self) -> list[Any]:
        columns = table.c.incident_id, table.c.attempts
        query = select(*columns).where(table.c.kind.in_((owe.LOOK, CALL_KIND)), table.c.n == 1)
        with self._engine.connect() as connection:
            return list(connection.execute(query).all())
