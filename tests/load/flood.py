"""Many incidents at once, and a flood of replies over a socket that keeps breaking: what was answered, what came of it.

Nothing is measured in the bot. Waits are those that Slack sees, from an envelope to its acknowledgement; effects are
counted in the store.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Any

from tests.support.room import AVA, Room

CUT_EVERY = 50
REPEATED, REORDERED = 0.3, 0.1
# Under the card a reply is a note; each so manieth goes under the ledger, where it is a hypothesis.
HYPOTHESIS_EVERY = 50
# When Slack tries again where nobody was connected. Where nobody answered it does so at once, after 3 s.
RETRY_WAITS_S = (3, 60, 300)
ARRIVES_WITHIN_S = 15.0
# What Slack gave up is read back: a call for each 200 replies of a thread, 50 of them a minute, as Slack allows.
READ_BACK_WITHIN_S = 600.0


@dataclass
class Waits:
    """How long Slack waited for each acknowledgement, in seconds; what was never acknowledged is not in it."""

    seconds: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Return the wait that so many (0..1) were no longer than."""
        return sorted(self.seconds)[max(0, round(len(self.seconds) * share) - 1)]

    def __str__(self) -> str:
        return f"p50 {self.percentile(0.5):.3f} s, p99 {self.percentile(0.99):.3f} s, worst {max(self.seconds):.3f} s"


class Wire:
    """What went over the socket, read often enough that the sandbox has not forgotten it."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._read = 0
        self._sent: dict[str, tuple[str, float]] = {}
        self.waits = {"slash_commands": Waits(), "events_api": Waits()}
        self.attempts: Counter[str] = Counter()  # of events: "sent", "sent again", and what did not go out

    def read(self) -> None:
        """Take in what is new."""
        for entry in self._room.sandbox.traffic(after=self._read):
            self._read = entry["n"]
            if entry["direction"] == "out" and entry["kind"] in self.waits:
                self._attempted(entry)
            elif entry["kind"] == "ack" and entry["name"] in self._sent:
                kind, at = self._sent.pop(entry["name"])
                self.waits[kind].seconds.append(entry["at"] - at)

    def _attempted(self, entry: dict[str, Any]) -> None:
        self._sent[entry["body"]["envelope_id"]] = entry["kind"], entry["at"]
        if entry["kind"] == "events_api":
            again = " again" if entry["body"]["retry_attempt"] else ""
            self.attempts[entry["status"] + again] += 1


@dataclass(frozen=True)
class Effects:
    """What the store holds of the replies.

    Args:
        events: How many payloads of replies it has seen.
        notes: Each note's text, and how often it stands in the timelines.
        hypotheses: Each hypothesis' text, and how often it stands in the ledgers.
    """

    events: int
    notes: Counter[str]
    hypotheses: Counter[str]


class Flood:
    """The players of one run."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.wire = Wire(room)
        self.notes: list[str] = []
        self.hypotheses: list[str] = []

    def start(self, incidents: int) -> list[str]:
        """Type `/incident start` in so many channels at once; return each one's answer."""
        sandbox = self.room.sandbox
        channels = [sandbox.make_channel(f"load-{number}", user=AVA) for number in range(incidents)]
        self.room.log.write_until(self.room.now())
        with ThreadPoolExecutor(incidents) as people:
            list(people.map(lambda channel: sandbox.say("/incident start", user=AVA, channel=channel), channels))
        left, answers = set(channels), []

        def all_answered() -> bool:
            self.wire.read()
            for channel in sorted(left):
                said = [one for one in sandbox.messages(channel, user=AVA) if one.get("ephemeral_to")]
                if said:
                    left.discard(channel)
                    answers.append(said[0]["text"])
            return not left

        sandbox.wait_for(all_answered, 60, f"{incidents} answers")
        return answers

    def pour(self, events: int) -> None:
        """Write so many replies, with repeats, out of order, and with every socket cut each fifty of them."""
        threads = self._threads()
        self.room.sandbox.fault("duplicate", share=REPEATED)
        self.room.sandbox.fault("reorder", share=REORDERED)
        for number in range(events):
            channel, card_ts, ledger_ts = threads[number % len(threads)]
            is_hypothesis = number % HYPOTHESIS_EVERY == 0
            text = f"load {number} comes from the cache" if is_hypothesis else f"is it load {number}?"
            (self.hypotheses if is_hypothesis else self.notes).append(text)
            thread_ts = ledger_ts if is_hypothesis else card_ts
            self.room.sandbox.say(text, user=AVA, channel=channel, thread_ts=thread_ts)
            if (number + 1) % CUT_EVERY == 0:
                self.room.sandbox.fault("drop")
                self.room.sandbox.wait_for(self._is_connected, 30, "a new socket")
        self.room.sandbox.fault("none")

    def drain(self) -> Effects:
        """Let Slack try again as often as it does, let what it gave up be read back, and return what came of it all."""
        poured = len(self.notes) + len(self.hypotheses)
        for wait_s in RETRY_WAITS_S:
            if self._arrives(poured):
                return self.effects()
            self.room.sandbox.advance(wait_s)
        self.room.sandbox.wait_for(self._is_read_back, READ_BACK_WITHIN_S, "the reading of every thread")
        return self.effects()

    def effects(self) -> Effects:
        """Return what is stored."""
        with closing(self._store()) as store:
            (events,) = store.execute("SELECT count(*) FROM event WHERE kind = 'reply'").fetchone()
            notes = Counter(
                text for (text,) in store.execute("SELECT text FROM timeline WHERE text LIKE 'is it load%'")
            )
            ledger = Counter(text for (text,) in store.execute("SELECT text FROM hypothesis"))
        return Effects(events, notes, ledger)

    def _arrives(self, poured: int) -> bool:
        def all_stored() -> bool:
            self.wire.read()
            return self.effects().events >= poured

        with suppress(AssertionError):
            return bool(self.room.sandbox.wait_for(all_stored, ARRIVES_WITHIN_S, "every reply"))
        return False

    def _is_read_back(self) -> bool:
        self.wire.read()
        ((owed,),) = self._rows("SELECT count(*) FROM job WHERE kind = 'catch_up' AND state = 'pending'")
        return not owed

    def _is_connected(self) -> bool:
        self.wire.read()
        return bool(self.room.sandbox.state()["app"]["connected"])

    def _threads(self) -> list[tuple[str, str, str]]:
        """Return channel, card and ledger of every incident, once all of them stand."""

        def all_stand() -> list[tuple[str, str, str]] | None:
            self.wire.read()
            rows = list(self._rows("SELECT channel_id, card_ts, hypotheses_ts FROM incident ORDER BY id"))
            return rows if all(all(row) for row in rows) else None

        return self.room.sandbox.wait_for(all_stand, 60, "every card and ledger")

    def _rows(self, query: str) -> Iterator[Any]:
        with closing(self._store()) as store:
            yield from store.execute(query).fetchall()

    def _store(self) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{self.room.folder / 'fifteen.db'}?mode=ro", uri=True)
