"""The gate of every verb: whether whoever asked counts, whether they may, and the line that a refusal leaves."""

import structlog

from bot.errors import NotAllowed
from bot.incident import permission as rules
from bot.incident.incident import Incident
from bot.incident.permission import Act, No, Standing
from bot.incident.timeline import Entry, Kind
from bot.store import timeline
from bot.store.engine import Tx
from bot.text.clean import untrusted
from bot.workflow.context import Asked, Context, note

log = structlog.get_logger(__name__)

TYPED_LIMIT = 300


def admit(context: Context, asked: Asked) -> None:
    """Let in whoever counts: what they are, as last heard, from memory.

    Raises:
        NotAllowed: Slack said that they are no full member of this workspace.
    """
    rules.admit(standing(context, asked))


def standing(context: Context, asked: Asked) -> Standing:
    """Return what whoever asked is; where Slack did not say, the payload may tell a person of another workspace."""
    heard = context.people.standing(asked.user_id)
    is_foreign = bool(asked.home_team_id) and asked.home_team_id != asked.team_id
    return Standing.STRANGER if heard is Standing.UNKNOWN and is_foreign else heard


def allow(tx: Tx, context: Context, asked: Asked, act: Act, incident: Incident) -> None:
    """Let whoever may do it go on; what Slack did not say about them goes into the timeline.

    Raises:
        NotAllowed: they may not; nothing of what they asked for is stored.
    """
    doubt = check(context, asked, act, incident.service, incident)
    if doubt:
        note(tx, context, incident, Kind.UNCHECKED, f"{act}: {doubt}", asked)


def check(context: Context, asked: Asked, act: Act, service: str | None, incident: Incident | None = None) -> str:
    """Return what Slack left in doubt about whoever may do it, mostly nothing.

    Raises:
        NotAllowed: they may not.
    """
    allowed = context.settings.allowed(act, service)
    ruling = rules.judge(asked.user_id, standing(context, asked), allowed, context.people.members)
    if not isinstance(ruling, No):
        return ruling.doubt
    words, instead = rules.WORDS[act]
    number = incident.id if incident else None
    what = words.format(service=service or "any service", incident=f"#{number}")
    names = " or ".join(context.people.name(one) for one in ruling.who)
    wrong = f"Only {names} may {what}. {instead}"
    raise NotAllowed(wrong, who=ruling.who, what=what, instead=instead, incident_id=number)


def keep_refusal(tx: Tx, context: Context, asked: Asked, refusal: NotAllowed) -> None:
    """Write down who was refused what, when and where; there is no other trace of it."""
    typed = f" They typed: {asked.text}" if asked.text else ""
    entry = Entry(
        incident_id=refusal.incident_id,
        at=context.clock.now(),
        kind=Kind.REFUSED,
        text=untrusted(f"{refusal.wrong}{typed}", TYPED_LIMIT),
        actor_id=asked.user_id,
        origin=asked.origin,
        channel_id=asked.channel_id,
    )
    timeline.append(tx, entry)
    log.warning("refused", user_id=asked.user_id, origin=asked.origin, channel_id=asked.channel_id)
