"""Faults on order: what goes wrong between the app and Slack, until it has happened often enough."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from bot.sandbox.workspace import Json

FOREVER = 1_000_000_000

# name -> (what its optional fields are, in words fit for an error message)
KNOWN = {
    "refresh": "disconnect with refresh_requested, as Slack does every few hours",
    "warning": "disconnect with warning, about 10 s before a connection ends",
    "link_disabled": "disconnect with link_disabled: Socket Mode was turned off for the app",
    "drop": "cut every socket without a word",
    "deaf": "{seconds?} sockets stay open, nothing is sent or answered on them; seconds 0 ends it",
    "duplicate": "{count?} deliver the next events twice",
    "reorder": "{count?} hold the next events back until a later one has gone out, or a second has passed",
    "slow": "{seconds, count?, method?} answer Web API calls late",
    "status": "{code: 429|500, count?, method?, retry_after?} refuse Web API calls",
    "refuse": "{error, count?, method?} answer Web API calls with an error of Slack's, such as is_archived",
    "lost": "{count?, method?} do what is asked, then cut the connection before the answer",
    "late": "{seconds, count?, method?} accept a post, and show it to readers of the channel only later",
    "none": "end every fault",
}


@dataclass
class Fault:
    """One fault in force."""

    name: str
    left: int
    method: str | None = None
    seconds: float = 0.0
    code: int = 500
    retry_after_s: int = 1
    error: str = ""
    share: float = 1.0


class Faults:
    """The faults in force; each Web API call or event takes what concerns it.

    Chance is seeded: the same calls in the same order meet the same faults.
    """

    def __init__(self) -> None:
        self._active: list[Fault] = []
        self._random = Random(15)  # noqa: S311 - chance, not a secret

    def add(self, fault: Fault) -> None:
        """Put a fault in force."""
        self._active.append(fault)

    def clear(self) -> None:
        """End every fault."""
        self._active.clear()

    def take(self, name: str, method: str | None = None) -> Fault | None:
        """Use up one occurrence of a fault that concerns a method (or anything), if there is one."""
        for fault in self._matching(name, method):
            if fault.share < 1 and self._random.random() >= fault.share:
                continue
            fault.left -= 1
            if fault.left <= 0:
                self._active.remove(fault)
            return fault
        return None

    def _matching(self, name: str, method: str | None) -> Iterator[Fault]:
        for fault in list(self._active):
            if fault.name == name and fault.method in (None, method):
                yield fault

    @staticmethod
    def read(body: Json) -> Fault:
        """Read a fault from a control request.

        Raises:
            ValueError: it names no known fault, or a field does not fit.
        """
        name = body.get("name")
        if name not in KNOWN:
            known = "; ".join(f"{key}: {what}" for key, what in KNOWN.items())
            raise ValueError(f"no fault is called {name!r}. There are: {known}")
        share = body.get("share", 1)
        count = body.get("count", FOREVER if share != 1 else 1)
        seconds = body.get("seconds", FOREVER if name == "deaf" else 0)
        code = body.get("code", 500)
        for key, value, least in (("count", count, 1), ("seconds", seconds, 0), ("code", code, 400)):
            if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
                raise ValueError(f"{key} is a number of at least {least}, not {value!r}")
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1:
            raise ValueError(f"share is a number above 0 and up to 1, not {share!r}")
        error = str(body.get("error", ""))
        if name == "refuse" and not error:
            raise ValueError("refuse needs the error to answer with, such as is_archived")
        return Fault(
            name=str(name),
            left=int(count),
            method=body.get("method"),
            seconds=float(seconds),
            code=int(code),
            retry_after_s=int(body.get("retry_after", 1)),
            error=error,
            share=float(share),
        )
