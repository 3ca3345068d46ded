"""Block Kit's limits, one case a limit: at the limit it is good, one over it is not."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.blocks import fill_ids
from bot.sandbox.blocks.surfaces import check_blocks, check_view

CODES = {"failed_constraint", "missing_field", "unknown_field", "wrong_type", "unsupported_type", "duplicate_id"}


def plain(length=1):
    """Return a plain_text object of a length."""
    return {"type": "plain_text", "text": "x" * length}


def mrkdwn(length=1):
    """Return a mrkdwn object of a length."""
    return {"type": "mrkdwn", "text": "x" * length}


def section(**fields):
    """Return a section."""
    return {"type": "section", **fields}


def button(**fields):
    """Return a button."""
    return {"type": "button", "text": plain(), **fields}


def option(text=1, value=1, **fields):
    """Return an option."""
    return {"text": plain(text), "value": "x" * value, **fields}


def menu(**fields):
    """Return a static menu."""
    return {"type": "static_select", "options": [option()], **fields}


def actions(*elements):
    """Return an actions block."""
    return {"type": "actions", "elements": list(elements)}


def confirm(title=1, text=1, yes=1, no=1):
    """Return a confirmation dialog."""
    return {"title": plain(title), "text": plain(text), "confirm": plain(yes), "deny": plain(no)}


def text_input(**fields):
    """Return an input block."""
    return {"type": "input", "label": plain(), "element": {"type": "plain_text_input"}, **fields}


def table(rows, columns):
    """Return a table."""
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


def url(length):
    """Return a URL of a length."""
    return "https://example.com/".ljust(length, "x")


def modal(**fields):
    """Return a modal."""
    return {"type": "modal", "title": plain(), "blocks": [], **fields}


# what is limited -> (a block with n of it, the most that is good)
BLOCK_LIMITS = {
    "section text": (lambda n: section(text=mrkdwn(n)), 3000),
    "fields": (lambda n: section(fields=[mrkdwn()] * n), 10),
    "field text": (lambda n: section(fields=[mrkdwn(n)]), 2000),
    "header": (lambda n: {"type": "header", "text": plain(n)}, 150),
    "block_id": (lambda n: {"type": "divider", "block_id": "x" * n}, 255),
    "actions elements": (lambda n: actions(*[button(action_id=str(i)) for i in range(n)]), 25),
    "context elements": (lambda n: {"type": "context", "elements": [mrkdwn()] * n}, 10),
    "button text": (lambda n: actions(button(text=plain(n))), 75),
    "button value": (lambda n: actions(button(value="x" * n)), 2000),
    "button url": (lambda n: actions(button(url=url(n))), 3000),
    "action_id": (lambda n: actions(button(action_id="x" * n)), 255),
    "options": (lambda n: actions(menu(options=[option()] * n)), 100),
    "option text": (lambda n: actions(menu(options=[option(text=n)])), 75),
    "option value": (lambda n: actions(menu(options=[option(value=n)])), 150),
    "placeholder": (lambda n: actions(menu(placeholder=plain(n))), 150),
    "overflow options": (lambda n: actions({"type": "overflow", "options": [option()] * n}), 5),
    "image url": (lambda n: {"type": "image", "alt_text": "x", "image_url": url(n)}, 3000),
    "image alt text": (lambda n: {"type": "image", "alt_text": "x" * n, "image_url": url(30)}, 2000),
    "input label": (lambda n: text_input(label=plain(n)), 2000),
    "confirm title": (lambda n: actions(button(confirm=confirm(title=n))), 100),
    "confirm text": (lambda n: actions(button(confirm=confirm(text=n))), 300),
    "confirm yes": (lambda n: actions(button(confirm=confirm(yes=n))), 30),
    "confirm no": (lambda n: actions(button(confirm=confirm(no=n))), 30),
    "markdown": (lambda n: {"type": "markdown", "text": "x" * n}, 12_000),
    "table rows": (lambda n: table(n, 1), 100),
    "table columns": (lambda n: table(1, n), 20),
}
VIEW_LIMITS = {
    "title": (lambda n: modal(title=plain(n)), 24),
    "submit": (lambda n: modal(submit=plain(n)), 24),
    "close": (lambda n: modal(close=plain(n)), 24),
    "private_metadata": (lambda n: modal(private_metadata="x" * n), 3000),
    "callback_id": (lambda n: modal(callback_id="x" * n), 255),
    "blocks": (lambda n: modal(blocks=[{"type": "divider"}] * n), 100),
}
WRONG = {
    "mrkdwn in a header": ({"type": "header", "text": mrkdwn()}, "/0/text/type"),
    "mrkdwn in a button": (actions(button(text=mrkdwn())), "/0/elements/0/text/type"),
    "an unknown block": ({"type": "video"}, "/0/type"),
    "no type": ({"text": mrkdwn()}, "/0"),
    "an unknown field": ({"type": "divider", "colour": "red"}, "/0/colour"),
    "a section with nothing": (section(), "/0"),
    "an empty text": (section(text=mrkdwn(0)), "/0/text/text"),
    "a disabled button": (actions(button(disabled=True)), "/0/elements/0/disabled"),
    "a style that is none": (actions(button(style="blue")), "/0/elements/0/style"),
    "one action_id twice": (actions(button(action_id="a"), button(action_id="a")), "/0/elements/1/action_id"),
    "a button in a context": ({"type": "context", "elements": [button()]}, "/0/elements/0/type"),
    "a text input among actions": (actions({"type": "plain_text_input"}), "/0/elements/0/type"),
    "a script for a URL": (actions(button(url="javascript:alert(1)")), "/0/elements/0/url"),
    "an image without its text": ({"type": "image", "image_url": url(30)}, "/0"),
    "a menu without options": (actions({"type": "static_select"}), "/0/elements/0"),
    "a first choice that is none": (actions(menu(initial_option=option(value=2))), "/0/elements/0"),
    "rows of unequal length": ({"type": "table", "rows": table(1, 1)["rows"] + table(1, 2)["rows"]}, "/0/rows"),
    "no list of elements": ({"type": "actions", "elements": "x"}, "/0/elements"),
}


@pytest.mark.parametrize("name", BLOCK_LIMITS)
def test_a_block_may_be_at_a_limit_and_not_over_it(name):
    """The last good number, and the first bad one."""
    make, most = BLOCK_LIMITS[name]
    assert check_blocks([make(most)]) == []
    assert check_blocks([make(most + 1)]) != []


@pytest.mark.parametrize("name", VIEW_LIMITS)
def test_a_view_may_be_at_a_limit_and_not_over_it(name):
    """The last good number, and the first bad one."""
    make, most = VIEW_LIMITS[name]
    assert check_view(make(most)) == []
    assert check_view(make(most + 1)) != []


@pytest.mark.parametrize("name", WRONG)
def test_what_slack_refuses_is_refused_with_a_pointer(name):
    """The pointer leads to the place."""
    block, pointer = WRONG[name]
    problems = check_blocks([block])
    assert pointer in {problem["pointer"] for problem in problems}
    assert {problem["code"] for problem in problems} <= CODES


def test_a_message_takes_fifty_blocks():
    """Not one more."""
    assert check_blocks([{"type": "divider"}] * 50) == []
    assert check_blocks([{"type": "divider"}] * 51) != []


def test_markdown_blocks_are_limited_together():
    """12,000 characters in a message."""
    half = {"type": "markdown", "text": "x" * 6000}
    assert check_blocks([half, half]) == []
    assert check_blocks([half, half, {"type": "markdown", "text": "x"}]) != []


def test_a_message_takes_one_table():
    """The second is pointed at."""
    assert [problem["pointer"] for problem in check_blocks([table(1, 1), table(1, 1)])] == ["/1"]


def test_block_ids_are_unique():
    """In a message and in a view."""
    twice = [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}]
    assert check_blocks(twice)[0]["pointer"] == "/1/block_id"
    assert check_view(modal(blocks=twice))[0]["pointer"] == "/blocks/1/block_id"


def test_a_modal_with_an_input_needs_a_submit():
    """A home tab does not."""
    assert check_view(modal(blocks=[text_input()])) != []
    assert check_view(modal(blocks=[text_input()], submit=plain())) == []
    assert check_view({"type": "home", "blocks": [text_input()]}) == []


def test_tables_and_markdown_stand_in_messages_only():
    """A view refuses them."""
    assert check_view(modal(blocks=[table(1, 1)])) != []
    assert check_view(modal(blocks=[{"type": "markdown", "text": "x"}])) != []


def test_rich_text_of_every_kind_is_taken():
    """Sections, lists, quotes, code; text, links, people, dates."""
    line = [
        {"type": "text", "text": "since ", "style": {"bold": True}},
        {"type": "date", "timestamp": 1_700_000_000, "format": "{time}", "fallback": "13:52"},
        {"type": "user", "user_id": "U0AVA"},
        {"type": "link", "url": "https://example.com", "text": "runbook"},
        {"type": "emoji", "name": "memo"},
        {"type": "broadcast", "range": "here"},
    ]
    inner = {"type": "rich_text_section", "elements": line}
    elements = [
        inner,
        {"type": "rich_text_list", "style": "bullet", "elements": [inner]},
        {"type": "rich_text_quote", "elements": line},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "kubectl"}]},
    ]
    assert check_blocks([{"type": "rich_text", "elements": elements}]) == []
    assert check_blocks([{"type": "rich_text", "elements": [{"type": "rich_text_poem", "elements": []}]}]) != []


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = ["type", "text", "elements", "fields", "options", "option_groups", "blocks", "rows", "element", "initial_option"]
TYPES = [
    "section",
    "actions",
    "table",
    "input",
    "static_select",
    "button",
    "plain_text",
    "markdown",
    "rich_text",
    "modal",
]
BLOCK_LIKE = st.recursive(
    JSON_VALUES | st.sampled_from(TYPES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=20,
)


@given(BLOCK_LIKE)
def test_whatever_comes_is_judged_and_never_breaks_the_validator(value):
    """Any JSON gets a list of problems, and stays as it was."""
    before = copy.deepcopy(value)
    for problems in (check_blocks(value), check_blocks([value]), check_view(value)):
        assert all(set(problem) == {"pointer", "code", "message"} for problem in problems)
    assert value == before


def test_missing_ids_are_given_and_given_ones_kept():
    """Every block gets a block_id, every element an action_id."""
    blocks = [actions(button(), button(action_id="mine")), {"type": "divider", "block_id": "kept"}]
    filled = fill_ids(blocks)
    assert filled[0]["block_id"]
    assert [element["action_id"] == "mine" for element in filled[0]["elements"]] == [False, True]
    assert filled[0]["elements"][0]["action_id"]
    assert filled[1]["block_id"] == "kept"
    assert "block_id" not in blocks[0]
