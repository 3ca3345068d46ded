"""The modals. `private_metadata` carries the incident: read it with `ids.read_incident`."""

from bot.render import ids
from bot.render.blocks import option, plain_text, section
from bot.render.limits import INPUT_VALUE
from bot.render.message import Block, View

SNOOZES_MIN = (5, 10, 15)
ONE_LINE = 300
MINUTES_MAX = 45


def not_yet(incident_id: int) -> View:
    """Ask why not to roll back yet, and for how many minutes: inputs REASON_INPUT, MINUTES_INPUT."""
    choices = [option(f"{minutes} min", str(minutes)) for minutes in SNOOZES_MIN]
    select = {
        "type": "static_select",
        "action_id": ids.MINUTES_INPUT,
        "options": choices,
        "initial_option": choices[0],
    }
    inputs = [_line("Why not yet?", ids.REASON_INPUT), _input("Ask again in", ids.MINUTES_INPUT, select)]
    return _modal(ids.NOT_YET_VIEW, "Not yet", "Snooze", incident_id, inputs)


def rolling_back(incident_id: int) -> View:
    """Ask for one line of hypothesis, or a reason to go without: inputs HYPOTHESIS_INPUT, WITHOUT_INPUT.

    Both may come back empty, and then the answer is an error on HYPOTHESIS_INPUT.
    """
    blocks = [
        section("No hypothesis is recorded. One line is enough."),
        _line("What do you think it is?", ids.HYPOTHESIS_INPUT, optional=True),
        _line("Or: why roll back without one?", ids.WITHOUT_INPUT, optional=True),
    ]
    return _modal(ids.ROLLING_BACK_VIEW, "Rolling back", "Rolling back", incident_id, blocks)


def cause_found(incident_id: int) -> View:
    """Ask for the cause in one line: input CAUSE_INPUT."""
    return _modal(ids.CAUSE_FOUND_VIEW, "Cause found", "Confirm", incident_id, [_line("What is it?", ids.CAUSE_INPUT)])


def resolve(incident_id: int) -> View:
    """Ask what ended it, optionally: input RESOLUTION_INPUT."""
    blocks = [_line("What ended it?", ids.RESOLUTION_INPUT, optional=True)]
    return _modal(ids.RESOLVE_VIEW, "Resolve", "Resolve", incident_id, blocks)


def _modal(callback_id: str, title: str, submit: str, incident_id: int, blocks: list[Block]) -> View:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": ids.incident_value(incident_id),
        "title": plain_text(title),
        "submit": plain_text(submit),
        "close": plain_text("Cancel"),
        "blocks": blocks,
    }


def _line(label: str, block_id: str, *, optional: bool = False) -> Block:
    assert ONE_LINE <= INPUT_VALUE
    element = {"type": "plain_text_input", "action_id": block_id, "max_length": ONE_LINE}
    return _input(label, block_id, element, optional=optional)


def _input(label: str, block_id: str, element: Block, *, optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(label),
        "element": element,
        "optional": optional,
    }
