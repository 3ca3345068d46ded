"""Values travel in buttons and come back as they were, or are refused in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.incident.hypothesis import HypothesisState
from bot.incident.incident import UsersAffected
from bot.render import ids, limits

IDS = st.integers(min_value=1, max_value=10**17)


@given(IDS, IDS, st.sampled_from([*HypothesisState, None]))
def test_a_hypothesis_choice_returns(incident, number, state):
    """Incident, number and state come back; None is the undo; it fits an option."""
    value = ids.hypothesis_value(incident, number, state)
    assert len(value) <= limits.OPTION_VALUE
    assert ids.read_hypothesis(value) == ids.HypothesisChoice(incident, number, state)


@given(IDS, st.sampled_from(UsersAffected))
def test_an_answer_about_users_returns(incident, answer):
    """Incident and answer come back."""
    assert ids.read_users(ids.users_value(incident, answer)) == ids.UsersChoice(incident, answer)


@given(IDS, st.text(max_size=300))
def test_a_command_returns_and_holds_no_live_markup(incident, text):
    """What was typed comes back to the letter, entities and mentions in it included."""
    value = ids.pick_value(incident, text)
    assert not set(value) & set("<>&")
    assert ids.read_pick(value) == ids.Pick(incident, text)


@given(st.text(min_size=1, alphabet="<&>%"))
def test_a_long_command_still_fits_a_button(text):
    """The worst text, encoded, stays under Slack's limit."""
    assert len(ids.pick_value(10**17, text * 2000)) <= limits.BUTTON_VALUE


@pytest.mark.parametrize("value", ["", "x", "12:", "12:maybe", "-1:yes", "٣:yes", "9" * 5000, "12:3:nope", "1:2:3:4"])
def test_an_unknown_value_is_refused_in_words(value):
    """A button of another version answers with the right form, never with a crash."""
    for read in (ids.read_users, ids.read_hypothesis):
        with pytest.raises(UserError, match="/incident status"):
            read(value)
