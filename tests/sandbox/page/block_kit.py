"""Blocks as an app would write them, and where a message stands on the page."""

import zlib
from struct import pack
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Json = dict[str, Any]


def message(page: "Page", ts: str) -> "Locator":
    """The message with this ts in the channel."""
    return page.locator(f'#messages [data-ts="{ts}"]')


def plain(text: str) -> Json:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def button(action_id: str, text: str, **more: Any) -> Json:
    """A button."""
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": "12", **more}


def section(text: str, **more: Any) -> Json:
    """A section of mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def menu(action_id: str, *labels: str) -> Json:
    """A static select whose values are its labels."""
    options = [{"text": plain(label), "value": label} for label in labels]
    return {"type": "static_select", "action_id": action_id, "placeholder": plain("Set state"), "options": options}


def field(block_id: str, label: str, element: Json, **more: Any) -> Json:
    """An input block."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": block_id, **element},
        **more,
    }


def modal(callback_id: str, title: str, blocks: list[Json], **more: Any) -> Json:
    """A modal."""
    return {"type": "modal", "callback_id": callback_id, "title": plain(title), "blocks": blocks, **more}


def png(width: int, height: int) -> bytes:
    """A white picture."""
    rows = b"".join(b"\0" + b"\xff" * 3 * width for _ in range(height))
    parts = [(b"IHDR", pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    chunks = [pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body)) for kind, body in parts]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
