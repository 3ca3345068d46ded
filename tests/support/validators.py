"""Three validators for what the bot sends, none of them ours, and one for what the sandbox sends.

Each returns complaints, an empty list where there are none. The schemas come from Slack's own type definitions (see
SCHEMAS.md) and know no lengths; the SDK's models know lengths and little else; the rules by hand close the gaps that
both leave. Use `check_message` and `check_view` on every payload that a test records.
"""

import json
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

_HERE = Path(__file__).parent
_TOKEN = re.compile(r"<[^<>]+>")
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")

MESSAGE_BLOCKS, VIEW_BLOCKS, FIELD_TEXT, MESSAGE_TEXT = 50, 100, 2000, 40_000
TABLE_ROWS, TABLE_COLUMNS = 100, 20
LENGTHS = {"action_id": 255, "block_id": 255, "private_metadata": 3000, "url": 3000}


def check_message(payload: Mapping[str, Any]) -> list[str]:
    """Return what Slack would refuse in the arguments of chat.postMessage, chat.update or a response_url."""
    blocks = payload.get("blocks") or []
    found = list(_check_blocks(blocks, MESSAGE_BLOCKS))
    text = payload.get("text", "")
    if not text and not blocks:
        found.append("no_text: neither text nor blocks")
    if len(text) > MESSAGE_TEXT:
        found.append(f"text is {len(text)} characters, at most {MESSAGE_TEXT}")
    return found


def check_view(view: Mapping[str, Any]) -> list[str]:
    """Return what Slack would refuse in a modal or a home view."""
    name = {"modal": "Modal", "home": "Home"}.get(str(view.get("type")))
    if name is None:
        return [f"unknown view type {view.get('type')!r}"]
    found = list(_by_schema("slack_types", name, view))
    found += _by_models(lambda: View(**view))
    found += _check_blocks(view.get("blocks", []), VIEW_BLOCKS)
    if (
        any(block.get("type") == "input" for block in view.get("blocks", []))
        and name == "Modal"
        and not view.get("submit")
    ):
        found.append("a modal with an input needs submit")
    return found


def check_inbound(payload: Mapping[str, Any]) -> list[str]:
    """Return what Slack's types would not have sent: a slash command, an interaction, or an event with its wrapper."""
    if "command" in payload:
        return list(_by_schema("slack_inbound", "SlashCommand", payload))
    if payload.get("type") == "event_callback":
        return list(_check_event(payload))
    name = {"block_actions": "BlockAction", "view_submission": "ViewSubmitAction"}.get(str(payload.get("type")))
    if name is None:
        return [f"unknown payload type {payload.get('type')!r}"]
    return list(_by_schema("slack_inbound", name, payload))


def live_tokens(payload: Any) -> list[str]:
    """Return everything in any string of the payload that Slack would turn into a mention, a link or a date."""
    return [token for text in strings(payload) for token in _TOKEN.findall(text)]


def strings(payload: Any) -> Iterator[str]:
    """Yield every string value in the payload, keys left out."""
    if isinstance(payload, str):
        yield payload
    elif isinstance(payload, Mapping):
        for value in payload.values():
            yield from strings(value)
    elif isinstance(payload, Sequence):
        for value in payload:
            yield from strings(value)


def _check_event(payload: Mapping[str, Any]) -> Iterator[str]:
    missing = [key for key in ("event_id", "event_time", "team_id", "api_app_id", "event") if key not in payload]
    if missing:
        yield f"event_callback without {', '.join(missing)}"
        return
    event = payload["event"]
    name = {"app_mention": "AppMentionEvent", "reaction_added": "ReactionAddedEvent"}.get(event.get("type"))
    if event.get("type") == "message":
        name = _message_definition(event.get("subtype"))
    if name is None:
        yield f"unknown event {event.get('type')!r}, subtype {event.get('subtype')!r}"
    else:
        yield from _by_schema("slack_inbound", name, event)


