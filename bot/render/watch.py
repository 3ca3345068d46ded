"""After a rollback: what the error rate did."""

from datetime import timedelta

from bot.incident.incident import Incident
from bot.incident.watch import WATCH_FOR, BackAtBaseline, NoRecovery
from bot.render import escape, ids
from bot.render.blocks import actions, button, section
from bot.render.card import TITLE, name
from bot.render.message import Message
from bot.render.words import duration, minutes


def watching(incident: Incident, *, how_long: timedelta = WATCH_FOR) -> Message:
    """Say that somebody is rolling back, and that the bot watches."""
    by = f"{escape.user(incident.rolling_back_by)} is rolling back." if incident.rolling_back_by else "Rolling back."
    said = f"I watch the error rate for {minutes(how_long)}."
    return Message(f"{_name(incident)}: rolling back. {said}", (section(f"*{by}*", said),))


def back_at_baseline(incident: Incident, decision: BackAtBaseline) -> Message:
    """Say how long after the rollback errors were back at the baseline; resolving is offered, never done."""
    headline = f"Back at baseline {duration(decision.after)} after the rollback."
    resolve = button("Resolve", ids.CARD_RESOLVE, ids.incident_value(incident.id), style="primary")
    blocks = (section(f"*{headline}*", "Still to do: find the cause, now without hurry."), actions([resolve]))
    return Message(f"{_name(incident)}: {headline}", blocks)


def no_recovery(incident: Incident, decision: NoRecovery) -> Message:
    """Say that it may not have been this deployment; or that nothing can be said, which is not the same."""
    if decision.effect_unknown:
        headline = f"{minutes(decision.after)} after the rollback the effect could not be checked."
        advice = "Look at the service itself: its logs do not tell."
    else:
        headline = f"No recovery {minutes(decision.after)} after the rollback."
        advice = "It may not have been this deployment. Back to the hypotheses."
    value = ids.incident_value(incident.id)
    buttons = actions(
        (button("Triage again", ids.CARD_TRIAGE, value), button("Cause found", ids.CAUSE_FOUND, value)),
    )
    return Message(f"{_name(incident)}: {headline} {advice}", (section(f"*{headline}*", advice), buttons))


def _name(incident: Incident) -> str:
    return escape.plain(name(incident), TITLE)
