"""Run the harness: `make faults`, or `python -m tests.faults --database sqlite --rounds 1 --escalations 100 --spread 60`.

Prints what was lost, duplicated and late, writes faults.json, and exits non-zero when a promise did not hold.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.faults import storm
from tests.faults.plan import Plan, Verdict
from tests.support.postgres import PostgresServer

CONTROL_ESCALATIONS = 100
CONTROL_SPREAD_S = 60.0
# One process is down while it starts anew; killed every few seconds it would do nothing else.
SQLITE_KILL_EVERY_S = (12.0, 20.0)


def main() -> int:
    """Run every round on each database, then the control, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--escalations", type=int, default=1_000)
    parser.add_argument("--spread", type=float, default=360.0, help="seconds over which they come due")
    parser.add_argument("--replicas", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, default=Path("faults.json"))
    asked = parser.parse_args()
    os.environ["CI"] = "true"  # PostgreSQL that is missing is a failure here
    console, verdicts = Console(highlight=False), []
    for database in ("sqlite", "postgresql") if asked.database == "both" else (asked.database,):
        plan = Plan(database, asked.escalations, asked.spread, asked.replicas)
        if database == "sqlite":
            plan = Plan(database, asked.escalations, asked.spread, 1, SQLITE_KILL_EVERY_S)
        plans = [replace(plan, seed=asked.seed + number) for number in range(asked.rounds)]
        plans.append(replace(plan, naive=True, escalations=CONTROL_ESCALATIONS, spread_s=CONTROL_SPREAD_S))
        with _databases(database) as new:
            verdicts += [_run(one, new, console) for one in plans]
    console.print(_table(verdicts))
    asked.json.write_text(json.dumps([_record(verdict) for verdict in verdicts], indent=1) + "\n")
    broken = [f"{_name(verdict.plan)}: {what}" for verdict in verdicts for what in verdict.broken()]
    console.print("\n".join(broken) or "Every promise held.")
    return 1 if broken else 0


@contextmanager
def _databases(kind: str) -> Iterator[Callable[[Path], str]]:
    """Yield what makes an empty database for a run and returns its URL."""
    if kind == "sqlite":
        yield lambda folder: f"sqlite:///{folder}/fifteen.db"
        return
    server = PostgresServer()
    try:
        yield lambda _: server.url(server.create_database())
    finally:
        server.close()


def _run(plan: Plan, new: Callable[[Path], str], console: Console) -> Verdict:
    with tempfile.TemporaryDirectory(prefix="fifteen-faults-") as place, console.status(_name(plan)) as status:
        folder = Path(place)
        verdict = storm.run(plan, folder, new(folder), lambda said: status.update(f"{_name(plan)}: {said}"))
    console.print(f"{_name(plan)}: {verdict.lost} lost, {verdict.duplicated} duplicated, {verdict.kills} kills")
    return verdict


def _name(plan: Plan) -> str:
    return f"{plan.database}, {'control' if plan.naive else f'seed {plan.seed}'}"


def _table(verdicts: list[Verdict]) -> Table:
    table = Table("run", "calls", "kills", "lost", "twice", "answered p50 / p99 s", "died or lost p50 / p99 s")
    for verdict in verdicts:
        late = [verdict.lateness(answered=answered) for answered in (True, False)]
        shown = [f"{p50:.1f} / {p99:.1f}  ({count})" for count, p50, p99 in late]
        counts = (len(verdict.calls), verdict.kills, verdict.lost, verdict.duplicated)
        table.add_row(_name(verdict.plan), *map(str, counts), *shown)
    return table


def _record(verdict: Verdict) -> dict[str, object]:
    late = {name: verdict.lateness(answered=name == "answered") for name in ("answered", "troubled")}
    return {
        "plan": asdict(verdict.plan),
        "seconds": round(verdict.seconds, 1),
        "calls": len(verdict.calls),
        "kills": verdict.kills,
        "lost": verdict.lost,
        "duplicated": verdict.duplicated,
        "late_s": {name: {"calls": n, "p50": p50, "p99": p99} for name, (n, p50, p99) in late.items()},
    }


if __name__ == "__main__":
    sys.exit(main())
