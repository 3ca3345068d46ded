"""Times and durations survive a database to the microsecond."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.sqlite.pysqlite import dialect

from bot.incident.incident import Status
from bot.store.columns import Duration, Instant, Payload, Texts, Word

SQLITE = dialect()
zones = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(datetime(1900, 1, 2), datetime(9000, 1, 1), timezones=zones)  # noqa: DTZ001 - bounds are naive


def through(column, value):
    """Store a value and read it back."""
    return column.process_result_value(column.process_bind_param(value, SQLITE), SQLITE)


@given(instants)
def test_an_instant_comes_back_equal_and_in_utc(instant):
    """Whatever its zone was."""
    back = through(Instant(), instant)
    assert back == instant
    assert back.tzinfo is UTC


@given(instants, instants)
def test_stored_instants_compare_as_instants(one, other):
    """ORDER BY and <= on the column mean earlier and later."""
    stored = [Instant().process_bind_param(value, SQLITE) for value in (one, other)]
    assert (stored[0] < stored[1]) == (one < other)


def test_a_naive_datetime_is_refused():
    """Guessing a time zone would move an incident by hours."""
    with pytest.raises(ValueError, match="needs a time zone"):
        Instant().process_bind_param(datetime(2026, 3, 1), SQLITE)  # noqa: DTZ001 - the mistake under test


@given(st.timedeltas())
def test_a_duration_comes_back_equal(duration):
    """To the microsecond."""
    assert through(Duration(), duration) == duration


def test_words_texts_and_payloads_come_back_as_what_they_were():
    """An enumeration's member, a tuple, an object; and None as None."""
    assert through(Word(Status), Status.MONITORING) is Status.MONITORING
    assert through(Texts(), ("ä", "")) == ("ä", "")
    assert through(Payload(), {"a": [1, None]}) == {"a": [1, None]}
    assert [through(kind, None) for kind in (Instant(), Duration(), Word(Status), Texts(), Payload())] == [None] * 5


def test_an_unknown_word_is_refused():
    """A misspelt state never reaches the database."""
    with pytest.raises(ValueError, match="sleeping"):
        Word(Status).process_bind_param("sleeping", SQLITE)
