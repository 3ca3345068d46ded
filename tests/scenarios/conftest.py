"""Rooms to play in; each is held to Slack's rules, and to a clean end, when it is closed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.bot_process import processes_of
from tests.support.room import Room


@contextmanager
def opened(folder: Path, delivery: str = "socket", more: str = "", **config: Any) -> Iterator[Room]:
    """Open a room with a running bot, and close it; everything that was sent in it must be good."""
    room = Room(folder, delivery, more, **config)
    try:
        room.bot.start()
        yield room
    finally:
        room.close()
    assert room.complaints == []
    assert "a handler failed" not in room.bot.printed(), room.bot.tail()
    if not room.bot.was_killed:  # the children of a bot that is killed while it starts them complain, rightly
        assert "Traceback" not in room.bot.printed(), room.bot.tail()
    assert processes_of(room.bot.output) == []


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A room of its own, over the socket."""
    with opened(tmp_path) as room:
        yield room


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """One room for the tests of a module that do not disturb one another."""
    with opened(tmp_path_factory.mktemp("room")) as room:
        yield room


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Show the channel and the bot's last lines where a scenario failed."""
    report: pytest.TestReport = yield
    rooms = [value for value in getattr(item, "funcargs", {}).values() if isinstance(value, Room)]
    for room in rooms if report.failed else ():
        report.sections.append(("the bot's last lines", room.bot.tail()))
        if call.when == "call":
            report.sections.append(("the channel", room.transcript()))
    return report
