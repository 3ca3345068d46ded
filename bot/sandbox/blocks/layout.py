"""Block Kit's layout blocks: which stand on which surface, and their limits."""

from collections.abc import Iterator
from typing import Any

from bot.sandbox.blocks.elements import (
    BUTTON,
    IMAGE,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    SLACK_FILE,
    WEB_URL,
    plain,
    text,
)
from bot.sandbox.blocks.rich_text import RICH_TEXT
from bot.sandbox.blocks.rules import (
    FAILED,
    Problem,
    Rule,
    anything,
    array,
    at_least_one,
    boolean,
    by_type,
    exactly_one,
    integer,
    items_of,
    obj,
    one_of,
    problem,
    string,
    unique,
)

MARKDOWN_TOGETHER = 12_000
TABLE_ROWS, TABLE_COLUMNS = 100, 20


def _block(required: dict[str, Rule], optional: dict[str, Rule] | None = None, *also: Rule) -> Rule:
    return obj({"type": anything, **required}, {"block_id": string(255), **(optional or {})}, *also)


_CONTEXT_TEXT = text(3000)
_CONTEXT: dict[str, Rule] = {"image": IMAGE, "plain_text": _CONTEXT_TEXT, "mrkdwn": _CONTEXT_TEXT}
_CELL = by_type({"raw_text": obj({"type": anything, "text": string(3000, 0)}), "rich_text": RICH_TEXT})
_COLUMN = obj({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})


def _equal_rows(block: Any, pointer: str) -> Iterator[Problem]:
    rows = block.get("rows")
    lengths = {len(row) for row in rows if isinstance(row, list)} if isinstance(rows, list) else set()
    if len(lengths) > 1:
        yield problem(f"{pointer}/rows", FAILED, "all rows must have the same number of cells")


COMMON: dict[str, Rule] = {
    "section": _block(
        {},
        {
            "text": text(3000),
            "fields": array(text(2000), 10),
            "accessory": by_type(IN_SECTION),
            "expand": boolean,
        },
        at_least_one("text", "fields"),
    ),
    "header": _block({"text": plain(150)}, {"level": integer(1, 4)}),
    "divider": _block({}),
    "context": _block({"elements": array(by_type(_CONTEXT), 10)}),
    "actions": _block(
        {"elements": array(by_type(IN_ACTIONS), 25)},
        {},
        unique("action_id", items_of("elements")),
    ),
    "image": _block(
        {"alt_text": string(2000)},
        {"image_url": WEB_URL, "slack_file": SLACK_FILE, "title": plain(2000)},
        exactly_one("image_url", "slack_file"),
    ),
    "input": _block(
        {"label": plain(2000), "element": by_type(IN_INPUT)},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": RICH_TEXT,
}
IN_MESSAGE: dict[str, Rule] = {
    **COMMON,
    "markdown": _block({"text": string(MARKDOWN_TOGETHER)}),
    "table": _block(
        {"rows": array(array(_CELL, TABLE_COLUMNS), TABLE_ROWS)},
        {"column_settings": array(_COLUMN, TABLE_COLUMNS)},
        _equal_rows,
    ),
    "context_actions": _block({"elements": array(by_type({"button": BUTTON}), 5)}),
}
