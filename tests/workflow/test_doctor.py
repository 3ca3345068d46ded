"""What `fifteen doctor` says of those who may, and of the permissions to ask for them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from click.testing import CliRunner

from bot.cli import fifteen
from bot.clock import Clock
from bot.settings import Settings, SlackSettings
from bot.slack.call import make_client
from bot.workflow.doctor import examine
from tests.support.sandbox_process import SandboxProcess


@pytest.fixture(scope="module")
def slack() -> Iterator[SandboxProcess]:
    """A local Slack, over real sockets."""
    with SandboxProcess() as process:
        yield process


def checks(slack, tmp_path, may):
    """Return what was said, and what is wrong, of every id in [may], in order."""
    settings = Settings.model_validate(
        {"store": f"sqlite:///{tmp_path}/fifteen.db", "may": may, "service": {"shop": {"may": may}}}
    )
    client = make_client(slack.bot_token, slack.api_url)
    found = examine(settings, SlackSettings(bot_token=slack.bot_token), client, Clock().now())
    return [(check.name, check.said, check.problem) for check in found if "may." in check.name]


MENDS = 'store = "sqlite:///fifteen.db"\n[service.shop.logs]\nkind = "file"\npath = "app.log"\n'
NOT_SET = "it is not set. Copy it from"


def doctor(tmp_path, monkeypatch, text, *arguments, **environment):
    """Run the command beside a log; nothing of Slack is in its environment but what is given."""
    (tmp_path / "app.log").write_text('{"ts": "2026-03-01T03:00:00Z", "level": "error", "msg": "x"}\n')
    (tmp_path / "t.toml").write_text(text)
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL"):
        monkeypatch.delenv(name, raising=False)
    return CliRunner().invoke(
        fifteen, ["doctor", "--config", str(tmp_path / "t.toml"), *arguments], env=environment, catch_exceptions=False
    )


@pytest.mark.parametrize(
    ("arguments", "lacking"),
    [((), ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]), (("--http",), ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"])],
)
def test_without_a_token_the_rest_is_looked_at(tmp_path, monkeypatch, arguments, lacking):
    """Every token that is missing, the store, logs and deploys; exit code 1, as docs/commands.md has it."""
    done = doctor(tmp_path, monkeypatch, MENDS, *arguments)
    assert done.exit_code == 1
    for name in lacking:
        assert f"✗ {name}  {NOT_SET}" in done.stdout
    assert "✓ store" in done.stdout
    assert "✓ service.shop.logs  newest line" in done.stdout
    assert "✗ service.shop.deploys  not configured" in done.stdout


def test_slack_is_asked_although_the_app_token_is_missing(slack, tmp_path, monkeypatch):
    """What one token tells does not depend on the other."""
    done = doctor(tmp_path, monkeypatch, MENDS, SLACK_BOT_TOKEN=slack.bot_token, SLACK_API_URL=slack.api_url)
    assert "✓ SLACK_BOT_TOKEN  fifteen in" in done.stdout
    assert f"✗ SLACK_APP_TOKEN  {NOT_SET}" in done.stdout
    assert "✓ scopes" in done.stdout


def test_an_address_of_slack_that_is_none_asks_nobody(slack, tmp_path, monkeypatch):
    """Least of all the real one."""
    done = doctor(tmp_path, monkeypatch, MENDS, SLACK_BOT_TOKEN=slack.bot_token, SLACK_API_URL="nowhere")
    assert "✗ SLACK_API_URL  'nowhere' is no URL." in done.stdout
    assert "SLACK_BOT_TOKEN" not in done.stdout
    assert "✓ service.shop.logs" in done.stdout


def test_a_file_that_cannot_be_used_ends_the_examination(tmp_path, monkeypatch):
    """Exit code 2, as for every command."""
    done = doctor(tmp_path, monkeypatch, "stroe = 1")  # codespell:ignore stroe
    assert done.exit_code == 2
    assert "t.toml: stroe: there is no such key." in done.stderr  # codespell:ignore stroe


@pytest.mark.parametrize(
    ("who", "said", "problem"),
    [
        ("S0123456", "S0123456: 2 members", ""),
        ("U0AVA", "Ava Example", ""),
        ("S0NOGROUP", "", "there is no such user group"),
        ("U0GUS", "", "U0GUS is no full member of this workspace, and will be refused."),
        ("U0NOBODY", "", "U0NOBODY is no full member"),
    ],
)
def test_everybody_named_is_looked_up(slack, tmp_path, who, said, problem):
    """At the top and for each service; what is unknown has its remedy."""
    found = checks(slack, tmp_path, {"resolve": [who]})
    assert [name for name, *_ in found] == ["may.resolve", "service.shop.may.resolve"]
    for _, what, wrong in found:
        assert what == said
        assert wrong.startswith(problem)
        assert bool(wrong) == bool(problem)


@pytest.mark.parametrize(
    ("ahead", "said", "problem"),
    [
        (
            timedelta(minutes=162),
            "",
            "newest line is dated 2 h 42 min ahead. Wrong zone? Set timezone in [service.shop.logs]",
        ),
        (timedelta(seconds=30), "newest line 0 s old", ""),
    ],
)
def test_a_log_whose_newest_line_is_to_come_is_not_in_order(slack, tmp_path, ahead, said, problem):
    """It is in another zone, or a clock is wrong; either way the window holds old lines."""
    now = Clock().now()
    log = tmp_path / "app.log"
    log.write_text(f"{now + ahead:%Y-%m-%d %H:%M:%S} INFO ok\n")
    settings = Settings.model_validate(
        {"store": f"sqlite:///{tmp_path}/fifteen.db", "service": {"shop": {"logs": {"kind": "file", "path": str(log)}}}}
    )
    client = make_client(slack.bot_token, slack.api_url)
    found = examine(settings, SlackSettings(bot_token=slack.bot_token), client, now.replace(microsecond=0))
    check = next(check for check in found if check.name == "service.shop.logs")
    assert (check.said, check.problem.startswith(problem), bool(check.problem)) == (said, True, bool(problem))


def test_no_remedy_names_another_file_than_the_one_that_is_read(tmp_path, monkeypatch):
    """The configuration here is t.toml: whoever follows a remedy would write a file that nobody reads."""
    empty = doctor(tmp_path, monkeypatch, 'store = "sqlite:///fifteen.db"\n').stdout
    assert "add [service.NAME] with logs and deploys to the configuration" in empty
    without_logs = doctor(tmp_path, monkeypatch, 'store = "sqlite:///fifteen.db"\n[service.shop]\n').stdout
    assert "add [service.shop.logs] to the configuration" in without_logs
    assert "fifteen.toml" not in empty + without_logs
