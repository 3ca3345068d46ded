"""The table of states: what may follow what, and what is told to whoever asks for the rest."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import IncidentClosed, UserError
from bot.incident import incident as rules
from bot.incident.incident import TRANSITIONS, Incident, Status, UsersAffected, Verb
from bot.incident.timeline import Entry, Kind, asked_to_snooze
from tests.incident.make import incident, minute

INV, IDE, MON, RES = Status.INVESTIGATING, Status.IDENTIFIED, Status.MONITORING, Status.RESOLVED

DO = {
    "confirm": lambda it: rules.confirm_cause(it, "the pool is exhausted", by="U2", now=minute(5)),
    "rule out": rules.cause_ruled_out,
    "roll back": lambda it: rules.rolling_back(it, by="U2", now=minute(6)),
    "end rollback": rules.rollback_ended,
    "recover": lambda it: rules.recovered(it, now=minute(7)),
    "relapse": rules.relapsed,
    "resolve": lambda it: rules.resolve(it, "reverted v214", by="U2", now=minute(8)),
    "reopen": rules.reopen,
    "severity": lambda it: rules.set_severity(it, 1),
    "lead": lambda it: rules.set_lead(it, "U9"),
    "title": lambda it: rules.set_title(it, "search is down"),
    "users": lambda it: rules.set_users_affected(it, UsersAffected.YES, by="U2"),
    "snooze": lambda it: rules.snooze(it, timedelta(minutes=5), by="U2", now=minute(16)),
}

# verb, status, has a cause -> status, or the error that refuses it
CASES = [
    ("confirm", INV, False, IDE),
    ("confirm", IDE, True, IDE),
    ("confirm", MON, False, MON),
    ("confirm", RES, False, IncidentClosed),
    ("rule out", INV, False, UserError),
    ("rule out", IDE, True, INV),
    ("rule out", MON, True, MON),
    ("rule out", RES, True, IncidentClosed),
    ("roll back", INV, False, INV),
    ("roll back", IDE, True, IDE),
    ("roll back", MON, False, MON),
    ("roll back", RES, False, IncidentClosed),
    ("end rollback", INV, False, INV),
    ("recover", INV, False, MON),
    ("recover", IDE, True, MON),
    ("recover", MON, False, MON),
    ("recover", RES, False, IncidentClosed),
    ("relapse", MON, False, INV),
    ("relapse", MON, True, IDE),
    ("resolve", INV, False, RES),
    ("resolve", IDE, True, RES),
    ("resolve", MON, False, RES),
    ("resolve", RES, False, IncidentClosed),
    ("reopen", INV, False, UserError),
    ("reopen", MON, False, UserError),
    ("reopen", RES, False, INV),
    ("reopen", RES, True, IDE),
    *((verb, RES, False, IncidentClosed) for verb in ("severity", "lead", "title", "users", "snooze")),
    *((verb, MON, False, MON) for verb in ("severity", "lead", "title", "users", "snooze")),
]


@pytest.mark.parametrize(("verb", "status", "has_cause", "outcome"), CASES)
def test_verb_leads_where_the_table_says_or_is_refused(verb, status, has_cause, outcome):
    """Every verb leads from a status to the one expected, or raises the error expected."""
    before = incident(status=status, cause="the pool" if has_cause else None)
    if isinstance(outcome, Status):
        assert DO[verb](before).status is outcome
    else:
        with pytest.raises(outcome):
            DO[verb](before)


def test_table_names_every_verb_and_ends_nowhere_unknown():
    """The table has a row for each verb, and only reopen leaves the closed state."""
    assert set(TRANSITIONS) == set(Verb)
    assert [verb for verb, steps in TRANSITIONS.items() if Status.RESOLVED in steps] == [Verb.REOPEN]


def test_refusal_on_a_closed_incident_shows_how_to_reopen_it():
    """A closed incident says so, and gives the command that opens it again."""
    with pytest.raises(IncidentClosed) as refused:
        rules.set_lead(incident(status=RES), "U9")
    assert (refused.value.wrong, refused.value.form) == ("#12 is resolved.", "/incident reopen #12")


def test_second_rollback_is_refused_until_the_first_has_ended():
    """Two people cannot roll back at once; after a rollback without effect another may begin."""
    under_way = DO["roll back"](incident())
    with pytest.raises(UserError, match="already under way"):
        DO["roll back"](under_way)
    assert DO["roll back"](rules.rollback_ended(under_way)).rolling_back_at == minute(6)


def test_rollback_forgets_a_recovery_that_came_before_it():
    """Recovered at 7, rolled back at 9: the watch has to say when it is back this time."""
    under_way = rules.rolling_back(rules.recovered(incident(), now=minute(7)), by="U2", now=minute(9))
    assert under_way.recovered_at is None
    assert rules.recovered(under_way, now=minute(11)).recovered_at == minute(11)


def test_open_is_required_without_a_change():
    """What only needs an open incident gets it as it is, or the refusal."""
    assert rules.require_open(incident()) == incident()
    with pytest.raises(IncidentClosed):
        rules.require_open(incident(status=RES))


def test_reopening_keeps_the_original_clock_and_forgets_what_held_the_calls_back():
    """The start and the delay stay; recovery, rollback, snooze and the answer about users do not."""
    before = DO["snooze"](DO["users"](DO["recover"](DO["roll back"](incident()))))
    again = rules.reopen(DO["resolve"](before))
    assert again.rollback_due_at == incident().rollback_due_at
    assert again == incident()


@pytest.mark.parametrize("severity", [0, 5, -1])
def test_unknown_severity_is_refused(severity):
    """Only 1 to 4 exist."""
    with pytest.raises(UserError, match="1 is the worst"):
        rules.set_severity(incident(), severity)


@pytest.mark.parametrize("words", ["", " ", "\n"])
def test_empty_cause_and_empty_title_are_refused(words):
    """White space is no cause and no title."""
    with pytest.raises(UserError):
        rules.confirm_cause(incident(), words, by="U1", now=minute(1))
    with pytest.raises(UserError):
        rules.set_title(incident(), words)


# asked at, for, by, people who asked since the cap -> until when, or None for no change
SNOOZES = [
    (16, 5, "U1", (), 21),
    (40, 10, "U1", (), 45),
    (44.5, 60, "U1", (), 45),
    (46, 5, "U1", (), None),
    (46, 5, "U1", ("U1",), None),
    (46, 5, "U2", ("U1",), 51),
    (46, 5, "U2", ("U1", "U2"), 51),
]


@pytest.mark.parametrize(("at", "minutes", "by", "asked", "until"), SNOOZES)
def test_snooze_ends_45_minutes_after_the_start_unless_a_second_person_asks(at, minutes, by, asked, until):
    """One person holds the calls back until minute 45 at most, two people for longer."""
    after = rules.snooze(incident(), timedelta(minutes=minutes), by=by, now=minute(at), asked_by=asked)
    assert after.snoozed_until == (None if until is None else minute(until))


def test_refused_snooze_leaves_an_agreed_one_as_it_is():
    """Who asks alone after the cap cannot shorten what two people agreed on."""
    agreed = incident(snoozed_until=minute(60))
    assert rules.snooze(agreed, timedelta(minutes=5), by="U1", now=minute(50)) == agreed


def test_only_snoozes_since_the_cap_count_as_agreement():
    """A snooze from before the cap agrees to nothing after it."""
    entries = [
        Entry(incident_id=12, at=minute(20), kind=Kind.SNOOZED, text="", actor_id="U1"),
        Entry(incident_id=12, at=minute(46), kind=Kind.SNOOZED, text="", actor_id="U2"),
        Entry(incident_id=12, at=minute(47), kind=Kind.NOTE, text="", actor_id="U3"),
    ]
    assert asked_to_snooze(entries, minute(45)) == {"U2"}


@given(st.lists(st.sampled_from(sorted(DO)), max_size=25))
def test_no_sequence_of_verbs_breaks_what_always_holds(verbs):
    """Whatever people do: a resolved incident has its instant, identified has a cause, and the clock never moves."""
    state: Incident = incident()
    for verb in verbs:
        try:
            state = DO[verb](state)
        except UserError:
            continue
        assert (state.status is RES) == (state.resolved_at is not None)
        assert (state.status is not IDE) or state.cause is not None
        assert (state.status is not INV) or state.cause is None
        assert state.rollback_due_at == incident().rollback_due_at
