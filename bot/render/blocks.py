"""The few Block Kit shapes in use. Strings come in escaped; every mrkdwn object is verbatim, so no bare URL turns live."""

from collections.abc import Iterable

from bot.render.limits import BUTTON_TEXT, HEADER_TEXT, SECTION_TEXT, fit_lines
from bot.render.message import Block


def mrkdwn(text: str) -> Block:
    """A mrkdwn object."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain_text(text: str) -> Block:
    """A plain_text object in which ``:fire:`` stays what it is."""
    return {"type": "plain_text", "text": text, "emoji": False}


def header(text: str) -> Block:
    """A header; the text has been cut to `HEADER_TEXT` by `escape.plain`."""
    assert len(text) <= HEADER_TEXT
    return {"type": "header", "text": plain_text(text)}


def section(*lines: str, accessory: Block | None = None, block_id: str = "") -> Block:
    """Lines of mrkdwn, at most `SECTION_TEXT` characters of them."""
    block: Block = {"type": "section", "text": mrkdwn(fit_lines(lines, SECTION_TEXT))}
    if block_id:
        block["block_id"] = block_id
    if accessory is not None:
        block["accessory"] = accessory
    return block


def context(*lines: str) -> Block:
    """Small grey lines."""
    return {"type": "context", "elements": [mrkdwn(fit_lines(lines, SECTION_TEXT))]}


def button(label: str, action_id: str, value: str = "", *, style: str = "", url: str = "") -> Block:
    """A button; `style` is "primary", "danger" or nothing."""
    assert len(label) <= BUTTON_TEXT
    block: Block = {"type": "button", "text": plain_text(label), "action_id": action_id}
    block |= {key: text for key, text in (("value", value), ("style", style), ("url", url)) if text}
    return block


def actions(elements: Iterable[Block]) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(elements)}


def option(label: str, value: str) -> Block:
    """An entry of a menu."""
    return {"text": plain_text(label), "value": value}


def menu(placeholder: str, action_id: str, options: Iterable[Block]) -> Block:
    """A menu of one choice."""
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain_text(placeholder),
        "options": list(options),
    }
