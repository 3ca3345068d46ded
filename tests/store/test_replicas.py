"""Two real bots on one PostgreSQL: an incident is led by both, and survives the death of one and of the server."""

import signal

import pytest

from tests.support.bot_process import BotProcess
from tests.support.room import BEN, Room


@pytest.fixture
def replicas(tmp_path, postgres):
    """A room whose configuration names the server, and the second bot."""
    name = postgres.create_database()
    room = Room(tmp_path)
    lines = room.config.read_text().splitlines()
    room.config.write_text("\n".join([f'store = "{postgres.url(name)}"', *lines[1:]]))
    second = BotProcess(room.sandbox, room.config, tmp_path / "second.out")
    room.bot.start()
    second.start()
    yield room, second
    second.stop()
    room.close()
    postgres.drop_database(name)


def test_an_incident_is_led_by_two_replicas_as_if_they_were_one(replicas, postgres):
    """One card, one ledger, one of each call, whichever answers; also with one killed and the server restarted."""
    room, second = replicas
    room.start("checkout is failing")
    for n in range(4):
        assert "#1" in room.command(f"update number {n}", user=BEN)["text"]
    for n in range(4):
        room.sees(f"number {n}")
    second.kill()
    postgres.stop(signal.SIGQUIT)
    assert "could not be stored" in room.command("sev 1")["text"]
    postgres.start()
    second.start()
    room.command("sev 1")
    room.becomes(room.card(), "severity 1")
    room.minute(15)
    room.sees("Call 1 of 6")
    room.minute(20)
    room.sees("Call 2 of 6")
    assert len(room.find("Lead", "started", "severity")) == 1
    assert len(room.find("What do you think it is?")) == 1
    assert len(room.calls()) == 2
    assert [len(room.find(f"number {n}")) for n in range(4)] == [1] * 4, room.transcript()
    for output in (room.bot.printed(), second.printed()):
        assert "pass:word" not in output
        assert "pass%3Aword" not in output
        assert "Traceback" not in output
