"""The values of one column of many lines: which of few they are, and how often each stands where."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import orjson

from bot.logs.fast.bits import Places, Words
from bot.logs.fast.shape import Kind
from bot.logs.fields import FieldTally
from bot.logs.flatten import LIST_ITEMS_MAX, Scalar

NOT_COUNTED = 0
"""The code of null and of the empty text."""

IN_WINDOW, FAILED = 2, 1

_SLOT_BITS = 12
"""4,096 slots: of the up to 100 values of a field, one in fifty shares its own with another."""

SLOTS_FROM = 256
"""Lines at a time from which the slots are worth their 64 KiB; shapes that hardly a line has do without."""

_SLOT_SHIFT = np.uint64(64 - _SLOT_BITS)


class Codes:
    """Small numbers for hashes; what each stands for is asked once, with a row that has it.

    Hashes are looked up by their highest bits; those that share them with another are looked for among all.
    """

    def __init__(self) -> None:
        self._hashes: Words = np.empty(0, np.uint64)
        self._codes: Places = np.empty(0, np.int64)
        self._slots: Words | None = None
        self._slot_codes: Places = np.empty(0, np.int64)

    def __len__(self) -> int:
        return len(self._hashes)

    def of(self, hashes: Words, resolve: Callable[[int], int]) -> Places:
        """Return the code of every hash; `resolve(row)` gives that of a hash not seen before."""
        if self._slots is None:
            if len(hashes) < SLOTS_FROM:
                return self._look_up(hashes, np.arange(len(hashes)), resolve)
            self._slots = self._laid_out()
        slots = (hashes >> _SLOT_SHIFT).view(np.int64)
        codes: Places = self._slot_codes.take(slots)
        other = np.flatnonzero(self._slots.take(slots) != hashes)
        if other.size:
            codes[other] = self._look_up(hashes[other], other, resolve)
        return codes

    def _laid_out(self) -> Words:
        slots = np.zeros(1 << _SLOT_BITS, np.uint64)
        slots[0] = 1 << 63  # no hash of this slot, so that none is taken for known
        self._slot_codes = np.full(1 << _SLOT_BITS, NOT_COUNTED, np.int64)
        places = self._hashes >> _SLOT_SHIFT
        slots[places], self._slot_codes[places] = self._hashes, self._codes
        return slots

    def _look_up(self, hashes: Words, rows: Places, resolve: Callable[[int], int]) -> Places:
        if len(self._hashes):
            place = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
            strange = np.flatnonzero(self._hashes[place] != hashes)
            if not strange.size:
                return self._codes[place]
        else:
            strange = np.arange(len(hashes))
        new, firsts = np.unique(hashes[strange], return_index=True)
        codes = np.array([resolve(int(rows[strange[first]])) for first in firsts], np.int64)
        merged = np.concatenate((self._hashes, new))
        order = np.argsort(merged)
        self._hashes, self._codes = merged[order], np.concatenate((self._codes, codes))[order]
        if self._slots is not None:
            slots = new >> _SLOT_SHIFT
            self._slots[slots], self._slot_codes[slots] = new, codes
        return self._codes[np.searchsorted(self._hashes, hashes)]


class FieldColumn:
    """Counts the values of one field, where it is one value of a shape.

    Args:
        tally: Knows which fields are counted.
        name: Of the field.
        kind: How its values are written.
    """

    def __init__(self, tally: FieldTally, name: str, kind: Kind) -> None:
        self._tally = tally
        self._name = name
        self._kind = kind
        self._codes = Codes()
        self._texts: list[str] = [""]
        self._numbers: dict[str, int] = {}
        self._counts = np.zeros((1, 4), np.int64)
        self._keys = np.zeros(1, np.uint64)

    @property
    def is_dropped(self) -> bool:
        """Whether the field is not counted, or no longer."""
        return self._tally.is_dropped(self._name)

    def add(
        self, hashes: Words, raw_of: Callable[[int], bytes], where: Places, places: Words, in_window: Places
    ) -> None:
        """Count lines.

        Args:
            hashes: Of the values.
            raw_of: The bytes of one of them.
            where: Whether each line lies in the window (2) and is an error (1), added.
            places: Of the lines in the window, the hashes of where they stand.
            in_window: The rows that these are.
        """
        codes = self._codes.of(hashes, lambda row: self._code(raw_of(row)))
        if self.is_dropped:
            return
        size = len(self._texts)
        if size > len(self._counts):
            self._counts = np.concatenate((self._counts, np.zeros((size - len(self._counts), 4), np.int64)))
            self._keys = np.concatenate((self._keys, np.zeros(size - len(self._keys), np.uint64)))
        self._counts += np.bincount(codes * 4 + where, minlength=4 * size).reshape(size, 4)
        np.add.at(self._keys, codes[in_window], places)

    def flush(self) -> None:
        """Hand what was counted to the tally."""
        for text, counts, key in zip(self._texts[1:], self._counts.tolist()[1:], self._keys.tolist()[1:], strict=False):
            before, before_failed, fine, failed = counts
            self._tally.add_counts(
                self._name, text, (fine + failed, failed, before + before_failed, before_failed, key)
            )

    def _code(self, raw: bytes) -> int:
        value = scalar(raw, self._kind)
        if value is None or value == "" or self.is_dropped:
            return NOT_COUNTED
        text = self._tally.saw(self._name, value)
        if text is None:
            return NOT_COUNTED
        if text not in self._numbers:
            self._numbers[text] = len(self._texts)
            self._texts.append(text)
        return self._numbers[text]


def scalar(raw: bytes, kind: Kind) -> Scalar:
    """Return the value that its bytes in a line are; of a list of texts one text, as a record has it."""
    if kind is Kind.NONE:
        return None
    if kind is Kind.LIST:
        return "\n".join(orjson.loads(b'["' + raw + b'"]')[:LIST_ITEMS_MAX])
    found: Scalar = orjson.loads(b'"' + raw + b'"' if kind is Kind.TEXT else raw)
    return found


def where_of(is_error: npt.NDArray[np.bool_], in_window: npt.NDArray[np.bool_]) -> Places:
    """Return for each line whether it lies in the window (2) and is an error (1), added."""
    return is_error.astype(np.int64) * FAILED + in_window.astype(np.int64) * IN_WINDOW
