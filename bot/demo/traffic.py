"""The shop's log lines, second by second: the same story, start and versions always give the same lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import orjson

from bot.demo.story import Failure, Route, Story

INFO, ERROR = 30, 50  # pino's levels
FIRST_PID = 20
STEP_MS = (4, 90)  # between two steps of a request


@dataclass(frozen=True, slots=True, order=True)
class LogLine:
    """One line of one service's log, without its newline. Ordered by time (milliseconds since 1970)."""

    at_ms: int
    service: str
    text: bytes


@dataclass(frozen=True, slots=True)
class Rollouts:
    """Which version runs where and when. A new version reaches the hosts one after another.

    Args:
        first: What ran before any of `changes`.
        changes: (time in ms, version), oldest first.
        duration_ms: From the first host to the last.
    """

    first: str
    changes: tuple[tuple[int, str], ...]
    duration_ms: int

    def then(self, at_ms: int, version: str) -> "Rollouts":
        """Return the same with one more change at the end."""
        return Rollouts(self.first, (*self.changes, (at_ms, version)), self.duration_ms)

    def version(self, at_ms: int, place: float) -> str:
        """Return what the host at `place` in the order (0 the first, 1 the last) runs."""
        reached_ms = at_ms - int(place * self.duration_ms)
        return next((name for changed_ms, name in reversed(self.changes) if changed_ms <= reached_ms), self.first)


class Traffic:
    """Requests and the lines that they log.

    Args:
        story: What the traffic looks like.
        start_ms: The first second of the history, in ms; second 0 begins there.
    """

    def __init__(self, story: Story, start_ms: int) -> None:
        self._story = story
        self._start_ms = start_ms
        self._route_shares = [route.share for route in story.routes]
        self._regions = list(story.regions)
        self._region_shares = list(story.regions.values())
        self._home_regions = Random(story.seed).choices(self._regions, self._region_shares, k=story.users)  # noqa: S311 - a story

    def second(self, number: int, rollouts: Rollouts) -> Iterator[LogLine]:
        """Yield the lines of the requests that begin in one second, in no order; some end in a later one."""
        rng = Random(f"{self._story.seed}:{number}")  # noqa: S311 - a story, not a secret
        begin_ms = self._start_ms + number * 1000
        rate = self._story.requests_per_second
        for _ in range(rng.randint(rate - rate // 3, rate + rate // 3)):
            yield from self._request(rng, begin_ms + rng.randrange(1000), rollouts)

    def _request(self, rng: Random, at_ms: int, rollouts: Rollouts) -> Iterator[LogLine]:
        route = rng.choices(self._story.routes, self._route_shares)[0]
        user = rng.randrange(self._story.users)
        region = self._home_regions[user]
        place = rng.random()
        version = rollouts.version(at_ms, place)
        failing_step, failure = self._failure(rng, route, region, version)
        request = {
            "version": version,
            "region": region,
            "route": route.name,
            "correlationId": f"{rng.getrandbits(64):016x}",
            "userId": f"u{user:05d}",
        }
        begun_ms = at_ms
        for number, step in enumerate(route.steps):
            fails = number == failing_step and failure is not None
            host = int(place * self._story.hosts[step.service])
            record: dict[str, object] = {
                "level": ERROR if fails else INFO,
                "time": at_ms,
                "pid": FIRST_PID + host,
                "hostname": f"{step.service}-{region}-{host + 1}",
                "name": step.service,
                **request,
            }
            if fails and failure is not None:
                stack = failure.stack(route.frame if failure is self._story.fault else "")
                record |= {"err": {"type": failure.type, "message": failure.message, "stack": stack}, "statusCode": 500}
                record |= {"responseTime": at_ms - begun_ms, "msg": failure.message}
            elif number == len(route.steps) - 1:
                record |= {"statusCode": 200, "responseTime": at_ms - begun_ms, "msg": step.message}
            else:
                record["msg"] = step.message
            yield LogLine(at_ms, step.service, orjson.dumps(record))
            if fails:
                return
            at_ms += rng.randint(*STEP_MS)

    def _failure(self, rng: Random, route: Route, region: str, version: str) -> tuple[int | None, Failure | None]:
        """Return at which step the request fails and how; always draws as often, so that versions change nothing else."""
        story = self._story
        fault_draw = rng.random()
        for background in story.background:
            draw = rng.random()
            reaches = background.step < len(route.steps) and route.steps[background.step].service == background.service
            if reaches and draw < background.share:
                return background.step, background.failure
        hit = version == story.after and region == story.fault_region and fault_draw < story.fault_share
        if route.prices is not None and hit:
            return route.prices, story.fault
        return None, None
