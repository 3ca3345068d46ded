"""A look at the database that changes nothing: is it there, may it be written, is it up to date?"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.exc import SQLAlchemyError

from bot.errors import ConfigError
from bot.store import dialect
from bot.store.migrations import is_newest, version


def look(url: str) -> str:
    """Return where the database is, without its password, and how it stands, as a sentence without its full stop.

    Raises:
        ConfigError: the URL cannot be used, the server does not answer or cannot hold every character, or the file may
            not be written or is not ours.
    """
    database = dialect.parse(url)
    if isinstance(database, dialect.Sqlite):
        there, found = _of_file(database.path)
    else:
        there, found = True, _of_server(database, url)
    if not there:
        return f"{database.address} is not there yet: fifteen run makes it"
    if found is None:
        return f"{database.address} has no tables yet: fifteen run makes them"
    state = "is up to date" if is_newest(found) else "is of an older version: fifteen run brings it up"
    return f"{database.address} {state}"


def _of_file(database: Path) -> tuple[bool, str | None]:
    """Return whether a file is there, and the revision of its tables."""
    there = database.exists()
    if not os.access(database if there else database.parent, os.W_OK):
        right = "Let the user that Fifteen runs as write there, or choose another place."
        raise ConfigError(dialect.WHERE, f"{database} cannot be written.", right)
    if not there:
        return False, None
    try:
        with closing(sqlite3.connect(f"file:{quote(str(database.absolute()))}?mode=ro", uri=True)) as reader:
            found = reader.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise ConfigError(dialect.WHERE, f"{database} is no database of Fifteen's ({error}).", dialect.RIGHT) from None
    return True, str(found[0]) if found else None


def _of_server(database: dialect.Postgresql, url: str) -> str | None:
    """Return the revision of a server's tables."""
    engine = database.engine()
    try:
        with engine.connect() as connection:
            dialect.require_every_character(connection)
            return version(connection)
    except SQLAlchemyError as error:
        why = f"{database.address} cannot be used ({dialect.reason(error, url)})."
        raise ConfigError(dialect.WHERE, why, database.remedy) from None
    finally:
        engine.dispose()
