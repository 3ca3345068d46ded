"""What the bot counts about itself, for Prometheus. Names, labels and units are listed in docs/operations.md."""

from prometheus_client import Counter, Gauge, Histogram

EVENTS = Counter("fifteen_events_total", "Slack payloads received, by kind and whether they were new.", ["kind", "new"])
JOBS = Counter(
    "fifteen_jobs_total", "Jobs let go, by kind and outcome (done, later, failed, buried, lost).", ["kind", "outcome"]
)
JOB_SECONDS = Histogram("fifteen_job_seconds", "From claim to outcome, by kind.", ["kind"])
JOB_LATENESS_SECONDS = Histogram(
    "fifteen_job_lateness_seconds",
    "From due to done, by kind; the promise for rollback calls is p99 <= 5 s.",
    ["kind"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 75, 300, 1800, 86_400),
)
SLACK_CALLS = Counter(
    "fifteen_slack_calls_total", "Calls of Slack's API, by method and outcome.", ["method", "outcome"]
)
SLACK_SECONDS = Histogram("fifteen_slack_seconds", "Duration of calls of Slack's API, by method.", ["method"])
HEARTBEAT_AGE_SECONDS = Gauge("fifteen_heartbeat_age_seconds", "Seconds since each part was last seen alive.", ["part"])
