"""When the next rollback call is due, or what holds it back: the card and `/incident status` say the same."""

from bot.incident.escalation import MAX_CALLS, Look
from bot.incident.incident import Incident, UsersAffected


def held_back(incident: Incident, look: Look | None) -> str:
    """Return why no rollback call comes, in a sentence; empty where `look`, the pending one, will make it."""
    if incident.cause is not None:
        return "No rollback call: the cause is found."
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
