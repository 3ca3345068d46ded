"""One incident and its report, with every string from outside settable: for plain examples and for hostile ones."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from bot.errors import UserError
from bot.incident.escalation import GaveUp, HeadsUp, Look, MakeCall, NothingToUndo, Recovered, UsersNotAffected
from bot.incident.hypothesis import Hypothesis, HypothesisState
from bot.incident.incident import Incident, Status, UsersAffected
from bot.incident.undo import Undo
from bot.incident.watch import BackAtBaseline, NoRecovery
from bot.render import card, findings, hypotheses, modals, replies, rollback, watch
from bot.render.message import Message
from bot.render.undoing import Proposal
from bot.triage.summary import (
    Affected,
    Change,
    ErrorEntry,
    LoggedException,
    Minute,
    Next,
    Onset,
    Report,
    Scope,
    SourceReport,
    Span,
    Trace,
    TraceEvent,
    UserCounts,
    Verdict,
)

NOW = datetime(2026, 11, 23, 14, 29, tzinfo=UTC)
ONSET = datetime(2026, 11, 23, 13, 52, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WINDOW = Span(NOW - 15 * MINUTE, NOW)

Words = Mapping[str, str]
PLAIN: Words = {
    "title": "Checkout is down",
    "service": "checkout",
    "tag": "v214",
    "previous": "v213",
    "summary": "Use the new connection pool",
    "author": "Maria",
    "reason": "Shipped 2 min before the onset",
    "field": "region",
    "value": "eu",
    "signature": "PoolTimeout: no connection in <n> ms",
    "sample": "PoolTimeout: no connection in 2000 ms (pool=checkout, waiting=31)",
    "frame": "src/pool.py:88 acquire",
    "source": "checkout.log",
    "problem": "ClickHouse did not answer in 10 s; 0 lines read",
    "message": "no connection in 2000 ms",
    "hazard": "a database migration: 0012_add_index.sql",
    "hypothesis": "the pool of v214 is too small",
    "evidence": "v214 shipped 2 min before the onset",
    "cause": "the pool holds 5 connections, not 50",
    "command": "kubectl set image deploy/checkout app=registry.example/checkout:v213",
    "form": "/incident snooze 5m REASON",
}


def incident(words: Words = PLAIN, **changes: Any) -> Incident:
    """Incident #12, 15 minutes old."""
    stands = Incident(
        id=12,
        title=words["title"],
        service=words["service"],
        severity=2,
        status=Status.INVESTIGATING,
        lead_id="U0LEAD",
        started_by="U0LEAD",
        started_at=NOW - 15 * MINUTE,
        team_id="T1",
        channel_id="C0INC",
        asked_channel_id="C0INC",
        rollback_after=15 * MINUTE,
    )
    return replace(stands, **changes)


def change(words: Words = PLAIN, **changes: Any) -> Change:
    """The suspect deploy."""
    stands = Change(
        kind="deploy",
        revision="a" * 40,
        name=words["tag"],
        summary=words["summary"],
        author=words["author"],
        at=ONSET - 2 * MINUTE,
        shipped="yes",
        suspect=True,
        reasons=(words["reason"],),
        files=3,
    )
    return replace(stands, **changes)


def scope(words: Words = PLAIN, **changes: Any) -> Scope:
    """A subset, as in the design."""
    stands = Scope(
        verdict=Verdict.SUBSET,
        errors=470,
        events=11_463,
        error_rate=0.041,
        baseline_errors=90,
        baseline_events=45_000,
        baseline_rate=0.002,
        onset=Onset(ONSET, ONSET, ONSET),
        users=UserCounts(412, 9030, 0.99),
        per_minute=tuple(Minute(WINDOW.start + index * MINUTE, 700, index * 4) for index in range(15)),
        affected=(Affected(words["field"], words["value"], 456, 3553, 0.97, 0.31, 3.1, 0.98),),
    )
    return replace(stands, **changes)


