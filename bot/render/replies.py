"""Ephemeral answers to whoever typed or pressed something."""

from collections.abc import Sequence
from datetime import datetime

from bot.errors import UserError
from bot.incident.incident import Incident
from bot.render.message import Message


def error(wrong: UserError) -> Message:
    """Say what was wrong, and show the right form."""
    raise NotImplementedError


def done(text: str) -> Message:
    """Say in one line what was done; `text` is plain and is escaped here."""
    raise NotImplementedError


def already_started(incident: Incident, now: datetime, *, permalink: str, command: str) -> Message:
    """Say that the incident exists, with Open and Start another.

    Args:
        permalink: Of the card; empty while it has none, and then there is no Open.
        command: What was typed after the slash command; Start another runs it again.
    """
    raise NotImplementedError


def cannot_post(*, default_channel: str, command: str) -> Message:
    """Say that the bot is not in this channel, with Invite me and Use #incidents."""
    raise NotImplementedError


def moved(incident: Incident, *, reason: str) -> Message:
    """Say that the incident stands in another channel, and why."""
    raise NotImplementedError


def status(incident: Incident, now: datetime) -> Message:
    """Say where one incident stands, in a few lines."""
    raise NotImplementedError


def incident_list(incidents: Sequence[Incident], now: datetime) -> Message:
    """List the open incidents, newest first."""
    raise NotImplementedError


def pick(incidents: Sequence[Incident], command: str) -> Message:
    """Ask which incident a command was meant for."""
    raise NotImplementedError


def help_message() -> Message:
    """Show every form of the command, with buttons for those that need no more words."""
    raise NotImplementedError
