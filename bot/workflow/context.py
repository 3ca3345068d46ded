"""What every verb works with, who asked, and what comes back.

A verb is a function of an open transaction: it changes rows, owes jobs, and returns at most one thing for the person
who asked. Nothing slow happens in it; what is slow is a job.
"""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from bot.clock import Clock
from bot.errors import UserError
from bot.incident.incident import Incident
from bot.incident.timeline import Entry, Kind
from bot.render.message import Message, View
from bot.settings import ServiceSettings, Settings
from bot.slack.people import People
from bot.store import incidents, timeline
from bot.store.engine import Store, Tx

Answer = Message | View | None
"""An ephemeral message, a modal to open, or nothing to say."""


@dataclass(frozen=True, slots=True)
class Context:
    """The parts a verb may use. `wake` tells the workers that jobs were owed."""

    store: Store
    clock: Clock
    settings: Settings
    wake: Callable[[], None]
    people: People

    def service(self, name: str | None) -> ServiceSettings | None:
        """Return the settings of a service, or None where it is not (or no longer) configured."""
        return self.settings.service.get(name) if name else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody wants something: who, where, and how.

    Args:
        key: What Slack repeats when it delivers the same payload again (event_id, trigger_id, action_ts).
        origin: "command", "mention", "reply", "button", "modal", "shortcut", "home": stands in the timeline.
        text: What was typed after `/incident`, so that a button can run it again.
        channel_name: As the payload has it, without #; "directmessage" and "privategroup" are Slack's words for those.
        home_team_id: The workspace that they belong to, where the payload says so.
        named: Users whom the words name, and of whom has to be known what they are.
    """

    key: str
    user_id: str
    team_id: str
    channel_id: str
    origin: str
    text: str = ""
    channel_name: str = ""
    response_url: str = ""
    home_team_id: str = ""
    named: tuple[str, ...] = ()

    @property
    def is_direct(self) -> bool:
        """Whether it was asked in a conversation of two, where no incident can stand."""
        return self.channel_name == "directmessage" or self.channel_id.startswith("D")


class SeveralIncidents(Exception):  # noqa: N818 - not an error: a question back to whoever asked
    """A verb named no incident, and the channel has several open ones."""

    def __init__(self, choices: tuple[Incident, ...]) -> None:
        super().__init__(f"{len(choices)} open incidents")
        self.choices = choices


def incident_for(tx: Tx, asked: Asked, number: int | None) -> Incident:
    """Return the incident that a verb is about: the one named, else the only open one of the channel.

    Raises:
        UserError: there is none.
        SeveralIncidents: there is more than one.
    """
    if number is not None:
        return incident_numbered(tx, number)
    here = incidents.open_in_channel(tx, asked.channel_id)
    if len(here) > 1:
        raise SeveralIncidents(here)
    if not here:
        raise UserError(
            "No incident is open in this channel. Name one of the list, as in #12, or start one.", "/incident list"
        )
    return incident_numbered(tx, here[0].id)  # again, and held: a list holds nothing


def incident_numbered(tx: Tx, number: int) -> Incident:
    """Return an incident by its number.

    Raises:
        UserError: there is none; the nearest number is named.
    """
    found = incidents.get(tx, number)
    if found is None:
        known = [str(incident.id) for incident in incidents.recent(tx, 20)]
        near = get_close_matches(str(number), known, n=1) or known[:1]
        if not near:
            raise UserError(f"There is no incident #{number}.", "/incident start")
        raise UserError(f"There is no incident #{number}. The nearest is #{near[0]}.", f"/incident status #{near[0]}")
    return found


def note(tx: Tx, context: Context, incident: Incident, kind: Kind, text: str, asked: Asked | None = None) -> None:
    """Write a line of the timeline, now; without `asked` it was the bot itself, by its clock."""
    timeline.append(
        tx,
        Entry(
            incident_id=incident.id,
            at=context.clock.now(),
            kind=kind,
            text=text,
            actor_id=asked.user_id if asked else None,
            origin=asked.origin if asked else "clock",
            channel_id=asked.channel_id if asked else "",
        ),
    )
