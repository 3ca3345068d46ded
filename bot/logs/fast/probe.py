"""How a template is learnt of a line: by asking the parser of the same line with other digits and other ids.

The parser tells a digit from a letter, but hardly ever one digit from another. Where it does, no line has a template: lines
with several times, with a level or its name made of digits, with objects, hexadecimal constants or coded characters in them, or
in a wrapper that begins with a number. The time itself and the status of an answer are read from each line. Everything else
is asked: where what the parser says of the other lines stands in other places, or is something else, there is no template.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice, product

import orjson

from bot.logs.decode import Decoder
from bot.logs.dialect import TEXT
from bot.logs.fast.template import DIGITS, LETTERS, ONE_DIGIT, Gap, Template
from bot.logs.flatten import Scalar
from bot.logs.layout import TIME_WITHIN
from bot.logs.record import Draft, fields_of, own_severity, status_among
from bot.logs.severity import WORDS, Severity
from bot.logs.times import Reckoning, has_time, span_of_fraction, time_in

PROBES = 3
"""So that each digit of a line can have three of its own, which no other digit of it has, and which are not all the same."""

_ID = re.compile(
    rb"(?<![A-Za-z0-9])(?=[a-f-]*[0-9])(?=[0-9-]*[a-f])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8,64})(?![A-Za-z0-9])"
)
"""A UUID or a hexadecimal number, which nobody would take for a word, nor for a decimal one."""

_TELLING = re.compile(rb"^<|\{\s*\"|\\u|\d[xX]")
"""Where a digit means more than others: a syslog's priority and version, an object's numbers, `0x`, coded characters."""

_LEVELS = tuple({re.sub(r"\d", "1", word).encode() for word in WORDS if not word.isalpha()})
"""Words for levels with digits in them (`debug5`), each digit a 1."""

_NO_BREAK = re.compile(rb"[\s.,:+-]*")
"""Between a time and an id: what stands there may make the id's first digits a fraction, a zone or a year."""

_YEAR_LAST = re.compile(rb"\s\d{4}$")
"""A time that ends with its year, which may be the name of a host."""

_CODES = [code for code in product(DIGITS, repeat=PROBES) if len(set(code)) > 1]
_DASH = ord("-")

NEVER_ASKED = frozenset((*TEXT.level, *TEXT.message))
"""They are no fields of a record; and the message of an answered request is made of what else its line says."""

Said = Mapping[str, Scalar]


def ids_of(raw: bytes) -> tuple[slice, ...]:
    """Return where the ids of a line stand."""
    return tuple(slice(*match.span()) for match in _ID.finditer(raw))


def rest_of(raw: bytes, ids: tuple[slice, ...]) -> tuple[slice, ...]:
    """Return where all stands that is no id."""
    edges = [0, *(edge for where in ids for edge in (where.start, where.stop)), len(raw)]
    return tuple(slice(*edge) for edge in zip(edges[::2], edges[1::2], strict=True))


def template_of(raw: bytes, draft: Draft, decoder: Decoder, reckoning: Reckoning) -> Template | None:
    """Return the template of a line, of which the parser says a draft; None where it has none.

    Args:
        raw: The line, in ASCII.
        draft: The record that it is.
        decoder: Of its file; nothing may be waiting in it.
        reckoning: Of its times.
    """
    ids, time, severity = ids_of(raw), _only_time(raw, draft, reckoning), own_severity(draft)
    if time is None or _is_telling(raw, draft) or (severity is None and draft.severity is not None):
        return None
    if any(where.start < time.stop or _NO_BREAK.fullmatch(raw, time.stop, where.start) for where in ids):
        return None
    said = _said(draft)
    fields = _fields(raw, said, [(probe, _said_of(probe, draft, decoder)) for probe in _probes(raw, time, ids)])
    if fields is None:
        return None
    begin, end = (time.start + at for at in span_of_fraction(raw[time].decode()))
    point = begin - (begin < end)
    status = status_among(said)
    is_error = severity >= Severity.ERROR if severity is not None else None if status else False
    second = slice(time.start, point), slice(end, time.stop)
    return Template(ids, second, slice(begin, end), is_error, status, fields)


def _is_telling(raw: bytes, draft: Draft) -> bool:
    """Tell whether a digit of a line may mean more than others do."""
    masked = raw.lower().translate(ONE_DIGIT)
    is_level = any(char.isdigit() for char in str(draft.fields.get("level", ""))) or any(
        map(masked.__contains__, _LEVELS)
    )
    return draft.dialect is not TEXT or is_level or _TELLING.search(raw) is not None


def _only_time(raw: bytes, draft: Draft, reckoning: Reckoning) -> slice | None:
    """Return where the time of a line stands; None where it has others too, of which one may count in another line."""
    text = raw.decode()
    found = time_in(text, 0, TIME_WITHIN, reckoning)
    if found is None or found[0] != draft.at or has_time(text, found[2]) or _YEAR_LAST.search(raw, found[1], found[2]):
        return None
    return slice(found[1], found[2])


def _probes(raw: bytes, time: slice, ids: tuple[slice, ...]) -> Iterator[bytes]:
    """Yield the line with the same time, but other digits and ids; nothing where it has too many digits.

    Ids have digits where others of them have letters, and groups of nothing else.
    """
    in_ids = {at for where in ids for at in range(where.start, where.stop)}
    places = [
        at for at, byte in enumerate(raw) if byte in DIGITS and at not in in_ids and not time.start <= at < time.stop
    ]
    codes = dict(zip(places, islice(_CODES, 0, None, max(1, len(_CODES) // max(1, len(places)))), strict=False))
    if len(codes) < len(places):
        return
    for number in range(PROBES):
        probe = bytearray(raw)
        for at, code in codes.items():
            probe[at] = code[number]
        for where in ids:
            probe[where] = _other_id(raw[where], number)
        yield bytes(probe)


def _other_id(raw: bytes, number: int) -> bytes:
    """Return an id with its dashes where another has them: of letters and a digit, of digits and a letter, or of both."""
    size = len(raw)
    kinds = (LETTERS * size)[: size - 1] + b"7", b"d" + (DIGITS * size)[: size - 1], (b"4b9f" * size)[:size]
    return bytes(_DASH if byte == _DASH else other for byte, other in zip(raw, kinds[number % 3], strict=True))


def _said(draft: Draft) -> Said:
    return {name: value for name, value in fields_of(draft).items() if name not in NEVER_ASKED}


def _said_of(probe: bytes, draft: Draft, decoder: Decoder) -> Said | None:
    """Return what the parser says of a line; None where it reads it otherwise than another one."""
    drafts = decoder.decode(probe).drafts
    if len(drafts) != 1 or (drafts[0].dialect, drafts[0].at) != (draft.dialect, draft.at):
        return None
    return _said(drafts[0]) if own_severity(drafts[0]) == own_severity(draft) else None


def _fields(raw: bytes, said: Said, others: list[tuple[bytes, Said | None]]) -> Mapping[str, Scalar | Gap] | None:
    """Return where in a line stands what it says, or what it is in all; None where neither can be told."""
    probes = [(probe, one) for probe, one in others if one is not None and one.keys() == said.keys()]
    if len(probes) < PROBES:
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
