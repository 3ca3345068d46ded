"""What SQLite needs so that nothing is lost: one process, one writer, everything on the disk."""

import os
import subprocess
import sys
import time
from dataclasses import fields
from threading import Thread

import pytest

from bot.errors import ConfigError
from bot.incident.hypothesis import Hypothesis
from bot.incident.incident import Incident
from bot.incident.timeline import Entry
from bot.store import incidents, schema
from bot.store.engine import Store
from bot.store.jobs import Job
from tests.store.samples import add_incident, owe, take


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path):
    """A file; `store` opens it."""
    return f"sqlite:///{tmp_path}/fifteen.db"


def test_a_second_process_is_refused_with_the_reason(store, tmp_path):
    """The message names the file and the process that has it."""
    program = "import sys; from bot.store.engine import Store; Store.open(sys.argv[1])"
    url = f"sqlite:///{tmp_path}/fifteen.db"
    done = subprocess.run([sys.executable, "-c", program, url], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"ConfigError: store: another process (pid {os.getpid()}) already uses" in done.stderr


def test_the_file_is_free_again_after_closing(store, tmp_path):
    """And what was stored is there, with the tables brought up to date once only."""
    with store.transaction() as tx:
        made = add_incident(tx)
    store.close()
    again = Store.open(f"sqlite:///{tmp_path}/fifteen.db")
    with again.reading() as tx:
        assert incidents.get(tx, made.id) == made
    again.close()


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("fifteen.db", "not a database URL"),
        ("mysql://localhost/fifteen", "mysql is not supported"),
        ("sqlite://", "forgets everything"),
        ("sqlite:///:memory:", "forgets everything"),
        ("sqlite:////nowhere/at/all/fifteen.db", "cannot be opened"),
    ],
)
def test_an_unusable_url_is_refused_with_a_right_one(url, wrong):
    """The error names the key, what is wrong, and a line to copy."""
    with pytest.raises(ConfigError, match=wrong) as caught:
        Store.open(url)
    assert 'store = "sqlite:///fifteen.db"' in str(caught.value)


def test_what_is_committed_is_on_the_disk(store):
    """WAL with synchronous=FULL (2): a power cut after a commit loses nothing."""
    with store.reading() as tx:
        pragmas = [tx.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
    assert pragmas == ["wal", 2]


def test_a_transaction_that_reads_and_then_writes_never_finds_the_database_locked(store):
    """Eight threads read a value and write it back incremented; a deferred BEGIN would fail or lose some."""
    with store.transaction() as tx:
        made = add_incident(tx, severity=0)

    def count_up():
        for _ in range(25):
            with store.transaction() as tx:
                severity = incidents.get(tx, made.id).severity
                tx.execute(schema.incident.update().values(severity=severity + 1))

    threads = [Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as tx:
        assert incidents.get(tx, made.id).severity == 200


def test_a_nested_transaction_raises_at_once(store):
    """It would wait for its own thread for ever."""
    with store.transaction(), pytest.raises(RuntimeError, match="pass its `tx` on"), store.transaction():
        pass
    with store.transaction():
        pass


def test_reading_leaves_nothing_behind(store):
    """What a reading block writes by mistake is rolled back."""
    with store.reading() as tx:
        add_incident(tx)
    with store.reading() as tx:
        assert incidents.recent(tx, 1) == ()


@pytest.mark.parametrize(
    ("table", "value", "not_stored"),
    [
        (schema.incident, Incident, set()),
        (schema.hypothesis, Hypothesis, set()),
        (schema.timeline, Entry, {"id"}),
        (schema.job, Job, {"post_before", "damage"}),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_table_has_the_fields_of_its_value(table, value, not_stored):
    """Whoever adds a field to a value is told here that it needs a column and a migration."""
    assert {column.name for column in table.c} ^ {field.name for field in fields(value)} == not_stored


def test_leases_are_counted_by_a_clock_that_nobody_sets(tmp_path, monkeypatch):
    """Were it the wall clock, one that is set back by an hour would keep what a dead thread held for an hour."""
    store = Store.open(f"sqlite:///{tmp_path}/fifteen.db")
    job_id = owe(store, "card")
    assert take(store).id == job_id
    assert take(store) is None
    now_ns = time.monotonic_ns()
    monkeypatch.setattr(time, "monotonic_ns", lambda: now_ns + 31 * 10**9)
    assert take(store).id == job_id
    store.close()
