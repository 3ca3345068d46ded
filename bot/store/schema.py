"""The tables. The columns of `incident`, `hypothesis` and `timeline` are the fields of the values they hold."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.incident.hypothesis import HypothesisState
from bot.incident.incident import Status, UsersAffected
from bot.store.columns import Duration, Instant, Payload, Texts, Word

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

event = Table(
    "event",
    metadata,
    Column("key", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("seen_at", Instant, nullable=False),
)

incident = Table(
    "incident",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("service", Text),
    Column("severity", Integer, nullable=False),
    Column("status", Word(Status), nullable=False),
    Column("lead_id", Text, nullable=False),
    Column("started_by", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("channel_id", Text, nullable=False),
    Column("asked_channel_id", Text, nullable=False),
    Column("rollback_after", Duration, nullable=False),
    Column("onset_at", Instant),
    Column("users_affected", Word(UsersAffected)),
    Column("users_affected_by", Text),
    Column("cause", Text),
    Column("cause_by", Text),
    Column("identified_at", Instant),
    Column("rolling_back_at", Instant),
    Column("rolling_back_by", Text),
    Column("recovered_at", Instant),
    Column("snoozed_until", Instant),
    Column("resolved_at", Instant),
    Column("resolved_by", Text),
    Column("resolution", Text),
    Column("card_ts", Text),
    Column("hypotheses_ts", Text),
    Column("permalink", Text),
    Index(None, "channel_id", "status"),
)

hypothesis = Table(
    "hypothesis",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("incident_id", ForeignKey("incident.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("author_id", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("source_channel_id", Text, nullable=False),
    Column("source_ts", Text, nullable=False),
    Column("state", Word(HypothesisState), nullable=False),
    Column("previous_state", Word(HypothesisState)),
    Column("state_by", Text),
    Column("state_at", Instant),
    Column("evidence", Texts, nullable=False),
    UniqueConstraint("incident_id", "number"),
    Index(None, "source_channel_id", "source_ts"),
)

timeline = Table(
    "timeline",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("incident_id", ForeignKey("incident.id")),
    Column("at", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("actor_id", Text),
    Column("origin", Text, nullable=False),
    Column("channel_id", Text, nullable=False, server_default=""),
    Index(None, "incident_id", "at"),
)

triage = Table(
    "triage",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("incident_id", ForeignKey("incident.id"), nullable=False),
    Column("taken_at", Instant, nullable=False),
    Column("report", LargeBinary, nullable=False),
    Column("summary", LargeBinary, nullable=False),
    Index(None, "incident_id"),
)

job = Table(
    "job",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("incident_id", ForeignKey("incident.id")),
    Column("kind", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("lane", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("payload", Payload, nullable=False),
    Column("depends_on", ForeignKey("job.id")),
    Column("first_due_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("owner", Text),
    Column("lease_until", Instant),
    Column("attempts", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("error", Text),
    Column("slack_ts", Text),
    UniqueConstraint("incident_id", "kind", "n"),
    Index(
        "ix_job_pending",
        "lane",
        "due_at",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
)
