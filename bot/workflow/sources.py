"""From a service's settings to the sources that read for it; one line a kind."""

from typing import Never

from bot.deploys.deploylog import DeployLog
from bot.deploys.git import GitDeploys
from bot.errors import Unreachable
from bot.logs.file import FileLogSource
from bot.settings import DeployLogSettings, GitDeploySettings, ServiceSettings
from bot.triage.ports import DeploySource, LogSource


class Silent:
    """The logs or the deploys of a service that cannot be asked: every question is answered with the reason.

    Args:
        name: Of the service.
        why: What every method raises; the sentence names the remedy.
    """

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        self._why = why

    def newest(self, *_: object, **__: object) -> Never:
        """Raise Unreachable, as every method does."""
        raise Unreachable(self._why)

    summarize = trace = changes = newest


def log_source(service: str, settings: ServiceSettings) -> LogSource:
    """Return where the service's logs are; where none is configured, a source that says so, and names the key."""
    if settings.logs is None:
        return Silent(service, f"no log is configured for {service}; add [service.{service}.logs] to the configuration")
    logs = settings.logs
    return FileLogSource(logs.paths, name=service, dialect=logs.dialect, timezone=logs.timezone, disorder=logs.disorder)


def deploy_source(settings: ServiceSettings) -> DeploySource | None:
    """Return what knows the service's deploys, or None where nothing is configured."""
    match settings.deploys:
        case GitDeploySettings() as git:
            # A branch without tags: commits, "merged, not proven shipped"; neither: every tag is a deploy.
            tags = git.tags if git.tags is not None else ("" if git.branch else "*")
            return GitDeploys(git.path, tags=tags, branch=git.branch, safe_directory=git.safe_directory)
        case DeployLogSettings() as log:
            repository = GitDeploys(log.repository, safe_directory=log.safe_directory) if log.repository else None
            return DeployLog(log.path, repository)
        case None:
            return None
