"""The shop writes real pino logs that tell one true story, on the clock it is given."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from bot.demo.shop import VERSION_FILE, Shop
from bot.demo.story import load_story

NOW = datetime(2026, 3, 1, 13, 58, tzinfo=UTC)
STORY = load_story()
SHORT = dataclasses.replace(STORY, history=timedelta(minutes=8))
ONSET = NOW - STORY.onset


def records(folder):
    """Return every record of every log of the shop, by service."""
    logs = sorted((folder / "logs").glob("*.log"))
    return {log.stem: [json.loads(line) for line in log.read_text().splitlines()] for log in logs}


def within(rows, start, end):
    """Return the records in a half-open stretch."""
    return [row for row in rows if start.timestamp() * 1000 <= row["time"] < end.timestamp() * 1000]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Write the history once, and return its folder."""
    folder = tmp_path_factory.mktemp("shop")
    Shop(STORY, folder, NOW).write_until(NOW)
    return folder


@pytest.fixture(scope="module")
def history(told):
    """Return the records of the history in order of time."""
    return sorted((row for rows in records(told).values() for row in rows), key=lambda row: row["time"])


def test_the_history_reaches_back_past_window_and_baseline(history):
    """80 minutes, some 28 lines a second, up to the present moment."""
    first, last = history[0]["time"] / 1000, history[-1]["time"] / 1000
    assert first - (NOW - STORY.history).timestamp() < 1
    assert NOW.timestamp() - 1 < last < NOW.timestamp()
    assert 20 < len(history) / STORY.history.total_seconds() < 40


def test_each_log_is_in_order_of_time(told):
    """A log only grows, and its times never go back."""
    for rows in records(told).values():
        times = [row["time"] for row in rows]
        assert times == sorted(times)


def test_lines_are_pino_lines(history):
    """Every line has the fields of pino, in numbers where pino has numbers, and no `v`, which would be bunyan."""
    for row in history:
        assert list(row)[:5] == ["level", "time", "pid", "hostname", "name"]
        assert row["level"] in (30, 50)
        assert "v" not in row
        assert ("err" in row) == (row["level"] == 50)


def test_nearly_all_errors_of_the_window_are_the_fault_in_the_eu(history):
    """In the last 15 minutes about 97 % of the errors hit region=eu, which has about 30 % of the traffic."""
    window = within(history, NOW - timedelta(minutes=15), NOW)
    errors = [row for row in window if row["level"] == 50]
    eu_errors = sum(row["region"] == "eu" for row in errors) / len(errors)
    eu_traffic = sum(row["region"] == "eu" for row in window) / len(window)
    assert 0.96 < eu_errors < 0.98
    assert 0.27 < eu_traffic < 0.33
    assert Counter(row["msg"] for row in errors).most_common(1)[0][0] == STORY.fault.message


def test_the_fault_begins_at_the_onset_and_only_under_the_bad_version(history):
    """No record of the fault is older than the onset, and the first one comes within seconds of it."""
    faults = [row for row in history if row["msg"] == STORY.fault.message]
    assert ONSET.timestamp() <= faults[0]["time"] / 1000 < ONSET.timestamp() + 30
    assert {(row["version"], row["region"], row["err"]["type"]) for row in faults} == {("v214", "eu", "TypeError")}


def test_the_background_is_low_and_everywhere(history):
    """Before the onset a few errors an hour happen, in every region and in both services."""
    before = within(history, NOW - STORY.history, ONSET)
    errors = [row for row in before if row["level"] == 50]
    assert 0 < len(errors) / len(before) < 0.002
    assert {row["region"] for row in errors} == {"eu", "us", "ap"}
    assert {row["name"] for row in errors} == {"checkout", "payments"}


def test_the_new_version_reaches_one_host_after_another(history):
    """During the rollout both versions run; after it only the new one."""
    rolling = within(history, ONSET, ONSET + STORY.rollout)
    settled = within(history, ONSET + STORY.rollout + timedelta(seconds=1), NOW)
    assert {row["version"] for row in rolling} == {"v213", "v214"}
    assert {row["version"] for row in settled} == {"v214"}


