"""Timestamps as logs write them."""

from datetime import UTC, datetime

import pytest

from bot.logs.times import from_microseconds, parse_time

AT = datetime(2026, 11, 23, 13, 52, 0, 123000, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-23T13:52:00.123Z",
        "2026-11-23T13:52:00.123000000+00:00",
        "2026-11-23 13:52:00,123+0000",
        "2026-11-23T21:52:00.123+08:00",
        1795441920123,
        "1795441920123",
        1795441920.123,
        1795441920123000,
        1795441920123000000,
        "1795441920123000000",
    ],
)
def test_every_form_names_the_same_instant(value: object) -> None:
    """ISO with its relatives, and epoch numbers of every unit, also as text."""
    found = parse_time(value)
    assert found is not None
    assert from_microseconds(found.us) == AT
    assert not found.naive


def test_a_time_without_a_zone_is_utc_and_says_so() -> None:
    """It may be wrong by hours, so the report has to mention it."""
    found = parse_time("2026-11-23 13:52:00,123")
    assert found is not None
    assert (from_microseconds(found.us), found.naive) == (AT, True)


@pytest.mark.parametrize(
    "value", ["", "soon", "16:51:24.967", "2026-13-40T00:00:00Z", True, None, -5, 0, 1e30, float("nan"), []]
)
def test_what_names_no_instant_is_none(value: object) -> None:
    """Nothing is guessed."""
    assert parse_time(value) is None
