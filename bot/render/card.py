"""The card: one message that is edited in place from the start of an incident to its end."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.incident.escalation import Look
from bot.incident.incident import Incident, Status, UsersAffected
from bot.render import escape, ids
from bot.render.blocks import actions, button, context, header, section
from bot.render.due import call_of, untimed
from bot.render.limits import HEADER_TEXT, fit_blocks
from bot.render.message import Block, Message
from bot.render.verdicts import verdicts
from bot.render.words import ANSWERS, STATUSES, count, duration, sparkline
from bot.triage.summary import Report

TITLE = 120
_MARKS = {Status.INVESTIGATING: "🔴", Status.IDENTIFIED: "🟠", Status.MONITORING: "🟡", Status.RESOLVED: "🟢"}


@dataclass(frozen=True, slots=True)
class TriageFailed:
    """The triage could not be done; `problem` is a sentence that names the remedy."""

    problem: str


def card(
    incident: Incident,
    triage: Report | TriageFailed | None,
    look: Look | None = None,
    *,
    calling: bool = False,
    unkept: str = "",
) -> Message:
    """Return the card as it should stand now.

    Args:
        incident: As it stands.
        triage: None while it runs.
        look: The clock's next look; None where nobody answered the last call, or something holds the clock back.
        calling: Whether a rollback call is decided and not posted yet.
        unkept: Why Slack keeps no call for when the bot goes down; empty where it does, or where none is wanted.
    """
    blocks = [
        header(escape.plain(name(incident), HEADER_TEXT)),
        section(
            _state(incident), *_people(incident), *_story(incident), *_clock(incident, look, unkept, calling=calling)
        ),
        *_triage(triage, resolved=not incident.is_open),
        *(_users(incident) if incident.is_open else ()),
        actions(_buttons(incident, triage)),
    ]
    fallback = f"{escape.plain(name(incident), TITLE)}: {status_word(incident).lower()}, severity {incident.severity}"
    return Message(fallback, fit_blocks(blocks))


def name(incident: Incident) -> str:
    """Return "#12 Checkout is down", not escaped."""
    return f"#{incident.id} {incident.title}" if incident.title.strip() else f"#{incident.id} Incident"


def _state(incident: Incident) -> str:
    service = escape.code(incident.service, escape.NAME) if incident.service else "all services"
    return f"{_MARKS[incident.status]} *{status_word(incident)}* · {service} · severity {incident.severity}"


def status_word(incident: Incident) -> str:
    """Return the one word, or two, for where an incident stands: here, in an answer and in a list."""
    rolling = incident.is_open and incident.rolling_back_at is not None and incident.recovered_at is None
    return "Rolling back" if rolling else STATUSES[incident.status]


def _people(incident: Incident) -> Iterator[str]:
    yield f"Lead {escape.user(incident.lead_id)} · started {escape.moment(incident.started_at)}"


def _story(incident: Incident) -> Iterator[str]:
    if incident.cause is not None:
        by = f" ({escape.user(incident.cause_by)})" if incident.cause_by else ""
        yield f"Cause: {escape.prose(incident.cause)}{by}"
    if incident.rolling_back_at is not None:
        by = f" by {escape.user(incident.rolling_back_by)}" if incident.rolling_back_by else ""
        yield f"Rollback began {escape.time(incident.rolling_back_at)}{by}"
    if incident.recovered_at is not None:
        yield f"Errors back at baseline {escape.time(incident.recovered_at)}"
    if incident.resolved_at is not None:
        by = f" by {escape.user(incident.resolved_by)}" if incident.resolved_by else ""
        yield f"Resolved after {duration(incident.resolved_at - incident.started_at)}{by}"
        if incident.cause is None:
            yield "Cause: not found"
    if incident.resolution:
        yield f"Resolution: {escape.prose(incident.resolution)}"


def _clock(incident: Incident, look: Look | None, unkept: str, *, calling: bool) -> Iterator[str]:
    """Say when the rollback call comes, or what stopped it."""
    if not incident.is_open or incident.rolling_back_at is not None:
        return
    said = untimed(incident, look, calling=calling)
    if said or look is None:
        yield said
    else:
        yield f"{call_of(look)} {'put off to' if look.at == incident.snoozed_until else 'at'} {escape.time(look.at)}"
    if unkept and incident.cause is None:
        yield f"⚠ If Fifteen goes down there is no call: Slack keeps none for it ({escape.prose(unkept)})."


def _triage(triage: Report | TriageFailed | None, *, resolved: bool) -> Iterator[Block]:
    if triage is None:
        if not resolved:
            yield section("Triage is running: scope, changes, errors, trace.")
        return
    if isinstance(triage, TriageFailed):
        yield section(f"*Triage failed.* {escape.prose(triage.problem)}")
        return
    yield section(*(f"*{verdict.step}* {verdict.outcome}: {verdict.text}" for verdict in verdicts(triage)))
    yield from _errors_a_minute(triage)


def _errors_a_minute(report: Report) -> Iterator[Block]:
    errors = [minute.errors for minute in report.scope.per_minute]
    if any(errors):
        span = f"{escape.time(report.window.start)} to {escape.time(report.window.end)}"
        yield context(f"Errors a minute, {span}, peak {count(max(errors))}:", sparkline(errors))


def _users(incident: Incident) -> Iterator[Block]:
    said = "not said"
    if incident.users_affected is not None:
        by = f", says {escape.user(incident.users_affected_by)}" if incident.users_affected_by else ""
        said = f"{ANSWERS[incident.users_affected]}{by}"
    yield section(f"*Users affected?* {said}")
    names = {
        UsersAffected.YES: ids.USERS_YES,
        UsersAffected.NO: ids.USERS_NO,
        UsersAffected.NOT_SURE: ids.USERS_NOT_SURE,
    }
    yield actions(
        button(ANSWERS[answer], action_id, ids.users_value(incident.id, answer)) for answer, action_id in names.items()
    )


def _buttons(incident: Incident, triage: Report | TriageFailed | None) -> Iterator[Block]:
    value = ids.incident_value(incident.id)
    if not incident.is_open:
        yield button("Reopen", ids.CARD_REOPEN, value)
        return
    if incident.cause is None:
        yield button("Cause found", ids.CAUSE_FOUND, value)
    else:
        yield button("Rule the cause out", ids.CARD_RULE_OUT, value)
        if not incident.is_rolling_back:
            yield button("Rolling back", ids.ROLLING_BACK, value)
    if triage is not None:
        yield button("Triage again", ids.CARD_TRIAGE, value)
    done = incident.recovered_at is not None or incident.status is Status.MONITORING
    yield button("Resolve", ids.CARD_RESOLVE, value, style="primary" if done else "")
