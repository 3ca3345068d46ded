"""A look at the database that changes nothing: is it there, may it be written, is it up to date?"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from bot.errors import ConfigError
from bot.store import dialect
from bot.store.migrations import newest


def look(url: str) -> str:
    """Return how the database stands, as the rest of a sentence that begins with its URL.

    Raises:
        ConfigError: the URL cannot be used, or the file may not be written or is not ours.
    """
    database = Path(str(dialect.parse(url).database))
    there = database.exists()
    if not os.access(database if there else database.parent, os.W_OK):
        right = "Let the user that Fifteen runs as write there, or choose another place."
        raise ConfigError(dialect.WHERE, f"{database} cannot be written.", right)
    if not there:
        return "is not there yet: fifteen run makes it"
    return "is up to date" if _version(database) == newest() else "is of an older version: fifteen run brings it up"


def _version(database: Path) -> str:
    try:
        with closing(sqlite3.connect(f"file:{quote(str(database.absolute()))}?mode=ro", uri=True)) as reader:
            found = reader.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise ConfigError(dialect.WHERE, f"{database} is no database of Fifteen's ({error}).", dialect.RIGHT) from None
    return str(found[0]) if found else ""