def report(words: Words = PLAIN, **changes: Any) -> Report:
    """A report in which every step found something."""
    older = change(words, name=words["previous"], suspect=False, reasons=(), at=ONSET - 300 * MINUTE)
    exception = LoggedException("PoolTimeout", words["message"], (words["frame"],) * 4)
    steps = (
        TraceEvent(NOW, words["service"], "INFO", words["title"], None, failing=False),
        TraceEvent(NOW, words["service"], "ERROR", words["message"], 2014.0, failing=True),
    )
    stands = Report(
        window=WINDOW,
        baseline=Span(WINDOW.start - 60 * MINUTE, WINDOW.start),
        source=SourceReport(words["source"], 1, 99, 9812, 9809, 3, problems=(words["problem"],)),
        scope=scope(words),
        changes=(change(words), older),
        errors=(ErrorEntry(words["signature"], 371, 0.79, ONSET, NOW, True, words["sample"], exception, "req-1"),),
        trace=Trace("req-1", steps),
        next=following(words),
        change_source=words["source"],
        change_problems=(words["problem"],),
    )
    return replace(stands, **changes)


def following(words: Words = PLAIN) -> Next:
    """What a rollback would undo."""
    later = change(words, suspect=False, at=ONSET + MINUTE)
    return Next(NOW, change(words), change(words, name=words["previous"]), (words["hazard"],), (later,))


def ledger(words: Words = PLAIN, number: int = 5) -> tuple[Hypothesis, ...]:
    """Hypotheses in every state, in turn."""
    states = list(HypothesisState)
    return tuple(
        Hypothesis(
            id=one,
            incident_id=12,
            number=one,
            text=words["hypothesis"],
            author_id="U0AUTH",
            recorded_at=NOW,
            source_channel_id="C0INC",
            source_ts=f"1.{one}",
            state=states[(one - 1) % len(states)],
            previous_state=HypothesisState.OPEN if one % len(states) != 1 else None,
            state_by="U0SET",
            evidence=(words["evidence"],) * 4,
        )
        for one in range(1, number + 1)
    )


LOOK, SNOOZED = Look(1, NOW), Look(2, NOW + 5 * MINUTE)
CALL = MakeCall(3, 15 * MINUTE, escalate=True, effect_unknown=False, unproven=False, late_by=3 * MINUTE, last=False)
AUDIENCE = rollback.Audience(oncall="S0CALL", escalate_to=("U0BOSS",))
READING = rollback.Reading(words="4.1 % of 9,030 events failed in the last 3 min, 0.2 % before the incident")
OURS = {"<@U0LEAD>", "<@U0AUTH>", "<@U0SET>", "<@U0BOSS>", "<!subteam^S0CALL>", "<#C0INC>"}


def cards(words: Words = PLAIN) -> dict[str, Message]:
    """The card in each state of its life."""
    done = {
        "cause": words["cause"], "cause_by": "U0LEAD", "rolling_back_at": NOW, "rolling_back_by": "U0LEAD",
        "recovered_at": NOW + 2 * MINUTE,
    }  # fmt: skip
    resolved = incident(
        words,
        status=Status.RESOLVED,
        resolved_at=NOW + 9 * MINUTE,
        resolved_by="U0LEAD",
        resolution=words["cause"],
        **done,
    )
    told = {"users_affected": UsersAffected.YES, "users_affected_by": "U0LEAD"}
    identified = incident(words, status=Status.IDENTIFIED, cause=words["cause"], cause_by="U0LEAD")
    return {
        "running": card.card(incident(words), None, LOOK),
        "failed": card.card(incident(words), card.TriageFailed(words["problem"]), LOOK),
        "triaged": card.card(incident(words, **told), report(words), LOOK),
        "not kept": card.card(incident(words), report(words), LOOK, unkept=words["problem"]),
        "snoozed": card.card(incident(words, snoozed_until=SNOOZED.at), report(words), SNOOZED),
        "identified": card.card(identified, report(words)),
        "rolling back": card.card(incident(words, rolling_back_at=NOW, rolling_back_by="U0LEAD"), report(words)),
        "monitoring": card.card(incident(words, status=Status.MONITORING, **done), report(words)),
        "resolved": card.card(resolved, report(words)),
    }


