"""What one does in a channel: type, press, pick, answer in threads; and what of it reaches the app."""

import re
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.page.block_kit import button, menu, message, plain, section
from tests.support.probe_app import ProbeApp

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.page


FORMS = ("start", "status", "list", "triage", "trace", "cause", "resolve", "help")


def test_typing_a_slash_offers_the_forms_and_enter_runs_the_command(page: "Page", app: ProbeApp) -> None:
    """From the first keystroke to the app's ephemeral answer."""
    from playwright.sync_api import expect

    app.answers["/incident"] = lambda payload: {"text": f"Started: {payload['text']}"}
    composer = page.get_by_label("Message #checkout-alerts")
    composer.press_sequentially("/")
    offered = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(offered.filter(has_text=re.compile("/incident (" + "|".join(FORMS) + ")"))).to_have_count(len(FORMS))
    composer.press_sequentially("incident st")
    composer.press("Tab")
    expect(composer).to_have_value("/incident start ")
    composer.press_sequentially("checkout is down")
    composer.press("Enter")
    assert app.next("/incident")["text"] == "start checkout is down"
    answer = page.get_by_role("log").first.locator(".message", has_text="Started: start checkout is down").last
    expect(answer).to_contain_text("Only visible to you")
    expect(composer).to_have_value("")


def test_the_hint_says_what_to_type_first_and_then_steps_back(page: "Page", app: ProbeApp) -> None:
    """A channel where the app has not spoken says how to begin."""
    from playwright.sync_api import expect

    page.get_by_role("button", name="incidents").click()
    expect(page.locator("#hint")).to_have_text("Type /incident start to begin.")
    app.web.chat_postMessage(channel="C0INCIDENT", text="here I am")
    expect(page.locator("#hint")).not_to_contain_text("to begin")


def test_a_button_reaches_the_app_and_the_edited_card_changes_in_place(page: "Page", app: ProbeApp) -> None:
    """A press carries action, value and message; the edit shows without a reload and is marked."""
    from playwright.sync_api import expect

    buttons = {"type": "actions", "elements": [button("users_yes", "Yes"), button("users_no", "No")]}
    ts = app.post(
        "card", [{"type": "header", "text": plain("#12 Checkout")}, section("*Status* investigating"), buttons]
    )
    card = message(page, ts)
    card.get_by_role("button", name="Yes").click()
    payload = app.next("users_yes")
    assert payload["actions"][0]["value"] == "12"
    assert payload["message"]["ts"] == ts
    app.web.chat_update(channel=app.channel, ts=ts, text="card", blocks=[section("*Status* resolved")])
    expect(card).to_contain_text("Status resolved")
    expect(card).to_contain_text("(edited)")
    expect(card.get_by_role("button", name="Yes")).to_have_count(0)
    app.web.chat_delete(channel=app.channel, ts=ts)
    expect(card).to_have_count(0)


def test_a_confirm_dialog_is_asked_before_the_app_hears_of_it(page: "Page", app: ProbeApp) -> None:
    """Deny sends nothing; confirm sends the action."""
    confirm = {
        "title": plain("Resolve #12?"),
        "text": plain("The clock stops."),
        "confirm": plain("Resolve it"),
        "deny": plain("Keep open"),
    }
    ts = app.post(
        "card",
        [{"type": "actions", "elements": [button("resolve", "Resolve", confirm=confirm), button("after", "After")]}],
    )
    page_card = message(page, ts)
    page_card.get_by_role("button", name="Resolve").click()
    page.get_by_role("dialog", name="Resolve #12?").get_by_role("button", name="Keep open").click()
    page_card.get_by_role("button", name="After").click()
    payload = app.next("after")
    assert payload["actions"][0]["action_id"] == "after"
    page_card.get_by_role("button", name="Resolve").click()
    page.get_by_role("dialog", name="Resolve #12?").get_by_role("button", name="Resolve it").click()
    assert app.next("resolve")["actions"][0]["action_id"] == "resolve"


def test_menus_send_the_option_that_was_picked(page: "Page", app: ProbeApp) -> None:
    """Overflow, static select by keyboard, and users select."""
    overflow = {
        "type": "overflow",
        "action_id": "more",
        "options": [{"text": plain("Run again"), "value": "again"}, {"text": plain("Export"), "value": "export"}],
    }
    people = {"type": "users_select", "action_id": "lead", "placeholder": plain("Lead")}
    ts = app.post(
        "card",
        [{"type": "actions", "elements": [overflow, people, menu("state", "Testing", "Confirmed", "Ruled out")]}],
    )
    card = message(page, ts)
    card.get_by_role("button", name="More options").click()
    page.get_by_role("menuitem", name="Export").click()
    assert app.next("more")["actions"][0]["selected_option"]["value"] == "export"
    card.get_by_role("button", name="Lead").click()
    page.get_by_role("option", name="Ben Example").click()
    assert app.next("lead")["actions"][0]["selected_user"] == "U0BEN"
    card.get_by_role("button", name="Set state").press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert app.next("state")["actions"][0]["selected_option"]["value"] == "Ruled out"


