"""What a run of the harness does, and what it found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from bot.workflow.workers import LANES, SETTLE_S

LATE_ANSWERED_S = 5.0
"""p99 of a call whose first attempt was answered, after it was due."""

LATE_BEYOND_LEASE_S = 15.0
"""p99 of all others, beyond the longest lease on their way: that of the clock's look."""


OUTAGE_S = 60.0
"""How long a database is gone, a disk full, a clock wrong: a minute."""

TroubleName = Literal["kill", "pause", "clock", "database", "disk"]


@dataclass(frozen=True, slots=True)
class Plan:
    """One run.

    Args:
        database: "sqlite" (one replica) or "postgresql".
        escalations: How many calls come due.
        spread_s: Over how long.
        replicas: Of the bot.
        trouble: What befalls the replicas; see `troubles.py`.
        strike_every_s: Shortest and longest time from its end to its next beginning.
        seed: Of the order and the victims.
        naive: Whether the replicas repeat without looking: the control.
        pace: Scales leases and waits.
        lost, limited, failed: Shares of posts whose answer is lost, refused with 429, refused with 500.
    """

    database: str
    escalations: int = 1_000
    spread_s: float = 360.0
    replicas: int = 4
    trouble: TroubleName = "kill"
    strike_every_s: tuple[float, float] = (2.0, 5.0)
    seed: int = 1
    naive: bool = False
    pace: float = 1.0
    lost: float = 0.15
    limited: float = 0.05
    failed: float = 0.05

    @property
    def visible_after_s(self) -> float:
        """How late an accepted post may be shown: half the lease of a post."""
        return LANES["slack"].lease_s * self.pace / 2

    @property
    def longest_lease_s(self) -> float:
        """How long a look of the clock is claimed for."""
        return LANES["clock"].lease_s * self.pace

    @property
    def outage_s(self) -> float:
        """How long what is no death lasts."""
        return OUTAGE_S * self.pace

    @property
    def bound_s(self) -> float:
        """How late a call may be whose replica died or whose answer was lost."""
        return self.longest_lease_s + LATE_BEYOND_LEASE_S

    @property
    def drain_s(self) -> float:
        """How long to wait for the next one to be made: a dead look, a dead post after it, and a few refusals."""
        return (LANES["clock"].lease_s + LANES["slack"].lease_s + 4 * SETTLE_S) * self.pace + 30


@dataclass(frozen=True, slots=True)
class Call:
    """One escalation: how often its call stands in the channel, how late the first came, and whether all went well.

    `history` is what the store says of one that went wrong.
    """

    posts: int
    late_s: float | None
    answered: bool
    history: str = ""


@dataclass(slots=True)
class Verdict:
    """What became of all calls of a run, in which the trouble struck so often."""

    plan: Plan
    calls: list[Call]
    strikes: int
    seconds: float

    @property
    def lost(self) -> int:
        """Calls that nobody sees."""
        return sum(call.posts == 0 for call in self.calls)

    @property
    def duplicated(self) -> int:
        """Calls that stand there more than once."""
        return sum(call.posts > 1 for call in self.calls)

    def lateness(self, *, answered: bool) -> tuple[int, float, float]:
        """Return how many calls of a class there are, and p50 and p99 of their seconds after due."""
        late = sorted(call.late_s for call in self.calls if call.late_s is not None and call.answered is answered)
        return len(late), percentile(late, 0.5), percentile(late, 0.99)

    def broken(self) -> list[str]:
        """Return the promises that did not hold; for the control, that it held too much."""
        if self.plan.naive:
            return [] if self.duplicated else ["the control posted nothing twice: the harness proves nothing"]
        said = [call.history for call in self.calls if call.history]
        said += ["the trouble never came"] * (not self.strikes)
        said += [f"{self.lost} lost"] * bool(self.lost) + [f"{self.duplicated} duplicated"] * bool(self.duplicated)
        if self.plan.trouble != "kill":  # who is frozen, or has no database, is late
            return said
        for answered, most in ((True, LATE_ANSWERED_S), (False, self.plan.bound_s)):
            if self.lateness(answered=answered)[2] > most:
                said.append(f"p99 over {most:g} s ({'answered' if answered else 'died or lost'})")
        return said


class Patience:
    """How long the harness waits for what is still owed: until no call more was made for so long.

    After an hour that passed at once most calls are owed together, and Slack answers as many questions a minute as it
    ever does: what is late then is not lost.

    Args:
        lasts_s: The longest that one call takes.
        monotonic: Seconds that never jump.
    """

    def __init__(self, lasts_s: float, monotonic: Callable[[], float]) -> None:
        self._lasts_s = lasts_s
        self._monotonic = monotonic
        self._made = -1
        self._until = 0.0

    def is_over(self, made: int) -> bool:
        """Return whether to give up, when so many calls are made by now."""
        now = self._monotonic()
        if made > self._made:
            self._made, self._until = made, now + self._lasts_s
        return now > self._until


def settled(rows: Iterable[tuple[int, str, str | None]]) -> int:
    """Return of how many incidents nothing more is to be expected, from (incident, state, ts) of each of their calls.

    A call that Slack has not taken when the next one is due is settled without a message: the next one stands instead.
    """
    posted, owed, all_of_them = set(), set(), set()
    for incident, state, ts in rows:
        all_of_them.add(incident)
        if ts is not None:
            posted.add(incident)
        elif state == "pending":
            owed.add(incident)
    return len(all_of_them - (owed - posted))


def percentile(values: list[float], share: float) -> float:
    """Return the value below which a share of the sorted values lies; 0 of none."""
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0
