"""Slack messages as a person reads them: plain text out of blocks, and buttons and menus found by their label."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]

_TOKEN = re.compile(r"<([^<>]+)>")
_LABEL_KEYS = ("text", "placeholder")


@dataclass(frozen=True, slots=True)
class Control:
    """A button, or one option of a menu: what a click on it has to name."""

    action_id: str
    value: str | None


class Reader:
    """Reads messages.

    Args:
        names: User and user group ids to the names that a person sees.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def name(self, message: Json) -> str:
        """Return who wrote it."""
        author = str(message.get("user") or message.get("bot_id") or "?")
        return self._names.get(author, author)

    def lines(self, message: Json, *, controls: bool = True) -> list[str]:
        """Return what stands in it, line by line: its blocks where it has some, else its text; then its reactions.

        Args:
            message: As Slack hands it out.
            controls: Whether the labels of buttons and menus are part of it.
        """
        blocks = message.get("blocks") or []
        texts = [text for block in blocks for text in self._block(block, controls)]
        texts = texts or [self.markup(message.get("text", ""))]
        texts += [f"({file.get('title') or file.get('name')})" for file in message.get("files", ())]
        if reactions := message.get("reactions"):
            texts.append(" ".join(f":{row['name']}: {row.get('count', 1)}" for row in reactions))
        return [line for text in texts for line in text.splitlines()]

    def words(self, message: Json) -> str:
        """Return what it says, as one string: without what could be pressed in it."""
        return "\n".join(self.lines(message, controls=False))

    def markup(self, text: str) -> str:
        """Return Slack's markup as people see it: mentions by name, links and dates by their words."""
        return html.unescape(_TOKEN.sub(lambda token: self._token(token[1]), text))

    def _token(self, token: str) -> str:
        target, _, label = token.partition("|")
        if target.startswith("@"):
            return f"@{self._names.get(target[1:], target[1:])}"
        if target.startswith("!subteam^"):
            group = target.removeprefix("!subteam^")
            return f"@{self._names.get(group, group)}"
        return label or target.lstrip("!#")

    def _block(self, block: Json, controls: bool) -> Iterator[str]:
        kind = block.get("type")
        if kind == "divider":
            yield "--"
        elif kind == "rich_text":
            yield "".join(self._rich(element) for element in block.get("elements", ()))
        elif kind == "context":
            yield "  ".join(self._text(element) for element in block["elements"])
        elif kind == "actions":
            yield " ".join(self._control(element) for element in block["elements"] if controls)
        elif kind == "image":
            yield f"({block.get('alt_text', 'image')})"
        else:
            yield from self._section(block, controls)

    def _section(self, block: Json, controls: bool) -> Iterator[str]:
        accessory = f"  {self._control(block['accessory'])}" if controls and "accessory" in block else ""
        yield self._text(block.get("text", "")) + accessory
        for field in block.get("fields", ()):
            yield self._text(field)

    def _control(self, element: Json) -> str:
        if element.get("type") == "overflow":
            return "[...]"
        chosen = element.get("initial_option")
        label = next((element[key] for key in _LABEL_KEYS if key in element), "")
        arrow = " v" if "options" in element else ""
        return f"[{self._text(chosen['text'] if chosen else label)}{arrow}]"

    def _text(self, node: Json | str) -> str:
        """Return the words of a text object, an image or a plain string."""
        if isinstance(node, str):
            return self.markup(node)
        if node.get("type") == "image":
            return f"({node.get('alt_text', 'image')})"
        text = str(node.get("text", ""))
        return html.unescape(text) if node.get("type") == "plain_text" else self.markup(text)

    def _rich(self, element: Json) -> str:
        kind = element.get("type")
        if kind == "user":
            return f"@{self._names.get(element['user_id'], element['user_id'])}"
        if kind == "emoji":
            return f":{element['name']}:"
        inner = "".join(self._rich(child) for child in element.get("elements", ()))
        return inner or str(element.get("text") or element.get("url") or "")


def find_button(message: Json, label: str) -> Control | None:
    """Return the button with exactly this label."""
    for element, _ in _elements(message):
        if element.get("type") == "button" and element["text"]["text"] == label:
            return Control(element["action_id"], element.get("value"))
    return None


def find_option(message: Json, near: str, label: str) -> Control | None:
    """Return an option by its label, in the first menu that stands in or after the block whose text holds `near`."""
    for element, text_above in _elements(message):
        for option in element.get("options", ()):
            if near in text_above and option["text"]["text"] == label:
                return Control(element["action_id"], option["value"])
    return None


def _elements(message: Json) -> Iterator[tuple[Json, str]]:
    """Yield each interactive element with the text that it belongs to: its own block's, else the one before."""
    text_above = ""
    for block in message.get("blocks") or ():
        text_above = block.get("text", {}).get("text") or text_above
        elements = block.get("elements", ()) if block.get("type") == "actions" else ()
        for element in (*elements, block.get("accessory")):
            if element is not None:
                yield element, text_above
