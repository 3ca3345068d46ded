"""When the next rollback call is due, or why no time is told: the card and `/incident status` say the same."""

from bot.incident.escalation import MAX_CALLS, Look
from bot.incident.incident import Incident, UsersAffected


def untimed(incident: Incident, look: Look | None, *, calling: bool) -> str:
    """Return what stands in place of the next call's time, in a sentence; empty where `look`, the pending one, tells it.

    `calling`: a call is decided and not posted yet, since Slack is away or is about to make it itself.
    """
    if incident.cause is not None:
        return "No rollback call: the cause is found."
    if calling:
        return "The rollback call is on its way."
    if incident.users_affected is UsersAffected.NO:
        return "No rollback call while users are not affected."
    if incident.recovered_at is not None:
        return "No rollback call while errors are at baseline."
    if look is None or look.n > MAX_CALLS:
        return "The last rollback call was made."
    return ""


def call_of(look: Look) -> str:
    """Return "Rollback call", and for a repeat "Rollback call 2 of 6"."""
    return "Rollback call" if look.n == 1 else f"Rollback call {look.n} of {MAX_CALLS}"
