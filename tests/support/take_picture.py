"""Takes the README's picture of the channel: `python -m tests.support.take_picture`, after a change of what it shows.

It plays the demo up to the rollback call, opens the page in Chromium and writes docs/images/channel.png.
"""

import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from bot.demo.player import Player
from bot.demo.playground import playground
from bot.demo.script import INCIDENT, Stage, play
from tests.support.browser import ARGUMENTS, CHROMIUM

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "channel.png"
SIZE = {"width": 1180, "height": 1340}
LAST = "the rollback call at 15 minutes, sent to the channel"
TIMEOUT_S = 90.0
SETTLED_MS = 1500  # the chart in the thread is still being decoded when the text is there


def main() -> int:
    """Play, look, write; 1 when a step was not seen."""
    steps = INCIDENT[: [step.name for step in INCIDENT].index(LAST) + 1]
    with playground(_say) as ground:
        for outcome in play(Stage(Player(ground), ground.deploy), steps, time.monotonic() + TIMEOUT_S):
            _say(f"{outcome.step.name}: {outcome.trouble or 'seen'}")
            if outcome.trouble:
                return 1
        _photograph(ground.sandbox["page_url"])
    return 0


def _say(what: str) -> None:
    sys.stderr.write(f"{what}\n")


def _photograph(page_url: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.goto(page_url)
        page.get_by_text("This is not failure").first.wait_for()
        page.wait_for_timeout(SETTLED_MS)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
