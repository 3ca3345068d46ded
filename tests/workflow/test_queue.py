"""What waits for Slack: the clock's call goes first, and of many edits only the newest is sent."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.slack.call import make_client
from bot.slack.outbox import Delivery, Outbox
from bot.store import incidents, jobs
from bot.telemetry.heartbeat import Heartbeats
from bot.workflow import owe
from bot.workflow.post import Posts
from bot.workflow.work import Done, delivery
from bot.workflow.workers import LANES, Workers
from tests.slack.test_outbox import Stopwatch
from tests.support.bench import Bench
from tests.support.sandbox_process import SandboxProcess


class Queue(Bench):
    """A bench whose slack lane is worked over a sandbox, on time that moves when told."""

    def __init__(self, folder, slack, **settings: Any) -> None:
        super().__init__(folder, **settings)
        self.slack, self.watch = slack, Stopwatch()
        self.outbox = Outbox(make_client(slack.bot_token, slack.api_url), self.watch)
        handlers = {owe.EDIT_CARD: Posts(self.context, self.outbox).edit_card, owe.SAY: self.post}
        lanes = {"slack": LANES["slack"]}
        how = {"heartbeats": Heartbeats(self.clock.monotonic), "buried": lambda *_: None, "lanes": lanes}
        self.workers = Workers(self.store, self.clock, handlers, **how)
        self.starts()
        since = self.clock.instant - timedelta(days=1)
        self.card_ts = self.outbox.post(slack.channel, "card", delivery=Delivery("card", again=False, since=since))
        with self.store.transaction() as tx:
            jobs.cancel(tx, 1, [owe.POST_CARD, owe.POST_LEDGER, owe.EDIT_CARD, owe.EDIT_LEDGER])
            incidents.save(tx, replace(self.incident_of(tx, 1), channel_id=slack.channel, card_ts=self.card_ts))

    def post(self, job):
        """Post what a job says, under the clock's guard."""
        how = replace(delivery(job), post_before=1e9, since=self.clock.instant)
        return Done(self.outbox.post(self.slack.channel, job.payload["text"], delivery=how))

    def moves(self, seconds: float) -> None:
        """Let time pass, and what is owed be looked at."""
        self.slack.advance(seconds)  # its own limits are on its own clock
        self.watch.now += seconds
        self.passes(seconds=seconds)
        self.workers.wake()

    def rests(self, *kinds: str) -> None:
        """Wait until nothing of these kinds is due and in nobody's hands that could be done now."""

        def idle() -> bool:
            waiting = [job for kind in kinds for job in self.pending(kind)]
            return all(job.owner is None and job.due_at > self.clock.instant for job in waiting)

        self.slack.wait_for(idle, what="a lane at rest")

    def says(self, what: str, **how: Any) -> None:
        """Owe a post."""
        with self.store.transaction() as tx:
            n = jobs.next_n(tx, 1, f"say:{what}")
            payload = {"text": f"{what} {n}"}
            jobs.enqueue(tx, 1, f"say:{what}", n, due_at=self.clock.instant, lane="slack", payload=payload, **how)

    def posted(self) -> list[str]:
        """Return what stands in the channel after the card."""
        return [message["text"] for message in self.slack.messages()][1:]

    def edits(self) -> int:
        """Return how many edits of the card Slack was asked for."""
        asked = [entry for entry in self.slack.traffic() if entry["name"] == "chat.update"]
        return sum(entry["body"]["args"]["ts"] == self.card_ts for entry in asked)


@pytest.fixture
def queue(tmp_path) -> Iterator[Queue]:
    """Workers over a sandbox with an incident, whose card stands there."""
    with SandboxProcess() as slack:
        made = Queue(tmp_path, slack)
        made.workers.start()
        yield made
        made.workers.stop()
        made.close()


def test_the_clocks_call_goes_before_every_routine_post_of_its_channel(queue):
    """Five messages wait for their turn when the call is owed, and it has the next one; so it is with each call."""
    kinds = ("say:call", "say:update")
    queue.moves(1)
    for _ in range(5):
        queue.says("update")
    queue.workers.wake()
    queue.rests(*kinds)
    for _ in range(2):
        queue.says("call", priority=jobs.CLOCK_PRIORITY)
        queue.workers.wake()
        queue.rests(*kinds)
        for _ in range(2):
            queue.moves(1)
            queue.rests(*kinds)
    assert [text.split()[0] for text in queue.posted()] == ["update", "call", "update", "call", "update"]
    assert all(entry["status"] == "ok" for entry in queue.slack.traffic() if entry["name"] == "chat.postMessage")


def test_many_changes_within_a_second_are_two_edits_and_the_newest_stands(queue):
    """The first is shown at once; the next nine wait for the second to be over, and are one."""
    for severity in (1, 2, 3, 4, 1, 2, 3, 4, 2, 3):
        queue.types(f"sev {severity} #1")
        queue.workers.wake()
        queue.rests(owe.EDIT_CARD)
    assert queue.edits() == 1
    queue.moves(1)
    queue.rests(owe.EDIT_CARD)
    assert queue.pending(owe.EDIT_CARD) == ()
    assert queue.edits() == 2
    (card,) = (message for message in queue.slack.messages() if message["ts"] == queue.card_ts)
    assert "severity 3" in card["text"]
    queue.moves(5)
    queue.types("sev 4 #1")
    queue.workers.wake()
    queue.rests(owe.EDIT_CARD)
    assert queue.edits() == 3
