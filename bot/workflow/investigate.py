"""The triage as one verb: ask the log source and the deploy source, and put the report together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.triage.ports import DeploySource, LogSource
from bot.triage.summary import ChangeLog, LogSummary, Report

ROLLBACK_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Investigation:
    """The report and what it was made of: evidence for hypotheses is looked up in the latter."""

    report: Report
    summary: LogSummary
    changelog: ChangeLog


def investigate(
    logs: LogSource,
    deploys: DeploySource | None,
    *,
    at: datetime,
    window: timedelta,
    baseline: timedelta,
    trace_id: str | None = None,
    top: int = 5,
    rollback_after: timedelta = ROLLBACK_AFTER,
    user_fields: Sequence[str] = (),
) -> Investigation:
    """Carry out the four steps as of `at`. A source that fails becomes a problem in the report, never an exception."""
    raise NotImplementedError
