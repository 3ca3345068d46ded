"""The sandbox in a process of its own, and an outbox that talks to it."""

from collections.abc import Iterator

import pytest

from bot.slack.call import make_client
from bot.slack.outbox import Outbox
from tests.support.sandbox_process import SandboxProcess


@pytest.fixture
def slack() -> Iterator[SandboxProcess]:
    """A fresh local Slack, over real sockets."""
    with SandboxProcess() as process:
        yield process


@pytest.fixture
def outbox(slack: SandboxProcess) -> Outbox:
    """An outbox with the bot's token."""
    return Outbox(make_client(slack.bot_token, slack.api_url))
