"""A sandbox process, an app on its socket and pages in a browser: one of each a module."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.browser import DESKTOP
from tests.support.probe_app import ProbeApp

if TYPE_CHECKING:
    from playwright.sync_api import APIRequestContext, Browser, Page

Json = dict[str, Any]
OpenPage = Callable[..., "Page"]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Json]:
    """The sandbox as its own process; what its first line says."""
    manifest = Path(__file__).parents[3] / "deploy" / "manifest.yaml"
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


@pytest.fixture(scope="module")
def module_page(browser: "Browser", sandbox: Json) -> "Page":
    """One page for the tests that only ask its modules."""
    page = browser.new_context(viewport=DESKTOP).new_page()
    page.goto(f"{sandbox['page_url']}/")
    page.get_by_label("Message #checkout-alerts").wait_for()
    return page


def _close_modals(request: "APIRequestContext", sandbox: Json) -> None:
    doors = f"{sandbox['page_url']}/_sandbox"
    for view in reversed(request.get(f"{doors}/views?user={sandbox['user']}").json()["views"]):
        request.post(f"{doors}/close", data={"user": sandbox["user"], "view_id": view["id"]})


def _note_foreign(url: str, origin: str, problems: list[str]) -> None:
    if not url.startswith((origin, "data:")):
        problems.append(f"asked another host: {url}")
