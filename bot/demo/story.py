"""A story: what the shop's traffic looks like and what breaks in it, as values read from a TOML file."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a request: which service logs it, and in which words."""

    service: str
    message: str


@dataclass(frozen=True, slots=True)
class Route:
    """One kind of request.

    Args:
        share: Its fraction of all requests.
        prices: Index of the step that works out the VAT; None where no step does.
        frame: The stack frame that such an error ends in.
    """

    name: str
    share: float
    steps: tuple[Step, ...]
    prices: int | None
    frame: str


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as the shop logs it; `frames` innermost first."""

    type: str
    message: str
    frames: tuple[str, ...]

    def stack(self, *more_frames: str) -> str:
        """Return the stack as Node prints it."""
        return "\n    ".join((f"{self.type}: {self.message}", *self.frames, *filter(None, more_frames)))


@dataclass(frozen=True, slots=True)
class Background:
    """An error that is always there: it ends `share` of the requests whose step `step` belongs to `service`."""

    service: str
    step: int
    share: float
    failure: Failure


@dataclass(frozen=True, slots=True)
class Story:
    """The whole story.

    Args:
        regions: Name to share of the traffic; `hosts` service to its number of hosts in each region.
        fault: Ends `fault_share` of the requests in `fault_region` that work out the VAT under version `after`.
        rollout: From the first host that runs a new version to the last.
    """

    seed: int
    title: str
    requests_per_second: int
    history: timedelta
    onset: timedelta
    rollout: timedelta
    users: int
    before: str
    after: str
    regions: dict[str, float]
    hosts: dict[str, int]
    routes: tuple[Route, ...]
    fault: Failure
    fault_region: str
    fault_share: float
    background: tuple[Background, ...]


def load_story() -> Story:
    """Read the story that the demo tells."""
    table = tomllib.loads(files("bot.demo").joinpath("story.toml").read_text())
    return Story(
        seed=table["seed"],
        title=table["title"],
        requests_per_second=table["requests_per_second"],
        history=timedelta(minutes=table["history_minutes"]),
        onset=timedelta(minutes=table["onset_minutes"]),
        rollout=timedelta(seconds=table["rollout_seconds"]),
        users=table["users"],
        before=table["versions"]["before"],
        after=table["versions"]["after"],
        regions=table["regions"],
        hosts=table["hosts"],
        routes=tuple(_route(row) for row in table["route"]),
        fault=_failure(table["fault"]),
        fault_region=table["fault"]["region"],
        fault_share=table["fault"]["share"],
        background=tuple(
            Background(row["service"], row["step"], row["share"], _failure(row)) for row in table["background"]
        ),
    )


def _route(row: dict[str, Any]) -> Route:
    steps = tuple(Step(**step) for step in row["steps"])
    return Route(row["name"], row["share"], steps, row.get("prices"), row.get("frame", ""))


def _failure(row: dict[str, Any]) -> Failure:
    return Failure(row["type"], row["message"], tuple(row["frames"]))
