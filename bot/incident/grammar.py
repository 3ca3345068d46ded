"""The grammar of `/incident ...`: one table of verbs, one `parse`.

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
from bot.incident import severities
from bot.incident.command import (
    Command,
    ConfirmCause,
    Export,
    Help,
    ListOpen,
    PostUpdate,
    Reopen,
    Resolve,
    RollBack,
    RunTriage,
    SetLead,
    SetSeverity,
    ShowStatus,
    ShowTrace,
    Snooze,
    Start,
)
from bot.incident.numbers import Misread, bare, cut, is_number, numbered, numbered_anywhere, refuse_bare
from bot.incident.plain import one_line, plain_text

# Correlation ids reach queries, so they match an allow-list. Slack's own text may be anything.
TRACE_ID = re.compile(r"[A-Za-z0-9._:/-]{1,128}")

# A longer wait is a decision about the rollback, not a snooze. Precedent: one hour is PagerDuty's shortest preset.
LONGEST_SNOOZE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb of `/incident`: its form, its line in the help, and how the words after it become a command."""

    name: str
    arguments: str
    help: str
    read: Callable[[str], Command]

    @property
    def form(self) -> str:
        """The form to copy."""
        return f"/incident {self.name} {self.arguments}".rstrip()


_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_DOUBLE_QUOTES = re.compile("[\u201c-\u201f\u00ab\u00bb\u2033\uff02]")
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_OPTION = re.compile(r'(?:(service|sev|severity)\s*:\s*)(?:"([^"]*)"|(\S*))', re.IGNORECASE)
_TOKEN = re.compile(r'(?:service|sev|severity):\s?"[^"]*"|(?:sev|severity):\s(?=\S)\S+|"[^"]*"|\S+', re.IGNORECASE)
_DURATION = re.compile(r"(\d{1,3})\s*(s|sec|secs|seconds?|m|mins?|minutes?|h|hours?)?(?![^\W_])[.,:]?", re.IGNORECASE)
_USER = re.compile(r"<@([UW][A-Z0-9]{1,20})(?:\|[^>]*)?>")
_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1)}


def parse(text: str) -> Command:
    """Return the command that the text after `/incident` (or after `@Fifteen`) asks for.

    Raises:
        UserError: it cannot be read; says what was wrong, and the right form.
    """
    word, rest = cut(_DOUBLE_QUOTES.sub('"', _INVISIBLE.sub("", text)).strip())
    if is_number(word):
        word, rest = "status", f"{word} {rest}"
    name = word.lower().rstrip(".,:!?")
    if severities.is_verb(name, rest):
        name, rest = "sev", f"{name} {rest}".rstrip()
    verb = VERBS.get(_SAME.get(name, name))
    if verb is None:
        raise _unknown(word, rest)
    try:
        return verb.read(rest)
    except Misread as misread:
        raise UserError(
            str(misread), f"/incident {verb.name} {misread.meant}" if misread.meant else verb.form
        ) from None


def _unknown(word: str, rest: str) -> UserError:
    if not word.strip(".,:!?"):
        return UserError("There is no verb.", "/incident help")
    number = bare(word)
    if number is not None:
        return UserError("An incident's number stands after #.", f"/incident #{number}")
    shown = one_line(word)
    if word.lower().rstrip(".,:!?") in _ENDS:
        said = rest if is_number(cut(rest)[0]) else f"{word} {rest}" if rest else ""
        return UserError(
            f'There is no verb "{shown}"; what ends an incident is resolve.',
            f"/incident resolve {one_line(said)}".rstrip(),
        )
    near = get_close_matches(word.lower(), [*VERBS, *_SAME], n=1, cutoff=0.6)
    if near and not severities.is_severity(word.rstrip(".,:!?")):  # "sev1 checkout is down" is a title
        right = VERBS[_SAME.get(near[0], near[0])]
        return UserError(f'There is no verb "{shown}"; the nearest is {right.name}.', right.form)
    verbs = ", ".join(VERBS)
    title = one_line(f"{word} {rest}")
    return UserError(f'There is no verb "{shown}". The verbs are {verbs}.', f"/incident start {title}")


def _alone(build: Callable[[int | None], Command]) -> Callable[[str], Command]:
    """Return a reader for a verb that takes nothing but a number."""

    def read(rest: str) -> Command:
        number, after = numbered_anywhere(rest)
        if number is None:
            refuse_bare(after)
        if after:
            raise Misread(f'"{one_line(after)}" is more than this verb takes.')
        return build(number)

    return read


def _bare(command: Command) -> Callable[[str], Command]:
    """Return a reader for a verb that takes nothing at all."""

    def read(rest: str) -> Command:
        if rest:
            raise Misread(f'"{one_line(rest)}" is more than this verb takes.')
        return command

    return read


def _texted(
    build: Callable[[str, int | None], Command], missing: str, tidy: Callable[[str], str]
) -> Callable[[str], Command]:
    """Return a reader for a verb that takes free text; `missing` is what to say without any, "" where it may be left out."""

    def read(rest: str) -> Command:
        number, after = numbered(rest)
        words = tidy(after).strip()
        if number is None:
            refuse_bare(words, ", or begin the text with a word", "TEXT" if missing else "")
        if missing and not words:
            raise Misread(missing)
        return build(words, number)

    return read


