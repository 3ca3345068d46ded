"""What PostgreSQL is needed for, and what it needs: replicas, passwords, timeouts, its own clock."""

import contextlib
import re
from dataclasses import replace
from datetime import UTC, timedelta
from threading import Thread

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL

from bot.cli import fifteen
from bot.errors import ConfigError
from bot.settings import Settings
from bot.store import dialect, incidents, jobs
from bot.store.engine import Store, StoreError
from bot.store.look import look
from tests.store.samples import NOW, add_incident, owe, take
from tests.support.bot_process import free_port
from tests.support.postgres import ESCAPED_PASSWORD, PASSWORD


@pytest.fixture
def database(postgres):
    """An empty, migrated database."""
    name = postgres.create_database()
    yield name
    postgres.drop_database(name)


@pytest.fixture
def two(postgres, database):
    """Two replicas' stores."""
    url = postgres.url(database)
    with contextlib.closing(Store.open(url)) as one, contextlib.closing(Store.open(url)) as other:
        yield one, other


def in_thread(task):
    """Run it in a thread of its own, since a thread has one transaction at a time, and return what it returns."""
    done = []
    thread = Thread(target=lambda: done.append(task()))
    thread.start()
    thread.join()
    return done[0]


def test_several_processes_share_a_server(two):
    """None of them may take another's leases for a dead one's."""
    one, other = two
    assert not one.is_exclusive
    owe(one)
    assert take(one, "one").owner == "one"
    assert take(other, "other") is None


def test_a_lease_is_measured_by_the_servers_clock(postgres, database, two):
    """The replicas' own clocks may say what they like."""
    owe(two[0])
    job = take(two[0], at=NOW + timedelta(hours=1))
    (now,) = postgres.execute(database, "SELECT clock_timestamp()")[0]
    assert timedelta(seconds=20) < job.lease_until - now.astimezone(UTC) <= timedelta(seconds=30)


def test_what_a_verb_relies_on_is_not_claimed_before_it_is_stored(two):
    """An edit that waits will show the change: rendered before the commit, it would show what stood before."""
    one, other = two
    owe(one, "edit_card")
    with one.transaction() as tx:
        assert len(jobs.pending(tx, 1, "edit_card")) == 1
        assert in_thread(lambda: take(other)) is None
    assert take(other).kind == "edit_card"


def test_who_waits_too_long_for_somebody_elses_change_is_told(monkeypatch, postgres, database):
    """Before Slack shows its own error to whoever typed."""
    monkeypatch.setattr(dialect, "LOCK_TIMEOUT_S", 1)
    with contextlib.closing(Store.open(postgres.url(database))) as store:
        with store.transaction() as tx:
            made = add_incident(tx)

        def change():
            with pytest.raises(StoreError, match="lock timeout"), store.transaction() as tx:
                incidents.get(tx, made.id)
            return True

        with store.transaction() as tx:
            incidents.get(tx, made.id)
            assert in_thread(change)


def test_a_replica_that_freezes_in_a_transaction_does_not_hold_up_the_others(monkeypatch, postgres, database):
    """The server ends its session; what it had not committed did not happen, and it learns so when it wakes."""
    monkeypatch.setattr(dialect, "IDLE_TIMEOUT_S", 1)
    with contextlib.closing(Store.open(postgres.url(database))) as store:
        with store.transaction() as tx:
            made = add_incident(tx)

        def change():
            with store.transaction() as tx:
                return incidents.get(tx, made.id)

        def freeze():
            with store.transaction() as tx:
                incidents.save(tx, replace(made, title="half done"))
                assert in_thread(change) == made

        with pytest.raises(StoreError):
            freeze()
        assert change() == made


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg", "postgresql+psycopg2"])
def test_every_way_to_write_the_scheme_is_understood(postgres, database, scheme):
    """Providers print any of them."""
    Store.open(postgres.url(database).replace("postgresql", scheme, 1)).close()


