"""How many different things there were, by their 64-bit hashes; mergeable, at eight bytes each once there are many."""

from typing import Any


class Distinct:
    """A set of hashes: single ones as they come, and many at once as a sorted table of numpy's."""

    def __init__(self) -> None:
        self._loose: set[int] = set()
        self._packed: Any = None
        self._waiting: list[Any] = []
        self._waits = 0

    def add(self, found: int) -> None:
        """Add one hash."""
        self._loose.add(found)

    def add_many(self, found: Any) -> None:
        """Add an array of hashes."""
        if not len(found):
            return
        self._waiting.append(found)
        self._waits += len(found)
        if self._waits > max(1 << 16, 0 if self._packed is None else len(self._packed)):
            self._pack()

    def merge(self, other: "Distinct") -> None:
        """Take over another set."""
        loose, packed = other.__getstate__()
        self._loose |= loose
        if packed is not None:
            self.add_many(packed)

    def __len__(self) -> int:
        self._pack()
        if self._packed is None:
            return len(self._loose)
        import numpy as np  # noqa: PLC0415 - 80 ms that small logs do not need

        loose = np.fromiter(self._loose, np.uint64, len(self._loose))
        return len(self._packed) + int(np.count_nonzero(~np.isin(loose, self._packed)))

    def __getstate__(self) -> tuple[set[int], Any]:
        self._pack()
        return self._loose, self._packed

    def __setstate__(self, state: tuple[set[int], Any]) -> None:
        self.__init__()  # type: ignore[misc]
        self._loose, self._packed = state

    def _pack(self) -> None:
        if self._waiting:
            import numpy as np  # noqa: PLC0415

            kept = [] if self._packed is None else [self._packed]
            merged = np.sort(np.concatenate([*kept, *self._waiting]))
            self._packed = merged[np.concatenate(([True], merged[1:] != merged[:-1]))]
            self._waiting, self._waits = [], 0
