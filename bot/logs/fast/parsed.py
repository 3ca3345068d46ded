"""Lines that nothing but the parser understands: read one by one, and written anew as objects that are counted together.

Plain text, wrapped or not, and objects in a wrapper. What a line may continue, or may be continued by, is not for here:
a line that is no whole record, dated by itself, is left.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import orjson

from bot.logs.blocks import LINE_BYTES_MAX, PADDING, Block
from bot.logs.decode import Decoded, Decoder
from bot.logs.fast.bits import Flags, Places
from bot.logs.fast.block import Lines
from bot.logs.fast.probe import NEVER_ASKED
from bot.logs.fast.templates import Templates
from bot.logs.flatten import Scalar
from bot.logs.format import Format
from bot.logs.lines import trimmed
from bot.logs.record import Draft, fields_of, is_failure, severity_told
from bot.logs.severity import Severity

NO_OBJECT = b"-"
"""Stands for a line of which nothing is said."""

_NOTHING_ASKED = b'{"level":null}'
"""Says of a line that it is a record, and no more."""


_Record = tuple[int, bool, bool, bytes, bool]
"""Its time, whether that has no zone, whether it is an error, what is asked of it, and whether it names its writer."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """Records, one a line.

    Args:
        objects: All lines of the block: the records as objects of what is asked of them.
        rows: Which lines they are.
        us: Their times.
        naive: Whether each time has no zone.
        is_error: Whether each is an error.
        in_vain: How many lines were parsed that are none.
    """

    objects: Lines
    rows: Places
    us: Places
    naive: Flags
    is_error: Flags
    in_vain: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for.

    Args:
        told: Tells by its time and whether it is an error whether a record's fields are.
        name: Tells whether those of a name are.
        since: Something that changes with what `name` tells.
    """

    told: Callable[[int, bool], bool]
    name: Callable[[str], bool]
    since: object


class Parser:
    """Parses lines of one file.

    Args:
        form: How it is written.
    """

    def __init__(self, form: Format) -> None:
        self._decoder = Decoder(form)  # it knows of the parts of records that were in lines before
        self._apart = Decoder(form)
        self._templates = Templates(form)

    def read(self, lines: Lines, rows: Places, asked: Asked) -> Parsed:
        """Return those of the rows that are records."""
        texts = [NO_OBJECT] * len(lines)
        found: list[tuple[int, int, bool, bool]] = []
        in_vain, is_asked = 0, _IsAsked(asked.name)
        for row in rows.tolist():
            raw = trimmed(lines.whole(row))
            if raw[:1].isspace() and raw.lstrip()[:1] != b"{":
                continue  # of a trace, most likely
            one = self._by_template(raw, asked, is_asked) or self._by_parser(raw, asked, is_asked)
            if one is None:
                in_vain += 1
            else:
                us, naive, is_error, texts[row], lines.has_writer[row] = one
                found.append((row, us, naive, is_error))
        table = np.array(found, np.int64).reshape(-1, 4).T
        return Parsed(with_texts(lines, texts), table[0], table[1], table[2] != 0, table[3] != 0, in_vain)

    def _by_template(self, raw: bytes, asked: Asked, is_asked: Mapping[str, bool]) -> _Record | None:
        if self._decoder.waits or any(map(is_asked.__getitem__, NEVER_ASKED)):  # it may be the end of a record
            return None
        template = self._templates.of(raw)
        at = self._templates.at(template, raw) if template else None
        if template is None or at is None:
            return None
        is_error = template.fails(raw)
        text = template.as_object(raw, is_asked, asked.since) if asked.told(at[0], is_error) else _NOTHING_ASKED
        return *at, is_error, text, template.has_writer

    def _by_parser(self, raw: bytes, asked: Asked, is_asked: Mapping[str, bool]) -> _Record | None:
        decoded = self._whole(raw)
        if decoded is None or (draft := decoded.drafts[0]).at is None:
            return None
        has_writer = bool(decoded.writer)
        self._templates.learn(raw, draft, has_writer=has_writer)
        severity = severity_told(draft)
        fields = fields_of(draft) if severity is None else None
        is_error = is_failure(fields) if fields is not None else (severity or Severity.INFO) >= Severity.ERROR
        if not asked.told(draft.at.us, is_error):
            return *draft.at, is_error, _NOTHING_ASKED, has_writer
        return *draft.at, is_error, _object(fields_of(draft) if fields is None else fields, is_asked), has_writer

    def draft(self, lines: Lines, row: int) -> Draft:
        """Return one of the records again."""
        return self._apart.decode(trimmed(lines.whole(row))).drafts[0]

    def _whole(self, raw: bytes) -> Decoded | None:
        """Return what a line holds that is one record; None where it is none, or the end of one."""
        decoded = self._decoder.decode(raw)
        is_whole = decoded.raw is raw and len(raw) < LINE_BYTES_MAX
        return decoded if is_whole and len(decoded.drafts) == 1 else None


def with_texts(lines: Lines, texts: list[bytes]) -> Lines:
    """Return the lines of a block with other texts in their place."""
    room = memoryview(b"\n".join((*texts, bytes(PADDING))))
    return Lines(Block(0, room[: len(room) - PADDING], room), lines.offsets)


class _IsAsked(dict[str, bool]):
    """Whether each name is asked for; found out once."""

    def __init__(self, name: Callable[[str], bool]) -> None:
        super().__init__()
        self._name = name

    def __missing__(self, name: str) -> bool:
        self[name] = found = self._name(name)
        return found


def _object(fields: Mapping[str, Scalar], is_asked: Mapping[str, bool]) -> bytes:
    try:
        found = orjson.dumps({"level": None, **{name: value for name, value in fields.items() if is_asked[name]}})
    except orjson.JSONEncodeError:  # half of a character
        return NO_OBJECT
    return b"%b" % found  # its own takes 4 KiB, however short it is
