"""Fixtures of the sandbox's tests."""

import pytest
from slack_sdk import WebClient

from tests.sandbox.recording_app import RecordingApp
from tests.sandbox.sandbox_thread import SandboxThread
from tests.support.browser import browser

__all__ = ["browser"]


@pytest.fixture
def slack(tmp_path):
    """A sandbox of its own, over real sockets, that delivers over the socket."""
    with SandboxThread(tmp_path / "clock") as running:
        yield running


@pytest.fixture
def app(slack):
    """A connected app that acknowledges everything and keeps it."""
    with RecordingApp(slack) as connected:
        yield connected


@pytest.fixture
def web(slack):
    """A client with the bot's token that repeats nothing by itself."""
    return WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
