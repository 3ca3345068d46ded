"""Counts the lines of a file that have a known shape, many at once; all others are left to the real parser.

A line that was left is read together with the one before it, which it may continue. So is the first line of all, on
which those above it wait for their time, and the last one of a block, of which nobody knows yet what follows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import orjson

from bot.logs.blocks import Block
from bot.logs.dialect import severity_of
from bot.logs.fast.block import Lines
from bot.logs.fast.columns import Codes, FieldColumn, where_of
from bot.logs.fast.match import Matched, Matcher
from bot.logs.fast.names import raw_of, requests_of, users_of
from bot.logs.fast.shape import Path, Shape, Watched, learn
from bot.logs.fast.signatures import Signatures
from bot.logs.fast.words import Flags, Places, Words, hash_places, mixed
from bot.logs.format import Format
from bot.logs.groups import Group, Seen
from bot.logs.lines import trimmed
from bot.logs.record import read_record
from bot.logs.tally import Tally, path_hash

SHAPES_MAX = 100
SAMPLES = 12
"""Lines of a block from which shapes are learnt at a time."""

ROUNDS = 3
ATTEMPTS_MAX = 400
"""Lines of a file looked at to learn from; a log of ever new shapes has none."""

USELESS_BELOW = 0.2
"""Share of lines with a known shape below which looking for shapes costs more than it saves."""

USELESS_AFTER = 20_000

ONE_IN = 8
"""Of a large slice, the seconds of the baseline whose fields are counted.

