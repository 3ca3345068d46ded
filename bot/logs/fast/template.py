"""What is known of lines of text that differ in digits and ids alone: where in them stands what they say."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from bot.logs.flatten import Scalar
from bot.logs.record import is_failure

DIGITS, LETTERS = b"0123456789", b"abcdef"
ONE_DIGIT = bytes.maketrans(b"023456789", b"1" * 9)
_NO_DIGIT, _NO_LETTER = b"-" + LETTERS, b"-" + DIGITS
"""What else is in an id: it has both."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Where a value stands in a line, and whether it is a number."""

    where: slice
    is_number: bool

    def of(self, raw: bytes) -> str | int:
        """Return the value in a line."""
        return int(raw[self.where]) if self.is_number else raw[self.where].decode()

    def written(self, raw: bytes) -> bytes:
        """Return the value in a line as it is written between quotes, or as a number."""
        return b"%d" % int(raw[self.where]) if self.is_number else raw[self.where]


@dataclass(frozen=True, slots=True)
class Form:
    """What a line says, as far as it is asked for: an object with places for what fills the gaps; and the question."""

    text: bytes
    gaps: tuple[Gap, ...]
    asked: object


@dataclass(slots=True)
class Template:
    """What is known of lines that are alike.

    Args:
        ids: Where their ids stand.
        second: Where their time stands, in two pieces, without its fraction.
        fraction: Where that stands; empty where there is none.
        is_error: Whether they are errors; None where their status decides.
        status: The name of that.
        fields: What they say: where it stands, or what it is in all of them.
        has_writer: Whether wrappers name their writers.
        form: The one that was asked for last.
    """

    ids: tuple[slice, ...]
    second: tuple[slice, slice]
    fraction: slice
    is_error: bool | None
    status: str
    fields: Mapping[str, Scalar | Gap]
    has_writer: bool = False
    form: Form | None = None

    def fits(self, raw: bytes) -> bool:
        """Tell whether a line that is the same but for its digits and ids has such ids, and a status that is one."""
        for where in self.ids:
            text = raw[where]
            if not text.translate(None, _NO_DIGIT) or not text.translate(None, _NO_LETTER):
                return False
        status = self.fields.get(self.status)
        return not isinstance(status, Gap) or bool(raw[status.where].strip(b"0"))

    def fails(self, raw: bytes) -> bool:
        """Tell whether one of the lines is an error."""
        if self.is_error is not None:
            return self.is_error
        status = self.fields[self.status]
        return is_failure({self.status: status.of(raw) if isinstance(status, Gap) else status})

    def as_object(self, raw: bytes, is_asked: Mapping[str, bool], asked: object) -> bytes:
        """Return what one of the lines says, as far as it is asked for.

        Args:
            raw: The line.
            is_asked: By name: whether it is asked for.
            asked: Something that changes with that.
        """
        if self.form is None or self.form.asked != asked:
            self.form = self._cast(raw, is_asked, asked)
        return self.form.text % tuple([gap.written(raw) for gap in self.form.gaps])

    def _cast(self, raw: bytes, is_asked: Mapping[str, bool], asked: object) -> Form:
        """Return the form; what is the same in all lines is taken from one of them."""
        pieces, gaps = [b'"level":null'], []
        for name, value in self.fields.items():
            if not is_asked[name]:
                continue
            written = b"%b"
            if isinstance(value, Gap) and self._varies(value.where, raw):
                gaps.append(value)
                written = written if value.is_number else b'"%b"'
            else:
                written = orjson.dumps(value.of(raw) if isinstance(value, Gap) else value).replace(b"%", b"%%")
            pieces.append(orjson.dumps(name).replace(b"%", b"%%") + b":" + written)
        return Form(b"{%b}" % b",".join(pieces), tuple(gaps), asked)

    def _varies(self, where: slice, raw: bytes) -> bool:
        """Tell whether digits or ids stand in a place."""
        has_digit = raw[where] != raw[where].translate(None, DIGITS)
        return has_digit or any(one.start < where.stop and where.start < one.stop for one in self.ids)
