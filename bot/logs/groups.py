"""Errors by signature: every group exactly while there are few, a fair sample of the errors once there are too many.

Each error lies on a level that its signature and its time alone decide: half of them on level 0, a quarter on level 1,
an eighth on level 2 ... When there are too many groups the lowest level is forgotten, and what is left stands for twice
as many errors. So what is kept never depends on the order of lines, on files, chunks or processes; what is frequent
stays, and what is lost first is what came once.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, TypeVar

from bot.logs.hashing import MASK, SEED
from bot.logs.ids import ID_PATTERN, ids_of
from bot.logs.record import Record
from bot.text.clean import LOOKED_AT
from bot.text.stack import Stack

GROUPS_MAX = 50_000
"""Groups counted exactly; a log with more writes its data where nothing masks it, and has no use for exact counts."""

PIECE = 1_000
"""Groups that one process sends another at a time: half a MiB."""

SAMPLE_LIMIT = 300
"""Characters of a sample and of an exception's message."""

T = TypeVar("T")

Key = tuple[int, str, int]
"""Time, file and offset: the first by it is the example."""


class Seen(NamedTuple):
    """An error: when, and where its line begins; `row` is the caller's own."""

    at_us: int
    offset: int = 0
    row: int = 0


@dataclass(slots=True)
class Group:
    """Errors that share a signature."""

    count: int = 0
    first_us: int = 1 << 62
    last_us: int = -1
    sample_key: Key = (1 << 62, "", 0)
    sample: str = ""
    exception: Stack | None = None
    example_key: Key = (1 << 62, "", 0)
    example_id: str | None = None

    def saw(self, first_us: int, last_us: int, count: int = 1) -> None:
        """Count errors between two instants."""
        self.count += count
        self.first_us, self.last_us = min(self.first_us, first_us), max(self.last_us, last_us)

    def wants(self, key: Key) -> bool:
        """Tell whether the record at a key may become the sample or the example."""
        return key < self.sample_key or key < self.example_key

    def offer(self, key: Key, record: Record) -> None:
        """Take a record for the sample or the example, where it is the first by its key."""
        if key < self.sample_key:
            self.sample_key, self.exception = key, record.exception
            sample = record.message or (record.exception.type if record.exception else "")
            self.sample = sample[: SAMPLE_LIMIT + LOOKED_AT]
        if key < self.example_key:
            found = next((text for text in ids_of(record.fields) if ID_PATTERN.fullmatch(text)), None)
            if found is not None:
                self.example_key, self.example_id = key, found

    def merge(self, other: "Group") -> None:
        """Take over the counts of another part of the group."""
        self.count += other.count
        self.first_us, self.last_us = min(self.first_us, other.first_us), max(self.last_us, other.last_us)
        if other.sample_key < self.sample_key:
            self.sample_key, self.sample, self.exception = other.sample_key, other.sample, other.exception
        if other.example_key < self.example_key:
            self.example_key, self.example_id = other.example_key, other.example_id


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield items, so many at a time (itertools has it from Python 3.12 on)."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def seed_of(name: str) -> int:
    """Return by which number the errors of a signature are spread over the levels."""
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest())


class Groups:
    """The groups of one stretch of time. Mergeable, whatever the order.

    Attributes:
        lowest: The lowest level that is kept; 0 while the counts are exact.
        levels: The parts of the groups on each level, by signature.
    """

    def __init__(self) -> None:
        self.lowest = 0
        self.levels: dict[int, dict[str, Group]] = {}
        self._held: Counter[str] = Counter()  # on how many levels each signature stands

    @property
    def one_in(self) -> int:
        """Of how many errors one was looked at."""
        return 1 << self.lowest

    def split(self, name: str, errors: Iterable[Seen]) -> Iterator[tuple[Group, list[Seen]]]:
        """Yield the parts of the group that errors of a signature belong to, each with its own of them, in order."""
        seed = seed_of(name)
        parts: dict[int, list[Seen]] = {}
        for error in errors:
            level = 64 - ((error[0] * SEED & MASK) ^ seed).bit_length()
            if level >= self.lowest:
                parts.setdefault(level, []).append(error)
        for level, part in parts.items():
            group = self._group(level, name)
            if group is not None:
                yield group, part

    def count(self, name: str, errors: Iterable[Seen]) -> None:
        """Count errors of a signature, of which no sample is needed."""
        for group, part in self.split(name, errors):
            group.count += len(part)

    def count_on(self, name: str, level: int, count: int) -> None:
        """Count errors of a signature that lie on one level."""
        group = self._group(level, name)
        if group is not None:
            group.count += count

    def merge(self, other: "Groups") -> None:
        """Take over the groups of another."""
        while self.lowest < other.lowest:
            self._forget()
        for level, names in other.levels.items():
            for name, group in names.items():
                mine = self._group(level, name)
                if mine is not None:
                    mine.merge(group)

    def pieces(self) -> Iterator["Groups"]:
        """Yield the groups, PIECE of them at a time; all of them merged are this."""
        every = ((level, name, group) for level, names in self.levels.items() for name, group in names.items())
        for some in batched(every, PIECE):
            piece = Groups()
            piece.lowest = self.lowest
            for level, name, group in some:
                piece.levels.setdefault(level, {})[name] = group
            yield piece

    def all(self) -> dict[str, Group]:
        """Return every group; its count is exact, or stands for `one_in` times as many as were kept."""
        found: dict[str, Group] = {}
        for names in self.levels.values():
            for name, group in names.items():
                found.setdefault(name, Group()).merge(group)
        for group in found.values():
            group.count *= self.one_in
        return found

    def _group(self, level: int, name: str) -> Group | None:
        """Return the part of a group on a level; None where that level is forgotten."""
        if level < self.lowest:
            return None
        names = self.levels.setdefault(level, {})
        group = names.get(name)
        if group is None:
            group = names[name] = Group()
            self._held[name] += 1
            while len(self._held) > GROUPS_MAX:
                self._forget()
        return group if level >= self.lowest else None

    def _forget(self) -> None:
        """Forget the lowest level, and every group that stood on no other."""
        for name in self.levels.pop(self.lowest, ()):
            self._held[name] -= 1
            if not self._held[name]:
                del self._held[name]
        self.lowest += 1
