"""The page, as a person sees it: real sandbox, real SDK app, real browser."""

import json
import re
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from struct import pack
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import browser as browser_support
from tests.support.browser import DESKTOP, PHONE
from tests.support.probe_app import ProbeApp

if TYPE_CHECKING:
    from playwright.sync_api import APIRequestContext, Browser, Locator, Page

pytestmark = pytest.mark.page

Json = dict[str, Any]
OpenPage = Callable[..., "Page"]
FORMS = ("start", "status", "list", "triage", "trace", "cause", "resolve", "help")
EVIL = "<img src=x onerror=\"window.pwned='img'\"><script>window.pwned='script'</script>"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Json]:
    """The sandbox as its own process; what its first line says."""
    manifest = Path(__file__).parents[2] / "deploy" / "manifest.yaml"
    command = [sys.executable, "-m", "bot.sandbox", "--port", "0", "--manifest", str(manifest)]
    log = (tmp_path_factory.mktemp("sandbox") / "log").open("wb")
    with log, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.terminate()


@pytest.fixture(scope="module")
def connected_app(sandbox: Json) -> Iterator[ProbeApp]:
    """An app on the sandbox's socket."""
    probe = ProbeApp(sandbox)
    yield probe
    probe.close()


@pytest.fixture
def app(connected_app: ProbeApp) -> ProbeApp:
    """The app, with nothing left of the test before."""
    connected_app.forget()
    return connected_app