def clocks(words: Words = PLAIN) -> dict[str, Message]:
    """Everything that the clock and the watch say."""
    stands, due = incident(words), NOW + 5 * MINUTE
    proposal = Proposal(next=following(words), command=words["command"])
    unsure = Proposal(next=following(words), problems=(words["problem"],))
    unread = rollback.Reading(problem=words["problem"])
    unknown = replace(CALL, effect_unknown=True, unproven=True, last=True)
    nothing = NothingToUndo(1, 15 * MINUTE, effect_unknown=False, late_by=None, last=False)
    rolling = incident(words, rolling_back_at=NOW, rolling_back_by="U0LEAD")
    unheard = partial(rollback.unheard, stands, due=due, as_of=NOW, audience=AUDIENCE)
    return {
        "heads-up": rollback.heads_up(stands, HeadsUp(due, 5 * MINUTE, Undo.DEPLOY), proposal),
        "call": rollback.call(stands, CALL, proposal, READING, AUDIENCE),
        "unknown": rollback.call(stands, unknown, unsure, unread, AUDIENCE),
        "nothing": rollback.nothing_to_undo(stands, nothing, READING, AUDIENCE, proposal=unsure),
        "untold": rollback.nothing_to_undo(
            stands, replace(nothing, untold=True), READING, AUDIENCE, proposal=Proposal(next=Next(NOW, None, None))
        ),
        "unheard, untold": unheard(proposal=Proposal(next=Next(NOW, None, None)), undo=Undo.UNTOLD),
        "unheard": unheard(proposal=proposal, undo=Undo.DEPLOY),
        "unheard, nothing shipped": unheard(proposal=proposal, undo=Undo.NOTHING),
        "unheard, unsure": unheard(proposal=unsure, undo=Undo.NOTHING),
        "made by Slack": rollback.made_by_slack(rollback.call(stands, CALL, proposal, READING, AUDIENCE), NOW),
        "recovered": rollback.recovered(stands, Recovered(due, first=True), READING),
        "not affected": rollback.users_not_affected(
            stands, UsersNotAffected("U0LEAD", due, contradicted=True), READING
        ),
        "gave up": rollback.gave_up(stands, GaveUp(6), AUDIENCE),
        "watching": watch.watching(rolling),
        "back": watch.back_at_baseline(rolling, BackAtBaseline(timedelta(seconds=100))),
        "no recovery": watch.no_recovery(rolling, NoRecovery(10 * MINUTE, effect_unknown=False)),
    }


def answers(words: Words = PLAIN) -> dict[str, Message]:
    """Everything said to one person."""
    stands = incident(words)
    return {
        "error": replies.error(UserError(words["problem"], words["form"])),
        "either": replies.error(UserError(words["problem"], words["form"], words["form"])),
        "done": replies.done(words["problem"]),
        "already": replies.already_started(
            stands,
            stands.started_at + timedelta(seconds=20),
            permalink="https://x.slack.com/p1",
            command=words["title"],
        ),
        "cannot post": replies.cannot_post(default_channel="#incidents", command=words["title"]),
        "moved": replies.moved(stands, error=words["problem"]),
        "status": replies.status(stands, NOW, SNOOZED),
        "list": replies.incident_list([stands] * 25, NOW),
        "pick": replies.pick([replace(stands, id=number) for number in range(1, 26)], words["title"]),
        "help": replies.help_message(),
    }


def messages(words: Words = PLAIN) -> dict[str, Message]:
    """Every message that render can make."""
    return {
        **cards(words),
        **clocks(words),
        **answers(words),
        "findings": findings.findings(report(words)),
        "ledger": hypotheses.ledger(incident(words), ledger(words)),
        "long ledger": hypotheses.ledger(incident(words), ledger(words, 70)),
        "evidence": hypotheses.evidence(ledger(words)[0], [words["evidence"]]),
    }


def views() -> dict[str, dict[str, Any]]:
    """Every modal."""
    return {
        "not yet": modals.not_yet(12),
        "rolling back": modals.rolling_back(12),
        "cause found": modals.cause_found(12),
        "resolve": modals.resolve(12),
    }
