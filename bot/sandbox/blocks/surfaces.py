"""Messages and views as wholes: what blocks.validate, chat.* and views.* check before they accept anything."""

from collections.abc import Iterator
from typing import Any

from bot.sandbox.blocks.elements import plain
from bot.sandbox.blocks.layout import COMMON, IN_MESSAGE, MARKDOWN_TOGETHER
from bot.sandbox.blocks.rules import (
    FAILED,
    MISSING,
    Problem,
    Rule,
    anything,
    array,
    boolean,
    by_type,
    items_of,
    obj,
    problem,
    string,
    unique,
)
from bot.sandbox.errors import ApiError

MOST_IN_MESSAGE, MOST_IN_VIEW = 50, 100
LONGEST_TEXT = 40_000
CONTENT_KEYS = ("text", "blocks", "attachments")

_MESSAGE_BLOCKS = array(by_type(IN_MESSAGE), MOST_IN_MESSAGE, 0)
_VIEW_BLOCKS = array(by_type(COMMON), MOST_IN_VIEW, 0)
_UNIQUE_BLOCK_IDS = unique("block_id", items_of("blocks"))


def _submit_with_input(view: Any, pointer: str) -> Iterator[Problem]:
    blocks = view.get("blocks")
    has_input = (
        any(isinstance(b, dict) and b.get("type") == "input" for b in blocks) if isinstance(blocks, list) else False
    )
    if has_input and not view.get("submit"):
        yield problem(pointer, MISSING, "missing required field: submit, which a modal with an input needs")


_VIEW: dict[str, Rule] = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
_VIEWS = by_type(
    {
        "modal": obj(
            {"type": anything, "title": plain(24), "blocks": _VIEW_BLOCKS},
            {
                **_VIEW,
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
            },
            _submit_with_input,
            _UNIQUE_BLOCK_IDS,
        ),
        "home": obj({"type": anything, "blocks": _VIEW_BLOCKS}, _VIEW, _UNIQUE_BLOCK_IDS),
    },
)


def check_blocks(blocks: Any) -> list[Problem]:
    """Return what is wrong with a message's blocks; pointers begin at the list."""
    problems = list(_MESSAGE_BLOCKS(blocks, ""))
    if not isinstance(blocks, list):
        return problems
    repeated = _UNIQUE_BLOCK_IDS({"blocks": blocks}, "")
    problems += [{**found, "pointer": found["pointer"].removeprefix("/blocks")} for found in repeated]
    kinds = [(index, block) for index, block in enumerate(blocks) if isinstance(block, dict)]
    markdown = sum(len(str(b.get("text", ""))) for _, b in kinds if b.get("type") == "markdown")
    if markdown > MARKDOWN_TOGETHER:
        problems.append(
            problem("", FAILED, f"markdown blocks: {markdown} characters together, {MARKDOWN_TOGETHER} allowed")
        )
    tables = [index for index, block in kinds if block.get("type") == "table"]
    problems += [problem(f"/{index}", FAILED, "only one table is allowed in a message") for index in tables[1:]]
    return problems


def check_view(view: Any) -> list[Problem]:
    """Return what is wrong with a modal or a home tab; pointers begin at the view."""
    return list(_VIEWS(view, ""))


def _check_attachments(attachments: Any) -> list[Problem]:
    if not isinstance(attachments, list) or not all(isinstance(item, dict) for item in attachments):
        raise ApiError("invalid_attachments")
    found = [
        (f"/attachments/{i}/blocks", check_blocks(a["blocks"])) for i, a in enumerate(attachments) if "blocks" in a
    ]
    return [entry for prefix, problems in found for entry in _with_prefix(prefix, problems)]


def _with_prefix(prefix: str, problems: list[Problem]) -> list[Problem]:
    return [{**found, "pointer": prefix + found["pointer"]} for found in problems]


def checked_content(body: dict[str, Any]) -> dict[str, Any]:
    """Return what a message shows, after looking at it as Slack does.

    Raises:
        ApiError: no_text, msg_too_long, or invalid_blocks with a pointer to each problem.
    """
    content = {key: body[key] for key in CONTENT_KEYS if body.get(key) is not None}
    blocks, text = content.get("blocks"), content.get("text", "")
    if blocks is not None and not (isinstance(blocks, list) and all(isinstance(block, dict) for block in blocks)):
        raise ApiError("invalid_blocks_format")
    problems = _with_prefix("/blocks", check_blocks(blocks) if blocks else [])
    problems += _check_attachments(content.get("attachments") or [])
    if problems:
        texts = [f"{found['message']} [json-pointer:{found['pointer']}]" for found in problems]
        raise ApiError("invalid_blocks", errors=texts, **ApiError.explained("", *texts).extra)
    if not isinstance(text, str):
        raise ApiError.explained("invalid_arguments", "must be a string [json-pointer:/text]")
    if not text and not blocks and not content.get("attachments"):
        raise ApiError("no_text")
    if len(text) > LONGEST_TEXT:
        raise ApiError("msg_too_long")
    return {**content, "text": text}
