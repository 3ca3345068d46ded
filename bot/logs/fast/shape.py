"""What lines of one shape have in common: the same names in the same order, with the same bytes between the values.

A shape is learnt from one line with the real parser: which value is the time, which ones decide how bad a record is,
which names the values have in the end. What the parser looks at is found out by watching it look.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import orjson

from bot.logs.blocks import PADDING
from bot.logs.decode import WRAPPER_NAMES, Decoder
from bot.logs.dialect import severity_of, time_of
from bot.logs.fast.block import LINE_MAX
from bot.logs.fast.instants import Clock
from bot.logs.format import Format
from bot.logs.ids import id_rank
from bot.logs.record import Draft, is_status, read_record

BRACKETS_MAX = 100
"""Brackets of a line, those in its texts as well: a deep line has no shape, and comparing deep ones ends at the stack."""

VALUES_MAX = 100
"""Values in a line beyond which it has no shape: a dump, not an event."""

RUN_MAX = PADDING // 2
"""Bytes between two values beyond which a line has no shape: they are compared where a block ends, too."""

_PIECE = re.compile(rb'"(?P<text>(?:[^"\\]|\\.)*)"(?P<key>\s*:)?|(?P<mark>[\[\]{}])|(?P<scalar>[^\s\[\]{}:,"]+)')

Path = tuple[str, ...]


class Kind(IntEnum):
    """How a value is written: between quotes; as a number, true, false or null; as a list of texts.

    An object, an empty one and an empty list are no value; END is the end of the line.
    """

    NONE = 0
    TEXT = 1
    SCALAR = 2
    LIST = 3
    END = 4


@dataclass(frozen=True, slots=True)
class Value:
    """Where a value stands in the sample, and the bytes between the value before it and this one."""

    before: bytes
    kind: Kind
    path: Path
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Shape:
    """Lines of the same names, order and layout.

    Args:
        values: Of the sample, in the order of the line.
        after: The bytes behind the last value.
        names: The name that each value has in a record; None where it has none.
        time: Which value is the time.
        clock: Reads it.
        deciding: Which values decide whether a record is an error.
        names_severity: Whether they are those of the severity, not of the status.
        guarded: Which values make a wrapper of a line when they are JSON.
        has_ids: Whether a name is that of a correlation id.
        draft: Of the sample.
    """

    values: tuple[Value, ...]
    after: bytes
    names: tuple[str | None, ...]
    time: int
    clock: Clock
    deciding: tuple[int, ...]
    names_severity: bool
    guarded: tuple[int, ...]
    has_ids: bool
    draft: Draft


class Watched(dict[str, Any]):
    """An object that notes what is read of it; a reader that looks through all of it is found out as well."""

    def __init__(self, fields: Mapping[str, Any], seen: set[Path], path: Path = ()) -> None:
        super().__init__(
            {key: Watched(one, seen, (*path, key)) if isinstance(one, dict) else one for key, one in fields.items()}
        )
        self._seen = seen
        self._path = path

    def get(self, key: str, default: Any = None) -> Any:
        """As a dict does."""
        self._seen.add((*self._path, key))
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self._seen.add((*self._path, key))
        return super().__getitem__(key)

    def _all(self) -> None:
        self._seen.add(())

    def __iter__(self) -> Iterator[str]:
        self._all()
        return super().__iter__()

    def items(self) -> Any:
        """As a dict does."""
        self._all()
        return super().items()

    def values(self) -> Any:
        """As a dict does."""
        self._all()
        return super().values()


def learn(line: bytes, form: Format) -> Shape | None:
    """Return the shape of a line, or None where it is no plain record with a time of its own."""
    draft = _plain(line, form)
    if draft is None:
        return None
    values, after = _values(line)
    if max(map(len, (after, *(value.before for value in values)))) > RUN_MAX:
        return None
    fields = _object(values, [orjson.loads(_raw(line, value)) for value in values])
    if fields != draft.fields or fields is None:  # a list, an empty object, a name twice
        return None
    if len({".".join(value.path) for value in values}) < len(values):  # nested and dotted: the first counts
        return None
    dated, clock = _read_by_time(draft, line, values, form)
    named = _read_by_severity(draft, values)
    if clock is None or named is None:
        return None
    names = _names(draft, values)
    statuses = tuple(i for i, name in enumerate(names) if name is not None and is_status(name))
    return Shape(
        values=values,
        after=after,
        names=names,
        time=dated,
        clock=clock,
        deciding=named or statuses,
        names_severity=bool(named),
        guarded=tuple(i for i, one in enumerate(values) if one.kind is Kind.TEXT and one.path[0] in WRAPPER_NAMES),
        has_ids=any(name is not None and id_rank(name) is not None for name in names),
        draft=draft,
    )


def _plain(line: bytes, form: Format) -> Draft | None:
    """Return the one record that a line is, without wrappers; None where it is anything else."""
    if len(line) > LINE_MAX or line.count(b":") > VALUES_MAX * 4:
        return None
    if line.count(b"{") + line.count(b"[") > BRACKETS_MAX:
        return None
    try:
        fields = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    drafts = Decoder(form).decode(line).drafts
    if len(drafts) != 1 or drafts[0].fields != fields or drafts[0].context or drafts[0].severity is not None:
        return None
    return drafts[0]


def _values(line: bytes) -> tuple[tuple[Value, ...], bytes]:
    """Return the values in a line of valid JSON and what stands behind the last; those of lists get paths of no use."""
    values: list[Value] = []
    path: list[str] = []
    key, before = "", 0
    for piece in _PIECE.finditer(line):
        if piece["mark"] == b"{":
            path.append(key)
        elif piece["mark"] == b"}":
            path.pop()
        elif piece["mark"]:
            key = "[]"
        elif piece["key"]:
            key = piece["text"].decode("utf-8", "replace")
        else:
            kind = Kind.SCALAR if piece["text"] is None else Kind.TEXT
            begin, end = piece.span(kind.name.lower())
            values.append(Value(line[before:begin], kind, (*path[1:], key), begin, end))
            before = end
    return tuple(values), line[before:]


def _raw(line: bytes, value: Value) -> bytes:
    inset = int(value.kind is Kind.TEXT)
    return line[value.begin - inset : value.end + inset]


def _object(values: tuple[Value, ...], contents: list[Any]) -> dict[str, Any] | None:
    """Return the object in which each value's place holds what is given for it; None where two share a name."""
    found: dict[str, Any] = {}
    for value, content in zip(values, contents, strict=True):
        here = found
        for name in value.path[:-1]:
            here = here.setdefault(name, {})
            if not isinstance(here, dict):
                return None
        if value.path[-1] in here:
            return None
        here[value.path[-1]] = content
    return found


