"""`/incident start`: the incident exists, its clock runs and its jobs are owed, before anybody is answered."""

from dataclasses import replace
from datetime import timedelta
from difflib import get_close_matches

from bot.errors import UserError
from bot.incident import escalation
from bot.incident.command import Start
from bot.incident.incident import Incident
from bot.incident.permission import Act
from bot.incident.timeline import Kind
from bot.render import replies
from bot.store import incidents, jobs
from bot.store.engine import Tx
from bot.text.clean import untrusted
from bot.workflow import owe, permit
from bot.workflow.context import Answer, Asked, Context, note

# Two people who type at the same moment mean the same incident; ten minutes later they may not. Source: the design.
SAME_WITHIN = timedelta(minutes=10)
# Severity 1 is the worst, 4 the mildest: nobody is woken for less than 2, and 1 is for a person to say.
DEFAULT_SEVERITY = 2
TITLE_LIMIT = 140
TYPED_LIMIT = 300  # the title and the options around it


def start(tx: Tx, context: Context, asked: Asked, command: Start, *, another: bool = False) -> Answer:
    """Begin an incident where it was asked for.

    Args:
        tx: The open transaction.
        context: The parts.
        asked: Who, and where.
        command: As parsed; nothing in it is required.
        another: True when whoever asked has seen that one was started moments ago, and wants another.
    """
    service = _service(context, asked, command)
    now = context.clock.now()
    if asked.is_direct:
        return replies.cannot_post(default_channel=context.settings.default_channel or "", command=asked.text)
    same = incidents.same_recently(tx, asked.channel_id, service, now - SAME_WITHIN)
    if same is not None and not another:
        return replies.already_started(same, now, permalink=same.permalink or "", command=asked.text)
    incident = _begin(tx, context, asked, command, service)
    return replies.done(f"#{incident.id} is started. Triage is running; the card comes into this channel.")


def place_here(tx: Tx, context: Context, asked: Asked, command: Start) -> Answer:
    """Try again to post where it was asked for: somebody says that the bot has been invited by now."""
    waiting = incidents.unplaced(tx, asked.channel_id)
    if waiting is None:
        return start(tx, context, asked, command)
    permit.allow(tx, context, asked, Act.START, waiting)
    note(tx, context, waiting, Kind.ASKED, "post it here again", asked)
    _post_again(tx, context, waiting, asked)
    return replies.done(f"#{waiting.id}: trying again. If nothing appears, type: /invite @Fifteen")


def place_in_default(tx: Tx, context: Context, asked: Asked, command: Start) -> Answer:
    """Put the incident into the default channel: the one that waits for a place, else a new one."""
    channel = context.settings.default_channel
    if not channel:
        raise UserError("No default channel is set in the configuration.", 'default_channel = "#incidents"')
    waiting = incidents.unplaced(tx, asked.channel_id)
    if waiting is None:
        service, now = _service(context, asked, command), context.clock.now()
        same = incidents.same_recently(tx, asked.channel_id, service, now - SAME_WITHIN)
        if same is not None:  # pressed twice, and the first press has its card by now
            return replies.already_started(same, now, permalink=same.permalink or "", command=asked.text)
        waiting = _begin(tx, context, asked, command, service)
    else:
        permit.allow(tx, context, asked, Act.START, waiting)
    moved = replace(waiting, channel_id=channel)
    incidents.save(tx, moved)
    note(tx, context, moved, Kind.MOVED, channel, asked)
    _post_again(tx, context, moved, asked)
    return replies.done(f"#{moved.id} goes to {channel}.")


def invited(tx: Tx, context: Context, asked: Asked) -> Answer:
    """Post what waited for the bot to be invited."""
    for waiting in incidents.open_all(tx):
        if waiting.channel_id == asked.channel_id and waiting.card_ts is None:
            _post_again(tx, context, waiting, asked)
    return None


def _begin(tx: Tx, context: Context, asked: Asked, command: Start, service: str | None) -> Incident:
    doubt = permit.check(context, asked, Act.START, service)
    settings = context.service(service)
    incident = incidents.create(
        tx,
        title=untrusted(command.title, TITLE_LIMIT) or (f"{service}: errors" if service else ""),
        service=service,
        severity=command.severity or DEFAULT_SEVERITY,
        lead_id=asked.user_id,
        started_by=asked.user_id,
        started_at=context.clock.now(),
        team_id=asked.team_id,
        channel_id=asked.channel_id,
        asked_channel_id=asked.channel_id,
        rollback_after=settings.rollback_after if settings else escalation.DEFAULT_ROLLBACK_AFTER,
    )
    note(tx, context, incident, Kind.STARTED, incident.title, asked)
    if doubt:
        note(tx, context, incident, Kind.UNCHECKED, f"{Act.START}: {doubt}", asked)
    owe.start(tx, incident, response_url=asked.response_url, typed=untrusted(asked.text, TYPED_LIMIT))
    return incident


def _service(context: Context, asked: Asked, command: Start) -> str | None:
    """Return the service named, else the channel's, else the only one; None means all of them."""
    known, named = context.settings.service, command.service
    if named is not None:
        by_folded = {name.casefold(): name for name in known}
        if named.casefold() in by_folded:
            return by_folded[named.casefold()]
        near = get_close_matches(named.casefold(), by_folded, n=1)
        others = "" if near else f" Known: {', '.join(sorted(known)) or 'none'}."
        right = by_folded[near[0]] if near else "NAME"
        raise UserError(
            f"There is no service {named!r} in the configuration.{others}", _form(replace(command, service=right))
        )
    here = {asked.channel_id, f"#{asked.channel_name}"}
    of_channel = [name for name, service in known.items() if here & set(service.channels)]
    if len(of_channel) == 1:
        return of_channel[0]
    return next(iter(known)) if len(known) == 1 else None


def _form(command: Start) -> str:
    """Return what to type for a start."""
    service = f'"{command.service}"' if " " in (command.service or "") else command.service
    severity = f"sev:{command.severity}" if command.severity else ""
    return " ".join(filter(None, ("/incident start", command.title, f"service:{service}", severity)))


def _post_again(tx: Tx, context: Context, incident: Incident, asked: Asked) -> None:
    """Owe the card once more, at once; the job that waits for a place is this one."""
    for job in jobs.pending(tx, incident.id, owe.POST_CARD):
        jobs.hurry(tx, job, context.clock.now(), payload={"response_url": asked.response_url})
