"""The timeline says in which channel something was said, and keeps refusals that are about no incident."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the channel, unknown for the lines that are there; SQLite copies the table to drop a NOT NULL."""
    with op.batch_alter_table("timeline") as table:
        table.add_column(sa.Column("channel_id", sa.Text, nullable=False, server_default=""))
        table.alter_column("incident_id", existing_type=sa.Integer, nullable=True)
