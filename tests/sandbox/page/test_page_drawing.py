"""How texts, blocks, pictures and links are drawn, and that none of them ever runs."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.page.block_kit import button, message, plain, png, section
from tests.support.probe_app import ProbeApp

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.page

Json = dict[str, Any]


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


EVIL = "<img src=x onerror=\"window.pwned='img'\"><script>window.pwned='script'</script>"


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
