"""The ledger: moves, undo, order, the fold, and what a confirmed hypothesis does to the incident."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.incident.hypothesis import (
    Edited,
    HypothesisState,
    Moved,
    Undone,
    add_evidence,
    edit,
    fold,
    follow,
    ledger,
    move,
    next_number,
    undo,
    withdraw,
)
from bot.incident.incident import Status, confirm_cause
from tests.incident.make import hypothesis, incident, minute

OPEN, TESTING, CONFIRMED, REFUTED, WITHDRAWN = HypothesisState


def test_move_remembers_who_when_and_what_was_before():
    """A move can be undone, and says whose it was."""
    moved = move(hypothesis(), TESTING, by="U3", now=minute(4))
    assert (moved.state, moved.previous_state, moved.state_by, moved.state_at) == (TESTING, OPEN, "U3", minute(4))
    back = undo(moved, by="U4", now=minute(5))
    assert (back.state, back.previous_state, back.state_by) == (OPEN, None, "U4")


def test_same_move_twice_keeps_the_undo():
    """A retried click changes nothing."""
    once = move(hypothesis(), TESTING, by="U3", now=minute(4))
    assert move(once, TESTING, by="U3", now=minute(5)) == once


def test_undo_of_nothing_is_refused_in_words():
    """Nothing was moved, so there is nothing to undo."""
    with pytest.raises(UserError, match="nothing to undo for H1"):
        undo(hypothesis(), by="U1", now=minute(1))


def test_deleted_reply_withdraws_its_hypothesis_and_never_frees_its_number():
    """H2 stays H2 though its reply is gone; the next one is H3."""
    ideas = [hypothesis(1), withdraw(hypothesis(2), now=minute(9))]
    assert ideas[1].state is WITHDRAWN
    assert ideas[1].state_by is None
    assert next_number(ideas) == 3
    assert next_number([]) == 1


def test_ledger_shows_what_matters_first():
    """Confirmed, testing, open, ruled out; each by number; withdrawn ones not at all."""
    states = [OPEN, REFUTED, TESTING, WITHDRAWN, CONFIRMED, OPEN, TESTING]
    ideas = [hypothesis(number, state=state) for number, state in enumerate(states, 1)]
    assert [idea.label for idea in ledger(reversed(ideas))] == ["H5", "H3", "H7", "H1", "H6", "H2"]


def test_edit_replaces_the_words_and_drops_what_was_found_for_the_old_ones():
    """Evidence belongs to the words it was found for."""
    found = add_evidence(add_evidence(hypothesis(), ["a", "b"]), ["b", "c"])
    assert found.evidence == ("a", "b", "c")
    assert edit(found, found.text) == found
    assert edit(found, "another idea").evidence == ()


def test_confirmed_hypothesis_is_the_cause():
    """Its text becomes the cause, by whoever confirmed it."""
    before = hypothesis(text="the pool is exhausted")
    after = move(before, CONFIRMED, by="U3", now=minute(4))
    caused = follow(incident(), before, after, [])
    assert (caused.cause, caused.cause_by, caused.status) == ("the pool is exhausted", "U3", Status.IDENTIFIED)
    edited = edit(after, "the pool is exhausted by v214")
    assert follow(caused, after, edited, []).cause == "the pool is exhausted by v214"


def test_cause_falls_with_its_hypothesis_or_passes_to_another_confirmed_one():
    """Ruling out the cause takes it away, unless another confirmed hypothesis can take its place."""
    first = move(hypothesis(1), CONFIRMED, by="U3", now=minute(4))
    second = move(hypothesis(2), CONFIRMED, by="U3", now=minute(5))
    caused = follow(incident(), hypothesis(1), first, [])
    ruled_out = move(first, REFUTED, by="U3", now=minute(6))
    assert follow(caused, first, ruled_out, [ruled_out]).cause is None
    assert follow(caused, first, ruled_out, [ruled_out, second]).cause == "idea 2"


def test_cause_given_by_command_outlives_the_ledger():
    """Ruling out a hypothesis does not touch a cause that somebody typed."""
    first = move(hypothesis(1), CONFIRMED, by="U3", now=minute(4))
    typed = confirm_cause(incident(), "a bad certificate", by="U5", now=minute(5))
    assert follow(typed, first, move(first, REFUTED, by="U3", now=minute(6)), []) == typed


def test_ledger_of_a_closed_incident_changes_no_cause():
    """The ledger may be tidied after the end; the incident stays as it was resolved."""
    closed = incident(status=Status.RESOLVED)
    assert follow(closed, hypothesis(), move(hypothesis(), CONFIRMED, by="U1", now=minute(9)), []) == closed


def changes():
    """Return a strategy for lists of changes of H1 to H3 (and H4, which does not exist)."""
    at = st.integers(0, 20).map(minute)
    number = st.integers(1, 4)
    by = st.sampled_from(["U1", "U2"])
    moved = st.builds(Moved, number=number, state=st.sampled_from(HypothesisState), by=st.none() | by, at=at)
    edited = st.builds(Edited, number=number, text=st.sampled_from(["x", "y"]), at=at)
    return st.lists(moved | edited | st.builds(Undone, number=number, by=by, at=at), max_size=12)


@given(changes(), st.randoms(use_true_random=False))
def test_changes_that_come_twice_and_in_any_order_give_the_same_ledger(said, order: random.Random):
    """Slack repeats and reorders; the ledger does not."""
    ideas = [hypothesis(number) for number in (1, 2, 3)]
    again = [*said, *order.sample(said, len(said) // 2)]
    order.shuffle(again)
    assert fold(ideas, again) == fold(ideas, said)


@given(changes())
def test_fold_keeps_every_hypothesis_and_its_number(said):
    """No change adds, removes or renumbers a line."""
    assert [idea.number for idea in fold([hypothesis(n) for n in (3, 1, 2)], said)] == [1, 2, 3]
