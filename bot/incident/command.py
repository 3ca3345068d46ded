"""The grammar of `/incident ...`: one dataclass a verb, one table of verbs, one `parse`.

Typed on a phone at night: capital letters, smart quotes, en dashes, non-breaking spaces and a space after "sev:" are
all read as meant. What cannot be read raises UserError with what was wrong and the right form.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from types import MappingProxyType

from bot.errors import UserError
from bot.incident.plain import one_line, plain_text

# Correlation ids reach queries, so they match an allow-list. Source: facts on query injection.
TRACE_ID = re.compile(r"[A-Za-z0-9._:/-]{1,128}")

# A longer wait is a decision about the rollback, not a snooze. Precedent: one hour is PagerDuty's shortest preset.
LONGEST_SNOOZE = timedelta(hours=1)


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
class Drill:
    """`drill`: an incident for practice."""


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
    | Drill
    | Help
)


def parse(text: str) -> Command:
    """Return the command that the text after `/incident` (or after `@Fifteen`) asks for."""
    raise NotImplementedError