def test_the_password_may_stand_in_the_environment(postgres, database, monkeypatch):
    """Then the configuration holds no secret; and a socket's folder may stand for a host."""
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    bare = postgres.url(database).replace(f":{ESCAPED_PASSWORD}", "")
    with contextlib.closing(Store.open(bare)) as store:
        assert store.address == bare
    Store.open(f"postgresql://fifteen@/{database}?host={postgres.socket_folder}&port={postgres.port}").close()


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda url: url.replace(ESCAPED_PASSWORD, "not-the-password"), "password authentication failed"),
        (lambda url: url.replace(ESCAPED_PASSWORD, PASSWORD), "an @ that is not escaped"),
        (lambda url: url + "_of_somebody_else", 'database "[^"]*" does not exist'),
        (lambda url: re.sub(r":\d+/", f":{free_port()}/", url), "Connection refused"),
        (lambda url: url + "?connect_timeout=soon", "cannot be used"),
    ],
)
def test_a_server_that_cannot_be_used_is_said_with_what_to_do(postgres, database, change, wrong):
    """The error names the key, the reason and a command; never the password."""
    with pytest.raises(ConfigError, match=wrong) as caught:
        Store.open(change(postgres.url(database)))
    assert str(caught.value).startswith("store: ")
    for secret in (PASSWORD, ESCAPED_PASSWORD, "not-the-password", "odd%signs"):
        assert secret not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_database_that_cannot_hold_every_character_is_refused(postgres):
    """Titles come from people, and people use emoji."""
    postgres.execute("postgres", "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    for use in (Store.open, look):
        with pytest.raises(ConfigError, match=r"encoded as LATIN1\. Make one that"):
            use(postgres.url("latin"))
    postgres.drop_database("latin")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(password=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=6), written=st.booleans())
def test_no_password_is_in_an_error(password, written):
    """Escaped as it should be, or written as it is, or as a parameter."""
    url = URL.create("postgresql", "fifteen", password, "127.0.0.1", 1, "fifteen").render_as_string(hide_password=False)
    if written:
        url = f"postgresql://127.0.0.1:1/fifteen?user=fifteen&password={password}"
    with pytest.raises(ConfigError) as caught:
        Store.open(url)
    assert password not in str(caught.value)


def test_the_password_is_not_printed(postgres, database, tmp_path):
    """Neither by a command nor in the settings' repr."""
    url = postgres.url(database)
    config = tmp_path / "fifteen.toml"
    config.write_text(f'store = "{url}"\n')
    printed = CliRunner().invoke(fifteen, ["migrate", "--config", str(config)]).output
    assert printed == f"postgresql://fifteen@127.0.0.1:{postgres.port}/{database} is up to date.\n"
    assert PASSWORD not in repr(Settings(store=url))
    assert ESCAPED_PASSWORD not in repr(Settings(store=url))


def test_the_log_masks_the_password_in_every_form():
    """As it was written in the URL and as it is meant."""
    assert set(dialect.secrets(f"postgresql://u:{ESCAPED_PASSWORD}@h/d")) == {PASSWORD, ESCAPED_PASSWORD}
    assert dialect.secrets("postgresql://h/d?password=hunter2hunter2") == ("hunter2hunter2", "hunter2hunter2")
    assert dialect.secrets("postgresql://h/d") == dialect.secrets("no url") == ()


def test_a_session_speaks_utc_and_names_itself(postgres, database, two):
    """So that whoever looks at pg_stat_activity knows who it is."""
    with two[0].reading() as tx:
        assert tx.exec_driver_sql("SHOW timezone").scalar() == "UTC"
        assert tx.exec_driver_sql("SHOW application_name").scalar() == "fifteen"
        assert tx.exec_driver_sql("SHOW transaction_isolation").scalar() == "repeatable read"
    with two[0].transaction() as tx:
        assert tx.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed"
