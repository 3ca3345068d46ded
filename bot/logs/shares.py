"""Work that several processes share: each takes a piece as soon as it is done with one, until none is left."""

import os
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Generic, Self, TypeVar

T = TypeVar("T")

SHARES_MAX = 256


class Shares(Generic[T]):
    """Pieces of work, each taken once, by this process or by a fork of it; a context manager.

    The numbers of those that are left stand in a pipe. A byte is read by one process alone, and one that dies holds nothing
    that another would wait for.

    Args:
        pieces: The work; SHARES_MAX of them at most.

    Attributes:
        taken: The pieces that this process took.
    """

    def __init__(self, pieces: Sequence[T]) -> None:
        self._pieces = pieces
        self.taken: list[T] = []
        self._left, sender = os.pipe()
        os.write(sender, bytes(range(len(pieces))))
        os.close(sender)  # so that whoever reads after the last one is not kept waiting

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        os.close(self._left)

    def __iter__(self) -> Iterator[T]:
        while number := os.read(self._left, 1):
            self.taken.append(self._pieces[number[0]])
            yield self.taken[-1]

    @property
    def others(self) -> list[T]:
        """The pieces that this process did not take."""
        return [piece for piece in self._pieces if piece not in self.taken]
