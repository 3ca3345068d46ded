"""The harness in short: enough kills and lost answers to tell the bot from its control. `make faults` is the long one."""

from dataclasses import replace
from pathlib import Path

from tests.faults import storm
from tests.faults.plan import Plan, Verdict
from tests.support.postgres import PostgresServer

# A fifth of every lease and wait: shorter ones would be shorter than what a busy machine takes for one post.
SQLITE = Plan("sqlite", escalations=20, spread_s=4.0, kill_every_s=(1.5, 2.5), pace=0.2, lost=0.3)
POSTGRESQL = replace(SQLITE, database="postgresql", escalations=40, spread_s=6.0, replicas=2)
# Lost answers are enough to tell them apart.
CONTROL = replace(SQLITE, naive=True, kill_every_s=(600.0, 600.0))


def played(plan: Plan, folder: Path, url: str) -> Verdict:
    """Carry out a plan in which at least one replica died."""
    verdict = storm.run(plan, folder, url, lambda _: None)
    assert verdict.kills >= 1
    return verdict


def test_two_replicas_make_each_call_once_whoever_dies(tmp_path: Path, postgres: PostgresServer) -> None:
    """Killed again and again, with a Slack that loses answers: none lost, none twice."""
    name = postgres.create_database()
    verdict = played(POSTGRESQL, tmp_path, postgres.url(name))
    postgres.drop_database(name)
    assert (verdict.lost, verdict.duplicated) == (0, 0)


def test_one_process_makes_each_call_once_though_it_dies(tmp_path: Path) -> None:
    """Killed and started again, on SQLite."""
    verdict = played(SQLITE, tmp_path, f"sqlite:///{tmp_path}/fifteen.db")
    assert (verdict.lost, verdict.duplicated) == (0, 0)


def test_without_a_look_back_calls_are_made_twice(tmp_path: Path) -> None:
    """The control: what tells the bot from one that merely repeats."""
    verdict = storm.run(CONTROL, tmp_path, f"sqlite:///{tmp_path}/fifteen.db", lambda _: None)
    assert verdict.lost == 0
    assert verdict.duplicated > 0
