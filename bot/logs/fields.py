"""Counts the fields of few values: what the failing records have in common is among them."""

from collections.abc import Mapping

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
"""Names counted; a log that makes names of its data would fill the memory."""

_KEY_MASK = (1 << 64) - 1
_NEVER = frozenset((*COMMON.time, *COMMON.level, *COMMON.message, "pid", "v", "level_value", "@version", "version_"))
_EVENTS, _ERRORS, _BASELINE_EVENTS, _BASELINE_ERRORS, _KEY = range(5)


class FieldTally:
    """Events and errors of each value of each field, for window and baseline. Mergeable, whatever the order.

    Args:
        skip: Further names that are never counted: those of the user.
    """

    def __init__(self, skip: frozenset[str]) -> None:
        self._skip = skip
        self.values: dict[str, dict[str, list[int]]] = {}
        self.dropped: dict[str, bool] = {}
        self.fine_records = 0

    def add(
        self, fields: Mapping[str, Scalar], extra: Mapping[str, str], *, is_error: bool, line: int, in_window: bool
    ) -> None:
        """Count one record; `line` is the hash of where it stands."""
        self.fine_records += in_window and not is_error
        for source in (fields, extra):
            for name, value in source.items():
                if value is None or value == "" or self._is_dropped(name):
                    continue
                counts = self._counts(name, _text(value))
                if counts is None:
                    continue
                if in_window:
                    counts[_EVENTS] += 1
                    counts[_ERRORS] += is_error
                    counts[_KEY] = (counts[_KEY] + line) & _KEY_MASK
                else:
                    counts[_BASELINE_EVENTS] += 1
                    counts[_BASELINE_ERRORS] += is_error

    def merge(self, other: "FieldTally") -> None:
        """Take over the counts of another tally."""
        self.fine_records += other.fine_records
        for name in other.dropped:
            if other.dropped[name]:
                self._drop(name)
        for name, values in other.values.items():
            for value, counts in values.items():
                if self._is_dropped(name) or (mine := self._counts(name, value)) is None:
                    break
                for i, count in enumerate(counts):
                    mine[i] += count
                mine[_KEY] &= _KEY_MASK

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

    def _is_dropped(self, name: str) -> bool:
        dropped = self.dropped.get(name)
        if dropped is None:
            dropped = self.dropped[name] = (
                len(self.values) >= FIELDS_MAX
                or name in self._skip
                or name in _NEVER
                or is_error_detail(name)
                or is_status(name)
                or id_rank(name) is not None
            )
        return dropped

    def _counts(self, name: str, value: str) -> list[int] | None:
        values = self.values.setdefault(name, {})
        counts = values.get(value)
        if counts is None:
            if len(values) >= VALUES_MAX or len(value) > VALUE_LENGTH_MAX:
                self._drop(name)
                return None
            counts = values[value] = [0, 0, 0, 0, 0]
        return counts

    def _drop(self, name: str) -> None:
        self.dropped[name] = True
        self.values.pop(name, None)


def _text(value: Scalar) -> str:
    """Return the value as JSON would write it, a text without its quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