All that is asked of a value's records there that did not fail is whether there were any; counting them all would cost as
much as the rest together. The seconds are chosen by their hash, so that what runs once a minute is not always missed.
"""

_FINE, _FAILED, _UNKNOWN = 0, 1, 2


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
        self._fields = {
            i: FieldColumn(tally.fields, name, shape.values[i].kind)
            for i, name in enumerate(shape.names)
            if name is not None and not tally.fields.is_dropped(name)
        }
        self._named = (users_of(shape, tally), requests_of(shape, tally))

    def judged(self, lines: Lines, found: Matched) -> tuple[Matched, Places, Flags, Flags]:
        """Return the lines that need no parser: their times, whether each is an error, whether each time has no zone."""
        shape, text = self._shape, lines.text
        us, good, naive = shape.clock.read(text, found.begins[shape.time], found.sizes[shape.time])
        for i in shape.guarded:
            good &= text.bytes[found.begins[i]] != ord("{")
        hashes: Words = np.zeros(len(found.rows), np.uint64)
        for i in shape.deciding:
            hashes = mixed(hashes ^ text.marks(found.begins[i], found.sizes[i]))
        verdicts = self._verdicts.of(hashes, lambda row: self._verdict(lines.line(int(found.rows[row]))))
        good &= verdicts != _UNKNOWN
        return found.only(good), us[good], (verdicts == _FAILED)[good], naive[good]

    def count(self, lines: Lines, found: Matched, us: Places, is_error: Flags) -> None:
        """Count lines of baseline and window."""
        tally = self._counter.tally
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
        places = hash_places(self._counter.path, lines.starts[found.rows[rows[inside]]] + self._counter.offset)
        self._counter.key += int(places.sum())
        for i, column in tuple(self._fields.items()):
            begins, sizes = found.begins[i][rows], found.sizes[i][rows]
            column.add(lines.text.marks(begins, sizes), raw_of(lines, begins, sizes), where, places, inside)
            if column.is_dropped:
                del self._fields[i]
        if inside.size:
            for named in self._named:
                named.add(lines, found, rows[inside], is_error[rows[inside]])

    def flush(self) -> None:
        """Hand what was counted to the tally."""
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
        offsets = lines.starts[found.rows[rows]] + self._counter.offset
        names = self._signatures.of(lines, found, rows)
        before: dict[str, list[Seen]] = {}
        groups: dict[str, list[Seen]] = {}
        for name, at, offset, row in zip(names, us[rows].tolist(), offsets.tolist(), rows.tolist(), strict=True):
            of_stretch = groups if at >= tally.window_us else before
            of_stretch.setdefault(name, []).append(Seen(at, offset, row))
        for name, errors in before.items():
            tally.baseline_groups.count(name, errors)
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
        is_large: Whether the fields of the baseline are those of some of its seconds.
    """

    def __init__(self, tally: Tally, name: str, label: str, form: Format, *, is_large: bool = False) -> None:
        self.tally = tally
        self.name = name
        self.path = path_hash(name)
        self.offset = 0
        self._label = label
        self._form = form
        self._matcher = Matcher()
        self._shapes: dict[int, ShapeTally] = {}
        self._attempts = 0
        self._lines = self._known = 0
        self._begun = False
        self._events = np.zeros(len(tally.events), np.int64)
        self._errors = np.zeros(len(tally.errors), np.int64)
        self.where = np.zeros(4, np.int64)
        self.key = 0
        first = tally.start_us // 1_000_000
        self._is_sampled = is_large
        self._sampled = mixed(np.arange(first, first + len(tally.events), dtype=np.uint64)) % np.uint64(ONE_IN) == 0

    def left(self, blocks: Iterable[Block]) -> Iterator[tuple[int, bytes]]:
        """Count the blocks; yield the lines that the real parser must read, with their offsets and in order."""
        for block in blocks:
            self.offset = block.offset
            lines = Lines(block)
            yield from self._left_of(lines)
        self._flush()

    def looks_at(self, us: Places) -> Flags:
        """Tell of which records that did not fail the fields are counted, were they in the baseline."""
        if not self._is_sampled:
            return np.ones(len(us), np.bool_)
        found: Flags = self._sampled[(us - self.tally.start_us) // 1_000_000]
        return found

    def _left_of(self, lines: Lines) -> Iterator[tuple[int, bytes]]:
        known = np.zeros(len(lines), np.bool_)
        judged = []
        if not self._is_useless():
            for found in self._match(lines):
                one = self._shapes[id(found.shape)].judged(lines, found)
                known[one[0].rows] = True
                judged.append(one)
        self._lines, self._known = self._lines + len(lines), self._known + int(np.count_nonzero(known))
        left = self._left_to_parse(known)
        for found, us, is_error, naive in judged:
            self._count(lines, found, us, is_error, naive, ~left[found.rows])
        for row in np.flatnonzero(left).tolist():
            yield int(lines.starts[row]) + self.offset, trimmed(lines.line(row))

    def _is_useless(self) -> bool:
        return self._lines > USELESS_AFTER and self._known < USELESS_BELOW * self._lines

    def _left_to_parse(self, known: Flags) -> Flags:
        left = ~known
        left[:-1] |= ~known[1:]
        left[-1:] = True
        if not self._begun and known.any():
            left[int(np.argmax(known))] = True
            self._begun = True
        return left

    def _match(self, lines: Lines) -> list[Matched]:
        rows = np.flatnonzero(~lines.odd & (lines.text.bytes[lines.starts] == ord("{")))
        found: list[Matched] = []
        for _ in range(ROUNDS):
            new = self._matcher.match(lines.text, lines.starts, lines.ends, rows) if self._matcher.count else []
            found += new
            if new:
                here = np.zeros(len(lines), np.bool_)
                for one in new:
                    here[one.rows] = True
                rows = rows[~here[rows]]
            if not self._learn(lines, rows):
                break
        return found

    def _learn(self, lines: Lines, rows: Places) -> bool:
        """Learn shapes from some of the lines that have no known one; return whether there were any."""
        if not rows.size or self._attempts >= ATTEMPTS_MAX or self._matcher.count >= SHAPES_MAX:
            return False
        learnt = False
        for row in rows[:: max(1, len(rows) // SAMPLES)][:SAMPLES].tolist():
            self._attempts += 1
            shape = learn(lines.line(row), self._form)
            if shape is not None and self._matcher.add(shape):
                self._shapes[id(shape)] = ShapeTally(shape, self)
                learnt = True
        return learnt

    def _count(self, lines: Lines, found: Matched, us: Places, is_error: Flags, naive: Flags, keep: Flags) -> None:
        tally = self.tally
        if keep.any():
            tally.saw_oldest(int(us[keep].min()))
        keep = keep & (us < tally.end_us)
        if not keep.any():
            return
        newest = int(us[keep].max())
        tally.newest_us = newest if tally.newest_us is None else max(tally.newest_us, newest)
        keep = keep & (us >= tally.start_us)
        if not keep.all():
            found, us, is_error, naive = found.only(keep), us[keep], is_error[keep], naive[keep]
        if not len(us):
            return
        tally.lines += len(us)
        tally.parsed += len(us)
        tally.naive += int(np.count_nonzero(naive))
        seconds = (us - tally.start_us) // 1_000_000
        self._events += np.bincount(seconds, minlength=len(self._events))
        self._errors += np.bincount(seconds[is_error], minlength=len(self._errors))
        self._shapes[id(found.shape)].count(lines, found, us, is_error)

    def _flush(self) -> None:
        tally = self.tally
        tally.events = [a + b for a, b in zip(tally.events, self._events.tolist(), strict=True)]
        tally.errors = [a + b for a, b in zip(tally.errors, self._errors.tolist(), strict=True)]
        before, before_failed, fine, failed = self.where.tolist()
        tally.fields.fine_records += fine
        if tally.several_files and self.where.any():
            counts = (fine + failed, failed, before + before_failed, before_failed, self.key)
            tally.fields.add_counts("file", self._label, counts)
        for shape in self._shapes.values():
            shape.flush()
