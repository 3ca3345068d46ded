"""The app's home: what is open, and how to begin."""

from collections.abc import Sequence
from datetime import datetime

from bot.incident.incident import Incident
from bot.render.message import View
from bot.render.replies import help_message, incident_list


def home(incidents: Sequence[Incident], now: datetime) -> View:
    """Return the home view."""
    # Buttons in a home have no channel to act in, so the help comes without its own.
    forms = [block for block in help_message().blocks if block["type"] != "actions"]
    return {"type": "home", "blocks": [*incident_list(incidents, now).blocks, {"type": "divider"}, *forms]}
