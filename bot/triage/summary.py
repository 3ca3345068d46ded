"""The values of a triage: what the sources hand in (summaries), and what the report says (version 1).

The report is a contract: its field names and meanings are those of docs/report.md, and `report.py` alone turns it into
JSON. Every string here that came from outside (a log line, a commit subject, a name) has already been through
`bot.text` (redacted, cleaned, truncated) by the adapter that made it; none of it is escaped for Slack yet.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, half-open: start <= t < end. Both aware, UTC, a whole number of seconds apart."""

    start: datetime
    end: datetime

    @property
    def duration(self) -> timedelta:
        """The length."""
        return self.end - self.start

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class LogRequest:
    """What a triage asks of a log source.

    Args:
        baseline: The stretch to compare with; it ends where the window starts.
        window: The stretch to explain.
        user_fields: Dotted names to try first for the user, before the standard ones.
        deadline_s: Seconds of real time after which the source answers with what it has, marked partial.
    """

    baseline: Span
    window: Span
    user_fields: tuple[str, ...] = ()
    deadline_s: float = 60.0

    @property
    def span(self) -> Span:
        """Baseline and window together."""
        return Span(self.baseline.start, self.window.end)


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What was read. `lines` = `parsed` + `skipped`: lines inside baseline and window, without blank ones.

    Args:
        zoneless: How many of their times carried no zone and were taken as UTC, for nobody said otherwise.
        doubt: Why these times are probably wrong: then nothing is clear. One of the problems; empty without doubt.
        mute: Why no line could tell that anything failed; likewise.
    """

    name: str
    files: int = 0
    bytes_read: int = 0
    lines: int = 0
    parsed: int = 0
    skipped: int = 0
    partial: bool = False
    problems: tuple[str, ...] = ()
    zoneless: int = 0
    doubt: str = ""
    mute: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Records and errors second by second: index i counts start + i <= t < start + i + 1, in seconds."""

    start: datetime
    events: tuple[int, ...]
    errors: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UserCounts:
    """Distinct users of the window; coverage = share of non-error records that name a user at all."""

    affected: int
    seen: int
    coverage: float


@dataclass(frozen=True, slots=True)
class RequestCounts:
    """Distinct requests of the window, by their correlation ids: those with an error record, of all.

    Args:
        coverage: Share of the records that name a request, of those that are errors or of the others, the lower one.
    """

    failed: int
    seen: int
    coverage: float


@dataclass(frozen=True, slots=True)
class ValueCounts:
    """One value of one field. `lines_key` is equal for two values exactly when they stand on the same window records.

    Of a large log's baseline, records that did not fail may be sampled: `baseline_events` says whether there were any.
    """

    value: str
    events: int
    errors: int
    baseline_events: int
    baseline_errors: int
    lines_key: int


@dataclass(frozen=True, slots=True)
class FieldCounts:
    """A field of few values, by its dotted name as logged.

    Args:
        coverage: Share of the window's non-error records that carry the field.
    """

    name: str
    coverage: float
    values: tuple[ValueCounts, ...]


