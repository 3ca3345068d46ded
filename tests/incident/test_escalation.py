"""The clock, by example and by property."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incident import incident as rules
from bot.incident.effect import Effect, effect_on_users
from bot.incident.escalation import (
    LATE_AFTER,
    MAX_CALLS,
    CauseConfirmed,
    Closed,
    GaveUp,
    Look,
    MakeCall,
    NothingToUndo,
    Recovered,
    RollbackUnderWay,
    Snoozed,
    UsersNotAffected,
    call_at,
    decide,
    first_look,
    heads_up,
    heads_up_at,
    next_look,
    offer_at_once,
    repeat_every,
)
from bot.incident.incident import Status, UsersAffected
from bot.incident.undo import Undo, undoable
from tests.incident.make import START, incident, minute

AFFECTED, RECOVERED, UNKNOWN = Effect.AFFECTED, Effect.RECOVERED, Effect.UNKNOWN
YES, NO, NOT_SURE = UsersAffected.YES, UsersAffected.NO, UsersAffected.NOT_SURE


def at_15(state=None, *, n=1, effect=AFFECTED, undo=Undo.DEPLOY, due=15, now=15):
    """Return the decision at minute 15, or as the test says."""
    return decide(state or incident(), n=n, due=minute(due), effect=effect, undo=undo, now=minute(now))


CALL = MakeCall(
    1, timedelta(minutes=15), escalate=False, effect_unknown=False, unproven=False, late_by=None, last=False
)

# what stands, what the log says, what can be undone -> the decision at minute 15
DECISIONS = {
    "both conditions hold": ({}, AFFECTED, Undo.DEPLOY, CALL),
    "effect unknown": ({}, UNKNOWN, Undo.DEPLOY, replace(CALL, effect_unknown=True)),
    "only commits are known": ({}, AFFECTED, Undo.UNPROVEN, replace(CALL, unproven=True)),
    "nothing to undo": ({}, AFFECTED, Undo.NOTHING, NothingToUndo(1, timedelta(minutes=15), False, None, False)),
    "untold": ({}, AFFECTED, Undo.UNTOLD, NothingToUndo(1, timedelta(minutes=15), False, None, False, untold=True)),
    "recovered": ({}, RECOVERED, Undo.DEPLOY, Recovered(minute(20), first=True)),
    "recovered, said before": (
        {"recovered_at": minute(12)},
        RECOVERED,
        Undo.DEPLOY,
        Recovered(minute(20), first=False),
    ),
    "a person says yes, the log recovered": ({"users_affected": YES}, RECOVERED, Undo.DEPLOY, CALL),
    "a person says yes, the log is silent": ({"users_affected": YES}, UNKNOWN, Undo.DEPLOY, CALL),
    "a person says no, the log agrees": (
        {"users_affected": NO, "users_affected_by": "U2"},
        RECOVERED,
        Undo.DEPLOY,
        UsersNotAffected("U2", minute(20), contradicted=False),
    ),
    "a person says no, the log errs": (
        {"users_affected": NO, "users_affected_by": "U2"},
        AFFECTED,
        Undo.DEPLOY,
        UsersNotAffected("U2", minute(20), contradicted=True),
    ),
    "not sure leaves it to the log": (
        {"users_affected": NOT_SURE},
        UNKNOWN,
        Undo.DEPLOY,
        replace(CALL, effect_unknown=True),
    ),
    "cause confirmed": ({"cause": "pool"}, AFFECTED, Undo.DEPLOY, CauseConfirmed("pool")),
    "rolling back": ({"rolling_back_at": minute(14)}, AFFECTED, Undo.DEPLOY, RollbackUnderWay()),
    "resolved": ({"status": Status.RESOLVED}, AFFECTED, Undo.DEPLOY, Closed()),
    "snoozed": ({"snoozed_until": minute(19)}, AFFECTED, Undo.DEPLOY, Snoozed(minute(19))),
    "a snooze that has ended": ({"snoozed_until": minute(15)}, AFFECTED, Undo.DEPLOY, CALL),
}


@pytest.mark.parametrize(("fields", "effect", "undo", "decision"), DECISIONS.values(), ids=DECISIONS)
def test_decision_follows_from_what_stands_at_that_moment(fields, effect, undo, decision):
    """Each condition alone leads to its own decision."""
    assert at_15(incident(**fields), effect=effect, undo=undo) == decision


def test_third_call_escalates_and_the_sixth_is_the_last():
    """The first two ask lead and on-call group; from the third others are asked; after six nobody answered."""
    calls = [at_15(n=n) for n in range(1, 8)]
    assert [call.escalate for call in calls[:6]] == [False, False, True, True, True, True]
    assert [call.last for call in calls[:6]] == [False] * 5 + [True]
    assert calls[6] == GaveUp(MAX_CALLS)


@pytest.mark.parametrize(("late_s", "said"), [(0, None), (59, None), (60, 60), (180, 180), (7200, 7200)])
def test_lateness_is_said_from_a_minute_on(late_s, said):
    """A call that the bot slept through says how late it is; the ticker's own delay is not worth a word."""
    now = 15 + late_s / 60
    assert at_15(now=now).late_by == (None if said is None else timedelta(seconds=said))


