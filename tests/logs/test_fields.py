"""Fields of few values: what is dropped never depends on what was seen first."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.logs import fields
from bot.logs.fields import FieldTally
from bot.triage.summary import FieldCounts

NAMES = ["region", "host", *(f"price.{number}" for number in range(60)), "requestId", "who"]
Line = dict[str, str]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Caps that a test can reach."""
    monkeypatch.setattr(fields, "FIELDS_MAX", 20)
    monkeypatch.setattr(fields, "VALUES_MAX", 3)


def counted(lines: list[tuple[int, Line]]) -> FieldTally:
    """Count lines, each with a number of its own, some of which fail."""
    found = FieldTally(frozenset(("who",)))
    for number, line in lines:
        found.add(line, {}, is_error=number % 3 == 0, line=number, in_window=number % 4 > 0)
    return found


def merged(parts: list[FieldTally]) -> tuple[FieldCounts, ...]:
    """Merge parts into one, in their order."""
    found = FieldTally(frozenset(("who",)))
    for part in parts:
        found.merge(part)
    return found.counts()


LINES = st.lists(st.dictionaries(st.sampled_from(NAMES), st.sampled_from("abcde"), max_size=12), max_size=40)


@settings(max_examples=80, deadline=None)
@given(LINES, st.randoms(use_true_random=False), st.lists(st.integers(0, 40), max_size=3))
def test_order_and_parts_change_nothing_below_the_caps_or_above_them(lines, chance, cuts) -> None:
    """Neither too many values nor too many names make the first ones special."""
    numbered = list(enumerate(lines))
    whole = counted(numbered).counts()
    chance.shuffle(numbered)
    edges = [0, *sorted(cuts), len(numbered)]
    parts = [counted(numbered[a:b]) for a, b in pairwise(edges)]
    chance.shuffle(parts)
    assert merged(parts) == whole


def test_names_made_of_data_go_before_plain_ones() -> None:
    """A log with a name a customer still says which region fails."""
    found = counted([(i, {f"price.{i}": "a", "region": "eu", "host": "web"}) for i in range(1, 400)])
    assert {"region", "host"} <= found.values.keys()
    assert len(found.values) + len(found.full) <= 20


def test_a_field_of_too_many_or_too_long_values_is_no_group() -> None:
    """It is dropped whole, also where no part of the log held too many."""
    first, second = counted([(1, {"region": "a"}), (2, {"region": "b"})]), counted([(3, {"region": c}) for c in "cd"])
    assert [field.name for field in first.counts()] == ["region"]
    assert merged([first, second]) == merged([second, first]) == ()
    assert counted([(1, {"region": "x" * 201})]).counts() == ()