@pytest.fixture
def open_page(browser: "Browser", sandbox: Json) -> Iterator[OpenPage]:
    """Opens the page; at the end no script of the page has failed and nothing was asked of another host."""
    from playwright.sync_api import expect

    expect.set_options(timeout=10_000)
    problems: list[str] = []
    contexts = []

    def open_one(query: str = "", **options: Any) -> "Page":
        context = browser.new_context(**{"viewport": DESKTOP, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: _note_foreign(request.url, sandbox["page_url"], problems))
        _close_modals(context.request, sandbox)
        page.goto(f"{sandbox['page_url']}/{query}")
        page.get_by_label("Message #checkout-alerts").wait_for()
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def page(open_page: OpenPage) -> "Page":
    """The page at desktop width, as the default user in the default channel."""
    return open_page()


def _close_modals(request: "APIRequestContext", sandbox: Json) -> None:
    doors = f"{sandbox['page_url']}/_sandbox"
    for view in reversed(request.get(f"{doors}/views?user={sandbox['user']}").json()["views"]):
        request.post(f"{doors}/close", data={"user": sandbox["user"], "view_id": view["id"]})


def _note_foreign(url: str, origin: str, problems: list[str]) -> None:
    if not url.startswith((origin, "data:")):
        problems.append(f"asked another host: {url}")


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


def test_a_reload_keeps_place_person_and_open_thread(page: "Page", app: ProbeApp) -> None:
    """The address says where one is; news elsewhere is marked in the sidebar."""
    from playwright.sync_api import expect

    root = app.post("a thread to come back to")
    app.post("its reply", thread_ts=root)
    message(page, root).get_by_role("button", name="1 reply").click()
    page.get_by_role("button", name=re.compile("Acting as")).click()
    page.get_by_role("option", name="Cleo Example").click()
    page.reload()
    expect(page.get_by_role("complementary", name="Thread")).to_contain_text("its reply")
    expect(page.get_by_role("button", name=re.compile("Acting as"))).to_contain_text("Cleo Example")
    app.web.chat_postMessage(channel="C0INCIDENT", text="news")
    expect(page.get_by_role("button", name="incidents unread")).to_be_visible()


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


MARKUP = [
    ("*bold* and _slanted_ and ~gone~", "<strong>bold</strong> and <em>slanted</em> and <s>gone</s>"),
    ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
    ("*<@U0BEN>*", '<strong><span class="mention">@Ben Example</span></strong>'),
    ("a `*b* &lt;x&gt;` c", "a <code>*b* &lt;x&gt;</code> c"),
    ("```\n*x* &amp;\n  y\n```\nafter", "<pre>*x* &amp;\n  y</pre>after"),
    ("&gt; one\n&gt; two\nthree", "<blockquote>one<br>two</blockquote>three"),
    ("&gt;&gt;&gt; one\ntwo", "<blockquote>one<br>two</blockquote>"),
    ("- one\n- two", "- one<br>- two"),
    (
        "<!here> <!subteam^S0123456>",
        '<span class="mention mention-me">@here</span> <span class="mention">@oncall</span>',
    ),
    ("12:30:45 and :unheard_of:", "12:30:45 and :unheard_of:"),
    ("<javascript:alert(1)|press>", "<span>press</span>"),
    ("<data:text/html,x|press>", "<span>press</span>"),
    ("<!date^oops^{time}|in a while>", "<span>in a while</span>"),
]


@pytest.mark.parametrize(("markup", "html"), MARKUP)
def test_mrkdwn_reads_as_in_slack(module_page: "Page", markup: str, html: str) -> None:
    """Each form, and the near misses that stay as they are."""
    script = """async (text) => {
      const {mrkdwn} = await import('/page/mrkdwn.js');
      const box = document.createElement('div');
      box.append(...mrkdwn(text).flat(Infinity));
      return box.innerHTML;
    }"""
    assert module_page.evaluate(script, markup) == html


@pytest.fixture(scope="module")
def module_page(browser: "Browser", sandbox: Json) -> "Page":
    """One page for the tests that only ask its modules."""
    page = browser.new_context(viewport=DESKTOP).new_page()
    page.goto(f"{sandbox['page_url']}/")
    page.get_by_label("Message #checkout-alerts").wait_for()
    return page


def test_links_open_elsewhere_and_keep_their_address(page: "Page", app: ProbeApp) -> None:
    """http, https and mailto are links; the page hands over neither itself nor its address."""
    from playwright.sync_api import expect

    ts = app.post("see <https://status.example/a?b=1&amp;c=2|the status> or <mailto:ops@example.com|write>")
    anchor = message(page, ts).get_by_role("link", name="the status")
    expect(anchor).to_have_attribute("href", "https://status.example/a?b=1&c=2")
    expect(anchor).to_have_attribute("rel", "noreferrer noopener")
    expect(message(page, ts).get_by_role("link", name="write")).to_have_attribute("href", "mailto:ops@example.com")


def test_an_emoji_shows_also_where_no_font_has_it(module_page: "Page") -> None:
    """By shortcode or as the character itself: the glyph, a disc in its colour, or its name; never an empty box."""
    script = """async (text) => {
      const {mrkdwn} = await import('/page/mrkdwn.js');
      return mrkdwn(text).flat(Infinity).filter((node) => node.nodeType).map((node) => node.getAttribute('aria-label'));
    }"""
    assert module_page.evaluate(script, ":red_circle: and \U0001f534, :fire:") == ["red_circle", "red_circle", "fire"]


def test_a_block_the_page_does_not_know_is_shown_as_such(module_page: "Page") -> None:
    """Nothing is dropped in silence."""
    script = """async (blocks) => {
      const {renderBlocks} = await import('/page/blocks.js');
      return renderBlocks(blocks).map((node) => node.textContent).join(' ');
    }"""
    shown = module_page.evaluate(script, [{"type": "hologram", "depth": 3}, {"text": "no type"}])
    assert "cannot show a “hologram” block" in shown
    assert '"depth": 3' in shown
    assert "block without a type" in shown


BAD_LINKS = [
    {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "link", "url": "javascript:alert(1)", "text": "x"}]}
        ],
    },
    {"type": "image", "image_url": "javascript:alert(1)", "alt_text": "x"},
    {"type": "section", "text": {"type": "mrkdwn", "text": "<vbscript:x|x> <//evil.example|x> <file:///etc/passwd|x>"}},
    {"type": "section", "text": {"type": "mrkdwn", "text": "<!date^1700000000^{date}^javascript:alert(1)|x>"}},
]


@pytest.mark.parametrize("block", BAD_LINKS)
def test_an_address_that_is_not_web_or_mail_never_becomes_a_link(module_page: "Page", block: Json) -> None:
    """Also where the server would refuse it."""
    script = """async (block) => {
      const {renderBlocks} = await import('/page/blocks.js');
      const box = document.createElement('div');
      box.append(...renderBlocks([block]));
      return box.querySelectorAll('[href], [src]').length;
    }"""
    assert module_page.evaluate(script, block) == 0


