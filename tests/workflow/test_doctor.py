"""What `fifteen doctor` says of those who may, and of the permissions to ask for them."""

from collections.abc import Iterator

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
