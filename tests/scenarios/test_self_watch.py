"""A part that dies is named, and the process leaves for its supervisor; what is owed is done by the next one.

The bot is the real one, but for its patience: a minute is some seconds here (`impatient_bot`).
"""

import json
import sqlite3
import urllib.error
import urllib.request
from contextlib import closing, contextmanager

import pytest

from tests.support.bot_process import BotProcess, free_port
from tests.support.sandbox_process import SandboxProcess

LEAVES_WITHIN_S = 30.0


class Watched:
    """A bot without services, its Slack, and what its health endpoints say."""

    def __init__(self, folder):
        self.store = folder / "fifteen.db"
        self.folder = folder
        self.sandbox = SandboxProcess()
        config = folder / "fifteen.toml"
        config.write_text(f'store = "sqlite:///{self.store}"\n')
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        how = {"health_port": port, "module": "tests.support.impatient_bot"}
        self.bot = BotProcess(self.sandbox, config, folder / "bot.out", **how)

    def asks(self, path):
        """Return status and body of a health endpoint."""
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def is_late(self, part):
        """Whether /readyz refuses, and names exactly this part."""
        status, report = self.asks("/readyz")
        return (status, report["late"]) == (503, [part])

    def last_words(self):
        """Return what the bot wrote when it left."""
        lines = [line for line in self.bot.printed().splitlines() if "a part of the bot has died" in line]
        return json.loads(lines[-1])

    @contextmanager
    def locked(self):
        """Hold the database as somebody's shell would."""
        with closing(sqlite3.connect(self.store, isolation_level=None)) as shell:
            shell.execute("BEGIN IMMEDIATE")
            yield


@pytest.fixture
def watched(tmp_path):
    """A bot that is ready."""
    made = Watched(tmp_path)
    try:
        made.bot.start()
        made.sandbox.wait_for(lambda: made.asks("/readyz")[0] == 200, what="a ready bot")
        yield made
    finally:
        made.bot.stop()
        made.sandbox.stop()


def test_a_ticker_that_hangs_ends_the_process_and_the_next_one_does_the_rest(watched):
    """Alive in every other way, and nothing that falls due would be done: exit code 1, with its name."""
    (watched.folder / "hang").touch()
    assert watched.bot.leaves(LEAVES_WITHIN_S) == 1
    assert watched.last_words()["parts"] == ["ticker"]
    (watched.folder / "hang").unlink()
    watched.bot.start()
    watched.sandbox.say("/incident start")
    watched.sandbox.wait_for_message(lambda message: "is started" in message.get("text", ""))


def test_a_deaf_socket_ends_the_process_when_new_ones_are_deaf_too(watched):
    """Slack still takes connections, and says nothing on them: that they open is no sign of life."""
    watched.sandbox.fault("deaf")
    watched.sandbox.wait_for(lambda: watched.is_late("socket"), what="/readyz to name the socket")
    assert watched.bot.leaves(LEAVES_WITHIN_S) == 1
    assert watched.last_words()["parts"] == ["socket"]
    assert watched.bot.printed().count("the socket is deaf; connecting anew") >= 2


def test_a_database_that_takes_nothing_is_named_at_once_waited_for_and_then_ends_the_process(watched):
    """Back in time, nothing has happened; else the process leaves, and whoever supervises it tries again."""
    with watched.locked():
        watched.sandbox.wait_for(lambda: watched.is_late("database"), what="/readyz to name the database")
        status, report = watched.asks("/healthz")
        assert (status, report["late"]) == (200, ["database"])
    watched.sandbox.wait_for(lambda: watched.asks("/readyz")[0] == 200, what="a database that answers again")
    with watched.locked():
        assert watched.bot.leaves(LEAVES_WITHIN_S) == 1
    assert watched.last_words()["parts"] == ["database"]
