"""What makes a rollback unsafe: database migrations and configuration among the files that it would take back."""

import re
from collections.abc import Collection, Iterable

NAMED = 2  # files named in one sentence; the rest is counted

_MIGRATION = re.compile(
    r"(?:^|/)(?:migrations?|migrate|alembic|flyway|liquibase|changelogs?|evolutions)/(?!(?:.*/)?(?:__init__\.py|README[^/]*|env\.py)$)"
    r"|\.sql$|(?:^|/)schema\.(?:rb|prisma)$",
    re.IGNORECASE,
)
_CONFIGURATION = re.compile(
    r"(?:^|/)(?:config|configs|configuration|conf|conf\.d|settings|env|environments|helm|charts?|k8s|kubernetes|manifests"
    r"|kustomize|deploy|deployment|terraform|infra|feature[_-]?flags?)/(?:.+/)?[^/]+\.(?:ya?ml|json|toml|ini|conf|cfg|env|properties|tf|tfvars|xml|py|rb|js|ts|exs?)$"
    r"|(?:^|/)(?:config|settings|appsettings[\w.-]*|feature[_-]?flags?)\.(?:ya?ml|json|toml|ini|conf|cfg|properties|py|rb|js|ts)$"
    # Of these names only the formats of configuration: values.py and application.js are code like any other.
    r"|(?:^|/)(?:application[\w-]*|values[\w.-]*)\.(?:ya?ml|json|toml|ini|conf|cfg|properties)$"
    r"|(?:^|/)(?:\.env[\w.-]*|[\w.-]*\.(?:env|properties|ini|conf|tf|tfvars)|(?:docker-)?compose[\w.-]*\.ya?ml|Dockerfile[\w.-]*)$",
    re.IGNORECASE,
)
_NOT_RUNNING = re.compile(
    r"(?:^|/)(?:tests?|specs?|__tests__|fixtures|docs?|examples?|\.github|\.gitlab|\.circleci)/", re.IGNORECASE
)


def find_hazards(paths: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each kind of hazard among the paths, migrations first; tests and documentation are none."""
    running = [path for path in dict.fromkeys(paths) if not _NOT_RUNNING.search(path)]
    migrations = [path for path in running if _MIGRATION.search(path)]
    configuration = [path for path in running if _CONFIGURATION.search(path) and not _MIGRATION.search(path)]
    return (
        *_sentence("database migration", "database migrations", migrations),
        *_sentence("configuration change", "configuration changes", configuration),
    )


def _sentence(one: str, many: str, paths: Collection[str]) -> tuple[str, ...]:
    if not paths:
        return ()
    named = ", ".join(sorted(paths)[:NAMED])
    more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
    return (f"{one if len(paths) == 1 else f'{len(paths)} {many}'}: {named}{more}",)
