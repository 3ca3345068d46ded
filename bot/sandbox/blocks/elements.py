"""Block Kit's composition objects and elements, with the limits of Slack's reference."""

from bot.sandbox.blocks.rules import (
    Rule,
    anything,
    array,
    at_least_one,
    boolean,
    by_type,
    chosen_from_options,
    exactly_one,
    integer,
    obj,
    one_of,
    string,
)

URL = string(3000, prefixes=("http://", "https://", "mailto:"))
WEB_URL = string(3000, prefixes=("http://", "https://"))
DATE = string(10, 10)
STYLE = one_of("primary", "danger")


def plain(most: int, least: int = 1) -> Rule:
    """A plain_text object; mrkdwn is refused."""
    return by_type({"plain_text": obj({"type": anything, "text": string(most, least)}, {"emoji": boolean})})


def text(most: int, least: int = 1) -> Rule:
    """A text object of either kind."""
    return by_type(
        {
            "plain_text": obj({"type": anything, "text": string(most, least)}, {"emoji": boolean}),
            "mrkdwn": obj({"type": anything, "text": string(most, least)}, {"verbatim": boolean}),
        },
    )


CONFIRM = obj(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": STYLE},
)
OPTION = obj({"text": plain(75), "value": string(150)}, {"description": plain(75)})
RICH_OPTION = obj({"text": text(75), "value": string(150)}, {"description": text(75)})
OVERFLOW_OPTION = obj({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": URL})
OPTION_GROUP = obj({"label": plain(75), "options": array(OPTION, 100)})
SLACK_FILE = obj({}, {"id": string(255), "url": WEB_URL}, exactly_one("id", "url"))
DISPATCH = obj({}, {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2)})
FILTER = obj(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),
)

_ACTION: dict[str, Rule] = {"action_id": string(255), "confirm": CONFIRM, "focus_on_load": boolean}
_PLACEHOLDER: dict[str, Rule] = {"placeholder": plain(150)}
_CHOICES: dict[str, Rule] = {"options": array(OPTION, 100), "option_groups": array(OPTION_GROUP, 100)}
_MANY: dict[str, Rule] = {"max_selected_items": integer(1)}


def _element(required: dict[str, Rule] | None = None, optional: dict[str, Rule] | None = None, *also: Rule) -> Rule:
    return obj({"type": anything, **(required or {})}, {**_ACTION, **(optional or {})}, *also)


def _select(optional: dict[str, Rule], *also: Rule) -> Rule:
    return _element({}, {**_PLACEHOLDER, **optional}, *also)


def _typed(optional: dict[str, Rule]) -> Rule:
    return _element({}, {**_PLACEHOLDER, "dispatch_action_config": DISPATCH, **optional})


BUTTON = obj(
    {"type": anything, "text": plain(75)},
    {
        "action_id": string(255),
        "confirm": CONFIRM,
        "url": URL,
        "value": string(2000, 0),
        "style": STYLE,
        "accessibility_label": string(75),
    },
)
IMAGE = obj(
    {"type": anything, "alt_text": string(2000)},
    {"image_url": WEB_URL, "slack_file": SLACK_FILE},
    exactly_one("image_url", "slack_file"),
)
OVERFLOW = obj(
    {"type": anything, "options": array(OVERFLOW_OPTION, 5)},
    {"action_id": string(255), "confirm": CONFIRM},
)

MENUS: dict[str, Rule] = {
    "static_select": _select(
        {**_CHOICES, "initial_option": OPTION},
        exactly_one("options", "option_groups"),
        chosen_from_options,
    ),
    "external_select": _select({"initial_option": OPTION, "min_query_length": integer(0)}),
    "users_select": _select({"initial_user": string(255)}),
    "channels_select": _select({"initial_channel": string(255), "response_url_enabled": boolean}),
    "conversations_select": _select(
        {
            "initial_conversation": string(255),
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": FILTER,
        },
    ),
    "multi_static_select": _select(
        {**_CHOICES, **_MANY, "initial_options": array(OPTION, 100)},
        exactly_one("options", "option_groups"),
        chosen_from_options,
    ),
    "multi_external_select": _select({**_MANY, "initial_options": array(OPTION, 100), "min_query_length": integer(0)}),
    "multi_users_select": _select({**_MANY, "initial_users": array(string(255), 100)}),
    "multi_channels_select": _select({**_MANY, "initial_channels": array(string(255), 100)}),
    "multi_conversations_select": _select(
        {
            **_MANY,
            "initial_conversations": array(string(255), 100),
            "default_to_current_conversation": boolean,
            "filter": FILTER,
        },
    ),
}
CHOICES: dict[str, Rule] = {
    "checkboxes": _element(
        {"options": array(RICH_OPTION, 10)}, {"initial_options": array(RICH_OPTION, 10)}, chosen_from_options
    ),
    "radio_buttons": _element(
        {"options": array(RICH_OPTION, 10)}, {"initial_option": RICH_OPTION}, chosen_from_options
    ),
    "datepicker": _element({}, {**_PLACEHOLDER, "initial_date": DATE}),
    "timepicker": _element({}, {**_PLACEHOLDER, "initial_time": string(5, 5), "timezone": string(255)}),
    "datetimepicker": _element({}, {"initial_date_time": integer(10**9, 10**10 - 1)}),
}
TYPED: dict[str, Rule] = {
    "plain_text_input": _typed(
        {
            "initial_value": string(3000, 0),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
    ),
    "rich_text_input": _typed({"initial_value": anything}),
    "email_text_input": _typed({"initial_value": string(3000, 0)}),
    "url_text_input": _typed({"initial_value": string(3000, 0)}),
    "number_input": _element(
        {"is_decimal_allowed": boolean},
        {
            **_PLACEHOLDER,
            "initial_value": string(50, 0),
            "min_value": string(50),
            "max_value": string(50),
            "dispatch_action_config": DISPATCH,
        },
    ),
}
FILE_INPUT = _element({}, {"filetypes": array(string(255), 100), "max_files": integer(1, 10)})

IN_ACTIONS: dict[str, Rule] = {"button": BUTTON, "overflow": OVERFLOW, **MENUS, **CHOICES}
IN_SECTION: dict[str, Rule] = {**IN_ACTIONS, "image": IMAGE}
del IN_SECTION["datetimepicker"]
IN_INPUT: dict[str, Rule] = {**MENUS, **CHOICES, **TYPED, "file_input": FILE_INPUT}
