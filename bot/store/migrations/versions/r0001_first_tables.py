"""The first tables: event, incident, hypothesis, timeline, triage, job."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them. Instants and durations are microseconds in a BIGINT (`bot/store/columns.py`)."""
    op.create_table(
        "event",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_event"),
    )
    _create_incident()
    _create_ledger()
    _create_job()


def _create_incident() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("service", sa.Text),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("lead_id", sa.Text, nullable=False),
        sa.Column("started_by", sa.Text, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("channel_id", sa.Text, nullable=False),
        sa.Column("asked_channel_id", sa.Text, nullable=False),
        sa.Column("rollback_after", sa.BigInteger, nullable=False),
        sa.Column("onset_at", sa.BigInteger),
        sa.Column("users_affected", sa.Text),
        sa.Column("users_affected_by", sa.Text),
        sa.Column("cause", sa.Text),
        sa.Column("cause_by", sa.Text),
        sa.Column("identified_at", sa.BigInteger),
        sa.Column("rolling_back_at", sa.BigInteger),
        sa.Column("rolling_back_by", sa.Text),
        sa.Column("recovered_at", sa.BigInteger),
        sa.Column("snoozed_until", sa.BigInteger),
        sa.Column("resolved_at", sa.BigInteger),
        sa.Column("resolved_by", sa.Text),
        sa.Column("resolution", sa.Text),
        sa.Column("card_ts", sa.Text),
        sa.Column("hypotheses_ts", sa.Text),
        sa.Column("permalink", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
    )
    op.create_index("ix_incident_channel_id_status", "incident", ["channel_id", "status"])


def _create_ledger() -> None:
    op.create_table(
        "hypothesis",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("incident_id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("author_id", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("source_channel_id", sa.Text, nullable=False),
        sa.Column("source_ts", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("previous_state", sa.Text),
        sa.Column("state_by", sa.Text),
        sa.Column("state_at", sa.BigInteger),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hypothesis"),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name="fk_hypothesis_incident_id"),
        sa.UniqueConstraint("incident_id", "number", name="uq_hypothesis_incident_id_number"),
    )
    op.create_index("ix_hypothesis_source_channel_id_source_ts", "hypothesis", ["source_channel_id", "source_ts"])
    op.create_table(
        "timeline",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("incident_id", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("actor_id", sa.Text),
        sa.Column("origin", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_timeline"),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name="fk_timeline_incident_id"),
    )
    op.create_index("ix_timeline_incident_id_at", "timeline", ["incident_id", "at"])
    op.create_table(
        "triage",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("incident_id", sa.Integer, nullable=False),
        sa.Column("taken_at", sa.BigInteger, nullable=False),
        sa.Column("report", sa.LargeBinary, nullable=False),
        sa.Column("summary", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_triage"),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name="fk_triage_incident_id"),
    )
    op.create_index("ix_triage_incident_id", "triage", ["incident_id"])


def _create_job() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("incident_id", sa.Integer),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("lane", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("depends_on", sa.Integer),
        sa.Column("first_due_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("slack_ts", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name="fk_job_incident_id"),
        sa.ForeignKeyConstraint(["depends_on"], ["job.id"], name="fk_job_depends_on"),
        sa.UniqueConstraint("incident_id", "kind", "n", name="uq_job_incident_id_kind_n"),
    )
    pending = sa.text("state = 'pending'")
    op.create_index("ix_job_pending", "job", ["lane", "due_at"], sqlite_where=pending, postgresql_where=pending)
