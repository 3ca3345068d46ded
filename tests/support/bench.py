"""A store, a clock that is set by hand and the context of a bot, without Slack, threads or processes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.clock import Clock
from bot.incident.incident import Incident
from bot.incident.permission import Standing
from bot.settings import Settings
from bot.slack.people import People
from bot.store import incidents, jobs, timeline
from bot.store.engine import Store
from bot.store.jobs import Job
from bot.workflow import verbs
from bot.workflow.context import Answer, Asked, Context
from bot.workflow.verbs import Verb
from bot.workflow.work import Done, Outcome
from handlers.desk import Desk

if TYPE_CHECKING:
    from bot.slack.directory import Group

BEGIN = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


class SetClock(Clock):
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.instant = BEGIN

    def now(self) -> datetime:
        """Return the instant it was set to."""
        return self.instant


class Bench:
    """What the verbs work with; every press and every word has a key of its own."""

    def __init__(self, tmp_path: Path, **settings: Any) -> None:
        self.store = Store.open(f"sqlite:///{tmp_path}/fifteen.db")
        self.clock = SetClock()
        self.standings: dict[str, Standing] = {}
        self.groups: dict[str, Group] = {}
        configured = Settings.model_validate(settings)
        self.people = People(
            lambda user_id: self.standings.get(user_id, Standing.MEMBER),
            lambda: dict(self.groups),
            configured.named_groups(),
        )
        self.context = Context(self.store, self.clock, configured, wake=lambda: None, people=self.people)
        self.views: list[dict[str, Any]] = []
        self.desk = Desk(self.context, lambda _trigger_id, view: self.views.append(view))
        self._keys = 0

    def asked(self, text: str = "", user: str = "U1", channel: str = "C1", **changes: Any) -> Asked:
        """Return somebody's wish, by default typed in C1 by U1."""
        self._keys += 1
        fields = {"key": f"k{self._keys}", "team_id": "T1", "origin": "command"} | changes
        return Asked(user_id=user, channel_id=channel, text=text, **fields)

    def types(self, text: str, **who: Any) -> Answer:
        """Do what is typed after /incident."""
        return verbs.typed(self.context, self.asked(text, **who))

    def does(self, verb: Verb) -> Answer:
        """Do it in a transaction of its own."""
        with self.store.transaction() as tx:
            return verb(tx)

    def passes(self, **length: float) -> datetime:
        """Let time pass, and return the instant that it is now."""
        self.clock.instant += timedelta(**length)
        return self.clock.instant

    def starts(self, text: str = "start", **changes: Any) -> Incident:
        """Start an incident whose card and ledger stand in C1."""
        self.types(text)
        with self.store.transaction() as tx:
            newest = incidents.recent(tx, 1)[0]
            posted = replace(newest, card_ts=f"{newest.id}.1", hypotheses_ts=f"{newest.id}.2", **changes)
            incidents.save(tx, posted)
        return posted

    def incident(self, number: int = 1) -> Incident:
        """Return an incident as it is stored."""
        with self.store.reading() as tx:
            found = incidents.get(tx, number)
        assert found is not None
        return found

    def pending(self, kind: str, number: int = 1) -> tuple[Job, ...]:
        """Return what is owed of a kind."""
        with self.store.reading() as tx:
            return jobs.pending(tx, number, kind)

    def claims(self, kind: str) -> Job:
        """Claim the one job of a kind that is owed, as a worker would."""
        (job,) = self.pending(kind)
        return replace(job, owner="me", attempts=job.attempts + 1)

    def settles(self, job: Job, outcome: Outcome) -> None:
        """Store what became of a job, as a worker would."""
        assert isinstance(outcome, Done)
        with self.store.transaction() as tx:
            jobs.cancel(tx, job.incident_id or 0, [job.kind])
            if outcome.effect is not None:
                outcome.effect(tx)

    def posts(self, kind: str) -> int:
        """Let Slack take everything that is owed of a kind, and return how many that were."""
        owed = self.pending(kind)
        with self.store.transaction() as tx:
            for job in owed:
                tx.exec_driver_sql(f"update job set owner = 'me' where id = {job.id}")
                assert jobs.finish(tx, job, "me", f"{job.id}.9")
        return len(owed)

    def incident_of(self, tx: Any, number: int) -> Incident:
        """Return an incident within a transaction."""
        found = incidents.get(tx, number)
        assert found is not None
        return found

    def timeline(self, number: int = 1) -> Sequence[str]:
        """Return the texts of an incident's timeline."""
        with self.store.reading() as tx:
            return [entry.text for entry in timeline.of_incident(tx, number)]

    def timeline_of_everybody(self) -> list[dict[str, Any]]:
        """Return every line of the timeline, those about no incident too, as stored."""
        return self.rows("timeline")["timeline"]

    def rows(self, *tables: str) -> dict[str, list[dict[str, Any]]]:
        """Return what is stored of incidents: whole tables, and of the jobs those that belong to an incident."""
        chosen = tables or ("incident", "hypothesis", "timeline", "triage", "job")
        query = {"job": "select id, kind, incident_id from job where incident_id is not null order by id"}
        if "event" in chosen:
            query = {"event": "select key from event order by key"}
        with self.store.reading() as tx:
            return {
                name: [
                    dict(row._mapping)
                    for row in tx.exec_driver_sql(query.get(name, f"select * from {name} order by id"))
                ]
                for name in chosen
            }

    def owed_home(self) -> str:
        """Return the home views that are owed."""
        with self.store.reading() as tx:
            return "".join(str(row[0]) for row in tx.exec_driver_sql("select payload from job where kind = 'home'"))

    def finish_jobs(self) -> None:
        """Let everything that is owed be done, and nothing come of it."""
        with self.store.transaction() as tx:
            tx.exec_driver_sql("update job set state = 'done'")

    def said_to_one(self) -> list[str]:
        """Return the texts that single people are owed, by response_url or as whispers."""
        with self.store.reading() as tx:
            rows = tx.exec_driver_sql("select payload from job where kind in ('respond', 'whisper') order by id")
            return [str(row[0]) for row in rows]

    def close(self) -> None:
        """Close the store."""
        self.people.close()
        self.store.close()
