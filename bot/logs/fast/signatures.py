"""The signatures of errors of one shape, each worked out once for all that say the same but for their digits."""

import re

import orjson

from bot.logs.fast.bits import Places
from bot.logs.fast.block import Lines
from bot.logs.fast.match import Matched
from bot.logs.fast.shape import Kind, Path, Shape, Watched
from bot.logs.record import Record, is_status, said_by, signature_of
from bot.text.stack import Stack

KNOWN_MAX = 50_000
MESSAGES_MAX = 10_000
"""Messages of any shape that are remembered: those of a log of ever other words do not come again."""

READINGS_MAX = 6
"""Sets of values that the parser may look at, depending on what it finds; with more, every error is worked out."""

WATCHED_MAX = 100
"""Errors whose reading is watched, at three times the cost: what is new after them will not come again either."""

TEXT_MAX = 2_000
"""Longer texts are cut by the signature, in the middle of whatever stands there: their digits count."""

_TELLING = (b"\\u", b"0x", b"0X")
_UUID_FILLER = b"a1111111-1111-1111-1111-111111111111"
_ID = re.compile(
    rb"(?<![A-Za-z0-9.,])(?:(?P<uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    rb"|(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{8,})(?![A-Za-z0-9])"
)
"""An id of digits and letters, which a signature masks as a whole, whatever they are; not behind a dot or comma, where its
first digits may be those of a number.
"""

_ONE_DIGIT = bytes.maketrans(b"023456789", b"111111111")


class _Reading:
    """The values that the parser looked at in some errors, and the signatures that came of it."""

    def __init__(self, columns: tuple[int, ...]) -> None:
        self.columns = columns
        self.known: dict[tuple[bytes, ...], str] = {}


class Signatures:
    """Gives errors of one shape their signatures.

    What the parser looked at in one error is remembered with the signature that came of it. Another error that has the
    same there would lead it the same way. A signature masks every number and id, so that it makes no difference which.
    """

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._paths: dict[Path, int] = {value.path: i for i, value in enumerate(shape.values)}
        self._readings: list[_Reading] = []
        self._read_so_far = 0

    def of(self, lines: Lines, found: Matched, rows: Places) -> list[str]:
        """Return the signatures of some of the lines of the shape."""
        names: list[str | None] = [None] * len(rows)
        left = list(range(len(rows)))
        for reading in self._readings:
            if not left:
                break
            keys = self._keys(reading.columns, lines, found, rows[left])
            for i, key in zip(left, keys, strict=True):
                names[i] = reading.known.get(key)
            left = [i for i in left if names[i] is None]
        return [self._read(lines, found, rows[i : i + 1]) if name is None else name for i, name in enumerate(names)]

    def _read(self, lines: Lines, found: Matched, row: Places) -> str:
        """Return the signature of a line, and remember it while there is a use in that."""
        is_watched = self._read_so_far < WATCHED_MAX
        for reading in self._readings if is_watched else ():  # what was new a moment ago may be known by now
            known = reading.known.get(self._keys(reading.columns, lines, found, row)[0])
            if known is not None:
                return known
        seen: set[Path] = set()
        fields = orjson.loads(lines.line(int(found.rows[row[0]])))
        self._read_so_far += 1
        draft = self._shape.draft._replace(fields=Watched(fields, seen) if is_watched else fields)
        message, exception = said_by(draft)
        name = signature_of(Record(None, True, message, exception, {}))
        if is_watched and () not in seen:
            columns = tuple(sorted({self._paths[path] for path in seen & self._paths.keys()}))
            mine = self._reading(columns)
            if mine is not None and len(mine.known) < KNOWN_MAX:
                mine.known[self._keys(columns, lines, found, row)[0]] = name
        return name

    def _reading(self, columns: tuple[int, ...]) -> _Reading | None:
        for reading in self._readings:
            if reading.columns == columns:
                return reading
        if len(self._readings) >= READINGS_MAX:
            return None
        self._readings.append(_Reading(columns))
        return self._readings[-1]

    def _keys(self, columns: tuple[int, ...], lines: Lines, found: Matched, rows: Places) -> list[tuple[bytes, ...]]:
        values = []
        for i in columns:
            begins, sizes = found.span(i, rows)
            ends = (begins + sizes).tolist()
            raws = [bytes(lines.text.data[a:b]) for a, b in zip(begins.tolist(), ends, strict=True)]
            name = self._shape.names[i]
            is_masked = self._shape.values[i].kind is Kind.TEXT and not (name and is_status(name))
            values.append(alike(raws) if is_masked else raws)
        return list(zip(*values, strict=True)) if values else [()] * len(rows)


class MessageSignatures:
    """Gives errors of any shape their signatures."""

    def __init__(self) -> None:
        self._known: dict[bytes, str] = {}

    def of(self, said: list[tuple[str, Stack | None]]) -> list[str]:
        """Return the signatures of errors, by their messages and exceptions."""
        raws = alike([orjson.dumps(message)[1:-1] for message, _ in said])
        return [self._one(raw, *one) for raw, one in zip(raws, said, strict=True)]

    def _one(self, raw: bytes, message: str, exception: Stack | None) -> str:
        if exception is not None:
            return signature_of(Record(None, True, message, exception, {}))
        name = self._known.get(raw)
        if name is None:
            name = signature_of(Record(None, True, message, None, {}))
            if len(self._known) < MESSAGES_MAX:
                self._known[raw] = name
        return name


def alike(raws: list[bytes]) -> list[bytes]:
    """Return texts so that two are the same only where their signatures are: every digit and hexadecimal id as one.

    A digit means more than others in `0x1f`, in a coded character, and where the text is cut. A raw text holds no line
    break.
    """
    together = b"\n".join(raws)
    if any(mark in together for mark in _TELLING) or max(map(len, raws), default=0) > TEXT_MAX:
        return [raw if len(raw) > TEXT_MAX or any(mark in raw for mark in _TELLING) else _masked(raw) for raw in raws]
    return _masked(together).split(b"\n") if raws else []


def _masked(raw: bytes) -> bytes:
    return _ID.sub(_placeholder, raw).translate(_ONE_DIGIT)


def _placeholder(found: "re.Match[bytes]") -> bytes:
    """Return an id of the same length, dashes and kind of first character: a letter may begin the scheme of a URL."""
    text = found[0]
    filled = _UUID_FILLER if found["uuid"] else b"a" * (len(text) - 1) + b"1"
    return (b"1" if text[0] < ord("a") else b"a") + filled[1:]
