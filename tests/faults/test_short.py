"""The harness in short: enough kills and lost answers to tell the bot from its control. `make faults` is the long one."""

from pathlib import Path

import pytest

from tests.faults import storm
from tests.faults.plan import Plan
from tests.support.postgres import PostgresServer

SHORT = Plan("postgresql", escalations=40, spread_s=10.0, replicas=2, kill_every_s=(2.0, 4.0), pace=0.25, lost=0.3)


@pytest.mark.parametrize("naive", [False, True], ids=["the bot", "the control"])
def test_calls_are_made_once_whoever_dies(tmp_path: Path, postgres: PostgresServer, *, naive: bool) -> None:
    """Two replicas, killed again and again, and a Slack that loses answers: none lost, none twice but by the control."""
    plan = Plan(**{name: getattr(SHORT, name) for name in SHORT.__slots__} | {"naive": naive})
    verdict = storm.run(plan, tmp_path, postgres.url(postgres.create_database()), lambda _: None)
    assert verdict.kills >= 2
    assert verdict.lost == 0
    assert bool(verdict.duplicated) is naive


def test_on_sqlite_a_restart_loses_nothing(tmp_path: Path) -> None:
    """One process, killed and started again."""
    plan = Plan("sqlite", escalations=20, spread_s=8.0, kill_every_s=(3.0, 4.0), pace=0.25)
    verdict = storm.run(plan, tmp_path, f"sqlite:///{tmp_path}/fifteen.db", lambda _: None)
    assert verdict.kills >= 1
    assert (verdict.lost, verdict.duplicated) == (0, 0)
