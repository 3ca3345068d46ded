"""A look at the store changes nothing: neither the file, nor what stands beside it."""

import sqlite3

import pytest

from bot.errors import ConfigError
from bot.store.engine import Store
from bot.store.look import look


def test_a_store_that_is_not_there_is_not_made(tmp_path):
    """It is made by the bot, when it is started."""
    assert look(f"sqlite:///{tmp_path}/fifteen.db") == "is not there yet: fifteen run makes it"
    assert list(tmp_path.iterdir()) == []


def test_an_older_store_is_left_as_it_is(tmp_path):
    """Whoever looks may not want the upgrade yet."""
    url = f"sqlite:///{tmp_path}/fifteen.db"
    Store.open(url).close()
    assert look(url) == "is up to date"
    with sqlite3.connect(tmp_path / "fifteen.db") as older:
        older.execute("UPDATE alembic_version SET version_num = 'r0000'")
    older.close()
    for _ in range(2):
        assert look(url) == "is of an older version: fifteen run brings it up"


def test_a_running_bots_store_can_be_looked_at(store, tmp_path):
    """One process may write; anybody may look."""
    assert look(f"sqlite:///{tmp_path}/fifteen.db") == "is up to date"


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
