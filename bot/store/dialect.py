"""Everything that one database does differently from another: SQLite for one process, PostgreSQL for several replicas."""

import fcntl
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from enum import IntEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final, TypeVar
from urllib.parse import quote

from sqlalchemy import URL, BigInteger, Connection, Engine, Select, Table, create_engine, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from bot.errors import ConfigError

WHERE = "store"
RIGHT = 'Write: store = "sqlite:///fifteen.db" or store = "postgresql://user:password@host/database"'
WRITING = "fifteen_writing"
REASON_LIMIT = 300  # libpq lists every address that it tried

SelectT = TypeVar("SelectT", bound=Select[Any])

# Writers of one process queue in Python (`Store.transaction`); what is left to wait for is somebody else's backup or
# `sqlite3` shell. reliability.md: at least 5 s.
BUSY_TIMEOUT_MS = 10_000
# A connection a thread, and no more than are busy at once: 9 workers, 10 of Bolt's (or the HTTP server's), the ticker.
POOL_SIZE = 32

# Slack shows its own error after 3 s without an answer; ours, before that, says that nothing was stored.
CONNECT_TIMEOUT_S = 2  # the least that libpq takes
LOCK_TIMEOUT_S = 2
# No query here takes longer than milliseconds: a server that needs seconds is ill.
STATEMENT_TIMEOUT_S = 10
# Nothing slow is done inside a transaction, so whoever is idle in one for so long is frozen: its locks go to the living.
IDLE_TIMEOUT_S = 10
# A migration rewrites what it must, and waits for the transactions of replicas that still run.
MIGRATION_LOCK_TIMEOUT_S = 60
# libpq's own words. A server whose host has vanished without a word is given up after 5 s; a standby is not written to.
POSTGRESQL_OPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "connect_timeout": str(CONNECT_TIMEOUT_S),
        "tcp_user_timeout": "5000",
        "keepalives_idle": "5",
        "keepalives_interval": "2",
        "keepalives_count": "3",
        "target_session_attrs": "read-write",
        "client_encoding": "utf8",
        "fallback_application_name": "fifteen",
    }
)
# "Fifteen" in the first half of PostgreSQL's advisory locks, so that ours are not another program's.
_ADVISORY_SPACE = 0x0F15_7EE4


class Turn(IntEnum):
    """What replicas do one after the other; the second half of an advisory lock."""

    MIGRATE = 1
    START = 2


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
                "Stop that one first, or give this one a file of its own. Several replicas need PostgreSQL.",
            ) from None
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Give the lock back; the file stays, since removing it would race with the next process."""
        with suppress(OSError):
            os.close(self._fd)


class Sqlite:
    """A file, for one process: it locks out the others, and its writing transactions are the first to speak."""

    is_exclusive: ClassVar[bool] = True
    writing: ClassVar[Mapping[str, Any]] = MappingProxyType({WRITING: True})
    reading: ClassVar[Mapping[str, Any]] = MappingProxyType({})

    def __init__(self, url: URL) -> None:
        if url.host and not url.username:  # with one, it may be followed by a password
            file = "/".join(filter(None, (url.host, url.database)))
            raise ConfigError(WHERE, "a file takes three slashes, or four.", f'Write: store = "sqlite:///{file}"')
        if not url.database or url.database == ":memory:":
            raise ConfigError(WHERE, "a database in memory forgets everything at a restart.", RIGHT)
        self._url = url
        self.path = Path(url.database)
        self.address = f"sqlite:///{url.database}"
        self.remedy = "Check that it is a SQLite file, and that the disk has room."

    def lock(self) -> FileLock:
        """Take the file for this process alone.

        Raises:
            ConfigError: another process has it, or its folder cannot be written.
        """
        try:
            return FileLock(self.path)
        except OSError as error:
            raise ConfigError(WHERE, f"{self.path} cannot be opened ({error.strerror}).", RIGHT) from error

    def engine(self) -> Engine:
        """Return an engine whose writing transactions are BEGIN IMMEDIATE: they wait, and never fail half-way."""
        made = create_engine(
            self._url,
            pool_size=POOL_SIZE,
            max_overflow=POOL_SIZE,
            hide_parameters=True,  # what people typed stays out of our log
            connect_args={"isolation_level": None},
        )
        event.listen(made, "connect", _prepare_sqlite)
        event.listen(made, "begin", _begin_sqlite)
        return made


class Postgresql:
    """A server, for any number of replicas.

    Who writes sees what is committed (READ COMMITTED) and holds the incident that it changes (`held`); who reads sees
    one moment (REPEATABLE READ).
    """

    is_exclusive: ClassVar[bool] = False
    writing: ClassVar[Mapping[str, Any]] = MappingProxyType({WRITING: True, "isolation_level": "READ COMMITTED"})
    reading: ClassVar[Mapping[str, Any]] = MappingProxyType({"isolation_level": "REPEATABLE READ"})

    def __init__(self, url: URL) -> None:
        if "@" in (url.host or ""):  # an unescaped one in the password; the rest of that must not be shown as a host
            raise ConfigError(WHERE, "the password has an @ that is not escaped.", "Write %40 for it.")
        self._url = url.set(drivername="postgresql+psycopg")
        self.address = URL.create("postgresql", url.username, None, url.host, url.port, url.database).render_as_string()
        self.remedy = f'Check with: psql "{self.address}"'

    def lock(self) -> None:
        """Take nothing: replicas share the server."""

    def engine(self) -> Engine:
        """Return an engine that notices within seconds when the server is gone, and finds it again by itself."""
        given = {name: value for name, value in POSTGRESQL_OPTIONS.items() if name not in self._url.query}
        made = create_engine(
            self._url,
            pool_size=POOL_SIZE,
            max_overflow=0,
            pool_timeout=CONNECT_TIMEOUT_S,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args=given,
        )
        event.listen(made, "connect", _prepare_postgresql)
        return made


Database = Sqlite | Postgresql


def parse(url: str) -> Database:
    """Return the database of a URL.

    Raises:
        ConfigError: it is not a URL, or of a database that is not supported. The URL is not quoted: it may hold a
            password.
    """
    if url.startswith("postgres") and "@" in url.partition("?")[2]:  # taken for the end of a user's name and password
        raise ConfigError(WHERE, "a ? or an @ in it is not escaped.", "Write %3F for ?, %40 for @ in a password.")
    try:
        parsed = make_url(url.replace("postgres://", "postgresql://", 1))  # as many providers print it
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError):
        raise ConfigError(WHERE, "this is not a database URL.", RIGHT) from None
    match backend:
        case "sqlite":
            return Sqlite(parsed)
        case "postgresql":
            return Postgresql(parsed)
    raise ConfigError(WHERE, f"{backend} is not supported.", RIGHT)


def secrets(url: str) -> tuple[str, ...]:
    """Return the passwords in a URL, as written and as meant: no line of our log may contain them."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return ()
    given = [parsed.password, *parsed.normalized_query.get("password", ())]
    return tuple(form for word in given if word for form in (str(word), quote(str(word), safe="")))


