"""The values of all fields of lines that have no shape: each a number, and how often it stands where."""

from collections.abc import Mapping

import numpy as np

from bot.logs.fast.columns import IN_WINDOW, NOT_COUNTED
from bot.logs.fast.words import Places, Words
from bot.logs.fields import FieldTally, text_of
from bot.logs.flatten import Scalar


class Values:
    """Counts the values of the fields of many lines.

    Args:
        tally: Knows which fields are counted.
    """

    def __init__(self, tally: FieldTally) -> None:
        self._tally = tally
        self._numbers: dict[tuple[str, str], int] = {}
        self._counts = np.zeros((1, 4), np.int64)
        self._keys = np.zeros(1, np.uint64)
        self._dropped: set[str] = set()
        self._waiting: list[int] = []
        self._sizes: list[int] = []

    def add(self, fields: Mapping[str, Scalar]) -> None:
        """Take the values of a line that did not fail."""
        numbers, waiting, dropped = self._numbers, self._waiting, self._dropped
        before = len(waiting)
        for name, value in fields.items():
            if name in dropped:
                continue
            number = numbers.get((name, value if type(value) is str else text_of(value)))
            if number is None:
                number = self._learn(name, value)
            if number:
                waiting.append(number)
        self._sizes.append(len(waiting) - before)

    def _learn(self, name: str, value: Scalar) -> int:
        """Return the number of a value that was not met; NOT_COUNTED where it is not counted."""
        if self._tally.is_dropped(name):
            self._dropped.add(name)
            return NOT_COUNTED
        if value is None or value == "" or self._tally.saw(name, value) is None:
            return NOT_COUNTED
        number = self._numbers[name, text_of(value)] = len(self._numbers) + 1
        return number

    def count(self, where: Places, places: Words) -> None:
        """Count what was taken since the last time, by where each line lies and the hash of its place."""
        more = len(self._numbers) + 1 - len(self._keys)
        if more:
            self._counts = np.concatenate((self._counts, np.zeros((more, 4), np.int64)))
            self._keys = np.concatenate((self._keys, np.zeros(more, np.uint64)))
        numbers, sizes = np.array(self._waiting, np.int64), np.array(self._sizes, np.int64)
        lies = np.repeat(where, sizes)
        self._counts += np.bincount(numbers * 4 + lies, minlength=4 * len(self._keys)).reshape(-1, 4)
        inside = lies >= IN_WINDOW
        np.add.at(self._keys, numbers[inside], np.repeat(places, sizes)[inside])
        self._waiting, self._sizes = [], []

    def flush(self) -> None:
        """Hand what was counted to the tally."""
        rows = zip(self._numbers, self._counts[1:].tolist(), self._keys[1:].tolist(), strict=True)
        for (name, text), (before, before_failed, fine, failed), key in rows:
            self._tally.add_counts(name, text, (fine + failed, failed, before + before_failed, before_failed, key))
