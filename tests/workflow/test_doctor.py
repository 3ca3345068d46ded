"""What `fifteen doctor` says of those who may, and of the permissions to ask for them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

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
