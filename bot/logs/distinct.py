"""How many different things there were, by their 64-bit hashes; mergeable, at eight bytes each once there are many.

Exact up to DISTINCT_MAX; beyond it the upper half of all possible hashes is forgotten, then the upper half of the rest
..., and what is kept stands for twice as many each time (adaptive sampling, Wegman 1984). Which are kept depends on the
things alone, not on their order or on who counted them; with half a million kept the error is about 0.1 %.
"""

from typing import Any

DISTINCT_MAX = 1 << 20
"""Hashes kept: 8 MiB."""

LOOSE_MAX = 1 << 16
"""Hashes kept one by one, which takes ten times the room."""


class Distinct:
    """A set of hashes: single ones as they come, and many at once as a sorted table of numpy's."""

    def __init__(self) -> None:
        self._loose: set[int] = set()
        self._packed: Any = None
        self._waiting: list[Any] = []
        self._waits = 0
        self._halvings = 0

    def add(self, found: int) -> None:
        """Add one hash."""
        self._loose.add(found)
        if len(self._loose) > LOOSE_MAX:
            self._pack()

    def add_many(self, found: Any) -> None:
        """Add an array of hashes."""
        if not len(found):
            return
        self._waiting.append(found)
        self._waits += len(found)
        if self._waits > max(LOOSE_MAX, 0 if self._packed is None else len(self._packed)):
            self._pack()

    def merge(self, other: "Distinct") -> None:
        """Take over another set."""
        loose, packed, halvings = other.__getstate__()
        self._loose |= loose
        self._halvings = max(self._halvings, halvings)
        if packed is not None:
            self.add_many(packed)

    def __len__(self) -> int:
        self._pack()
        kept = len(self._loose) + (0 if self._packed is None else len(self._packed))
        return kept << self._halvings

    def __getstate__(self) -> tuple[set[int], Any, int]:
        self._pack()
        return self._loose, self._packed, self._halvings

    def __setstate__(self, state: tuple[set[int], Any, int]) -> None:
        self.__init__()  # type: ignore[misc]
        self._loose, self._packed, self._halvings = state

    def _pack(self) -> None:
        """Bring all hashes together, unless there are only a few loose ones."""
        if not self._waiting and self._packed is None and len(self._loose) <= LOOSE_MAX and not self._halvings:
            return
        import numpy as np  # noqa: PLC0415 - 80 ms that small logs do not need

        kept = [] if self._packed is None else [self._packed]
        loose = np.fromiter(self._loose, np.uint64, len(self._loose))
        merged = np.sort(np.concatenate([*kept, *self._waiting, loose]))
        self._packed = self._thinned(
            merged[np.concatenate(([True], merged[1:] != merged[:-1]))] if len(merged) else merged
        )
        self._loose, self._waiting, self._waits = set(), [], 0

    def _thinned(self, hashes: Any) -> Any:
        """Return the lower of sorted hashes, as many as may be kept."""
        while True:
            kept = hashes[: hashes.searchsorted(hashes.dtype.type((1 << 64 - self._halvings) - 1), "right")]
            if len(kept) <= DISTINCT_MAX:
                return kept
            self._halvings += 1
