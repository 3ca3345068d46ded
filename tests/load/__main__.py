"""`python -m tests.load`: a whole run with figures; the short version of it is a test (`test_load.py`)."""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.load.flood import CUT_EVERY, HYPOTHESIS_EVERY, REORDERED, REPEATED, Flood
from tests.scenarios.conftest import opened

MOST_NAMED = 5


def main() -> int:
    """Play it, print what was seen, and return 1 where an answer is missing, or an effect is missing or stands twice."""
    parser = argparse.ArgumentParser(prog="python -m tests.load")
    parser.add_argument("--events", type=int, default=10_000, help="replies to write (default: 10000)")
    parser.add_argument("--incidents", type=int, default=50, help="incidents to start at once (default: 50)")
    how = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="load-") as folder, opened(Path(folder)) as room:
        flood = Flood(room)
        failed = _starts(flood, how.incidents) + _replies(flood, how.events)
    return 1 if failed else 0


def _starts(flood: Flood, incidents: int) -> int:
    """Start so many at once, and return how many were not answered in Slack's 3 s."""
    answers = flood.start(incidents)
    late = sum("is started" not in answer for answer in answers)
    _say(f"{incidents} starts at once: acknowledged in {flood.wire.waits['slash_commands']}; {late} too late")
    return late


def _replies(flood: Flood, events: int) -> int:
    """Write so many, and return how many were lost or stored more than once."""
    began = time.monotonic()
    flood.pour(events)
    _say(
        f"{events} replies written in {time.monotonic() - began:.0f} s, one in {HYPOTHESIS_EVERY} a hypothesis;"
        f" {REPEATED:.0%} come twice, {REORDERED:.0%} out of order, {events // CUT_EVERY} cuts of the socket"
    )
    _say(
        f"events, the bot's own posts included: acknowledged in {flood.wire.waits['events_api']}"
    )  # of those that were
    effects = flood.drain()
    _say(f"deliveries of events: {dict(flood.wire.attempts)}")
    wrong = 0
    for name, written, stored in (
        ("notes", flood.notes, effects.notes),
        ("hypotheses", flood.hypotheses, effects.hypotheses),
    ):
        lost, doubled = Counter(written) - stored, stored - Counter(written)
        _say(f"{name}: {len(written)} written, {stored.total()} stored, {lost.total()} lost, {doubled.total()} twice")
        for text in sorted(lost)[:MOST_NAMED]:
            _say(f"  lost: {text}")
        wrong += lost.total() + doubled.total()
    _say(f"payloads of replies: {effects.events} seen")
    return wrong + abs(effects.events - events)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
