"""The signatures of errors of one shape, each worked out once for all that say the same but for their digits."""

from dataclasses import replace

import orjson

from bot.logs.fast.shape import Kind, Path, Shape, Watched
from bot.logs.record import Record, said_by, signature_of

KNOWN_MAX = 50_000
READINGS_MAX = 6
"""Sets of values that the parser may look at, depending on what it finds; with more, every error is worked out."""

TEXT_MAX = 2_000
"""Longer texts are cut by the signature, in the middle of whatever stands there: their digits count."""

_ONE_DIGIT = bytes.maketrans(b"023456789", b"111111111")


class Signatures:
    """Gives errors of one shape their signatures.

    What the parser looked at in one error is remembered with the signature that came of it. Another error that has the
    same there would lead it the same way. A signature masks every number, so that digits make no difference.
    """

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._paths: dict[Path, int] = {value.path: i for i, value in enumerate(shape.values)}
        self._readings: list[tuple[tuple[int, ...], dict[tuple[bytes, ...], str]]] = []

    def of(self, line: bytes, begins: list[int], sizes: list[int]) -> str:
        """Return the signature of a line, in which the values stand at the given places."""
        for columns, known in self._readings:
            found = known.get(self._key(columns, line, begins, sizes))
            if found is not None:
                return found
        seen: set[Path] = set()
        draft = replace(self._shape.draft, fields=Watched(orjson.loads(line), seen))
        message, exception = said_by(draft)
        name = signature_of(Record(None, True, message, "", exception, {}))
        if () not in seen:
            self._remember(
                tuple(sorted({self._paths[path] for path in seen & self._paths.keys()})), line, begins, sizes, name
            )
        return name

    def _remember(self, columns: tuple[int, ...], line: bytes, begins: list[int], sizes: list[int], name: str) -> None:
        known = next((known for read, known in self._readings if read == columns), None)
        if known is None:
            if len(self._readings) >= READINGS_MAX:
                return
            known = {}
            self._readings.append((columns, known))
        if len(known) < KNOWN_MAX:
            known[self._key(columns, line, begins, sizes)] = name

    def _key(self, columns: tuple[int, ...], line: bytes, begins: list[int], sizes: list[int]) -> tuple[bytes, ...]:
        values = self._shape.values
        return tuple(
            _without_digits(line[begins[i] : begins[i] + sizes[i]])
            if values[i].kind is Kind.TEXT
            else line[begins[i] : begins[i] + sizes[i]]
            for i in columns
        )


def _without_digits(raw: bytes) -> bytes:
    """Return a text with every digit replaced by the same one, where no digit means more than any other.

    It does in `0x1f`, in a coded character, and where the text is cut.
    """
    if len(raw) > TEXT_MAX or b"\\u" in raw or b"0x" in raw or b"0X" in raw:
        return raw
    return raw.translate(_ONE_DIGIT)