def test_call_held_back_by_a_cause_is_not_late_once_the_cause_is_ruled_out():
    """At minute 32 an overdue call is made at once, without a word of lateness, and the next one 5 minutes later."""
    state = rules.confirm_cause(incident(), "pool", by="U1", now=minute(14))
    assert next_look(at_15(state), state, n=1, now=minute(15)) is None
    state = rules.cause_ruled_out(state)
    look = first_look(state, minute(32))
    assert look == Look(1, minute(32))
    call = at_15(state, due=32, now=32)
    assert call == replace(CALL, after=timedelta(minutes=32))
    assert next_look(call, state, n=1, now=minute(32)) == Look(2, minute(37))


def test_cause_ruled_out_before_the_delay_resumes_the_original_clock():
    """Nothing is overdue at minute 9: the call stays where it was."""
    assert first_look(incident(), minute(9)) == Look(1, minute(15))


# delay -> heads-up, calls, repeat; all in minutes
CLOCKS = [(15, 10, [15, 20, 25, 30, 35, 40], 5), (30, 20, [30, 40, 50, 60, 70, 80], 10), (3, 2, [3, 4, 5, 6, 7, 8], 1)]


@pytest.mark.parametrize(("delay", "warning", "calls", "repeat"), CLOCKS)
def test_heads_up_and_repeats_are_shares_of_the_delay(delay, warning, calls, repeat):
    """Two thirds for the warning, one third between calls."""
    state = incident(rollback_after=timedelta(minutes=delay))
    assert heads_up_at(state) == minute(warning)
    assert [call_at(state, n) for n in range(1, 7)] == [minute(at) for at in calls]
    assert repeat_every(state) == timedelta(minutes=repeat)


def test_heads_up_says_what_happens_next():
    """The words name the minutes left and both conditions."""
    warning = heads_up(incident(), undo=Undo.DEPLOY, now=minute(10))
    assert warning is not None
    assert warning.words == "No confirmed cause yet. In 5 min, if users are still affected, I call for the rollback."


def test_heads_up_does_not_promise_a_rollback_where_nothing_shipped():
    """Without a deploy it announces the escalation instead."""
    warning = heads_up(incident(), undo=Undo.NOTHING, now=minute(10))
    assert warning is not None
    assert "nothing to roll back" in warning.words
    untold = heads_up(incident(), undo=Undo.UNTOLD, now=minute(10))
    assert untold is not None
    assert untold.words.endswith("I escalate: no deploys are configured, so what shipped is unknown.")


SETTLED = [
    {"cause": "pool"},
    {"status": Status.RESOLVED},
    {"rolling_back_at": minute(8)},
    {"users_affected": NO},
    {"onset_at": minute(-40)},
]


@pytest.mark.parametrize("fields", SETTLED)
def test_no_heads_up_where_no_call_is_coming(fields):
    """A cause, a resolution, a rollback or a "no" needs no warning; nor does a call that was made at once."""
    assert heads_up(incident(**fields), undo=Undo.DEPLOY, now=minute(10)) is None


def test_no_heads_up_after_the_call_is_due():
    """A bot that was down at minute 10 and is back at minute 16 makes the call, not the warning."""
    assert heads_up(incident(), undo=Undo.DEPLOY, now=minute(16)) is None


# onset in minutes from the start, now -> offered at once
OFFERS = [
    (-40, 0.1, {}, True),
    (-15, 0.1, {}, False),
    (-15.1, 0.1, {}, True),
    (-5, 0.1, {}, False),
    (None, 0.1, {}, False),
]
OFFERS += [(-40, 16, {}, False), (-40, 0.1, {"cause": "pool"}, False), (-40, 0.1, {"status": Status.RESOLVED}, False)]


