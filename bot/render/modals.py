"""The modals. `private_metadata` carries the incident: read it with `ids.read_incident`."""

from bot.render.message import View


def not_yet(incident_id: int) -> View:
    """Ask why not to roll back yet, and for how many minutes: inputs REASON_INPUT, MINUTES_INPUT."""
    raise NotImplementedError


def rolling_back(incident_id: int) -> View:
    """Ask for one line of hypothesis, or a reason to go without: inputs HYPOTHESIS_INPUT, WITHOUT_INPUT."""
    raise NotImplementedError


def cause_found(incident_id: int) -> View:
    """Ask for the cause in one line: input CAUSE_INPUT."""
    raise NotImplementedError


def resolve(incident_id: int) -> View:
    """Ask what ended it, optionally: input RESOLUTION_INPUT."""
    raise NotImplementedError
