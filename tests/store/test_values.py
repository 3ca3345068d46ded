"""What a triage found comes back from the database equal to what went in."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store import values
from bot.triage.summary import ChangeLog, LogSummary, Report

INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)  # the adapters replace lone surrogates

st.register_type_strategy(datetime, INSTANTS)
st.register_type_strategy(float, FLOATS)
st.register_type_strategy(str, TEXTS)


@pytest.mark.parametrize("kind", [Report, LogSummary, ChangeLog])
def test_a_value_comes_back_equal(kind):
    """Any report, summary or change log that the type hints allow."""

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(st.data())
    def round_trip(data):
        value = data.draw(st.from_type(kind))
        assert values.load(kind, values.dump(value)) == value

    round_trip()


def test_what_is_not_such_a_value_is_refused():
    """Bytes of another kind raise instead of coming back half filled."""
    with pytest.raises(ValueError, match="window"):
        values.load(Report, b'{"version": 1}')
