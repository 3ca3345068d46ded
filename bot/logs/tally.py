"""Pure counting: entries in, one LogSummary out. Nothing depends on the order of the entries or on how they are split.

Tallies of parts of a source can be merged; every choice among equals (sample, example) is a minimum over
(time, file, offset), never "the first seen".
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field

from bot.logs.fields import FieldTally
from bot.logs.ids import ID_PATTERN, USER_FIELDS, ids_of, user_of
from bot.logs.record import UNSIGNED, Record, signature_of
from bot.logs.scan import Entry
from bot.logs.skipped import Skipped
from bot.logs.times import from_microseconds, to_microseconds
from bot.text.clean import untrusted
from bot.text.stack import Stack
from bot.triage.summary import (
    ErrorGroup,
    LoggedException,
    LogRequest,
    LogSummary,
    Series,
    SourceReport,
    UserCounts,
)  # fmt: skip

SAMPLE_LIMIT = 300
"""Characters of a sample and of an exception's message."""

FRAME_LIMIT = 200
FRAMES_SHOWN = 10

GROUPS_MAX = 20_000
"""Signatures kept; a log with more has none worth the name, and the rest is counted under OTHER_GROUP."""

OTHER_GROUP = "(other errors)"

_SECOND_US = 1_000_000


@dataclass(slots=True)
class _Group:
    count: int = 0
    first_us: int = 1 << 62
    last_us: int = -1
    sample_key: tuple[int, str, int] = (1 << 62, "", 0)
    sample: str = ""
    exception: Stack | None = None
    example_key: tuple[int, str, int] = (1 << 62, "", 0)
    example_id: str | None = None

    def add(self, at: int, key: tuple[int, str, int], record: Record) -> None:
        self.count += 1
        self.first_us, self.last_us = min(self.first_us, at), max(self.last_us, at)
        if key < self.sample_key:
            self.sample_key, self.exception = key, record.exception
            self.sample = record.message or (record.exception.type if record.exception else "")
        if key < self.example_key:
            found = next((text for text in ids_of(record.fields) if ID_PATTERN.fullmatch(text)), None)
            if found is not None:
                self.example_key, self.example_id = key, found

    def merge(self, other: "_Group") -> None:
        self.count += other.count
        self.first_us, self.last_us = min(self.first_us, other.first_us), max(self.last_us, other.last_us)
        if other.sample_key < self.sample_key:
            self.sample_key, self.sample, self.exception = other.sample_key, other.sample, other.exception
        if other.example_key < self.example_key:
            self.example_key, self.example_id = other.example_key, other.example_id


@dataclass(slots=True)
class _Users:
    seen: set[str] = field(default_factory=set)
    affected: set[str] = field(default_factory=set)
    fine_records: int = 0
    fine_with_user: int = 0