def _check_blocks(blocks: Sequence[Mapping[str, Any]], limit: int) -> Iterator[str]:
    if len(blocks) > limit:
        yield f"{len(blocks)} blocks, at most {limit}"
    names = _block_definitions()
    for index, block in enumerate(blocks):
        name = names.get(str(block.get("type")))
        if name is None:
            yield f"blocks[{index}]: unknown block {block.get('type')!r}"
            continue
        yield from (f"blocks[{index}]: {complaint}" for complaint in _by_schema("slack_types", name, block))
        yield from (f"blocks[{index}]: {complaint}" for complaint in _by_models(lambda block=block: Block.parse(block)))
        yield from (f"blocks[{index}]: {complaint}" for complaint in _by_hand(block))
    yield from _repeated("block_id", (block.get("block_id") for block in blocks))


def _by_schema(schema: str, definition: str, instance: Any) -> Iterator[str]:
    error = best_match(_validator(schema, definition).iter_errors(instance))
    if error is not None:
        yield f"{definition} at {error.json_path}: {error.message[:300]}"


def _by_models(parse: Any) -> list[str]:
    """Parse with the SDK's models; `to_dict` runs their own validation, nested objects included."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the models warn of keys they do not know yet; the schema knows them
        try:
            parsed = parse()
            if parsed is None:
                return ["the SDK's models do not know it"]
            parsed.validate_json()
            parsed.to_dict()
        except (SlackObjectFormationError, TypeError) as error:
            return [f"slack_sdk: {error}"]
    return []


def _by_hand(block: Mapping[str, Any]) -> Iterator[str]:
    if block.get("type") == "section" and not block.get("text") and not block.get("fields"):
        yield "a section with neither text nor fields"
    for field in block.get("fields", []):
        if len(field.get("text", "")) > FIELD_TEXT:
            yield f"a field of {len(field['text'])} characters, at most {FIELD_TEXT}"
    rows = block.get("rows", []) if block.get("type") == "table" else []
    if len(rows) > TABLE_ROWS or any(len(row) > TABLE_COLUMNS for row in rows):
        yield f"a table over {TABLE_ROWS} x {TABLE_COLUMNS}"
    yield from _repeated("action_id", (element.get("action_id") for element in _objects(block)))
    for element in _objects(block):
        yield from (
            f"{key} of {len(element[key])} characters, at most {limit}"
            for key, limit in LENGTHS.items()
            if isinstance(element.get(key), str) and len(element[key]) > limit
        )
        text = element.get("text")
        if isinstance(text, str) and element.get("type") in {"mrkdwn", "plain_text"} and _ENTITY.search(text):
            yield f"a bare & in {text[:80]!r}"
        if element.get("type") in {"mrkdwn", "plain_text"} and not text:
            yield "an empty text"


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        for child in value.values():
            yield from _objects(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from _objects(child)


def _repeated(key: str, values: Iterator[Any]) -> Iterator[str]:
    counted = Counter(value for value in values if value)
    yield from (f"{key} {value!r} stands {times} times" for value, times in counted.items() if times > 1)


@cache
def _definitions(schema: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((_HERE / f"{schema}.schema.json").read_text("utf-8"))["definitions"]
    return loaded


@cache
def _validator(schema: str, definition: str) -> Draft7Validator:
    return Draft7Validator({"$ref": f"#/definitions/{definition}", "definitions": _definitions(schema)})


@cache
def _block_definitions() -> dict[str, str]:
    """Map a block's type to its definition, so that a complaint names the block and not the union of all."""
    definitions = _definitions("slack_types")
    names = [reference["$ref"].rsplit("/", 1)[1] for reference in definitions["KnownBlock"]["anyOf"]]
    return {_type_of(definitions[name]): name for name in names}


def _type_of(definition: Mapping[str, Any]) -> str:
    """Return the `type` that a definition fixes; one that is a union fixes it in each of its branches."""
    while "properties" not in definition:
        definition = definition["anyOf"][0]
    fixed: str = definition["properties"]["type"]["const"]
    return fixed


@cache
def _message_definition(subtype: str | None) -> str | None:
    definitions = _definitions("slack_inbound")
    for reference in definitions["AllMessageEvents"]["anyOf"]:
        name: str = reference["$ref"].rsplit("/", 1)[1]
        if definitions[name]["properties"].get("subtype", {}).get("const") == subtype:
            return name
    return None
