"""From a service's settings to the sources that read for it; one line a kind."""

from bot.deploys.deploylog import DeployLog
from bot.deploys.git import GitDeploys
from bot.errors import Unreachable
from bot.logs.file import FileLogSource
from bot.settings import DeployLogSettings, GitDeploySettings, ServiceSettings
from bot.triage.ports import DeploySource, LogSource


def log_source(service: str, settings: ServiceSettings) -> LogSource:
    """Return where the service's logs are.

    Raises:
        Unreachable: none is configured; the sentence names the key.
    """
    if settings.logs is None:
        raise Unreachable(f"no log is configured for {service}; add [service.{service}.logs] to fifteen.toml")
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