def test_a_request_spans_three_to_five_lines_and_both_services(history):
    """A correlation id holds one user's request together, and a paid one goes through payments."""
    requests = defaultdict(list)
    for row in within(history, NOW - timedelta(minutes=40), NOW - timedelta(minutes=30)):
        requests[row["correlationId"]].append(row)
    complete = [rows for rows in requests.values() if rows[0]["msg"] == "request received" and "statusCode" in rows[-1]]
    assert len(complete) > 0.95 * len(requests)
    assert {len(rows) for rows in complete if rows[-1]["statusCode"] == 200} == {3, 4, 5}
    assert all(len({(row["userId"], row["region"]) for row in rows}) == 1 for rows in complete)
    paid = [rows for rows in complete if rows[0]["route"] == "POST /checkout" and rows[-1]["statusCode"] == 200]
    assert all({row["name"] for row in rows} == {"checkout", "payments"} for rows in paid)


def test_the_same_start_writes_the_same_lines(tmp_path):
    """The story hangs on its seed and its start alone, not on when the shop came to write it."""
    Shop(SHORT, tmp_path / "at once", NOW).write_until(NOW)
    bit_by_bit = Shop(SHORT, tmp_path / "bit by bit", NOW)
    for minute in range(8, -1, -1):
        bit_by_bit.write_until(NOW - timedelta(minutes=minute))
    assert records(tmp_path / "at once") == records(tmp_path / "bit by bit")


def test_a_jump_of_the_clock_is_filled_in(tmp_path):
    """After ten minutes at once, every second of them has its lines, in order."""
    shop = Shop(SHORT, tmp_path, NOW)
    shop.write_until(NOW)
    shop.write_until(NOW + timedelta(minutes=10))
    for rows in records(tmp_path).values():
        assert [row["time"] for row in rows] == sorted(row["time"] for row in rows)
    filled = within(records(tmp_path)["checkout"], NOW, NOW + timedelta(minutes=10))
    assert len({row["time"] // 1000 for row in filled}) == 600


def test_the_shop_recovers_when_the_version_before_is_shipped(tmp_path):
    """Writing v213 into current_version ends the fault once the rollout is through, also across a jump."""
    shop = Shop(SHORT, tmp_path, NOW)
    shop.write_until(NOW)
    (tmp_path / VERSION_FILE).write_text("v213\n")
    shop.write_until(NOW + timedelta(minutes=5))
    rows = within(records(tmp_path)["checkout"], NOW + STORY.rollout + timedelta(seconds=1), NOW + timedelta(minutes=5))
    assert {row["version"] for row in rows} == {"v213"}
    assert not [row for row in rows if row["msg"] == STORY.fault.message]
    during = within(records(tmp_path)["checkout"], NOW, NOW + STORY.rollout)
    assert [row for row in during if row["msg"] == STORY.fault.message]


def test_an_empty_version_file_changes_nothing(tmp_path):
    """A file caught while it is being written is no rollback."""
    shop = Shop(SHORT, tmp_path, NOW)
    (tmp_path / VERSION_FILE).write_text("")
    shop.write_until(NOW)
    assert records(tmp_path)["checkout"][-1]["version"] == "v214"


def test_the_process_follows_the_clock_file_and_ends_on_sigterm(tmp_path):
    """As a process it says when it is ready, fills in a jump of the shared clock, and exits 0 when told to end."""
    clock = tmp_path / "clock"
    clock.write_text("0")
    command = [sys.executable, "-m", "bot.demo.shop", "--folder", str(tmp_path), "--repo", str(tmp_path / "repo")]
    environment = os.environ | {"FIFTEEN_CLOCK_FILE": str(clock)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as shop:
        try:
            ready = json.loads(shop.stdout.readline())
            end = datetime.fromisoformat(ready["onset"]) + STORY.onset + timedelta(minutes=10)
            clock.write_text("600")
            with (tmp_path / "logs" / "checkout.log").open() as log:
                line, newest_ms = "", 0
                while newest_ms < end.timestamp() * 1000 and shop.poll() is None:
                    line += log.readline()
                    if line.endswith("\n"):
                        line, newest_ms = "", json.loads(line)["time"]
        finally:
            shop.send_signal(signal.SIGTERM)
        assert shop.wait(10) == 0
    assert (tmp_path / "repo" / ".git").is_dir()
    assert ready["lines"] > 100_000
