"""How a template is learnt of a line: by asking the parser of the same line with other digits and other ids.

The parser tells a digit from a letter, but never one digit from another; save in times, of which a line must have one alone,
and in the status of an answer, which is asked of each line. Where what it says of the others stands in other places, or is
something else, the line has no template.
"""

import random
import re
from collections.abc import Iterator, Mapping

import orjson

from bot.logs.decode import Decoder
from bot.logs.dialect import TEXT
from bot.logs.fast.template import DIGITS, LETTERS, ONE_DIGIT, Gap, Template
from bot.logs.flatten import Scalar
from bot.logs.layout import TIME_WITHIN
from bot.logs.record import Draft, fields_of, own_severity, status_among
from bot.logs.severity import Severity
from bot.logs.times import Reckoning, has_time, span_of_fraction, time_in

PROBES = 3

_ID = re.compile(
    rb"(?<![A-Za-z0-9])(?=[a-f-]*[0-9])(?=[0-9-]*[a-f])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8,})(?![A-Za-z0-9])"
)
"""A UUID or a hexadecimal number, which nobody would take for a word, nor for a decimal one."""

_NEVER_ASKED = frozenset((*TEXT.level, *TEXT.message))
"""They are no fields of a record; and the message of an answered request is made of what else its line says."""

_DASH = ord("-")

Said = Mapping[str, Scalar]


def template_of(raw: bytes, draft: Draft, decoder: Decoder, reckoning: Reckoning) -> Template | None:
    """Return the template of a line, of which the parser says a draft; None where it has none.

    Args:
        raw: The line, in ASCII.
        draft: The record that it is.
        decoder: Of its file; nothing may be waiting in it.
        reckoning: Of its times.
    """
    severity = own_severity(draft)
    time = _only_time(raw.decode(), draft, reckoning)
    if draft.dialect is not TEXT or time is None or (severity is None and draft.severity is not None):
        return None  # a wrapper may tell its severity by a number
    ids = tuple(slice(*match.span()) for match in _ID.finditer(raw))
    said = _said(draft)
    others = [(probe, _said_of(probe, draft, decoder)) for probe in _probes(raw, time, ids)]
    fields = _fields(raw, said, others)
    if fields is None or any(where.start < time.stop for where in ids):
        return None
    begin, end = (time.start + at for at in span_of_fraction(raw[time].decode()))
    point = begin - (begin < end)
    status = status_among(said)
    is_error = severity >= Severity.ERROR if severity is not None else None if status else False
    second = slice(time.start, point), slice(end, time.stop)
    edges = [0, *(edge for where in ids for edge in (where.start, where.stop)), len(raw)]
    rest = tuple(slice(*edge) for edge in zip(edges[::2], edges[1::2], strict=True))
    literal = b"".join(raw[where] for where in rest).translate(ONE_DIGIT)
    return Template(literal, ids, rest, second, slice(begin, end), is_error, status, fields)


def _only_time(text: str, draft: Draft, reckoning: Reckoning) -> slice | None:
    """Return where the time of a line stands; None where it has others too, of which one may count in another line."""
    found = time_in(text, 0, TIME_WITHIN, reckoning)
    if found is None or found[0] != draft.at or has_time(text, found[2]):
        return None
    return slice(found[1], found[2])


def _probes(raw: bytes, time: slice, ids: tuple[slice, ...]) -> Iterator[bytes]:
    """Yield the line with the same time, but other digits and ids, which begin with a digit or a letter in turn."""
    chance = random.Random(len(raw))  # noqa: S311 - the same each time
    in_ids = {at for where in ids for at in range(where.start, where.stop)}
    for number in range(PROBES):
        first, last = (DIGITS, LETTERS)[:: 1 if number % 2 else -1]
        probe = bytearray(raw)
        for at, byte in enumerate(raw):
            if at in in_ids and byte != _DASH:
                probe[at] = chance.choice(DIGITS + LETTERS)
            elif byte in DIGITS and not time.start <= at < time.stop:
                probe[at] = chance.choice(DIGITS)
        for where in ids:
            probe[where.start], probe[where.stop - 1] = chance.choice(first), chance.choice(last)
        yield bytes(probe)


def _said(draft: Draft) -> Said:
    return {name: value for name, value in fields_of(draft).items() if name not in _NEVER_ASKED}


def _said_of(probe: bytes, draft: Draft, decoder: Decoder) -> Said | None:
    """Return what the parser says of a line; None where it reads it otherwise than another one."""
    drafts = decoder.decode(probe).drafts
    if len(drafts) != 1 or (drafts[0].dialect, drafts[0].at) != (draft.dialect, draft.at):
        return None
    return _said(drafts[0]) if own_severity(drafts[0]) == own_severity(draft) else None


def _fields(raw: bytes, said: Said, others: list[tuple[bytes, Said | None]]) -> Mapping[str, Scalar | Gap] | None:
    """Return where in a line stands what it says, or what it is in all; None where neither can be told."""
    probes = [(probe, one) for probe, one in others if one is not None and one.keys() == said.keys()]
    if len(probes) < len(others):
        return None
    fields: dict[str, Scalar | Gap] = {}
    for name, value in said.items():
        values = [(probe, one[name]) for probe, one in probes]
        where = _where(raw, value, values)
        if where is None and any(other != value for _, other in values):
            return None
        fields[name] = value if where is None else where
    return fields


def _where(raw: bytes, value: Scalar, others: list[tuple[bytes, Scalar]]) -> Gap | None:
    """Return where a value stands in a line, if others have theirs in the same place, and none has to be escaped."""
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        return None
    text, at = str(value).encode(), -1
    if orjson.dumps(str(value)) != b'"%b"' % text:
        return None
    while (at := raw.find(text, at + 1)) >= 0:
        where = slice(at, at + len(text))
        if all(_as(value, probe[where]) == other for probe, other in others):
            return Gap(where, isinstance(value, int))
    return None


def _as(value: Scalar, text: bytes) -> Scalar:
    """Return a text as the kind of value that another one is."""
    if isinstance(value, str):
        return text.decode()
    return int(text) if text.isdigit() else None
