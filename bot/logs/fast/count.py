"""Counts the lines of a file that have a known shape, many at once; all others are left to the real parser.

A line that was left is read together with the one before it, which it may continue. So is the first line of all, on
which those above it wait for their time, and the last one of a block, of which nobody knows yet what follows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import orjson

from bot.logs.blocks import Block
from bot.logs.dialect import severity_of
from bot.logs.fast.anew import written_anew
from bot.logs.fast.block import Lines
from bot.logs.fast.columns import Codes, FieldColumn, where_of
from bot.logs.fast.earlier import Earlier
from bot.logs.fast.known import Known
from bot.logs.fast.loose import Loose, Read
from bot.logs.fast.match import Matched
from bot.logs.fast.names import raw_of, requests_of, users_of
from bot.logs.fast.peel import Peeler
from bot.logs.fast.shape import Path, Shape, Watched
from bot.logs.fast.signatures import Signatures
from bot.logs.fast.words import Flags, Places, Words, hash_places, mixed
from bot.logs.format import Format
from bot.logs.groups import Group, Seen
from bot.logs.lines import trimmed
from bot.logs.record import read_record
from bot.logs.tally import Tally, path_hash

TRIAL = 512
"""Lines written anew before it is told whether that is of use; parting lines of ever new shapes takes much memory."""

_FINE, _FAILED, _UNKNOWN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Judged:
    """Lines of one shape that need no parser.

    Args:
        lines: Where they stand, as they were or written anew.
        found: Which of them these are.
        rows: Which lines of the block.
        us: Their times.
        is_error: Whether each is an error.
        naive: Whether each time has no zone.
    """

    lines: Lines
    found: Matched
    rows: Places
    us: Places
    is_error: Flags
    naive: Flags

    def only(self, keep: Flags) -> "Judged":
        """Return the lines to keep."""
        if keep.all():
            return self
        found = self.found.only(keep)
        return Judged(self.lines, found, self.rows[keep], self.us[keep], self.is_error[keep], self.naive[keep])


class ShapeTally:
    """Counts the lines of one shape.

    Args:
        shape: Of the lines.
        counter: Of the file.
    """

    def __init__(self, shape: Shape, counter: "Counter") -> None:
        self._shape = shape
        self._counter = counter
        self._verdicts = Codes()
        self._signatures = Signatures(shape)
        tally = counter.tally
        self._earlier = Earlier(tally.baseline_groups)
        self._fields = {
            i: FieldColumn(tally.fields, name, shape.values[i].kind)
            for i, name in enumerate(shape.names)
            if name is not None and not tally.fields.is_dropped(name)
        }
        self._named = (users_of(shape, tally), requests_of(shape, tally))

    def judged(self, lines: Lines, found: Matched) -> Judged:
        """Return the lines that need no parser."""
        shape, text = self._shape, lines.text
        us, good, naive = shape.clock.read(text, *found.span(shape.time))
        for i in shape.guarded:
            good &= text.bytes[found.begin(i)] != ord("{")
        hashes: Words = np.zeros(len(found.rows), np.uint64)
        for i in shape.deciding:
            hashes = mixed(hashes ^ text.marks(*found.span(i)))
        verdicts = self._verdicts.of(hashes, lambda row: self._verdict(lines.line(int(found.rows[row]))))
        good &= verdicts != _UNKNOWN
        return Judged(lines, found, found.rows, us, verdicts == _FAILED, naive).only(good)

    def count(self, judged: Judged) -> None:
        """Count lines of baseline and window."""
        tally = self._counter.tally
        lines, found, us, is_error = judged.lines, judged.found, judged.us, judged.is_error
        in_window = us >= tally.window_us
        if is_error.any():
            self._count_errors(lines, found, us, np.flatnonzero(is_error))
        told = in_window | is_error | self._counter.looks_at(us)
        rows = np.flatnonzero(told)
        if not rows.size:
            return
        where = where_of(is_error[rows], in_window[rows])
        self._counter.where += np.bincount(where, minlength=4)
        inside = np.flatnonzero(in_window[rows])
        places = hash_places(self._counter.path, lines.offsets[found.rows[rows[inside]]])
        self._counter.key += int(places.sum())
        for i, column in tuple(self._fields.items()):
            begins, sizes = found.span(i, rows)
            column.add(lines.text.marks(begins, sizes), raw_of(lines, begins, sizes), where, places, inside)
            if column.is_dropped:
                del self._fields[i]
        if inside.size:
            for named in self._named:
                named.add(lines, found, rows[inside], is_error[rows[inside]])

    def flush(self) -> None:
        """Hand what was counted to the tally."""
        self._earlier.flush()
        for column in self._fields.values():
            column.flush()

    def _verdict(self, line: bytes) -> int:
        """Return what a line is; unknown where more than the deciding values has a say in it."""
        shape, seen = self._shape, set[Path]()
        draft = replace(shape.draft, fields=orjson.loads(line))
        severity = severity_of(Watched(draft.fields, seen), draft.dialect, draft.scale)
        if shape.names_severity:
            read = {i for i, value in enumerate(shape.values) if value.path in seen}
            if severity is None or not read <= set(shape.deciding):
                return _UNKNOWN
        return _FAILED if read_record(draft).is_error else _FINE

    def _count_errors(self, lines: Lines, found: Matched, us: Places, rows: Places) -> None:
        tally = self._counter.tally
        names, at = self._signatures.of(lines, found, rows), us[rows]
        is_early = at < tally.window_us
        self._earlier.add([name for name, early in zip(names, is_early.tolist(), strict=True) if early], at[is_early])
        groups: dict[str, list[Seen]] = {}
        for i in np.flatnonzero(~is_early).tolist():
            row = int(rows[i])
            groups.setdefault(names[i], []).append(Seen(int(at[i]), int(lines.offsets[found.rows[row]]), row))
        for name, errors in groups.items():
            for group, part in tally.groups.split(name, sorted(errors)):
                group.saw(part[0].at_us, part[-1].at_us, len(part))
                self._offer(group, part, lines, found)

    def _offer(self, group: Group, errors: list[Seen], lines: Lines, found: Matched) -> None:
        """Offer a group the first of its errors; and further ones, while it has no example and they may have ids."""
        for error in errors:
            key = error.at_us, self._counter.name, error.offset
            if not group.wants(key) or (error != errors[0] and not self._shape.has_ids):
                break
            fields = orjson.loads(lines.line(int(found.rows[error.row])))
            group.offer(key, read_record(replace(self._shape.draft, fields=fields)))


class Counter:
    """Counts one file, or a part of one, into a tally.

    Args:
        tally: Of the request.
        name: The path of the file.
        label: Its name among the others.
        form: How it is written.
        one_in: Of how many seconds of the baseline the fields of one are counted. Which ones their hash decides, so that
            what runs once a minute is not always missed. Counting all would cost as much as the rest together.
    """

    def __init__(self, tally: Tally, name: str, label: str, form: Format, *, one_in: int = 1) -> None:
        self.tally = tally
        self.name = name
        self.path = path_hash(name)
        self._label = label
        self._has_zone = form.reckoning.zone is not None
        self._shapes: dict[int, ShapeTally] = {}
        self._as_it_is, self._anew = Known(form, self._learnt), Known(form, self._learnt, TRIAL)
        self._begun = False
        self._events = np.zeros(len(tally.events), np.int64)
        self._errors = np.zeros(len(tally.errors), np.int64)
        self.where = np.zeros(4, np.int64)
        self.key = 0
        first = tally.start_us // 1_000_000
        seconds = mixed(np.arange(first, first + len(tally.events), dtype=np.uint64))
        self._looked_at = None if one_in == 1 else seconds % np.uint64(one_in) == 0
        self._loose = Loose(tally, form, self.path)

    def left(self, blocks: Iterable[Block]) -> Iterator[tuple[int, bytes]]:
        """Count the blocks; yield the lines that the real parser must read, with their offsets and in order."""
        peeler = Peeler()
        for block in blocks:
            yield from self._left_of(peeler.lines(block))
        self._flush()

    def looks_at(self, us: Places) -> Flags:
        """Tell of which records that did not fail the fields are counted, were they in the baseline."""
        if self._looked_at is None:
            return np.ones(len(us), np.bool_)
        found: Flags = self._looked_at[(us - self.tally.start_us) // 1_000_000]
        return found

    def _left_of(self, lines: Lines) -> Iterator[tuple[int, bytes]]:
        known = np.zeros(len(lines), np.bool_)
        judged: list[Judged] = []
        for one in self._judged(lines, self._as_it_is):
            judged.append(one.only(self._are_dated(lines, one.rows, one.naive)))
            known[judged[-1].rows] = True
        for one in self._judged_anew(lines, np.flatnonzero(~known)):
            judged.append(one.only(self._are_dated(lines, one.rows, one.naive)))
            known[judged[-1].rows] = True
        loose = self._loose.read(lines, np.flatnonzero(~known))
        loose = loose.only(self._are_dated(lines, loose.rows, loose.naive))
        known[loose.rows] = True
        known[loose.failed] = True
        left = self._left_to_parse(known)
        left[loose.failed] = True
        for one in judged:
            self._count(one.only(~left[one.rows]))
        self._count_loose(lines, loose, ~left[loose.rows])
        for row in np.flatnonzero(left).tolist():
            yield int(lines.offsets[row]), trimmed(lines.whole(row))

    def _are_dated(self, lines: Lines, rows: Places, naive: Flags) -> Flags:
        """Tell which lines are dated by themselves; in a wrapper, a time without a zone gives way to the wrapper's."""
        if lines.is_inside is None or self._has_zone:
            return np.ones(len(rows), np.bool_)
        return ~(naive & lines.is_inside[rows])

    def _learnt(self, shape: Shape) -> None:
        self._shapes[id(shape)] = ShapeTally(shape, self)

    def _judged(self, lines: Lines, known: Known) -> Iterator[Judged]:
        for found in known.match(lines):
            yield self._shapes[id(found.shape)].judged(lines, found)

    def _judged_anew(self, lines: Lines, rows: Places) -> Iterator[Judged]:
        rows = rows if self._anew.is_tried else rows[:TRIAL]
        anew = None if self._anew.is_useless else written_anew(lines, rows)
        if anew is not None:
            for one in self._judged(anew.lines, self._anew):
                yield replace(one, rows=anew.rows[one.rows]).only(~one.is_error | anew.is_whole[one.rows])

    def _left_to_parse(self, known: Flags) -> Flags:
        left = ~known
        left[:-1] |= ~known[1:]
        left[-1:] = True
        if not self._begun and known.any():
            left[int(np.argmax(known))] = True
            self._begun = True
        return left

    def _count(self, judged: Judged) -> None:
        placed = self._placed(judged.us)
        if placed is None:
            return
        judged = judged.only(placed)
        self._count_seconds(judged.us, judged.is_error, judged.naive)
        self._shapes[id(judged.found.shape)].count(judged)

    def _count_loose(self, lines: Lines, loose: Read, keep: Flags) -> None:
        rows, us, naive = loose.rows[keep], loose.us[keep], loose.naive[keep]
        placed = self._placed(us)
        if placed is None:
            return
        rows, us, naive = rows[placed], us[placed], naive[placed]
        is_error = np.zeros(len(us), np.bool_)
        self._count_seconds(us, is_error, naive)
        in_window = us >= self.tally.window_us
        told = np.flatnonzero(in_window | self.looks_at(us))
        where = where_of(is_error, in_window)[told]
        self.where += np.bincount(where, minlength=4)
        self.key += int(hash_places(self.path, lines.offsets[rows[in_window]]).sum())
        self._loose.count(lines, rows[told], where)

    def _placed(self, us: Places) -> Flags | None:
        """Tell which times lie in baseline or window, and note how far they reach; None where none does."""
        tally = self.tally
        if not len(us):
            return None
        tally.saw_oldest(int(us.min()))
        ended = us < tally.end_us
        if not ended.any():
            return None
        newest = int(us[ended].max())
        tally.newest_us = newest if tally.newest_us is None else max(tally.newest_us, newest)
        placed: Flags = ended & (us >= tally.start_us)
        return placed if placed.any() else None

    def _count_seconds(self, us: Places, is_error: Flags, naive: Flags) -> None:
        tally = self.tally
        tally.lines += len(us)
        tally.parsed += len(us)
        tally.naive += int(np.count_nonzero(naive))
        seconds = (us - tally.start_us) // 1_000_000
        self._events += np.bincount(seconds, minlength=len(self._events))
        self._errors += np.bincount(seconds[is_error], minlength=len(self._errors))

    def _flush(self) -> None:
        tally = self.tally
        tally.events = [a + b for a, b in zip(tally.events, self._events.tolist(), strict=True)]
        tally.errors = [a + b for a, b in zip(tally.errors, self._errors.tolist(), strict=True)]
        before, before_failed, fine, failed = self.where.tolist()
        tally.fields.fine_records += fine
        if tally.several_files and self.where.any():
            counts = (fine + failed, failed, before + before_failed, before_failed, self.key)
            tally.fields.add_counts("file", self._label, counts)
        self._loose.flush()
        for shape in self._shapes.values():
            shape.flush()