def _read_start(rest: str) -> Command:
    title: list[str] = []
    service: str | None = None
    severity: int | None = None
    for token in _TOKEN.findall(rest):
        option = _OPTION.fullmatch(token)
        name, value = (option[1].lower(), (option[2] or option[3] or "").strip()) if option else ("", "")
        if name == "service" and value:
            service = _DASHES.sub("-", one_line(value))
        elif name.startswith("sev"):
            severity = severities.severity(value)
        else:  # also "payment service: 500s", which names no service
            title.append(token)
    whole = one_line(title[0].strip('"') if len(title) == 1 else " ".join(title))
    if severity is None:
        severity, whole = severities.leading(whole)
    return Start(whole, service, severity)


def _read_severity(rest: str) -> Command:
    number, value = numbered_anywhere(rest)
    return SetSeverity(severities.severity(value), number)


def _read_trace(rest: str) -> Command:
    number, value = numbered_anywhere(rest)
    trace_id = _DASHES.sub("-", plain_text(value)).strip("`'\"\u2018\u2019 ")
    if not trace_id:
        raise Misread("The correlation id is missing.")
    if not TRACE_ID.fullmatch(trace_id):
        raise Misread("That is no correlation id: up to 128 letters, digits and . _ : / -")
    return ShowTrace(trace_id, number)


def _read_snooze(rest: str) -> Command:
    number, after = numbered(rest)
    match = _DURATION.match(after)
    if match is None:
        raise Misread("How long? Such as 5m, first; a number alone is minutes.")
    duration = int(match[1]) * _UNITS[(match[2] or "m")[0].lower()]
    if not timedelta(0) < duration <= LONGEST_SNOOZE:
        raise Misread("A snooze lasts from 1 s to 1 h.")
    reason = one_line(after[match.end() :])
    meant = _DURATION.match(reason)
    if number is None and not match[2] and meant and meant[2]:  # "12 5m waiting": not 12 minutes
        raise Misread(f"If {match[1]} is an incident, write #{match[1]}.", f"#{match[1]} {reason}")
    if not reason:
        raise Misread("The reason is missing.")
    return Snooze(duration, reason, number)


def _read_lead(rest: str) -> Command:
    number, value = numbered_anywhere(rest)
    if not value or value.lower() == "me":
        return SetLead(None, number)
    match = _USER.fullmatch(value)
    if match is None:
        raise Misread(f'Slack did not say who "{one_line(value)}" is: pick the name from the list that opens after @.')
    return SetLead(match[1], number)


def _read_help(rest: str) -> Command:
    name = cut(rest)[0].lower()
    known = _SAME.get(name, name) if name else None
    return Help(known if known in VERBS else None)


# One row a verb, as the help shows them.
# fmt: off
VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        verb.name: verb
        for verb in (
            Verb("start", "[title] [service:NAME] [sev:1..4]", "Start an incident; nothing is required.", _read_start),
            Verb("status", "[#N]", "Where it stands, and the clock.", _alone(ShowStatus)),
            Verb("list", "", "The open incidents.", _bare(ListOpen())),
            Verb("triage", "[#N]", "Read logs and deploys again.", _alone(RunTriage)),
            Verb("trace", "[#N] ID", "One request from end to end.", _read_trace),
            Verb("cause", "[#N] TEXT", "The cause is found; no rollback call.", _texted(ConfirmCause, "The cause is missing.", one_line)),
            Verb("rollback", "[#N]", "You are rolling back; the error rate is watched.", _alone(RollBack)),
            Verb("snooze", "[#N] 5m REASON", "Hold the rollback call back.", _read_snooze),
            Verb("lead", "[#N] @user", "Who leads; you, without a name.", _read_lead),
            Verb("sev", "[#N] 1..4", "Severity; 1 is the worst.", _read_severity),
            Verb("update", "[#N] TEXT", "Tell everybody how it stands.", _texted(PostUpdate, "The text is missing.", plain_text)),
            Verb("resolve", "[#N] [TEXT]", "It is over, and what fixed it.", _texted(Resolve, "", plain_text)),
            Verb("reopen", "[#N]", "It is not over; the clock goes on.", _alone(Reopen)),
            Verb("export", "[#N]", "The post-mortem, as Markdown and JSON.", _alone(Export)),
            Verb("help", "[verb]", "This list.", _read_help),
        )
    }
)
# fmt: on

# Other words for the same verb, as other tools and people have them.
_SAME = MappingProxyType(
    {
        "": "help",
        "?": "help",
        "declare": "start",
        "new": "start",
        "open": "start",
        "severity": "sev",
        "close": "resolve",
        "resolved": "resolve",
        "rolling": "rollback",
        "ls": "list",
    }
)

# What people type at the end. Asked about and not done: "cancel" may be a snooze, and "undo" a wrong answer.
_ENDS = frozenset({"abort", "cancel", "done", "end", "finished", "fixed", "over", "stop", "undo"})
