"""The shop that misbehaves: two services that write real pino logs, and a real repository with the bad deploy in it.

Run as `python -m bot.demo.shop --folder DIR --repo DIR`. It writes the history, prints one JSON line, and goes on
live on the bot's clock; when the clock jumps, it writes the lines in between. The file `current_version` in its folder
says what runs: whoever writes `v213` there rolls the shop back, and it recovers.
"""

import argparse
import heapq
import json
import signal
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import Clock
from bot.demo.repository import create_repository
from bot.demo.story import Story, load_story
from bot.demo.traffic import LogLine, Rollouts, Traffic

VERSION_FILE = "current_version"
TICK_S = 0.2
BATCH_MS = 60_000  # written at once: the whole history in memory would be 500 MB


class Shop:
    """Writes the log of the story, from its history on.

    Args:
        story: What happens.
        folder: Gets `logs/SERVICE.log` and `current_version`.
        started_at: Aware UTC; the onset lies `story.onset` before it. Its fraction of a second is dropped.
    """

    def __init__(self, story: Story, folder: Path, started_at: datetime) -> None:
        start = started_at.replace(microsecond=0)
        self.onset = start - story.onset
        self.logs = folder / "logs"
        self._version_file = folder / VERSION_FILE
        self._begin = start - story.history
        self._traffic = Traffic(story, _ms(self._begin))
        self._running = story.after
        self._rollouts = Rollouts(story.before, ((_ms(self.onset), story.after),), _ms_of(story.rollout))
        self._next_second = 0
        self._pending: list[LogLine] = []
        self._written_until_ms = _ms(self._begin)
        self.logs.mkdir(parents=True, exist_ok=True)
        self._version_file.write_text(f"{story.after}\n")

    def write_until(self, now: datetime) -> int:
        """Write every line due before `now` that is not written yet; return how many. A version asked for counts first."""
        self._follow_version_file()
        now_ms = _ms(now)
        count = 0
        while self._written_until_ms < now_ms:
            self._written_until_ms = min(self._written_until_ms + BATCH_MS, now_ms)
            count += self._write_batch(self._written_until_ms)
        return count

    def _write_batch(self, until_ms: int) -> int:
        while self._second_begins_ms() < until_ms:
            for line in self._traffic.second(self._next_second, self._rollouts):
                heapq.heappush(self._pending, line)
            self._next_second += 1
        due: dict[str, list[bytes]] = {}
        while self._pending and self._pending[0].at_ms < until_ms:
            line = heapq.heappop(self._pending)
            due.setdefault(line.service, []).append(line.text + b"\n")
        for service, lines in due.items():
            with (self.logs / f"{service}.log").open("ab") as log:
                log.write(b"".join(lines))
        return sum(map(len, due.values()))

    def _second_begins_ms(self) -> int:
        return _ms(self._begin) + self._next_second * 1000

    def _follow_version_file(self) -> None:
        """Roll out what `current_version` asks for, from the last written instant on: a jump comes after it."""
        try:
            asked = self._version_file.read_text().strip()
        except OSError:  # being replaced at this moment
            return
        if asked and asked != self._running:
            self._running = asked
            self._rollouts = self._rollouts.then(self._written_until_ms, asked)


def _ms(at: datetime) -> int:
    return _ms_of(at - datetime(1970, 1, 1, tzinfo=UTC))


def _ms_of(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)


def main() -> int:
    """Run the shop until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m bot.demo.shop", description="The shop that misbehaves.")
    parser.add_argument("--folder", type=Path, required=True, help="for logs/ and current_version")
    parser.add_argument("--repo", type=Path, required=True, help="where the repository is made; must not exist")
    arguments = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    clock = Clock.from_environment()
    shop = Shop(load_story(), arguments.folder, clock.now())
    try:
        create_repository(arguments.repo, shop.onset)
    except RuntimeError as refused:
        sys.stderr.write(f"the shop's repository: {refused}\n")
        return 1
    lines = shop.write_until(clock.now())
    ready = {
        "logs": str(shop.logs / "*.log"),
        "repo": str(arguments.repo),
        "onset": shop.onset.isoformat(),
        "lines": lines,
    }
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    while not stop.wait(TICK_S):
        shop.write_until(clock.now())
    return 0


if __name__ == "__main__":
    sys.exit(main())
