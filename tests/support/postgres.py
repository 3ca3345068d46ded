"""A real PostgreSQL server for the tests: in a folder of its own, on a free port, one database a test.

As root it runs as the user `postgres`, since it refuses to be root. A machine without it is told what to install.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from bot.store.engine import Store
from tests.support.bot_process import free_port

INSTALL = "apt-get install postgresql"
USER, PASSWORD = "fifteen", "pass:word/with@odd%signs"
ESCAPED_PASSWORD = "pass%3Aword%2Fwith%40odd%25signs"
TEMPLATE = "template_fifteen"
STARTS_WITHIN_S = 20.0
POLL_S = 0.02
# Nothing here has to outlive the machine, so nothing waits for the disk.
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "16MB",
    "max_connections": "200",
}


class PostgresServer:
    """A server that may be stopped, killed and started again; what is committed stays."""

    def __init__(self) -> None:
        self.port = free_port()
        self._bin = _programs()
        self._user = "postgres" if os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="fifteen-postgres-", dir="/tmp"))
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        self._initialise()
        self.start()
        with self._admin() as admin:
            admin.execute(f"CREATE DATABASE {TEMPLATE} ENCODING 'UTF8' TEMPLATE template0")
        Store.open(self.url(TEMPLATE)).close()

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        options = OPTIONS | {"port": str(self.port), "unix_socket_directories": str(self._folder)}
        command = [self._bin / "postgres", "-D", self._data]
        command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, user=self._user, cwd="/", stdout=log, stderr=log)
        deadline = time.monotonic() + STARTS_WITHIN_S
        while True:
            try:
                self._admin().close()
            except psycopg.OperationalError:
                said = self._log.read_text()[-2000:]
                assert self._process.poll() is None, f"PostgreSQL ended:\n{said}"
                assert time.monotonic() < deadline, f"PostgreSQL was not ready in {STARTS_WITHIN_S:g} s:\n{said}"
                time.sleep(POLL_S)
            else:
                return

    def stop(self, number: int = signal.SIGINT) -> None:
        """End it and every connection: cleanly, or as a crash would (SIGQUIT)."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(STARTS_WITHIN_S)
            self._process = None

    def close(self) -> None:
        """End it and forget everything."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self._folder)

    def url(self, database: str) -> str:
        """Return what stands in fifteen.toml for a database."""
        return f"postgresql://{USER}:{ESCAPED_PASSWORD}@127.0.0.1:{self.port}/{database}"

    def create_database(self, *, migrated: bool = True) -> str:
        """Make a database, with the tables in it or empty, and return its name."""
        name = f"test_{next(self._numbers)}"
        with self._admin() as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE if migrated else 'template0'} ENCODING 'UTF8'")
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever still uses it."""
        with self._admin() as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, database: str, statement: str) -> list[tuple[object, ...]]:
        """Run a statement behind everybody's back, and return its rows."""
        with self._admin(database) as admin:
            done = admin.execute(statement)
            return done.fetchall() if done.description else []

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _admin(self, database: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, password=PASSWORD, dbname=database, autocommit=True
        )

    def _initialise(self) -> None:
        secret = self._folder / "password"
        secret.write_text(PASSWORD)
        if self._user is not None:
            for path in (self._folder, secret):
                shutil.chown(path, self._user)
        command = [self._bin / "initdb", "-D", self._data, "-U", USER, f"--pwfile={secret}"]
        command += ["--auth=scram-sha-256", "--no-sync", "--no-locale", "--encoding=UTF8"]
        subprocess.run(command, user=self._user, cwd="/", check=True, capture_output=True)


def _programs() -> Path:
    """Return the folder of initdb and postgres; Debian keeps them off the PATH."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if folders and (folders[-1] / "postgres").exists():
        return folders[-1]
    if os.environ.get("CI") == "true":
        pytest.fail(f"the tests of the store need PostgreSQL: {INSTALL}")
    pytest.skip(f"not run: {INSTALL}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One server for all the tests of this process."""
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind; on PostgreSQL its tables are made already."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/fifteen.db"
        return
    server = request.getfixturevalue("postgres")
    name = server.create_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An empty store on each database."""
    opened = Store.open(database_url)
    yield opened
    opened.close()