def test_two_menus_with_one_action_id_are_told_apart_by_their_block(page: "Page", app: ProbeApp) -> None:
    """An action_id is unique only within its block."""
    blocks = [
        section(f"*{name}*", block_id=name, accessory=menu("state", "Testing", "Ruled out")) for name in ("H1", "H2")
    ]
    ts = app.post("hypotheses", blocks)
    message(page, ts).get_by_role("button", name="Set state").nth(1).click()
    page.get_by_role("option", name="Testing").click()
    assert app.next("state")["actions"][0]["block_id"] == "H2"


def test_a_thread_counts_its_replies_and_shows_broadcasts_in_both_places(page: "Page", app: ProbeApp) -> None:
    """Replies, a menu in a reply, a reply typed there, a broadcast, and Esc to close."""
    from playwright.sync_api import expect

    root = app.post("Hypotheses for incident 12")
    app.post("H1", [section("*H1* it is v214", accessory=menu("h1", "Testing", "Ruled out"))], thread_ts=root)
    message(page, root).get_by_role("button", name="1 reply").click()
    thread = page.get_by_role("complementary", name="Thread")
    thread.get_by_role("button", name="Set state").click()
    page.get_by_role("option", name="Ruled out").click()
    assert app.next("h1")["actions"][0]["selected_option"]["value"] == "Ruled out"
    thread.get_by_label("Reply…").fill("I rolled *nothing* back")
    thread.get_by_label("Reply…").press("Enter")
    event = app.next("message")["event"]
    while event.get("client_msg_id") is None:
        event = app.next("message")["event"]
    assert event["thread_ts"] == root
    expect(message(page, root).get_by_role("button", name="2 replies")).to_be_visible()
    ts = app.post("No cause after 15 min", thread_ts=root, reply_broadcast=True)
    expect(message(page, ts)).to_contain_text("replied to a thread: Hypotheses for incident 12")
    expect(thread).to_contain_text("Also sent to the channel")
    page.keyboard.press("Escape")
    expect(thread).to_be_hidden()


def test_acting_as_somebody_else_changes_who_speaks_and_what_is_seen(page: "Page", app: ProbeApp) -> None:
    """An ephemeral message is only for its one reader; what is typed is said by the person acted as."""
    from playwright.sync_api import expect

    app.web.chat_postEphemeral(channel=app.channel, user="U0AVA", text="for Ava alone")
    expect(page.locator(".message", has_text="for Ava alone")).to_be_visible()
    page.get_by_role("button", name=re.compile("Acting as")).click()
    page.get_by_role("option", name="Ben Example").click()
    expect(page.locator(".message", has_text="for Ava alone")).to_have_count(0)
    composer = page.get_by_label("Message #checkout-alerts")
    composer.fill("line one")
    composer.press("Shift+Enter")
    composer.press_sequentially("line two")
    composer.press("Enter")
    said = page.locator(".message", has_text="line one")
    expect(said).to_contain_text("Ben Example")
    expect(said.locator(".message-text")).to_have_text("line one\nline two", use_inner_text=True)


def test_own_messages_can_be_edited_deleted_reacted_to_and_recorded(page: "Page", app: ProbeApp) -> None:
    """The actions that a message offers, each reaching the app or the channel."""
    from playwright.sync_api import expect

    composer = page.get_by_label("Message #checkout-alerts")
    composer.fill("v214 dropped the total")
    composer.press("Enter")
    said = page.locator(".message", has_text="v214").last
    said.hover()
    said.get_by_role("button", name="Add reaction").click()
    page.get_by_role("menuitem", name="eyes").click()
    expect(said.get_by_role("button", name="eyes 1")).to_have_attribute("aria-pressed", "true")
    said.hover()
    said.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Record as hypothesis").click()
    assert app.next("record_hypothesis")["message"]["text"] == "v214 dropped the total"
    said.hover()
    said.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Edit message").click()
    page.get_by_role("textbox", name="Edit message").fill("v214 doubled the total")
    page.get_by_role("textbox", name="Edit message").press("Enter")
    expect(said).to_contain_text("v214 doubled the total (edited)")
    said.hover()
    said.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Delete message").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator(".message", has_text="v214 doubled")).to_have_count(0)


def test_the_app_is_invited_into_a_channel_as_in_slack(page: "Page", app: ProbeApp) -> None:
    """/invite is Slack's own command; the app hears that it has joined."""
    from playwright.sync_api import expect

    page.get_by_role("button", name="security-private").click()
    expect(page.get_by_role("log").first).to_contain_text("No messages here yet.")
    composer = page.get_by_label("Message #security-private")
    composer.fill("/invite @fifteen")
    composer.press("Enter")
    assert app.next("member_joined_channel")["event"]["channel"] == "C0SECURITY"
    expect(page.locator(".message", has_text="joined the channel")).to_contain_text("Fifteen")
