"""How numbers are said."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render import words


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (20, "20 s"), (59.6, "1 min"), (100, "1 min 40 s"), (120, "2 min"), (659, "10 min"), (2220, "37 min"),
     (7500, "2 h 5 min"), (86400, "24 h"), (273600, "3 d 4 h"), (-5, "0 s")],
)  # fmt: skip
def test_durations(seconds, said):
    """Seconds only below ten minutes, two units at most."""
    assert words.duration(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(("seconds", "said"), [(20, "20 s"), (301, "5 min"), (901, "15 min")])
def test_a_clock_says_whole_minutes(seconds, said):
    """A call that is a second late is not "5 min 1 s" late."""
    assert words.minutes(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("fraction", "said"),
    [(0, "0 %"), (0.0004, "under 0.1 %"), (0.002, "0.2 %"), (0.041, "4.1 %"), (0.05, "5 %"), (0.0996, "10 %"),
     (0.31, "31 %"), (0.97, "97 %"), (0.9967, "99.7 %"), (0.99999, "over 99.9 %"), (1, "100 %")],
)  # fmt: skip
def test_percentages(fraction, said):
    """One decimal below ten; almost all is never said to be all."""
    assert words.percent(fraction) == said


@given(st.floats(min_value=0, max_value=1))
def test_only_all_is_all_and_only_nothing_is_nothing(fraction):
    """The two ends are exact."""
    assert (words.percent(fraction) == "100 %") == (fraction * 100 >= 100)
    assert (words.percent(fraction) == "0 %") == (fraction * 100 <= 0)


def test_counts_and_gaps():
    """Thousands are grouped; one is singular."""
    assert words.count(9030) == "9,030"
    assert words.count(1, "error") == "1 error"
    assert words.count(2, "hypothesis", "hypotheses") == "2 hypotheses"
    assert [words.gap(ms) for ms in (12, 1400, 31_000)] == ["12 ms", "1.4 s", "31 s"]


@given(st.lists(st.integers(min_value=0, max_value=10**9), max_size=200))
def test_a_sparkline_fits_a_phone_and_shows_every_error(errors):
    """At most 30 columns; the lowest bar means none at all."""
    line = words.sparkline(errors)
    assert len(line) <= 30
    assert (set(line) <= {"▁"}) == (not any(errors))
