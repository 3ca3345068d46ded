"""Modals and the home tab: checked, refused, stacked, kept, published."""

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.page.block_kit import button, field, menu, message, modal, plain, section
from tests.support.probe_app import ProbeApp

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.page


def test_a_modal_checks_shows_the_apps_errors_and_sends_its_values(page: "Page", app: ProbeApp) -> None:
    """Required fields, errors by block with what was typed kept, then the values as Slack shapes them."""
    from playwright.sync_api import expect

    blocks = [
        section("The call is put off."),
        field("reason", "Reason", {"type": "plain_text_input", "multiline": True}),
        field("minutes", "Minutes", {"type": "number_input", "is_decimal_allowed": False, "initial_value": "45"}),
        field("state", "State of H1", menu("state", "Testing", "Ruled out"), optional=True),
        field(
            "hurt",
            "Users affected?",
            {"type": "radio_buttons", "options": [{"text": plain(t), "value": t} for t in ("Yes", "No")]},
        ),
        field(
            "tell",
            "Tell",
            {"type": "checkboxes", "options": [{"text": plain("On call"), "value": "oncall"}]},
            optional=True,
        ),
    ]
    ts = app.post("call", [{"type": "actions", "elements": [button("not_yet", "Not yet")]}])
    message(page, ts).get_by_role("button", name="Not yet").click()
    app.web.views_open(
        trigger_id=app.next("not_yet")["trigger_id"], view=modal("snooze", "Not yet", blocks, submit=plain("Snooze"))
    )
    dialog = page.get_by_role("dialog", name="Not yet")
    dialog.get_by_role("button", name="Snooze").click()
    expect(dialog.get_by_role("alert").first).to_have_text("Please complete this required field.")
    dialog.get_by_role("textbox", name="Reason").fill("Testing H1\nfirst")
    dialog.get_by_role("button", name="State of H1").click()
    page.get_by_role("option", name="Testing").click()
    dialog.get_by_role("radio", name="Yes").check()
    dialog.get_by_role("checkbox", name="On call").check()
    app.answers["view_submission:snooze"] = lambda _: {
        "response_action": "errors",
        "errors": {"minutes": "At most 30."},
    }
    dialog.get_by_role("button", name="Snooze").click()
    expect(dialog.get_by_role("alert")).to_have_text("At most 30.")
    expect(dialog.get_by_role("textbox", name="Reason")).to_have_value("Testing H1\nfirst")
    app.next("view_submission:snooze")
    app.answers.clear()
    dialog.get_by_role("textbox", name="Minutes").fill("30")
    dialog.get_by_role("button", name="Snooze").click()
    values = app.next("view_submission:snooze")["view"]["state"]["values"]
    assert values["reason"]["reason"] == {"type": "plain_text_input", "value": "Testing H1\nfirst"}
    assert values["minutes"]["minutes"]["value"] == "30"
    assert values["state"]["state"]["selected_option"]["value"] == "Testing"
    assert values["hurt"]["hurt"]["selected_option"]["value"] == "Yes"
    assert [option["value"] for option in values["tell"]["tell"]["selected_options"]] == ["oncall"]
    expect(dialog).to_have_count(0)


def test_a_modal_that_the_app_does_not_answer_keeps_what_was_typed(page: "Page", app: ProbeApp) -> None:
    """Slack's own words, and the same text ready to be sent again."""
    from playwright.sync_api import expect

    ts = app.post("call", [{"type": "actions", "elements": [button("resolve", "Resolve")]}])
    message(page, ts).get_by_role("button", name="Resolve").click()
    blocks = [field("text", "What fixed it?", {"type": "plain_text_input"})]
    opened = modal("resolve", "Resolve", blocks, submit=plain("Resolve it"))
    app.web.views_open(trigger_id=app.next("resolve")["trigger_id"], view=opened)
    dialog = page.get_by_role("dialog", name="Resolve")
    dialog.get_by_role("textbox", name="What fixed it?").fill("the rollback")
    app.answers["view_submission:resolve"] = lambda _: {"response_action": "nonsense"}
    dialog.get_by_role("textbox", name="What fixed it?").press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("We had some trouble connecting. Try again?")
    app.answers.clear()
    dialog.get_by_role("button", name="Resolve it").click()
    expect(dialog).to_have_count(0)
    app.next("view_submission:resolve")
    assert app.next("view_submission:resolve")["view"]["state"]["values"]["text"]["text"]["value"] == "the rollback"


def test_modals_stack_update_and_close_with_escape(page: "Page", app: ProbeApp) -> None:
    """A pushed view covers the first, an update changes it, and Esc goes back one at a time."""
    from playwright.sync_api import expect

    ts = app.post("call", [{"type": "actions", "elements": [button("cause", "Cause found")]}])
    message(page, ts).get_by_role("button", name="Cause found").click()
    first = modal(
        "first",
        "First",
        [section("one"), {"type": "actions", "elements": [button("deeper", "Deeper")]}],
        notify_on_close=True,
    )
    app.web.views_open(trigger_id=app.next("cause")["trigger_id"], view=first)
    page.get_by_role("dialog", name="First").get_by_role("button", name="Deeper").click()
    pushed = app.web.views_push(
        trigger_id=app.next("deeper")["trigger_id"], view=modal("second", "Second", [section("two")])
    )
    second = page.get_by_role("dialog", name="Second")
    expect(second).to_contain_text("two")
    app.web.views_update(view_id=pushed["view"]["id"], view=modal("second", "Second", [section("two, revised")]))
    expect(second).to_contain_text("two, revised")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="First")).to_contain_text("one")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert app.next("view_closed:first")["view"]["title"]["text"] == "First"


def test_the_app_home_shows_what_the_app_published(page: "Page", app: ProbeApp) -> None:
    """Opening it tells the app; its buttons work."""
    page.get_by_role("button", name="App home").click()
    assert app.next("app_home_opened")["event"]["user"] == "U0AVA"
    view = {
        "type": "home",
        "blocks": [section("*Two open incidents*"), {"type": "actions", "elements": [button("refresh", "Refresh")]}],
    }
    app.web.views_publish(user_id="U0AVA", view=view)
    page.get_by_role("button", name="Refresh").click()
    assert app.next("refresh")["view"]["type"] == "home"
