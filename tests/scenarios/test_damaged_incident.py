"""One malformed incident never stops the others: its rows are damaged by hand under a bot that runs."""

import sqlite3
from contextlib import closing

import pytest

from tests.support.room import AVA, DEFAULT, Room


@pytest.fixture
def room(tmp_path):
    """A room whose bot may complain: something is wrong here, and it should say so."""
    room = Room(tmp_path)
    try:
        room.bot.start()
        yield room
    finally:
        room.close()
    assert room.complaints == []


def spoil(room, *changes):
    """Change rows as no version of the bot would."""
    with closing(sqlite3.connect(room.folder / "fifteen.db", timeout=10)) as store, store:
        for change in changes:
            assert store.execute(change).rowcount > 0, change


def test_the_other_incidents_call_comes_all_the_same(room):
    """Jobs torn, state nonsense, before a call and before a restart: what is sound is listed, called for and answered."""
    room.start("Carts fail")
    room.start("Payments fail", channel=DEFAULT)
    room.settle()
    spoil(
        room,
        "UPDATE job SET payload = '{torn', due_at = 0 WHERE incident_id = 1 AND kind = 'look'",
        "UPDATE job SET first_due_at = 'soon', due_at = 0 WHERE incident_id = 1 AND kind = 'heads_up'",
        "INSERT INTO job SELECT 9001, 1, 'triage', 9, 'work', 100, '[]', NULL, first_due_at, 0, 'pending', NULL, NULL,"
        " 0, 0, NULL, NULL FROM job WHERE incident_id = 2 AND kind = 'triage'",
        "UPDATE incident SET status = 'on fire', started_at = 'yesterday' WHERE id = 1",
    )
    room.minute(15)
    room.sees("Call 1 of 6", channel=DEFAULT)
    assert "#2" in room.text(room.command("list"))
    assert "#1 cannot be read" in room.text(room.command("status #1"))
    assert "#3 is started" in room.text(room.command("start It goes on", user=AVA))
    room.bot.kill()
    room.bot.start()
    room.minute(20)
    room.sees("Call 2 of 6", channel=DEFAULT)
    assert "a job cannot be read; it is given up" in room.bot.printed()
