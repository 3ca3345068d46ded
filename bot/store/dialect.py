"""Everything that one database does differently from another. SQLite for one process; PostgreSQL is not built in yet."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import ConfigError

WHERE = "fifteen.toml: store"
RIGHT = 'Write: store = "sqlite:///fifteen.db"'
WRITING = "fifteen_writing"

# Writers of one process queue in Python (`Store.transaction`); what is left to wait for is somebody else's backup or
# `sqlite3` shell. reliability.md: at least 5 s.
BUSY_TIMEOUT_MS = 10_000
# A connection a thread: 2 + 4 workers, 10 of Bolt's, the ticker, and room for the HTTP server's.
POOL_SIZE = 32


class FileLock:
    """The right to be the only process on a SQLite file; the kernel takes it back when the process dies, however."""

    def __init__(self, database: Path) -> None:
        self._path = Path(f"{database}.lock")
        self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(self._fd, 32).decode(errors="replace").strip() or "unknown"
            os.close(self._fd)
            raise ConfigError(
                WHERE,
                f"another process (pid {holder}) already uses {database}; SQLite serves one process.",
                "Stop that one first, or give this one a file of its own.",
            ) from None
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Give the lock back; the file stays, since removing it would race with the next process."""
        with suppress(OSError):
            os.close(self._fd)


def parse(url: str) -> URL:
    """Return the URL of a database that can be used.

    Raises:
        ConfigError: it is not a URL, not SQLite, or not a file.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigError(WHERE, "this is not a database URL.", RIGHT) from None
    if parsed.get_backend_name() != "sqlite":
        raise ConfigError(WHERE, f"{parsed.get_backend_name()} is not supported yet.", RIGHT)
    if parsed.database in (None, "", ":memory:"):
        raise ConfigError(WHERE, "a database in memory forgets everything at a restart.", RIGHT)
    return parsed


def lock(url: URL) -> FileLock:
    """Take the file for this process alone.

    Raises:
        ConfigError: another process has it, or its folder cannot be written.
    """
    database = Path(str(url.database))
    try:
        return FileLock(database)
    except OSError as error:
        raise ConfigError(WHERE, f"{database} cannot be opened ({error.strerror}).", RIGHT) from error


def engine(url: URL) -> Engine:
    """Return an engine whose writing transactions are the first to speak: BEGIN IMMEDIATE, never a failed upgrade."""
    made = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        hide_parameters=True,  # what people typed stays out of our log
        connect_args={"isolation_level": None},
    )
    event.listen(made, "connect", _prepare)
    event.listen(made, "begin", _begin)
    return made


def insert_if_new(tx: Connection, table: Table, values: dict[str, Any]) -> int | None:
    """Insert a row, unless a unique key of it exists.

    Returns:
        The new row's first primary key column (or 1 where it is not a number), None when the row existed.
    """
    statement = sqlite.insert(table).values(values).on_conflict_do_nothing()
    row = tx.execute(statement.returning(*table.primary_key.columns)).first()
    if row is None:
        return None
    return row[0] if isinstance(row[0], int) else 1


def _prepare(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
