"""Counts the fields of few values: what the failing records have in common is among them."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache

from bot.logs.dialect import COMMON
from bot.logs.exception import is_error_detail
from bot.logs.flatten import Scalar
from bot.logs.ids import id_rank
from bot.logs.record import is_status
from bot.text.clean import untrusted
from bot.triage.summary import FieldCounts, ValueCounts

VALUES_MAX = 100
"""Distinct values over baseline and window beyond which a field is an id or a measurement, not a group."""

VALUE_LENGTH_MAX = 200
"""A field with a longer value is prose."""

SHOWN_LENGTH = 80
FIELDS_MAX = 2_000
"""Names counted; a log that makes names of its data would fill the memory. See `_level`."""

PLAIN_NAME_BONUS = 6
"""Levels that a name without a digit stands higher: with a digit in it, it is likelier to be made of data."""

_KEY_MASK = (1 << 64) - 1
_NEVER = frozenset((*COMMON.time, *COMMON.level, *COMMON.message, "pid", "v", "level_value", "@version", "version_"))
_EVENTS, _ERRORS, _BASELINE_EVENTS, _BASELINE_ERRORS, _KEY = range(5)


class FieldTally:
    """Events and errors of each value of each field, for window and baseline. Mergeable, whatever the order.

    Args:
        skip: Further names that are never counted: those of the user.

    Attributes:
        values: The counts, by name and value.
        full: Names that have had too many values, or too long ones.
        lowest: The lowest level of the names that are kept; above 0 once there were too many.
    """

    def __init__(self, skip: frozenset[str]) -> None:
        self._skip = skip
        self.values: dict[str, dict[str, list[int]]] = {}
        self.full: set[str] = set()
        self.lowest = 0
        self.fine_records = 0
        self._passed_over: set[str] = set()  # names that are known to be dropped; none comes back

    def add(
        self, fields: Mapping[str, Scalar], extra: Mapping[str, str], *, is_error: bool, line: int, in_window: bool
    ) -> None:
        """Count one record; `line` is the hash of where it stands."""
        self.fine_records += in_window and not is_error
        for source in (fields, extra):
            for name, value in source.items():
                values = self.values.get(name)
                if (values is None and self.is_dropped(name)) or value is None:
                    continue
                text = value if type(value) is str else text_of(value)
                counts = None if values is None else values.get(text)
                if counts is None and (text == "" or (counts := self._counts(name, text)) is None):
                    continue
                if in_window:
                    counts[_EVENTS] += 1
                    counts[_ERRORS] += is_error
                    counts[_KEY] = (counts[_KEY] + line) & _KEY_MASK
                else:
                    counts[_BASELINE_EVENTS] += 1
                    counts[_BASELINE_ERRORS] += is_error

    def saw(self, name: str, value: Scalar) -> str | None:
        """Return the text of a value that will be counted later; None where its field is not counted, or no longer."""
        text = text_of(value)
        return None if self.is_dropped(name) or self._counts(name, text) is None else text

    def add_counts(self, name: str, text: str, counts: Sequence[int]) -> None:
        """Add events and errors of the window, those of the baseline, and the sum of the lines' hashes of a value."""
        if not self.is_dropped(name) and (mine := self._counts(name, text)) is not None:
            for i, count in enumerate(counts):
                mine[i] += count
            mine[_KEY] &= _KEY_MASK

    def merge(self, other: "FieldTally") -> None:
        """Take over the counts of another tally."""
        self.fine_records += other.fine_records
        for name in other.full:
            self._drop(name)
        for name, values in other.values.items():
            for value, counts in values.items():
                self.add_counts(name, value, counts)
        self._keep_from(max(self.lowest, other.lowest))
        self._thin()

    def counts(self) -> tuple[FieldCounts, ...]:
        """Return the fields in the order of their names, the values with those of the window alone."""
        return tuple(
            FieldCounts(
                name=untrusted(name, SHOWN_LENGTH),
                coverage=self._coverage(values),
                values=tuple(
                    ValueCounts(
                        untrusted(value, SHOWN_LENGTH),
                        counts[_EVENTS], counts[_ERRORS], counts[_BASELINE_EVENTS], counts[_BASELINE_ERRORS], counts[_KEY],
                    )
                    for value, counts in sorted(values.items())
                    if counts[_EVENTS]
                ),
            )
            for name, values in sorted(self.values.items())
            if any(counts[_EVENTS] for counts in values.values())
        )  # fmt: skip

    def _coverage(self, values: Mapping[str, list[int]]) -> float:
        fine = sum(counts[_EVENTS] - counts[_ERRORS] for counts in values.values())
        return fine / self.fine_records if self.fine_records else 1.0

    @property
    def drops(self) -> tuple[int, int]:
        """Something that changes whenever a field is dropped that was counted."""
        return self.lowest, len(self.full)

    def is_dropped(self, name: str) -> bool:
        """Tell whether a field is not counted, or no longer."""
        if name in self._passed_over:
            return True
        if name in self.values:
            return False
        is_one = name in self.full or name in self._skip or _is_never_counted(name) or _level(name) < self.lowest
        if is_one and len(self._passed_over) < FIELDS_MAX:
            self._passed_over.add(name)
        return is_one

    def _counts(self, name: str, value: str) -> list[int] | None:
        """Return the counts of a value; None where its field is dropped because of it."""
        values = self.values.get(name)
        if values is None:
            values = self.values[name] = {}
            self._thin()
            if name not in self.values:
                return None
        counts = values.get(value)
        if counts is None:
            if len(values) >= VALUES_MAX or len(value) > VALUE_LENGTH_MAX:
                self._drop(name)
                return None
            counts = values[value] = [0, 0, 0, 0, 0]
        return counts

    def _drop(self, name: str) -> None:
        self.full.add(name)
        self.values.pop(name, None)

    def _thin(self) -> None:
        """Forget the names of the lowest level, again and again, until there are not too many."""
        while len(self.values) + len(self.full) > FIELDS_MAX:
            self._keep_from(self.lowest + 1)

    def _keep_from(self, lowest: int) -> None:
        if lowest:
            self.values = {name: values for name, values in self.values.items() if _level(name) >= lowest}
            self.full = {name for name in self.full if _level(name) >= lowest}
            self.lowest = lowest


@lru_cache(maxsize=4096)
def _is_never_counted(name: str) -> bool:
    """Tell whether a field says when, how bad, what or which request, or restates that it failed."""
    return name in _NEVER or is_error_detail(name) or is_status(name) or id_rank(name) is not None


@lru_cache(maxsize=4096)
def _level(name: str) -> int:
    """Return how late a name goes when there are too many: half of them first, then half of the rest ...

    The name alone decides, so that it never matters which were seen first.
    """
    found = int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest())
    return 64 - found.bit_length() + (0 if any(map(str.isdigit, name)) else PLAIN_NAME_BONUS)


def text_of(value: Scalar) -> str:
    """Return the value as JSON would write it, a text without its quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
