"""The errors of the baseline, of which nothing but their signature and time is kept until there are many."""

import numpy as np

from bot.logs.fast.bits import Places, Words
from bot.logs.groups import Groups, seed_of
from bot.logs.hashing import SEED

WAITING_MAX = 1 << 16
"""Errors whose times are kept: half a MiB."""

LEVELS = 65


class Earlier:
    """Counts errors into groups, many at once.

    Args:
        groups: What they are counted into.
    """

    def __init__(self, groups: Groups) -> None:
        self._groups = groups
        self._numbers: dict[str, int] = {}
        self._waiting: list[tuple[list[int], Places]] = []
        self._waits = 0

    def add(self, names: list[str], us: Places) -> None:
        """Count errors by their signatures and times."""
        if not names:
            return
        numbers = self._numbers
        self._waiting.append(([numbers.setdefault(name, len(numbers)) for name in names], us))
        self._waits += len(names)
        if self._waits > WAITING_MAX:
            self.flush()

    def flush(self) -> None:
        """Hand what waits to the groups."""
        if not self._waiting:
            return
        numbers = np.concatenate([np.array(some, np.int64) for some, _ in self._waiting])
        us = np.concatenate([some for _, some in self._waiting])
        seeds = np.array([seed_of(name) for name in self._numbers], np.uint64)
        levels = LEVELS - 1 - _bit_lengths((us.astype(np.uint64) * np.uint64(SEED)) ^ seeds[numbers])
        found, counts = np.unique(numbers * LEVELS + levels, return_counts=True)
        names = list(self._numbers)
        for key, count in zip(found.tolist(), counts.tolist(), strict=True):
            self._groups.count_on(names[key // LEVELS], key % LEVELS, count)
        self._numbers, self._waiting, self._waits = {}, [], 0


def _bit_lengths(words: Words) -> Places:
    """Return how many bits each word has, from its highest that is set."""
    for shift in (1, 2, 4, 8, 16, 32):
        words = words | (words >> np.uint64(shift))
    return np.bitwise_count(words).astype(np.int64)
