"""The values of all fields of lines that have no shape: each a number, and how often it stands where."""

import numpy as np

from bot.logs.fast.bits import Flags, Places, Words, mixed
from bot.logs.fast.columns import IN_WINDOW, NOT_COUNTED, Codes
from bot.logs.fast.tokens import UNKNOWN, USELESS, Names, Tokens
from bot.logs.fast.words import Text
from bot.logs.fields import FieldTally, text_of
from bot.logs.flatten import Scalar


class Values:
    """Counts the values of the fields of many lines.

    Args:
        tally: Knows which fields are counted.
        names: Of the file.
    """

    def __init__(self, tally: FieldTally, names: Names) -> None:
        self._tally = tally
        self._names = names
        self._codes = Codes()
        self._is_counted = np.zeros(max(UNKNOWN, USELESS) + 1, np.bool_)
        self._drops: tuple[int, int] | None = None
        self._numbers: dict[tuple[str, str], int] = {}
        self._counts = np.zeros((1, 4), np.int64)
        self._keys = np.zeros(1, np.uint64)

    def count(self, text: Text, tokens: Tokens, where: Places, places: Words) -> None:
        """Count the values in some lines.

        Args:
            text: The block.
            tokens: Of the lines, and of others.
            where: Whether each line lies in the window (2) and is an error (1), added; -1 where it is not counted.
            places: The hash of where each line stands.
        """
        some = np.flatnonzero((where >= 0)[tokens.row])
        some = some[self._counted()[tokens.name[some]]]
        lies, names, values = where[tokens.row[some]], tokens.name[some], tokens.values(some)
        hashes = mixed(text.marks(values.begins, values.sizes) ^ (names << 2 | values.kinds).view(np.uint64))
        codes = self._codes.of(hashes, lambda row: self._number(int(names[row]), values.value(text, row)))
        more = len(self._numbers) + 1 - len(self._keys)
        if more:
            self._counts = np.concatenate((self._counts, np.zeros((more, 4), np.int64)))
            self._keys = np.concatenate((self._keys, np.zeros(more, np.uint64)))
        self._counts += np.bincount(codes * 4 + lies, minlength=4 * len(self._keys)).reshape(-1, 4)
        inside = np.flatnonzero(lies >= IN_WINDOW)
        np.add.at(self._keys, codes[inside], places[tokens.row[some[inside]]])

    def _counted(self) -> Flags:
        """Tell which names are counted; one that no longer is never comes back."""
        more = len(self._names) - len(self._is_counted)
        if not more and self._drops == self._tally.drops:
            return self._is_counted
        self._drops = self._tally.drops
        self._is_counted = np.append(self._is_counted, np.ones(more, np.bool_))
        for number in np.flatnonzero(self._is_counted).tolist():
            self._is_counted[number] = not self._tally.is_dropped(self._names.known[number])
        return self._is_counted

    def _number(self, number: int, value: Scalar) -> int:
        """Return the number of a value that was not met; NOT_COUNTED where it is not counted."""
        name = self._names.known[number]
        if value is None or value == "" or self._tally.saw(name, value) is None:
            return NOT_COUNTED
        return self._numbers.setdefault((name, text_of(value)), len(self._numbers) + 1)

    def flush(self) -> None:
        """Hand what was counted to the tally."""
        rows = zip(self._numbers, self._counts[1:].tolist(), self._keys[1:].tolist(), strict=True)
        for (name, text), (before, before_failed, fine, failed), key in rows:
            self._tally.add_counts(name, text, (fine + failed, failed, before + before_failed, before_failed, key))
