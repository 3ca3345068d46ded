"""What stands around the messages: address, clock, traffic, widths, looks, and the browser itself."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.page.block_kit import button, menu, message, modal, plain, section
from tests.support import browser as browser_support
from tests.support.browser import PHONE
from tests.support.probe_app import ProbeApp

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.page

OpenPage = Callable[..., "Page"]


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


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_a_missing_browser_is_said_and_is_a_failure_where_it_must_be_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ci: str, outcome: type[BaseException]
) -> None:
    """Nobody takes an unseen page for a tested one."""
    monkeypatch.setattr(browser_support, "CHROMIUM", tmp_path / "chromium")
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="apt-get install chromium"):
        browser_support.require_chromium()
