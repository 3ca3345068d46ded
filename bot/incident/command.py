"""What `/incident ...` may ask for: one value a verb. `grammar.py` reads them from what was typed."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Start:
    """`start`: nothing is required."""

    title: str = ""
    service: str | None = None
    severity: int | None = None


@dataclass(frozen=True, slots=True)
class ShowStatus:
    """`status`: the card again, with the clock. `number` is the `#12` typed, here and below; None: the channel's."""

    number: int | None = None


@dataclass(frozen=True, slots=True)
class ListOpen:
    """`list`: the open incidents."""


@dataclass(frozen=True, slots=True)
class RunTriage:
    """`triage`: run it again."""

    number: int | None = None


@dataclass(frozen=True, slots=True)
class ShowTrace:
    """`trace`: one request; the id has matched the allow-list."""

    trace_id: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class ConfirmCause:
    """`cause`: the cause is found, in one line."""

    text: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class RollBack:
    """`rollback`: somebody is rolling back now."""

    number: int | None = None


@dataclass(frozen=True, slots=True)
class Snooze:
    """`snooze`: hold the call back for a while, with a reason."""

    duration: timedelta
    reason: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class SetLead:
    """`lead`: who leads; None is whoever typed it."""

    user_id: str | None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class SetSeverity:
    """`sev`: 1 is the worst, 4 the mildest."""

    severity: int
    number: int | None = None


@dataclass(frozen=True, slots=True)
class PostUpdate:
    """`update`: a note for everybody."""

    text: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Resolve:
    """`resolve`: it is over, with what fixed it where somebody says so."""

    text: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Reopen:
    """`reopen`: it is not over; the original clock goes on."""

    number: int | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """`export`: the post-mortem as Markdown and JSON."""

    number: int | None = None


@dataclass(frozen=True, slots=True)
class Help:
    """`help`, or nothing at all; with a verb, that one."""

    verb: str | None = None


Command = (
    Start
    | ShowStatus
    | ListOpen
    | RunTriage
    | ShowTrace
    | ConfirmCause
    | RollBack
    | Snooze
    | SetLead
    | SetSeverity
    | PostUpdate
    | Resolve
    | Reopen
    | Export
    | Help
)