@pytest.mark.parametrize(("onset", "now", "fields", "offered"), OFFERS)
def test_rollback_is_offered_at_once_when_it_began_more_than_the_delay_before_the_start(onset, now, fields, offered):
    """Long before means more than the delay; a settled or already due call is not offered ahead of time."""
    began = None if onset is None else minute(onset)
    assert offer_at_once(incident(**fields), began, minute(now)) is offered


def test_calls_of_a_long_running_trouble_count_from_the_start():
    """The first is due at the start, the others follow at their usual distance."""
    state = incident(onset_at=minute(-40))
    assert [call_at(state, n) for n in (1, 2, 3)] == [minute(0), minute(5), minute(10)]


UNDOABLE = [
    (None, True, Undo.NOTHING),
    (-10, True, Undo.DEPLOY),
    (-10, False, Undo.UNPROVEN),
    (-24 * 60, True, Undo.DEPLOY),
    (-24 * 60 - 1, True, Undo.NOTHING),
]


@pytest.mark.parametrize(("shipped", "proven", "undo"), UNDOABLE)
def test_only_what_shipped_within_the_horizon_can_be_undone(shipped, proven, undo):
    """A day-old deploy is no answer, and a commit is only ever unproven."""
    at = None if shipped is None else minute(shipped)
    assert undoable(at, proven=proven, now=START) is undo


@pytest.mark.parametrize("log", list(Effect))
def test_person_outranks_the_log_and_not_sure_does_not(log):
    """Yes and no decide; not sure and no answer leave it to the log."""
    assert effect_on_users(incident(users_affected=YES), log) is AFFECTED
    assert effect_on_users(incident(users_affected=NO), log) is RECOVERED
    assert effect_on_users(incident(users_affected=NOT_SURE), log) is log
    assert effect_on_users(incident(), log) is log


def run_clock(state, uptimes, *, effect=AFFECTED):
    """Run the clock where the bot is up only at these minutes; return what was decided, and when."""
    look, made = first_look(state, START), []
    for up in sorted(uptimes):
        now = minute(up)
        while look is not None and look.at <= now:  # the stored look is all that survives a restart
            decision = decide(state, n=look.n, due=look.at, effect=effect, undo=Undo.DEPLOY, now=now)
            made.append((now, decision))
            look = next_look(decision, state, n=look.n, now=now)
    return made


@given(st.sets(st.floats(0, 600), max_size=200))
def test_restarts_and_downtime_neither_lose_nor_repeat_a_call(uptimes):
    """Whenever the bot is up: the calls are 1, 2, 3 ... in order, six at most, and all six once it stays up."""
    made = run_clock(incident(), {*uptimes, *(600.0 + 5 * i for i in range(8))})
    calls = [decision for _, decision in made if isinstance(decision, MakeCall)]
    assert [call.n for call in calls] == [1, 2, 3, 4, 5, 6]
    assert made[-1][1] == GaveUp(6)
    assert all(call.late_by is None or call.late_by >= LATE_AFTER for call in calls)


@given(st.sets(st.floats(0, 600), max_size=200))
def test_catching_up_is_not_a_burst(uptimes):
    """Two calls never stand closer than their distance, but for a call late by less than is said."""
    times = [now for now, decision in run_clock(incident(), uptimes) if isinstance(decision, MakeCall)]
    assert all(b - a >= timedelta(minutes=5) - LATE_AFTER for a, b in pairwise(times))


def test_bot_that_stays_up_calls_on_the_minute():
    """Looked at every second, the six calls stand at 15, 20, 25, 30, 35 and 40, and it gives up at 45."""
    made = run_clock(incident(), [second / 60 for second in range(50 * 60)])
    assert [now for now, _ in made] == [minute(at) for at in (15, 20, 25, 30, 35, 40, 45)]


def test_recovery_is_looked_at_again_and_keeps_the_number_of_the_call():
    """Recovered at 15, affected again at 20: that is the first call, not the second."""
    recovered = at_15(effect=RECOVERED)
    assert next_look(recovered, incident(), n=1, now=minute(15)) == Look(1, minute(20))


def test_snooze_moves_the_look_and_not_the_number():
    """The look stands at the end of the snooze."""
    state = incident(snoozed_until=minute(22))
    assert next_look(at_15(state), state, n=2, now=minute(15)) == Look(2, minute(22))
    assert first_look(state, minute(15), n=2) == Look(2, minute(22))


@pytest.mark.parametrize("decision", [CauseConfirmed("pool"), RollbackUnderWay(), Closed(), GaveUp(6)])
def test_settled_clock_waits_for_a_person(decision):
    """Nothing follows until somebody changes what stands."""
    assert next_look(decision, incident(), n=3, now=minute(15)) is None
