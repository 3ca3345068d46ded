"""Pure counting: entries in, one LogSummary out. Nothing depends on the order of the entries or on how they are split.

Tallies of parts of a source can be merged; every choice among equals (sample, example) is a minimum over
(time, file, offset), never "the first seen".
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from bot.logs.distinct import Distinct
from bot.logs.entry import Entry
from bot.logs.fields import FieldTally
from bot.logs.groups import GROUPS_MAX, SAMPLE_LIMIT, Group, Groups, Key, Seen
from bot.logs.hashing import hash_place, hash_text
from bot.logs.ids import USER_FIELDS, request_of, user_of
from bot.logs.record import UNSIGNED, Record, signature_of
from bot.logs.skipped import Skipped
from bot.logs.times import from_microseconds, to_microseconds
from bot.text.clean import untrusted
from bot.triage.summary import (
    ErrorGroup,
    LoggedException,
    LogRequest,
    LogSummary,
    RequestCounts,
    Series,
    SourceReport,
    UserCounts,
)  # fmt: skip

FRAME_LIMIT = 200
FRAMES_SHOWN = 10

_SECOND_US = 1_000_000


@dataclass(slots=True)
class Named:
    """What the records of the window name by an id: users, or requests.

    Args:
        seen: Of all records.
        failed: Of error records.
        fine_records: Records that are no errors and name any.
        failed_records: Error records that name any.
    """

    seen: Distinct = field(default_factory=Distinct)
    failed: Distinct = field(default_factory=Distinct)
    fine_records: int = 0
    failed_records: int = 0

    def add(self, name: bytes | None, *, is_error: bool) -> None:
        """Count the name on one record, or that it has none."""
        if name is None:
            return
        hashed = hash_text(name)
        self.seen.add(hashed)
        if is_error:
            self.failed.add(hashed)
        self.failed_records += is_error
        self.fine_records += not is_error

    def add_many(self, hashes: Any, is_error: Any) -> None:
        """Count the names on many records: an array of their hashes, and one of whether each is an error's."""
        errors = int(is_error.sum())
        self.seen.add_many(hashes)
        self.failed.add_many(hashes[is_error])
        self.failed_records += errors
        self.fine_records += len(hashes) - errors

    def merge(self, other: "Named") -> None:
        """Take over the names of another part of the window."""
        self.seen.merge(other.seen)
        self.failed.merge(other.failed)
        self.fine_records += other.fine_records
        self.failed_records += other.failed_records


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
        self.start_us = to_microseconds(request.baseline.start)
        self.window_us = to_microseconds(request.window.start)
        self.end_us = to_microseconds(request.window.end)
        seconds = -(-(self.end_us - self.start_us) // _SECOND_US)
        self.events, self.errors = [0] * seconds, [0] * seconds
        self.groups = Groups()
        self.baseline_groups = Groups()
        self.users, self.requests = Named(), Named()
        self.user_names = tuple(dict.fromkeys((*request.user_fields, *USER_FIELDS)))
        self.fields = FieldTally(skip=frozenset(self.user_names))
        self.skipped = Skipped()
        self.several_files = several_files

    def anew(self) -> "Tally":
        """Return an empty tally of the same request."""
        return Tally(self.request, several_files=self.several_files)

    def pieces(self) -> Iterator["Tally"]:
        """Yield what was counted, in pieces to be merged; empties this one."""
        for name in ("groups", "baseline_groups"):
            for some in getattr(self, name).pieces():
                piece = self.anew()
                setattr(piece, name, some)
                yield piece
            setattr(self, name, Groups())
        yield self

    def wants(self, at_us: int) -> bool:
        """Tell whether an instant lies in baseline or window."""
        return self.start_us <= at_us < self.end_us

    def add(self, entry: Entry, path: str, label: str) -> None:
        """Count one entry of a file."""
        at = entry.at_us
        if at is None:
            self.undated += 1
            return
        self.oldest_us = at if self.oldest_us is None else min(self.oldest_us, at)
        if at >= self.end_us:
            return
        self.newest_us = at if self.newest_us is None else max(self.newest_us, at)
        if at < self.start_us:
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
        self.groups.merge(other.groups)
        self.baseline_groups.merge(other.baseline_groups)
        self.users.merge(other.users)
        self.requests.merge(other.requests)
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
            requests=self._request_counts(),
            fields=self.fields.counts(),
            groups=self._error_groups(),
        )

    def _add_record(self, record: Record, at: int, key: Key, label: str) -> None:
        second = (at - self.start_us) // _SECOND_US
        self.events[second] += 1
        self.errors[second] += record.is_error
        in_window = at >= self.window_us
        if record.is_error:
            name, seen = signature_of(record), (Seen(at),)
            if in_window:
                for group, _ in self.groups.split(name, seen):
                    group.saw(at, at)
                    group.offer(key, record)
            else:
                self.baseline_groups.count(name, seen)
        if in_window:
            self.users.add(user_of(record.fields, self.user_names), is_error=record.is_error)
            self.requests.add(request_of(record.fields), is_error=record.is_error)
        extra: dict[str, str] = {"file": label} if self.several_files else {}
        line = hash_place(path_hash(key[1]), key[2]) if in_window else 0
        self.fields.add(record.fields, extra, is_error=record.is_error, line=line, in_window=in_window)

    def _user_counts(self) -> UserCounts | None:
        users, fine = self.users, self.fields.fine_records
        seen = len(users.seen)
        coverage = users.fine_records / fine if fine else 1.0
        if self._failed_records() and not users.failed_records:
            coverage = 0.0  # errors that name nobody are not nobody's
        return UserCounts(min(len(users.failed), seen), seen, coverage) if seen else None

    def _request_counts(self) -> RequestCounts | None:
        requests, fine, failed = self.requests, self.fields.fine_records, self._failed_records()
        seen = len(requests.seen)
        coverage = min(
            requests.fine_records / fine if fine else 1.0, requests.failed_records / failed if failed else 1.0
        )
        return RequestCounts(min(len(requests.failed), seen), seen, coverage) if seen else None

    def _failed_records(self) -> int:
        return sum(self.errors[-(-(self.window_us - self.start_us) // _SECOND_US) :])

    def estimates(self) -> Iterator[str]:
        """Yield what has to be said where there were too many groups of errors to count each."""
        if self.groups.lowest:
            yield f"counts estimated beyond {GROUPS_MAX:,} groups of errors: from 1 error in {self.groups.one_in:,}"
        if self.baseline_groups.lowest:
            looked_at = f"1 error in {self.baseline_groups.one_in:,} looked at there"
            yield f"over {GROUPS_MAX:,} groups of errors in the baseline: {looked_at}, so a rare old one may be called new"

    def _error_groups(self) -> tuple[ErrorGroup, ...]:
        """Return the groups by count, then signature; those that read alike once redacted are one."""
        shown: dict[str, tuple[Group, int]] = {}
        groups, earlier = self.groups.all(), self.baseline_groups.all()
        for name in sorted(groups):
            text = untrusted(name, len(name) + SAMPLE_LIMIT) or UNSIGNED
            group, before = shown.setdefault(text, (Group(), 0))
            group.merge(groups[name])
            shown[text] = (group, before + (earlier[name].count if name in earlier else 0))
        found = (
            _error_group(text, group, before, is_estimated=self.groups.lowest > 0)
            for text, (group, before) in shown.items()
        )
        return tuple(sorted(found, key=lambda group: (-group.count, group.signature)))


def _error_group(text: str, group: Group, baseline_count: int, *, is_estimated: bool) -> ErrorGroup:
    exception = None
    if group.exception is not None:
        frames = tuple(untrusted(frame, FRAME_LIMIT) for frame in group.exception.frames[:FRAMES_SHOWN])
        message = untrusted(group.exception.message, SAMPLE_LIMIT)
        cause = untrusted(group.exception.cause, SAMPLE_LIMIT)
        exception = LoggedException(untrusted(group.exception.type, FRAME_LIMIT), message, frames, cause)
    return ErrorGroup(
        signature=text,
        count=group.count,
        baseline_count=baseline_count,
        first_seen=from_microseconds(group.first_us),
        last_seen=from_microseconds(group.last_us),
        sample=untrusted(group.sample, SAMPLE_LIMIT),
        exception=exception,
        example_id=group.example_id,
        is_estimated=is_estimated,
    )


@lru_cache(maxsize=1024)
def path_hash(path: str) -> int:
    """Return the hash of a file's path, from which those of its lines are made."""
    digest = hashlib.blake2b(path.encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest)
