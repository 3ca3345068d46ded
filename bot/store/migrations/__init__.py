"""The history of the tables, one revision a file, played by Alembic."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bot.errors import ConfigError

if TYPE_CHECKING:
    from alembic.config import Config

# Alembic takes 0.4 s to import, needed once a start: hence inside the functions.


def upgrade(tx: Connection, revision: str = "head") -> None:
    """Bring the tables up to a revision, the newest by default, inside the caller's transaction.

    Raises:
        ConfigError: the tables were made by a newer version, which knows a revision that this one does not.
    """
    from alembic import command  # noqa: PLC0415

    is_newest(version(tx))
    config = _config()
    config.attributes["connection"] = tx
    command.upgrade(config, revision)


def version(tx: Connection) -> str | None:
    """Return the revision of the tables; None where there are none."""
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    return MigrationContext.configure(tx).get_current_revision()


def is_newest(found: str | None) -> bool:
    """Tell whether tables of a revision are up to date.

    Raises:
        ConfigError: they were made by a newer version, which knows a revision that this one does not.
    """
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    scripts = ScriptDirectory.from_config(_config())
    if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
        raise ConfigError(
            "store",
            f"its tables are a newer version's (revision {found}).",
            "Run that version of Fifteen, or give this one a database of its own.",
        )
    return found == scripts.get_current_head()


def _config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