def test_every_layout_block_is_drawn(page: "Page", app: ProbeApp) -> None:
    """Fields, context, table, rich text with lists, quotes and code."""
    from playwright.sync_api import expect

    rich = {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "strong", "style": {"bold": True}}]},
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "first"}]}],
            },
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "kubectl get pods"}]},
            {"type": "rich_text_quote", "elements": [{"type": "user", "user_id": "U0CLEO"}]},
        ],
    }
    rows = [
        [{"type": "raw_text", "text": text} for text in row] for row in (("Field", "Errors"), ("region=eu", "97 %"))
    ]
    fields = {
        "type": "section",
        "fields": [{"type": "mrkdwn", "text": "*Severity*\n1"}, {"type": "plain_text", "text": "*as it is*"}],
    }
    context = {"type": "context", "elements": [{"type": "mrkdwn", "text": "2 files, 91,204 lines"}]}
    shown = message(
        page, app.post("all", [fields, {"type": "divider"}, context, rich, {"type": "table", "rows": rows}])
    )
    expect(shown.get_by_role("columnheader", name="Errors")).to_be_visible()
    expect(shown.get_by_role("cell", name="97 %")).to_be_visible()
    expect(shown.get_by_role("listitem")).to_have_text("first")
    expect(shown.locator("pre")).to_have_text("kubectl get pods")
    expect(shown.locator("blockquote")).to_have_text("@Cleo Example")
    expect(shown).to_contain_text("*as it is*")
    expect(shown).to_contain_text("2 files, 91,204 lines")


def test_a_chart_is_shown_and_opens_large(page: "Page", app: ProbeApp) -> None:
    """A PNG uploaded by the app, in the thread or the channel."""
    from playwright.sync_api import expect

    app.web.files_upload_v2(channel=app.channel, content=png(320, 120), filename="errors.png", title="Errors a minute")
    picture = page.get_by_role("button", name="Enlarge: Errors a minute")
    expect(picture).to_be_visible()
    picture.get_by_role("img").evaluate("image => image.decode()")
    assert picture.get_by_role("img").evaluate("image => image.naturalWidth") == 320
    picture.click()
    viewer = page.get_by_role("dialog", name="Errors a minute")
    expect(viewer).to_be_visible()
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)


def test_a_picture_from_elsewhere_is_named_and_not_fetched(page: "Page", app: ProbeApp) -> None:
    """The sandbox works without a network; the fixture sees that no request leaves."""
    from playwright.sync_api import expect

    ts = app.post("pic", [{"type": "image", "image_url": "https://cdn.example/x.png", "alt_text": "a far chart"}])
    expect(message(page, ts)).to_contain_text("a far chart")
    expect(message(page, ts).get_by_role("img")).to_have_count(0)


def test_the_clock_moves_on_and_dates_follow(page: "Page", app: ProbeApp) -> None:
    """A relative date is by the sandbox's clock, and stays current as it is moved."""
    from playwright.sync_api import expect

    start = float(app.post("anchor"))
    ts = app.post(
        f"Rollback call <!date^{int(start) + 930}^{{ago}}|later>, at <!date^{int(start)}^{{date_short_pretty}}|then>"
    )
    expect(message(page, ts)).to_contain_text("Rollback call in 15 minutes, at today")
    page.get_by_role("button", name="+5 min").click()
    expect(message(page, ts)).to_contain_text("Rollback call in 10 minutes")
    page.get_by_role("button", name="+1 min").click()
    expect(message(page, ts)).to_contain_text("Rollback call in 9 minutes")
    expect(page.locator("#clock-offset")).to_have_text("+6 min")


