"""From settings to sources: what counts as a deploy."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import Unreachable
from bot.settings import GitDeploySettings, ServiceSettings
from bot.workflow.sources import deploy_source, log_source

NOW = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a repository with one commit and two tags on it."""
    environment = {"PATH": "/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": str(tmp_path)}
    for arguments in (
        ["init", "--quiet", "--initial-branch=main"],
        [
            "-c",
            "user.name=Ana",
            "-c",
            "user.email=ana@shop.example",
            "commit",
            "--quiet",
            "--allow-empty",
            "-m",
            "First",
        ],
        ["tag", "v1"],
        ["tag", "nightly"],
    ):
        subprocess.run(["git", *arguments], cwd=tmp_path, env=environment, check=True)
    return tmp_path


@pytest.mark.parametrize(
    ("keys", "deploys", "proven"),
    [
        ({}, {"v1", "nightly"}, True),
        ({"tags": "v*"}, {"v1"}, True),
        ({"branch": "main"}, set(), False),
        ({"branch": "main", "tags": "v*"}, {"v1"}, True),
    ],
    ids=["neither: every tag", "tags", "a branch alone: merged, not proven shipped", "both"],
)
def test_what_counts_as_a_deploy_follows_from_tags_and_branch(clone, keys, deploys, proven):
    """Tags are deploys unless only a branch is configured."""
    settings = ServiceSettings(deploys=GitDeploySettings(kind="git", path=str(clone), **keys))
    found = deploy_source(settings).changes(NOW)
    assert {deploy.name for deploy in found.deploys} == deploys
    assert found.proves_deploys is proven
    assert len(found.commits) == 1


def test_a_service_without_a_log_is_told_which_key_to_add():
    """The finding names the section of the configuration."""
    with pytest.raises(Unreachable, match=r"\[service\.checkout\.logs\] to the configuration"):
        log_source("checkout", ServiceSettings()).newest()
