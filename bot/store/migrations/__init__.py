"""The history of the tables, one revision a file, played by Alembic."""

from pathlib import Path

from sqlalchemy import Connection


def upgrade(tx: Connection) -> None:
    """Bring the tables up to the newest revision, inside the caller's transaction."""
    from alembic import command  # noqa: PLC0415 - 0.4 s to import, needed once a start
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = tx
    command.upgrade(config, "head")


def newest() -> str:
    """Return the newest revision."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    return str(ScriptDirectory(str(Path(__file__).parent)).get_current_head())
