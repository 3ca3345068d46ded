"""The sandbox as a process: its first line, its end, its manifest."""

import json
import os
import subprocess
import sys

import pytest

from bot.sandbox.manifest import DEFAULT_PATH, Manifest, ManifestError, parse_yaml
from tests.support.sandbox_process import ROOT, SandboxProcess


def test_the_first_line_says_how_to_reach_it_and_sigterm_ends_it():
    """One JSON object with the seven agreed keys; exit code 0."""
    sandbox = SandboxProcess()
    assert set(sandbox.info) == {
        "api_url",
        "page_url",
        "bot_token",
        "app_token",
        "signing_secret",
        "channel",
        "user",
    }
    assert sandbox.api_url.endswith("/api/")
    assert not sandbox.page_url.endswith("/")
    sandbox.say("hello")
    assert sandbox.stop() == 0


def test_the_clock_file_of_the_environment_is_used(tmp_path):
    """FIFTEEN_CLOCK_FILE, where no --clock-file is given."""
    clock_file = tmp_path / "clock"
    command = [sys.executable, "-m", "bot.sandbox"]
    environment = {**os.environ, "FIFTEEN_CLOCK_FILE": str(clock_file)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment) as process:
        json.loads(process.stdout.readline())
        assert float(clock_file.read_text()) == 0
        process.terminate()


def test_a_missing_manifest_is_said_in_one_line(tmp_path):
    """No traceback."""
    command = [sys.executable, "-m", "bot.sandbox", "--manifest", str(tmp_path / "none.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 1
    assert "--manifest" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_projects_manifest_is_read():
    """Scopes, events, the command that gets escaped text, the shortcut."""
    manifest = Manifest.read(DEFAULT_PATH)
    assert manifest.name == "Fifteen"
    assert {"commands", "chat:write", "channels:history"} <= manifest.scopes
    assert {"message.channels", "message.groups", "app_mention", "app_home_opened"} <= manifest.events
    assert [(command["command"], command["should_escape"]) for command in manifest.commands] == [("/incident", True)]
    assert [shortcut["callback_id"] for shortcut in manifest.shortcuts] == ["record_hypothesis"]


def test_a_manifest_may_be_json(tmp_path):
    """As Slack exports it."""
    path = tmp_path / "manifest.json"
    features = {"bot_user": {"display_name": "bot"}}
    tree = {
        "display_information": {"name": "X"},
        "features": features,
        "oauth_config": {"scopes": {"bot": ["commands"]}},
    }
    path.write_text(json.dumps(tree))
    assert Manifest.read(path).scopes == {"commands"}
    path.write_text("{}")
    with pytest.raises(ManifestError, match="not a Slack app manifest"):
        Manifest.read(path)


@pytest.mark.parametrize("text", ["a: [1, 2]", "a: |\n  text", "just words", "a: &x 1"])
def test_yaml_outside_of_the_subset_is_refused(text):
    """Rather than read wrongly."""
    with pytest.raises(ValueError):
        parse_yaml(text)


def test_the_subset_of_yaml_is_read():
    """Nested mappings, lists of both kinds, quotes, comments, booleans, numbers."""
    text = 'a: one  # first\nb:\n  - x\n  - y: true\n    z: "# no comment"\nc:\n  d: 12\ne:\n'
    assert parse_yaml(text) == {"a": "one", "b": ["x", {"y": True, "z": "# no comment"}], "c": {"d": 12}, "e": None}
