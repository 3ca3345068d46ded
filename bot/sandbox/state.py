"""What a person chose or typed in the elements of a message or view: Slack's `state.values`."""

from typing import Any

from bot.sandbox.blocks.ids import elements_of
from bot.sandbox.errors import ControlError
from bot.sandbox.workspace import Json

# element type -> the key of its value in `state.values` and in an action; its initial value is under `initial_...`
VALUE_KEYS = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "rich_text_input": "rich_text_value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
_INITIAL_KEYS = {"value": "initial_value", "rich_text_value": "initial_value"}


def initial_values(blocks: list[Json]) -> Json:
    """Return the state of blocks nobody has touched."""
    values: Json = {}
    for block in blocks:
        for element in elements_of(block):
            key = VALUE_KEYS.get(element["type"])
            if key is not None:
                initial = element.get(_INITIAL_KEYS.get(key, key.replace("selected", "initial")))
                empty: Any = [] if key.endswith("s") else None
                state = {"type": element["type"], key: empty if initial is None else initial}
                values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return values


def find_element(blocks: list[Json], action_id: str, block_id: str | None = None) -> tuple[Json, Json]:
    """Return the block and the element that carry an action_id.

    Raises:
        ControlError: there is none; the detail names those that there are.
    """
    pairs = [(block, element) for block in blocks for element in elements_of(block)]
    for block, element in pairs:
        if element["action_id"] == action_id and block_id in (None, block["block_id"]):
            return block, element
    there_are = ", ".join(element["action_id"] for _, element in pairs) or "none"
    raise ControlError("no_such_action", f"nothing here has the action_id {action_id!r}. There are: {there_are}")


def choice(element: Json, value: Any) -> Json:
    """Return what an action carries when a person chooses a value; a button needs none.

    Raises:
        ControlError: the element does not offer that value.
    """
    if element["type"] == "button":
        return {"value": element["value"]} if "value" in element else {}
    key = "selected_option" if element["type"] == "overflow" else VALUE_KEYS[element["type"]]
    if key == "selected_option":
        return {key: _option(element, value)}
    if key == "selected_options":
        wanted = value if isinstance(value, list) else [value]
        return {key: [_option(element, item) for item in wanted if item is not None]}
    return {key: value}


def submitted(blocks: list[Json], current: Json, given: Json) -> Json:
    """Return the state of a view as its user submits it: what was there, and what was given.

    Raises:
        ControlError: something given has no place, or a required input is empty or out of its bounds.
    """
    inputs = {block["block_id"]: block["element"] for block in blocks if block["type"] == "input"}
    values = {block_id: dict(actions) for block_id, actions in current.items()}
    for block_id, actions in given.items():
        known = values.get(block_id)
        if known is None or not isinstance(actions, dict) or set(actions) - set(known):
            there_are = {key: list(item) for key, item in values.items()}
            raise ControlError(
                "no_such_input", f"{block_id!r}: {actions!r} has no place; block_id -> action_ids: {there_are}"
            )
        for action_id, state in actions.items():
            _, element = find_element(blocks, action_id, block_id)
            known[action_id] = _read_state(element, state)
    for block in blocks:
        if block["type"] == "input":
            state = values[block["block_id"]][inputs[block["block_id"]]["action_id"]]
            _require(block, inputs[block["block_id"]], state)
    return values


def _read_state(element: Json, state: Any) -> Json:
    key = VALUE_KEYS[element["type"]]
    if not isinstance(state, dict) or key not in state:
        raise ControlError("wrong_value", f"a {element['type']} takes {{{key!r}: ...}}, not {state!r}")
    value = state[key]
    if key == "selected_option" and isinstance(value, dict):
        value = choice(element, value.get("value"))[key]
    elif key == "selected_options":
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise ControlError("wrong_value", f"selected_options is a list of options, not {value!r}")
        value = choice(element, [item.get("value") for item in value])[key]
    return {"type": element["type"], key: value}


def _require(block: Json, element: Json, state: Json) -> None:
    value = state[VALUE_KEYS[element["type"]]]
    if value in (None, "", []):
        if block.get("optional"):
            return
        raise ControlError("missing_value", f"the input of block {block['block_id']!r} is required")
    if isinstance(value, str):
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        if not least <= len(value) <= most:
            raise ControlError("wrong_value", f"block {block['block_id']!r} takes {least} to {most} characters")


def options_of(element: Json) -> list[Json]:
    """Return the options of a menu, those of its groups included."""
    groups = element.get("option_groups", ())
    return [*element.get("options", ()), *(option for group in groups for option in group["options"])]


def _option(element: Json, value: Any) -> Json | None:
    if value is None and element["type"] != "overflow":
        return None
    options = options_of(element)
    for option in options:
        if option.get("value") == value:
            return option
    there_are = ", ".join(repr(option.get("value")) for option in options)
    raise ControlError("no_such_option", f"{element['action_id']} offers no value {value!r}. There are: {there_are}")
