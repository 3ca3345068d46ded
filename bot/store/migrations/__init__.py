"""The history of the tables, one revision a file, played by Alembic."""

from pathlib import Path

from sqlalchemy import Connection

from bot.errors import ConfigError


def upgrade(tx: Connection, revision: str = "head") -> None:
    """Bring the tables up to a revision, the newest by default, inside the caller's transaction.

    Raises:
        ConfigError: the tables were made by a newer version, which knows a revision that this one does not.
    """
    from alembic import command  # noqa: PLC0415 - 0.4 s to import, needed once a start
    from alembic.config import Config  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = tx
    found = MigrationContext.configure(tx).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise ConfigError(
            "fifteen.toml: store",
            f"its tables are a newer version's (revision {found}).",
            "Run that version of Fifteen, or give this one a database of its own.",
        )
    command.upgrade(config, revision)
