"""The database of this process: opened, locked and migrated; transactions that write, transactions that read."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Lock, local

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.store import dialect
from bot.store.migrations import upgrade

Tx = Connection
StoreError = SQLAlchemyError
"""What any query may raise when the database is locked, full or gone."""


class Store:
    """The one open database of this process; see `open`.

    A transaction belongs to the thread that began it and talks to nobody else (Slack, logs, git) while it lasts. It
    cannot be nested: the inner one would wait for the outer one for ever, so it raises RuntimeError at once.
    """

    def __init__(self, database: dialect.Database) -> None:
        self._database = database
        self._lock = database.lock()
        self._engine = database.engine()
        self._writer = Lock() if database.is_exclusive else nullcontext()
        self._thread = local()

    @classmethod
    def open(cls, url: str) -> "Store":
        """Open the database, take it for this process alone where it must be, and bring its tables up to date.

        Raises:
            ConfigError: the URL cannot be used, the server does not answer, or another process uses the file.
        """
        store = cls(dialect.parse(url))
        try:
            with store.transaction() as tx:
                dialect.begin_migration(tx)
                upgrade(tx)
        except BaseException:
            store.close()
            raise
        return store

    @property
    def address(self) -> str:
        """Where the database is, without its password."""
        return self._database.address

    @property
    def is_exclusive(self) -> bool:
        """Whether this process alone uses the database, so that every lease found at start is a dead one's."""
        return self._database.is_exclusive

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Yield a connection that may write; committed at the end, rolled back when the block raises."""
        with self._alone_in_thread(), self._writer, self._engine.connect() as connection:
            tx = connection.execution_options(**self._database.writing)
            with tx.begin():
                yield tx

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """Yield a connection that sees one consistent state; what it writes is rolled back."""
        with self._alone_in_thread(), self._engine.connect() as connection:
            tx = connection.execution_options(**self._database.reading)
            with tx.begin() as begun:
                yield tx
                begun.rollback()

    def close(self) -> None:
        """Close every connection and let another process have the file."""
        self._engine.dispose()
        if self._lock is not None:
            self._lock.release()

    @contextmanager
    def _alone_in_thread(self) -> Iterator[None]:
        if getattr(self._thread, "busy", False):
            raise RuntimeError("a transaction is open in this thread already; pass its `tx` on")
        self._thread.busy = True
        try:
            yield
        finally:
            self._thread.busy = False
