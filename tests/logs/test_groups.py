"""Groups of errors: exact up to a cap, a fair sample beyond it, and the same whatever the order and the parts."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.logs import groups as module
from bot.logs.groups import Groups, Seen
from tests.logs.make import T0

Error = tuple[str, int]

START_US = round(T0.timestamp() * 1_000_000)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cap that a test can reach."""
    monkeypatch.setattr(module, "GROUPS_MAX", 100)


def counted(errors: list[Error]) -> Groups:
    """Count errors of (signature, second)."""
    found = Groups()
    for name, second in errors:
        at = START_US + second * 1_000_000
        for group, _ in found.split(name, [Seen(at)]):
            group.saw(at, at)
    return found


def said(groups: Groups) -> dict[str, tuple[int, int, int]]:
    """Return count, first and last time of each group."""
    return {name: (group.count, group.first_us, group.last_us) for name, group in groups.all().items()}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 400).map("error {}".format), st.integers(0, 900)), max_size=700),
    st.randoms(use_true_random=False),
    st.lists(st.integers(0, 700), max_size=4),
)
def test_order_and_parts_change_nothing_below_the_cap_or_above_it(errors, chance, cuts) -> None:
    """Any order, cut into any parts, merged in any order."""
    whole = counted(errors)
    shuffled = errors[:]
    chance.shuffle(shuffled)
    edges = [0, *sorted(cuts), len(shuffled)]
    parts = [counted(shuffled[a:b]) for a, b in pairwise(edges)]
    chance.shuffle(parts)
    merged = Groups()
    for part in parts:
        merged.merge(part)
    assert said(merged) == said(whole)
    assert merged.lowest == whole.lowest


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 99).map("error {}".format), st.integers(0, 900)), max_size=300))
def test_up_to_the_cap_counts_are_exact(errors) -> None:
    """As many groups as are allowed, each with every error of it."""
    found = counted(errors)
    assert found.lowest == 0
    assert {name: count for name, (count, _, _) in said(found).items()} == Counter(name for name, _ in errors)


def test_many_at_once_are_counted_as_one_by_one() -> None:
    """The fast path hands in the errors of a block together."""
    times = [START_US + i * 1_000_003 for i in range(500)]
    together = Groups()
    together.count("boom", [Seen(at) for at in times])
    assert together.all()["boom"].count == 500


def test_beyond_the_cap_what_is_frequent_stays_and_is_estimated_well() -> None:
    """One error of 5,000 among 20,000 that came once each; what is kept is never more than the cap."""
    errors = [("frequent", second) for second in range(5000)]
    errors += [(f"once {index}", index % 900) for index in range(20_000)]
    found = counted(errors)
    assert found.lowest > 0
    assert len(found.all()) <= 100
    assert found.all()["frequent"].count == pytest.approx(5000, rel=0.4)
    top = max(found.all().items(), key=lambda item: item[1].count)
    assert top[0] == "frequent"


def test_30_000_groups_at_one_instant_are_thinned_too() -> None:
    """A level is the signature's affair as well as the time's: no clock can make all of them stay, or all go."""
    found = counted([(f"once {index}", 0) for index in range(30_000)])
    assert 0 < len(found.all()) <= 100
    assert sum(group.count for group in found.all().values()) == pytest.approx(30_000, rel=0.5)
