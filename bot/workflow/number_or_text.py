"""A bare number before a text: where an incident has that number, whoever typed it is asked which of them is meant."""

from bot.errors import UserError
from bot.incident.command import ConfirmCause, PostUpdate, Resolve
from bot.incident.numbers import bare, cut
from bot.store import incidents
from bot.store.engine import Tx
from bot.workflow.context import Asked

Texted = ConfirmCause | PostUpdate | Resolve
"""What takes an incident's number and a text."""

_VERBS = {ConfirmCause: "cause", PostUpdate: "update", Resolve: "resolve"}


def require_plain(tx: Tx, asked: Asked, command: Texted) -> None:
    """Refuse "resolve 2 reverted" where there is a #2 elsewhere: as text it would end the channel's own incident.

    Raises:
        UserError: which is meant? It shows a line for each.
    """
    word, words = cut(command.text)
    number = bare(word)
    if command.number is not None or number is None or not incidents.exists(tx, number):
        return
    here = [incident.id for incident in incidents.open_in_channel(tx, asked.channel_id)]
    if here == [number]:
        return
    verb = f"/incident {_VERBS[type(command)]}"
    raise UserError(
        f"Nothing is done yet: is {number} the incident #{number}, or does the text begin with it?",
        f"{verb} #{number} {words}",
        *(f"{verb} #{own} {command.text}" for own in here),
    )