def _read_by_time(draft: Draft, line: bytes, values: tuple[Value, ...], form: Format) -> tuple[int, Clock | None]:
    """Return which value is the time, and what reads it; None where it takes more than one, or cannot be read."""
    seen: set[Path] = set()
    at = time_of(Watched(draft.fields, seen), draft.dialect, form.reckoning)
    read = [i for i, value in enumerate(values) if value.path in seen]
    if at is None or at != draft.at or len(read) != 1 or () in seen:
        return -1, None
    value = values[read[0]]
    try:
        return read[0], Clock(line[value.begin : value.end], form.reckoning)
    except ValueError:
        return -1, None


def _read_by_severity(draft: Draft, values: tuple[Value, ...]) -> tuple[int, ...] | None:
    """Return the values that name the severity; none where it is not named; None where that cannot be told."""
    seen: set[Path] = set()
    severity = severity_of(Watched(draft.fields, seen), draft.dialect, draft.scale)
    named = tuple(i for i, value in enumerate(values) if value.path in seen)
    if () in seen or (severity is None and named):
        return None
    return named


def _names(draft: Draft, values: tuple[Value, ...]) -> tuple[str | None, ...]:
    """Return the names under which a record has the values: each gets a mark, and the marks are looked for."""
    marks = [f"\x02{i}" for i in range(len(values))]
    fields = _object(values, list(marks)) or {}
    record = read_record(draft._replace(fields=fields))
    found = {value: name for name, value in record.fields.items()}
    return tuple(found.get(mark) for mark in marks)
