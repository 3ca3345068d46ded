"""Tokens: from the environment alone, and nowhere else to be seen."""

from pathlib import Path

import pytest

from bot.settings import slack_from_environment
from tests.scenarios.conftest import opened
from tests.support.bot_process import processes_of

ENVIRONMENT = {
    "SLACK_BOT_TOKEN": "xo" + "xb-1-2-planted",
    "SLACK_APP_TOKEN": "xa" + "pp-1-2-planted",
    "SLACK_SIGNING_SECRET": "planted-signing-secret",
}


@pytest.mark.parametrize("http", [True, False])
def test_no_token_is_in_a_repr(http):
    """Neither in repr nor in str, whichever way of delivery."""
    settings = slack_from_environment(http=http, environ=ENVIRONMENT)
    assert settings.bot_token == ENVIRONMENT["SLACK_BOT_TOKEN"]
    assert "planted" not in repr(settings) + str(settings)


def test_no_token_is_in_the_log_or_on_a_command_line(tmp_path):
    """Of the bot and its reader processes, while they run, with Slack refusing what they ask."""
    with opened(tmp_path) as room:
        sandbox = room.sandbox
        secrets = [sandbox.bot_token, sandbox.app_token, sandbox.signing_secret]
        sandbox.fault("status", code=429, retry_after=1, count=2, method="chat.postMessage")
        room.start()
        processes = processes_of(room.bot.output)
        lines = [Path(f"/proc/{process}/cmdline").read_bytes().decode() for process in processes]
        assert len(lines) > 1
        sandbox.fault("drop")
        room.command("status")
        room.settle()
    seen = "\n".join([*lines, room.bot.printed()])
    assert [secret for secret in secrets if secret in seen] == []
