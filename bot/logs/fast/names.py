"""Whom and what many lines name by an id: the users and the requests of one shape."""

from collections.abc import Callable

import numpy as np

from bot.logs.fast.bits import Flags, Places, Words
from bot.logs.fast.block import Lines
from bot.logs.fast.columns import scalar
from bot.logs.fast.match import Matched
from bot.logs.fast.shape import Kind, Shape
from bot.logs.hashing import hash_text
from bot.logs.ids import (
    TRACEPARENT_DASH,
    TRACEPARENT_DASHES,
    TRACEPARENT_ID,
    TRACEPARENT_SIZE,
    id_rank,
    request_key,
)
from bot.logs.tally import Named, Tally

KeyOf = Callable[[bytes], bytes]


class NamedColumns:
    """Counts what lines of a shape name in the first of some columns that says anything.

    Args:
        named: What it is counted into.
        shape: Of the lines.
        columns: Places among the values of the shape, the first to be asked first.
        key_of: What of an id is counted: `bytes` for all of it, or `request_key`.
    """

    def __init__(self, named: Named, shape: Shape, columns: tuple[int, ...], key_of: KeyOf) -> None:
        self._named = named
        self._shape = shape
        self._columns = columns
        self._key_of = key_of

    def add(self, lines: Lines, found: Matched, rows: Places, is_error: Flags) -> None:
        """Count some of the lines found, all of the window."""
        hashes, has = np.zeros(len(rows), np.uint64), np.zeros(len(rows), np.bool_)
        for i in self._columns:
            missing = np.flatnonzero(~has)
            if missing.size:
                hashes[missing], has[missing] = hashes_at(
                    lines,
                    found.rows[rows[missing]],
                    *found.span(i, rows[missing]),
                    self._shape.values[i].kind,
                    self._key_of,
                )
        self._named.add_many(hashes[has], is_error[has])


def hashes_at(
    lines: Lines, rows: Places, begins: Places, sizes: Places, kind: Kind, key_of: KeyOf
) -> tuple[Words, Flags]:
    """Return the hash of what is named at some places, and whether anything is.

    Args:
        lines: Of a block.
        rows: In which of them each place is.
        begins: Where the values are, all of one kind.
        sizes: How long they are.
        kind: How they are written.
        key_of: What of an id is counted.
    """
    if kind is Kind.TEXT:
        at = _keys(lines, begins, sizes) if key_of is request_key else (begins, sizes)
        hashes, has = lines.text.hashes(*at), sizes > 0
        odd = lines.with_escapes(rows, begins, sizes)
    else:
        hashes, has = lines.text.hashes(begins, sizes), np.zeros(len(begins), np.bool_)
        if kind is Kind.SCALAR:
            has = lines.text.are_integers(begins, sizes)
        odd = np.flatnonzero(~has)
    raw = raw_of(lines, begins, sizes)
    for row in odd.tolist():
        value = scalar(raw(row), kind)
        has[row] = value not in (None, "") and not isinstance(value, bool)
        hashes[row] = hash_text(key_of(str(value).encode("utf-8", "surrogatepass")))
    return hashes, has


def _keys(lines: Lines, begins: Places, sizes: Places) -> tuple[Places, Places]:
    """Return where the keys of request ids begin, and their sizes."""
    wrapped = sizes == TRACEPARENT_SIZE
    if not wrapped.any():
        return begins, sizes
    for place in TRACEPARENT_DASHES:
        wrapped &= lines.text.bytes[begins + np.minimum(place, sizes)] == TRACEPARENT_DASH
    size = TRACEPARENT_ID.stop - TRACEPARENT_ID.start
    return begins + TRACEPARENT_ID.start * wrapped, np.where(wrapped, size, sizes)


def users_of(shape: Shape, tally: Tally) -> NamedColumns:
    """Return what counts the users of a shape, as `bot.logs.ids.user_of` finds them."""
    columns = tuple(shape.names.index(name) for name in tally.user_names if name in shape.names)
    return NamedColumns(tally.users, shape, columns, bytes)


def requests_of(shape: Shape, tally: Tally) -> NamedColumns:
    """Return what counts the requests of a shape, as `bot.logs.ids.request_of` finds them."""
    ranked = ((id_rank(name), name, i) for i, name in enumerate(shape.names) if name is not None)
    columns = tuple(i for _, _, i in sorted(one for one in ranked if one[0] is not None))
    return NamedColumns(tally.requests, shape, columns, request_key)


def raw_of(lines: Lines, begins: Places, sizes: Places) -> Callable[[int], bytes]:
    """Return what gives the bytes of one of the values that stand at some places."""
    return lambda row: bytes(lines.text.data[int(begins[row]) : int(begins[row]) + int(sizes[row])])