class Tally:
    """Counts the entries of one request.

    Args:
        request: Which stretches, and which names for the user.
        several_files: Whether `file` is worth a field.
    """

    def __init__(self, request: LogRequest, *, several_files: bool = False) -> None:
        self.request = request
        self.lines = self.parsed = self.undated = self.naive = 0
        self.newest_us: int | None = None
        self.oldest_us: int | None = None
        self._start = to_microseconds(request.baseline.start)
        self._window = to_microseconds(request.window.start)
        self._end = to_microseconds(request.window.end)
        seconds = -(-(self._end - self._start) // _SECOND_US)
        self.events, self.errors = [0] * seconds, [0] * seconds
        self.groups: dict[str, _Group] = {}
        self.baseline_groups: Counter[str] = Counter()
        self.users = _Users()
        self._user_names = tuple(dict.fromkeys((*request.user_fields, *USER_FIELDS)))
        self.fields = FieldTally(skip=frozenset(self._user_names))
        self.skipped = Skipped()
        self._several_files = several_files

    def wants(self, at_us: int) -> bool:
        """Tell whether an instant lies in baseline or window."""
        return self._start <= at_us < self._end

    def add(self, entry: Entry, path: str, label: str) -> None:
        """Count one entry of a file."""
        at = entry.at_us
        if at is None:
            self.undated += 1
            return
        self.oldest_us = at if self.oldest_us is None else min(self.oldest_us, at)
        if at >= self._end:
            return
        self.newest_us = at if self.newest_us is None else max(self.newest_us, at)
        if at < self._start:
            return
        self.lines += entry.lines
        self.parsed += entry.lines if entry.parsed else 0
        self.naive += entry.naive
        if not entry.parsed:
            self.skipped.add(entry.reason, (at, path, entry.offset), entry.text)
        if entry.record is not None:
            self._add_record(entry.record, at, (at, path, entry.offset), label)

    def saw_oldest(self, at_us: int | None) -> None:
        """Take note of a dated record outside of what was read."""
        self.oldest_us = min((us for us in (self.oldest_us, at_us) if us is not None), default=None)

    def merge(self, other: "Tally") -> None:
        """Take over what another tally of the same request has counted."""
        for name in ("lines", "parsed", "undated", "naive"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.newest_us = max((us for us in (self.newest_us, other.newest_us) if us is not None), default=None)
        self.oldest_us = min((us for us in (self.oldest_us, other.oldest_us) if us is not None), default=None)
        self.events = [a + b for a, b in zip(self.events, other.events, strict=True)]
        self.errors = [a + b for a, b in zip(self.errors, other.errors, strict=True)]
        for name, group in other.groups.items():
            self._group(name).merge(group)
        self.baseline_groups.update(other.baseline_groups)
        self.users.seen |= other.users.seen
        self.users.affected |= other.users.affected
        self.users.fine_records += other.users.fine_records
        self.users.fine_with_user += other.users.fine_with_user
        self.fields.merge(other.fields)
        self.skipped.merge(other.skipped)

    def summary(self, source: SourceReport) -> LogSummary:
        """Return what was counted; texts are redacted here, once for each that is shown."""
        return LogSummary(
            request=self.request,
            source=source,
            newest=None if self.newest_us is None else from_microseconds(self.newest_us),
            oldest=None if self.oldest_us is None else from_microseconds(self.oldest_us),
            series=Series(self.request.baseline.start, tuple(self.events), tuple(self.errors)),
            users=self._user_counts(),
            fields=self.fields.counts(),
            groups=self._error_groups(),
        )

    def _add_record(self, record: Record, at: int, key: tuple[int, str, int], label: str) -> None:
        second = (at - self._start) // _SECOND_US
        self.events[second] += 1
        self.errors[second] += record.is_error
        in_window = at >= self._window
        if record.is_error:
            name = signature_of(record)
            if in_window:
                self._group(name).add(at, key, record)
            elif name in self.baseline_groups or len(self.baseline_groups) < GROUPS_MAX:
                self.baseline_groups[name] += 1
        if in_window:
            self._count_user(record)
        extra: dict[str, str] = {"file": label} if self._several_files else {}
        line = _line_hash(key[1], key[2]) if in_window else 0
        self.fields.add(record.fields, extra, is_error=record.is_error, line=line, in_window=in_window)

    def _group(self, name: str) -> _Group:
        if name not in self.groups and len(self.groups) >= GROUPS_MAX:
            name = OTHER_GROUP
        return self.groups.setdefault(name, _Group())

    def _count_user(self, record: Record) -> None:
        user = user_of(record.fields, self._user_names)
        if user is not None:
            self.users.seen.add(user)
            if record.is_error:
                self.users.affected.add(user)
        if not record.is_error:
            self.users.fine_records += 1
            self.users.fine_with_user += user is not None

    def _user_counts(self) -> UserCounts | None:
        users = self.users
        if not users.seen:
            return None
        coverage = users.fine_with_user / users.fine_records if users.fine_records else 1.0
        return UserCounts(len(users.affected), len(users.seen), coverage)

    def _error_groups(self) -> tuple[ErrorGroup, ...]:
        """Return the groups by count, then signature; those that read alike once redacted are one."""
        shown: dict[str, tuple[_Group, int]] = {}
        for name in sorted(self.groups):
            text = untrusted(name, len(name) + SAMPLE_LIMIT) or UNSIGNED
            group, before = shown.setdefault(text, (_Group(), 0))
            group.merge(self.groups[name])
            shown[text] = (group, before + self.baseline_groups[name])
        groups = (_error_group(text, group, before) for text, (group, before) in shown.items())
        return tuple(sorted(groups, key=lambda group: (-group.count, group.signature)))


def _error_group(text: str, group: _Group, baseline_count: int) -> ErrorGroup:
    exception = None
    if group.exception is not None:
        frames = tuple(untrusted(frame, FRAME_LIMIT) for frame in group.exception.frames[:FRAMES_SHOWN])
        message = untrusted(group.exception.message, SAMPLE_LIMIT)
        exception = LoggedException(untrusted(group.exception.type, FRAME_LIMIT), message, frames)
    return ErrorGroup(
        signature=text,
        count=group.count,
        baseline_count=baseline_count,
        first_seen=from_microseconds(group.first_us),
        last_seen=from_microseconds(group.last_us),
        sample=untrusted(group.sample, SAMPLE_LIMIT),
        exception=exception,
        example_id=group.example_id,
    )


def _line_hash(path: str, offset: int) -> int:
    digest = hashlib.blake2b(f"{path}:{offset}".encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest)