def reason(error: Exception, url: str) -> str:
    """Return what the database said, in one line and without a password."""
    said = " ".join(str(getattr(error, "orig", None) or error).split())
    for secret in secrets(url):
        said = said.replace(secret, "***")
    return said if len(said) <= REASON_LIMIT else said[: REASON_LIMIT - 1] + "…"


def insert_if_new(tx: Connection, table: Table, values: dict[str, Any]) -> int | None:
    """Insert a row, unless a unique key of it exists; one that another transaction is inserting is waited for.

    Returns:
        The new row's first primary key column (or 1 where it is not a number), None when the row existed.
    """
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).values(values).on_conflict_do_nothing()
    row = tx.execute(statement.returning(*table.primary_key.columns)).first()
    if row is None:
        return None
    return row[0] if isinstance(row[0], int) else 1


def held(tx: Connection, query: SelectT) -> SelectT:
    """Let a transaction that writes hold the rows it reads until it ends, so that nobody changes them in between.

    On SQLite it holds the whole database already. FOR NO KEY UPDATE lets others add rows that refer to these.
    """
    return query.with_for_update(key_share=True) if tx.get_execution_options().get(WRITING) else query


def take_turn(tx: Connection, turn: Turn) -> None:
    """Wait until no other transaction does the same; nobody else begins before this one ends."""
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock(_ADVISORY_SPACE, int(turn))))


def require_every_character(tx: Connection) -> None:
    """Let only a PostgreSQL database pass that can hold every character that people type.

    Raises:
        ConfigError: this one cannot.
    """
    encoding = tx.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        right = "Make one that holds every character: CREATE DATABASE fifteen ENCODING 'UTF8' TEMPLATE template0"
        raise ConfigError(WHERE, f"the database is encoded as {encoding}.", right)


def begin_migration(tx: Connection) -> None:
    """Let this transaction be the only one that migrates, for as long as that takes.

    Raises:
        ConfigError: the database cannot hold every character that people type.
    """
    if tx.dialect.name == "postgresql":
        require_every_character(tx)
        tx.exec_driver_sql("SET LOCAL statement_timeout = 0")
        tx.exec_driver_sql(f"SET LOCAL lock_timeout = '{MIGRATION_LOCK_TIMEOUT_S}s'")
    take_turn(tx, Turn.MIGRATE)


class wall_us(FunctionElement[int]):  # noqa: N801 - reads like func.now() in a statement
    """The wall clock of leases, as microseconds since 1970: the server's, which is one for every replica.

    SQLite has one process, which takes the wall's time once and counts on from there: where the wall clock is set back by
    an hour, no lease lasts an hour longer.
    """

    type = BigInteger()
    inherit_cache = True


@compiles(wall_us, "sqlite")
def _wall_of_sqlite(*_: Any, **__: Any) -> str:
    return f"{_STEADY}()"


@compiles(wall_us, "postgresql")
def _wall_of_postgresql(*_: Any, **__: Any) -> str:
    return "CAST(extract(epoch FROM statement_timestamp()) * 1000000 AS BIGINT)"


_STEADY = "fifteen_steady_us"
_BEGAN_NS = time.time_ns() - time.monotonic_ns()  # noqa: TID251 - once: it is counted on from there


def _steady_us() -> int:
    return (_BEGAN_NS + time.monotonic_ns()) // 1000


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.create_function(_STEADY, 0, _steady_us)
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    connection.autocommit = True
    for setting in (
        "timezone = 'UTC'",
        "synchronous_commit = on",  # a claim that a crash forgets is a post made twice
        f"lock_timeout = '{LOCK_TIMEOUT_S}s'",
        f"statement_timeout = '{STATEMENT_TIMEOUT_S}s'",
        f"idle_in_transaction_session_timeout = '{IDLE_TIMEOUT_S}s'",
    ):
        connection.execute(f"SET {setting}")
    connection.autocommit = False
