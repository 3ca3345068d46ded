"""The tables are brought up to date from every revision there ever was, with rows in them, on each database."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from bot.errors import ConfigError
from bot.incident.hypothesis import HypothesisState
from bot.incident.incident import Status
from bot.store import dialect, hypotheses, incidents, jobs, migrations, schema, timeline, triages
from bot.store.engine import Store
from tests.store.samples import NOW, add_incident, owe, take

REVISIONS = [one.revision for one in ScriptDirectory(Path(migrations.__file__).parent).walk_revisions()][::-1]
NOW_US = 1_772_334_000_123_456  # NOW, as it is stored
# What the first version stored of one incident; written out, since today's code may store it otherwise.
FIRST_ROWS = f"""
INSERT INTO event VALUES ('Ev1', 'message', {NOW_US});
INSERT INTO incident (title, service, severity, status, lead_id, started_by, started_at, team_id, channel_id,
  asked_channel_id, rollback_after, cause, card_ts)
  VALUES ('checkout is failing', 'checkout', 2, 'identified', 'U1', 'U1', {NOW_US}, 'T1', 'C1', 'C1', 900000000, 'v214', '1.1');
INSERT INTO hypothesis (incident_id, number, text, author_id, recorded_at, source_channel_id, source_ts, state, evidence)
  VALUES (1, 1, 'the cache', 'U2', {NOW_US}, 'C1', '1.3', 'confirmed', '["v214 shipped at 13:50"]');
INSERT INTO timeline (incident_id, at, kind, text, actor_id, origin) VALUES (1, {NOW_US}, 'note', 'first', 'U1', 'command');
INSERT INTO timeline (incident_id, at, kind, text, actor_id, origin) VALUES (1, {NOW_US}, 'note', 'second', NULL, 'clock');
INSERT INTO job (incident_id, kind, n, lane, priority, payload, first_due_at, due_at, state, attempts, failures)
  VALUES (1, 'post_card', 0, 'slack', 0, '{{"typed": "start"}}', {NOW_US}, {NOW_US}, 'done', 1, 0);
INSERT INTO job (incident_id, kind, n, lane, priority, payload, depends_on, first_due_at, due_at, state, attempts, failures)
  VALUES (1, 'post_ledger', 0, 'slack', 0, '{{}}', 1, {NOW_US}, {NOW_US}, 'pending', 0, 0);
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/fifteen.db"
        return
    server = request.getfixturevalue("postgres")
    name = server.create_database(migrated=False)
    yield server.url(name)
    server.drop_database(name)


@contextmanager
def connected(url):
    """A transaction that writes, on a database that nobody has opened as a store."""
    database = dialect.parse(url)
    engine = database.engine()
    with engine.connect() as connection:
        tx = connection.execution_options(**database.writing)
        with tx.begin():
            yield tx
    engine.dispose()


def fill(tx):
    """Store what the first version would have."""
    for statement in FIRST_ROWS.split(";\n")[:-1]:
        tx.exec_driver_sql(statement)
    bytes_of = "X'7b7d'" if tx.dialect.name == "sqlite" else "'\\x7b7d'::bytea"
    columns = "(incident_id, taken_at, report, summary)"
    tx.exec_driver_sql(f"INSERT INTO triage {columns} VALUES (1, {NOW_US}, {bytes_of}, {bytes_of})")


@pytest.mark.parametrize("revision", REVISIONS)
def test_what_an_earlier_version_stored_is_there_after_an_upgrade(url, revision):
    """Its rows are made by the first version, brought to a revision, stay there for a while, and are brought to today."""
    with connected(url) as tx:
        migrations.upgrade(tx, REVISIONS[0])
        fill(tx)
        migrations.upgrade(tx, revision)
    store = Store.open(url)
    with store.transaction() as tx:
        kept = incidents.get(tx, 1)
        assert (kept.title, kept.status, kept.cause, kept.started_at) == (
            "checkout is failing", Status.IDENTIFIED, "v214", NOW,
        )  # fmt: skip
        (known,) = hypotheses.of_incident(tx, 1)
        assert (known.state, known.evidence) == (HypothesisState.CONFIRMED, ("v214 shipped at 13:50",))
        assert [(entry.text, entry.actor_id) for entry in timeline.of_incident(tx, 1)] == [
            ("first", "U1"), ("second", None),
        ]  # fmt: skip
        assert triages.latest(tx, 1).report == b"{}"
        assert jobs.next_n(tx, 1, "post_card") == 1
        assert add_incident(tx).id == 2
        if tx.dialect.name == "sqlite":
            assert tx.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    assert (owed := take(store)).kind == "post_ledger"
    with store.transaction() as tx:
        assert jobs.finish(tx, owed, "me")
    assert owe(store, "post_card", 0, incident_id=1) is None
    store.close()


def test_the_migrations_make_the_tables_that_the_code_means(url):
    """Alembic finds no difference between a migrated database and `schema.py`."""
    store = Store.open(url)
    with store.reading() as tx:
        assert compare_metadata(MigrationContext.configure(tx), schema.metadata) == []
    store.close()


def test_two_that_migrate_at_once_take_turns(postgres):
    """On PostgreSQL the second waits, and finds it done; on SQLite it is refused (test_sqlite.py)."""
    url = postgres.url(postgres.create_database(migrated=False))
    with ThreadPoolExecutor(4) as replicas:
        for store in replicas.map(Store.open, [url] * 4):
            with store.reading() as tx:
                assert incidents.open_all(tx) == ()
            store.close()


def test_a_migration_that_fails_leaves_the_tables_as_they_were(url, monkeypatch):
    """All of it or nothing: also on SQLite, whose driver would commit at every change of a table."""

    def half(_config, _revision):
        tx = _config.attributes["connection"]
        tx.exec_driver_sql("CREATE TABLE half (id INTEGER)")
        raise KeyError("a mistake of ours")

    monkeypatch.setattr("alembic.command.upgrade", half)
    with pytest.raises(KeyError):
        Store.open(url)
    with connected(url) as tx:
        assert inspect(tx).get_table_names() == []


def test_tables_of_a_newer_version_are_refused(url):
    """An old replica does not write into what it does not understand."""
    Store.open(url).close()
    with connected(url) as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ConfigError, match=r"newer version's \(revision 9999\). Run that version"):
        Store.open(url)
