"""Distinct hashes: exact up to a cap, close beyond it, and the same from any order and any parts."""

import pickle
import random

import numpy as np
import pytest

from bot.logs import distinct
from bot.logs.distinct import Distinct
from bot.logs.hashing import mixed


def counted(numbers: list[int], *, together: bool = False) -> Distinct:
    """Count the hashes of numbers, one by one or all at once."""
    found = Distinct()
    hashes = [mixed(number) for number in numbers]
    if together:
        found.add_many(np.array(hashes, np.uint64))
    else:
        for one in hashes:
            found.add(one)
    return found


@pytest.mark.parametrize(("loose", "cap"), [(10, 1000), (10, 1 << 20), (1 << 16, 1 << 20)])
def test_order_parts_and_ways_of_counting_change_nothing(monkeypatch, loose: int, cap: int) -> None:
    """Below the cap the count is exact, above it within the error of a sample of 500."""
    monkeypatch.setattr(distinct, "LOOSE_MAX", loose)
    monkeypatch.setattr(distinct, "DISTINCT_MAX", cap)
    chance = random.Random(3)
    numbers = [chance.randrange(1, 8000) for _ in range(12_000)]
    expected = len(counted(numbers))
    assert expected == len(set(numbers)) if cap > 8000 else expected == pytest.approx(len(set(numbers)), rel=0.2)
    chance.shuffle(numbers)
    first, second, third = numbers[:100], numbers[100:7000], numbers[7000:]
    merged = counted(third)
    merged.merge(pickle.loads(pickle.dumps(counted(second, together=True))))
    merged.merge(counted(first))
    assert len(merged) == expected
    assert len(counted(numbers, together=True)) == expected


def test_nothing_is_none() -> None:
    """An empty set, also merged with another."""
    found = Distinct()
    found.merge(Distinct())
    found.add_many(np.zeros(0, np.uint64))
    assert len(found) == 0