def test_the_traffic_drawer_lists_filters_and_opens_entries(page: "Page", app: ProbeApp) -> None:
    """Newest first; the JSON is one press away."""
    from playwright.sync_api import expect

    app.post("traffic to look at")
    page.get_by_role("button", name="Traffic").click()
    drawer = page.get_by_role("complementary", name="Traffic")
    drawer.get_by_role("searchbox").fill("traffic to look at")
    rows = drawer.get_by_role("listitem")
    expect(rows.filter(has_text="chat.postMessage").first).to_be_visible()
    expect(rows.filter(has_text="apps.connections.open")).to_have_count(0)
    rows.filter(has_text="chat.postMessage").first.locator("summary").click()
    expect(rows.filter(has_text="chat.postMessage").first.locator("pre")).to_contain_text('"traffic to look at"')
    drawer.get_by_role("searchbox").fill("")
    expect(rows.nth(3)).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def test_markup_and_script_in_texts_names_blocks_and_urls_stay_text(page: "Page", app: ProbeApp) -> None:
    """Everything that an attacker can write into a log line or a reply."""
    from playwright.sync_api import expect

    escaped = EVIL.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    bad_url = "javascript:window.pwned='url'"
    blocks = [
        {"type": "header", "text": plain(EVIL)},
        section(f"{escaped} <{bad_url}|mrkdwn link> `{escaped}`\n```{escaped}```"),
        {"type": "context", "elements": [plain(EVIL)]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": EVIL}]]},
        {"type": "actions", "elements": [button("evil", EVIL[:70])]},
        {"type": "image", "image_url": "https://cdn.example/x.png", "alt_text": EVIL},
    ]
    ts = app.post(escaped, blocks)
    app.web.files_upload_v2(channel=app.channel, content="x", filename="x.txt", title=EVIL)
    composer = page.get_by_label("Message #checkout-alerts")
    composer.fill(EVIL)
    composer.press("Enter")
    expect(page.locator(".message-text", has_text=EVIL).last).to_be_visible()
    expect(message(page, ts).get_by_role("heading")).to_have_text(EVIL)
    message(page, ts).get_by_text("mrkdwn link").click()
    page.get_by_role("button", name="Traffic").click()
    expect(page.get_by_role("complementary", name="Traffic").get_by_role("listitem").first).to_be_visible()
    assert page.evaluate("window.pwned") is None
    assert page.locator('a[href^="javascript"], .message img[src="x"], body script').count() == 0


def test_a_phone_has_no_sideways_scrolling_and_reaches_everything(open_page: OpenPage, app: ProbeApp) -> None:
    """390 px: the channel, the sidebar as a drawer, the thread over it all, a modal, long unbroken words."""
    from playwright.sync_api import expect

    page = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    long_word = "x" * 300
    rows = [[{"type": "raw_text", "text": f"column {n} is wide"} for n in range(9)]]
    blocks = [section(f"`{long_word}`", accessory=menu("m", "Testing")), {"type": "table", "rows": rows}]
    ts = app.post(
        long_word, [*blocks, {"type": "actions", "elements": [button("b", "Not yet"), button("c", "Rolling back")]}]
    )

    def fits() -> bool:
        return bool(
            page.evaluate(
                "document.documentElement.scrollWidth <= innerWidth && document.body.scrollWidth <= innerWidth"
            )
        )

    expect(message(page, ts)).to_be_visible()
    assert fits()
    page.get_by_role("button", name="Channels").tap()
    expect(page.get_by_role("navigation", name="Channels")).to_be_in_viewport()
    assert fits()
    page.get_by_role("button", name="checkout-alerts").tap()
    message(page, ts).locator(".message-gutter").tap()
    message(page, ts).get_by_role("button", name="Reply in thread").tap()
    thread = page.get_by_role("complementary", name="Thread")
    expect(thread.get_by_role("button", name="Rolling back")).to_be_in_viewport()
    assert fits()
    thread.get_by_role("button", name="Not yet").tap()
    opened = app.web.views_open(
        trigger_id=app.next("b")["trigger_id"], view=modal("v", "Not yet", [section(long_word)])
    )
    expect(page.get_by_role("dialog", name="Not yet")).to_be_in_viewport()
    assert opened["ok"]
    assert fits()
    page.get_by_role("dialog", name="Not yet").get_by_role("button", name="Close").first.tap()
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_text_stands_out_from_its_background_in_both_looks(open_page: OpenPage, app: ProbeApp, look: str) -> None:
    """WCAG AA: 4.5 to 1 for what one reads."""
    from playwright.sync_api import expect

    page = open_page(color_scheme=look)
    elements = [button("p", "Primary", style="primary"), button("d", "Danger", style="danger"), menu("m", "Testing")]
    blocks = [
        section("text `code` <@U0AVA> <@U0BEN> <https://x.example|link>"),
        {"type": "actions", "elements": elements},
    ]
    ts = app.post("card", [*blocks, {"type": "context", "elements": [plain("small print")]}])
    expect(message(page, ts)).to_be_visible()
    assert (
        page.evaluate(
            CONTRAST_SCRIPT,
            f'#messages [data-ts="{ts}"] :is(div, span, code, a, button, time), #sidebar *, .pane-head *',
        )
        == []
    )


# Every element with text of its own whose colour is too close to the first opaque background behind it.
CONTRAST_SCRIPT = """(selector) => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const color = numbers(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const node of document.querySelectorAll(selector)) {
    if (![...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim())) continue;
    if (node.closest('[aria-hidden=true]')) continue;
    const [a, b] = [light(numbers(getComputedStyle(node).color)), light(behind(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push(`${node.className || node.tagName}: ${ratio.toFixed(2)}`);
  }
  return poor;
}"""


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


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_a_missing_browser_is_said_and_is_a_failure_where_it_must_be_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ci: str, outcome: type[BaseException]
) -> None:
    """Nobody takes an unseen page for a tested one."""
    monkeypatch.setattr(browser_support, "CHROMIUM", tmp_path / "chromium")
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="apt-get install chromium"):
        browser_support.require_chromium()
