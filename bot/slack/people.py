"""Who somebody is and who is in the groups that matter: from memory, renewed behind whoever reads it.

A transaction and an acknowledgement wait for nobody, so what they need of Slack is asked for before: `meet`. Only the
first word of somebody never seen is waited for, and not for long; what Slack said last stands until it says otherwise.
"""

from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Lock
from time import monotonic as real_monotonic
from typing import Generic, TypeVar

import structlog

from bot.incident.permission import Members, Standing
from bot.slack.directory import Group
from bot.slack.errors import SlackError

log = structlog.get_logger(__name__)

# A rota that hands over at 03:00 is believed by 03:01; one call of tier 2 (20 a minute) however many the groups are.
GROUPS_FRESH_FOR_S = 60.0
# Guests are promoted and colleagues leave by day; who left cannot press anything anyway.
PERSON_FRESH_FOR_S = 600.0
# A third of the 3 s that Slack gives an acknowledgement; opening a modal needs its own share of them.
ASK_WITHIN_S = 1.0
# Slack that just failed is not asked again by the next press: the answer to that one would be late too.
AGAIN_AFTER_S = 10.0
# As many as there are threads that handle what comes from Slack, so that none of them waits for another's question.
THREADS = 10

T = TypeVar("T")


class _Known(Generic[T]):
    """One thing that Slack knows, as last heard."""

    def __init__(
        self, ask: Callable[[], T], fresh_for_s: float, pool: ThreadPoolExecutor, monotonic: Callable[[], float]
    ) -> None:
        self.heard: T | None = None
        self._ask = ask
        self._fresh_for_s = fresh_for_s
        self._pool = pool
        self._monotonic = monotonic
        self._lock = Lock()
        self._ask_at = float("-inf")  # asked again from then on
        self._asking: Future[None] | None = None

    def renew(self) -> None:
        """Ask where it is time to, without waiting."""
        with self._lock:
            if self._monotonic() >= self._ask_at and (self._asking is None or self._asking.done()):
                self._ask_at = self._monotonic() + AGAIN_AFTER_S
                self._asking = self._pool.submit(self._listen)

    def await_first(self, timeout_s: float) -> None:
        """Wait for the first answer, if one is on its way."""
        asking = self._asking
        if self.heard is None and asking is not None:
            wait([asking], timeout_s)

    def _listen(self) -> None:
        try:
            self.heard = self._ask()
        except SlackError as error:
            log.warning("Slack did not say who may", error=str(error))
        else:
            self._ask_at = self._monotonic() + self._fresh_for_s


class People:
    """What Slack said of people and groups.

    Args:
        standing_of: Asks Slack what somebody is.
        list_groups: Asks Slack for every user group, by its id.
        groups: The groups that the configuration names; with none of them Slack is not asked for any.
        monotonic: Seconds that never jump.
    """

    def __init__(
        self,
        standing_of: Callable[[str], Standing],
        list_groups: Callable[[], dict[str, Group]],
        groups: Collection[str] = (),
        *,
        monotonic: Callable[[], float] = real_monotonic,
    ) -> None:
        self._standing_of = standing_of
        self._monotonic = monotonic
        self._named = frozenset(groups)
        self._pool = ThreadPoolExecutor(THREADS, "people")
        self._groups = _Known(list_groups, GROUPS_FRESH_FOR_S, self._pool, monotonic)
        self._people: dict[str, _Known[Standing]] = {}

    def keep_fresh(self) -> None:
        """Renew the groups where they are old; called by the ticker, waits for nothing."""
        if self._named:
            self._groups.renew()

    def meet(self, *user_ids: str) -> None:
        """See to it that people are known, and the groups are, as far as Slack says so at once.

        Call it outside of every transaction; it returns within ASK_WITHIN_S, and at once for who was met before.
        """
        met = [self._person(user_id) for user_id in dict.fromkeys(user_ids)]
        for person in met:
            person.renew()
        self.keep_fresh()
        until = self._monotonic() + ASK_WITHIN_S
        for person in met:
            person.await_first(max(0.0, until - self._monotonic()))
        self._groups.await_first(max(0.0, until - self._monotonic()))

    def _person(self, user_id: str) -> _Known[Standing]:
        known = _Known(lambda: self._standing_of(user_id), PERSON_FRESH_FOR_S, self._pool, self._monotonic)
        return self._people.setdefault(user_id, known)

    def standing(self, user_id: str) -> Standing:
        """Return what somebody is, as last heard; UNKNOWN without asking where nothing was."""
        known = self._people.get(user_id)
        return (known and known.heard) or Standing.UNKNOWN

    @property
    def members(self) -> Members:
        """Who is in each group, as last heard; a group that is gone, or was never heard of, is missing."""
        return {group_id: group.users for group_id, group in (self._groups.heard or {}).items()}

    def name(self, slack_id: str) -> str:
        """Return how a group is written (@sre), where that is known; else the id."""
        group = (self._groups.heard or {}).get(slack_id)
        return f"@{group.handle}" if group is not None and group.handle else slack_id

    def close(self) -> None:
        """Ask nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
