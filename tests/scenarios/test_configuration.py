"""`fifteen run` with a mistake in its configuration: one line with file, key, wrong and right, and exit code 2."""

import subprocess
import sys

import pytest

from bot.demo.children import child_environment
from tests.support.sandbox_process import ROOT

GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-1-2-abc",
    "SLACK_APP_TOKEN": "xapp-1-2-abc",
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
}


def run(folder, toml, environment=GOOD, *arguments):
    """Run the bot and return exit code, standard output and standard error."""
    if toml is not None:
        (folder / "fifteen.toml").write_text(toml)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "run", *arguments],
        env=child_environment(PYTHONPATH=str(ROOT), **environment),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("toml", "where", "right"),
    [
        (None, "fifteen.toml: there is no such file.", "Copy deploy/fifteen.toml there"),
        ("store = sqlite", "fifteen.toml: it is not valid TOML", "quotes"),
        ("stroe = 'x'", "fifteen.toml: stroe: there is no such key.", "Did you mean store?"),  # codespell:ignore stroe
        ("[service.a]\nrolback_after = '15m'", "service.a.rolback_after: there is no such key.", "rollback_after"),
        ("[service.a]\nrollback_after = '15 parsecs'", "service.a.rollback_after", "a number with s, m or h"),
        ("[service.a]\nrollback_after = 15", "service.a.rollback_after", "a number with s, m or h"),
        ("[service.a]\nrollback_command = 'x {prev}'", "service.a.rollback_command: {prev} is no", "{previous}"),
        ("[service.a.logs]\nkind = 'smoke'\npath = 'x'", "service.a.logs.kind", "'file'"),
        ("[service.a.logs]\nkind = 'file'", "service.a.logs.path: it is missing.", "Add it"),
        ("[service.a.deploys]\nkind = 'svn'\npath = 'x'", "service.a.deploys.kind", "'git'"),
        ("[service.a.deploys]\npath = 'x'", "service.a.deploys.kind: it is missing.", 'kind = "git"'),
        ("store = 'mysql://x'", "store", "sqlite:///"),
    ],
)
def test_a_mistake_in_the_file_is_one_line(tmp_path, toml, where, right):
    """One row a mistake."""
    code, said, complaint = run(tmp_path, toml)
    assert (code, said) == (2, ""), complaint
    assert complaint.startswith("fifteen: ")
    assert len(complaint.splitlines()) == 1
    assert where in complaint
    assert right in complaint


@pytest.mark.parametrize(
    ("change", "arguments", "where", "right"),
    [
        ({"SLACK_BOT_TOKEN": ""}, (), "SLACK_BOT_TOKEN: it is not set.", "Bot User OAuth Token"),
        ({"SLACK_BOT_TOKEN": "xapp-1"}, (), "SLACK_BOT_TOKEN: it does not begin with xoxb-.", "OAuth & Permissions"),
        ({"SLACK_APP_TOKEN": ""}, (), "SLACK_APP_TOKEN: it is not set.", "connections:write"),
        ({}, ("--http", "127.0.0.1:0"), "SLACK_SIGNING_SECRET: it is not set.", "Signing Secret"),
        ({"SLACK_API_URL": "slack.com"}, (), "SLACK_API_URL: 'slack.com' is no URL.", "unset"),
        ({}, (), "SLACK_API_URL: http://127.0.0.1:9/api/ does not answer", "Check the network."),
    ],
)
def test_a_mistake_in_the_environment_is_one_line(tmp_path, change, arguments, where, right):
    """One row a mistake; a token is never repeated."""
    code, said, complaint = run(tmp_path, "", GOOD | change, *arguments)
    assert (code, said) == (2, ""), complaint
    last = complaint.splitlines()[-1]  # where Slack was asked, the log of that stands above
    assert last.startswith("fifteen: ")
    assert where in last
    assert right in last
    assert "abc" not in complaint
