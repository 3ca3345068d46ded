"""A look at the store changes nothing: neither the tables, nor the file, nor what stands beside it."""

import pytest
from sqlalchemy import text

from bot.errors import ConfigError
from bot.store.engine import Store
from bot.store.look import look


def test_a_store_that_is_not_there_is_not_made(tmp_path):
    """It is made by the bot, when it is started."""
    url = f"sqlite:///{tmp_path}/fifteen.db"
    assert look(url) == f"{url} is not there yet: fifteen run makes it"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("revision", "state"),
    [("0001", "is of an older version: fifteen run brings it up"), (None, "has no tables yet: fifteen run makes them")],
)
def test_older_tables_are_left_as_they_are(database_url, revision, state):
    """Whoever looks may not want the upgrade yet."""
    store = Store.open(database_url)
    assert look(database_url) == f"{store.address} is up to date"
    with store.transaction() as tx:
        tx.execute(text("DELETE FROM alembic_version"))
        if revision:
            tx.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})
    for _ in range(2):
        assert look(database_url) == f"{store.address} {state}"
    store.close()


def test_a_newer_versions_tables_are_said(database_url):
    """The bot would refuse to start on them, in the same words."""
    store = Store.open(database_url)
    with store.transaction() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
    with pytest.raises(ConfigError, match="newer version's"):
        look(database_url)
    store.close()


def test_a_server_that_does_not_answer_is_said():
    """Without the password, and with the command that tries it by hand."""
    with pytest.raises(ConfigError, match="cannot be used") as refused:
        look("postgresql://fifteen:hunter2@127.0.0.1:1/fifteen")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"no database" * 100])
def test_a_file_that_is_not_ours_is_said(tmp_path, content):
    """Rather than overwritten at the start."""
    (tmp_path / "fifteen.db").write_bytes(content)
    with pytest.raises(ConfigError, match="is no database of Fifteen's"):
        look(f"sqlite:///{tmp_path}/fifteen.db")


def test_a_place_that_may_not_be_written_is_said():
    """No folder of that name is there."""
    with pytest.raises(ConfigError, match="cannot be written"):
        look("sqlite:////nowhere/at/all/fifteen.db")