@dataclass(frozen=True, slots=True)
class LoggedException:
    """The exception of an error record: its type, message and frames, innermost first.

    Args:
        cause: Of chained exceptions the innermost, in words: `caused by TimeoutError: read timed out`; else empty.
    """

    type: str
    message: str
    frames: tuple[str, ...] = ()
    cause: str = ""

    def headline(self, said: str) -> str:
        """Return its type, and its message unless that has been said, as a trace begins."""
        return ": ".join(filter(None, (self.type, "" if self.message in said else self.message)))


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Errors of the window that share a signature.

    Args:
        example_id: A correlation id of one of them that may be traced, else None.
        is_estimated: Whether the count was scaled up from a sample, because there were too many groups.
    """

    signature: str
    count: int
    baseline_count: int
    first_seen: datetime
    last_seen: datetime
    sample: str
    exception: LoggedException | None = None
    example_id: str | None = None
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class LogSummary:
    """Everything one pass over a log source yields; the steps of the triage are pure functions of it.

    Args:
        newest: The newest record before the window's end, or None when none was found there.
        oldest: The oldest dated record the source holds at all, to tell whether the log reaches the baseline.
        groups: By count, then signature.
        fields: Over the window.
    """

    request: LogRequest
    source: SourceReport
    newest: datetime | None
    oldest: datetime | None
    series: Series
    users: UserCounts | None
    fields: tuple[FieldCounts, ...]
    groups: tuple[ErrorGroup, ...]
    requests: RequestCounts | None = None


@dataclass(frozen=True, slots=True)
class TraceRecord:
    """One record of a request, as its source had it."""

    at: datetime
    service: str
    severity: str
    message: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class Deploy:
    """A revision that reached an environment.

    Args:
        revision: Full commit SHA; as given where no repository can tell.
        name: The tag, or the name in the deploy log, else the short revision.
        files: Paths changed since the deploy before it.
        commits: How many commits came in since the deploy before it.
    """

    revision: str
    name: str
    summary: str
    author: str
    at: datetime
    environment: str = ""
    files: tuple[str, ...] = ()
    commits: int = 0


@dataclass(frozen=True, slots=True)
class Commit:
    """A revision on the watched branch. `shipped` is True when some deploy contains it."""

    revision: str
    summary: str
    author: str
    at: datetime
    shipped: bool
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeLog:
    """What a deploy source knows, newest first; nothing after the asked instant.

    Args:
        proves_deploys: False where the source knows commits only ("merged, not proven shipped").
        fetched_at: When the clone last heard of its origin; None where there is no origin or no telling.
        stale: Newer deploys may have shipped that the source has not heard of; `problems` says why.
        remarks: What was left out on purpose: nothing that is missing, and nothing to check.
    """

    name: str
    deploys: tuple[Deploy, ...] = ()
    commits: tuple[Commit, ...] = ()
    proves_deploys: bool = True
    fetched_at: datetime | None = None
    stale: bool = False
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


class Verdict(StrEnum):
    """Whom the errors hit."""

    EVERYONE = "everyone"
    SUBSET = "subset"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Minute:
    """Sixty seconds of the window."""

    start: datetime
    events: int
    errors: int


@dataclass(frozen=True, slots=True)
class Affected:
    """A value whose share of the errors is not its share of the traffic. Shares are fractions of the window.

    Args:
        excess_share: Of the errors above the usual: where some service always fails, that of all errors misleads.
    """

    field: str
    value: str
    errors: int
    events: int
    error_share: float
    traffic_share: float | None
    lift: float | None
    excess_share: float


@dataclass(frozen=True, slots=True)
class Onset:
    """When it began: the best single instant, and the interval it certainly lies in."""

    at: datetime
    earliest: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class Scope:
    """Step 1. Rates are errors per event, which is a log record, as fractions; None without events.

    `baseline_rate` is that of the part before the onset, where the incident had begun before the window did.

    Args:
        requests: Those of the window, where enough records say which request they belong to.
        compared_with: The stretch that the baseline's counts were taken from: all of the baseline, or the quiet before
            an onset that lies before the window. It may lie before the baseline, and before the log.
        unclear: Why the log would look the same had something failed; empty where it would not.
        ended: Since when the errors have been back within the baseline's limits, where they are so at the window's end.
    """

    verdict: Verdict
    errors: int
    events: int
    error_rate: float | None
    baseline_errors: int
    baseline_events: int
    baseline_rate: float | None
    onset: Onset | None
    users: UserCounts | None
    per_minute: tuple[Minute, ...]
    affected: tuple[Affected, ...]
    requests: RequestCounts | None = None
    compared_with: Span | None = None
    unclear: str = ""
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Step 2, one entry. `kind` is "deploy" or "commit"; `shipped` is "yes" or "unproven"."""

    kind: str
    revision: str
    name: str
    summary: str
    author: str
    at: datetime
    shipped: str
    suspect: bool
    reasons: tuple[str, ...]
    files: int


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """Step 3, one group of errors. `share` is its fraction of the window's errors."""

    signature: str
    count: int
    share: float
    first_seen: datetime
    last_seen: datetime
    new: bool
    sample: str
    exception: LoggedException | None
    example_id: str | None
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class TraceEvent:
    """Step 4, one step of the request."""

    at: datetime
    service: str
    severity: str
    message: str
    since_previous_ms: float | None
    failing: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """Step 4: one request, oldest step first."""

    id: str
    events: tuple[TraceEvent, ...]


@dataclass(frozen=True, slots=True)
class Next:
    """What the rule asks for next: when to call for the rollback, of which deploy, back to which.

    Args:
        deploy: The suspect, else the newest deploy at or before the onset, else the newest.
        previous: The deploy before it: what a rollback goes back to.
        later: Deploys after `deploy`, which a rollback would undo as well.
        undone: What was rolled back already, newest first. Then `deploy` is what else there is evidence against, if any.
        hazards: What makes a rollback unsafe: migrations, configuration in the range.
    """

    rollback_at: datetime
    deploy: Change | None
    previous: Change | None
    hazards: tuple[str, ...] = ()
    later: tuple[Change, ...] = ()
    undone: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The triage report, version 1."""

    window: Span
    baseline: Span
    source: SourceReport
    scope: Scope
    changes: tuple[Change, ...]
    errors: tuple[ErrorEntry, ...]
    trace: Trace | None
    next: Next
    change_source: str = ""
    change_problems: tuple[str, ...] = ()
    change_remarks: tuple[str, ...] = ()
    version: int = field(default=1, init=False)
