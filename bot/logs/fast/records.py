"""Counts what lines of no shape say: their fields, the errors among them, and the users and requests of the window."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from bot.logs.decode import MARKS
from bot.logs.dialect import DIALECTS
from bot.logs.fast.bits import Flags, Places
from bot.logs.fast.block import Lines
from bot.logs.fast.columns import FAILED, IN_WINDOW
from bot.logs.fast.failures import Failures
from bot.logs.fast.names import KeyOf, hashes_at
from bot.logs.fast.shape import Kind
from bot.logs.fast.signatures import MessageSignatures
from bot.logs.fast.tokens import Names, Tokens
from bot.logs.fast.values import Values
from bot.logs.fast.words import hash_places
from bot.logs.ids import USER_FIELDS, id_rank, request_key
from bot.logs.record import Draft, Record, read_record, said_by
from bot.logs.tally import Named, Tally, path_hash

ERRORS_AT_ONCE = 1_000
"""Errors that are held as objects at a time, at a KiB or two each."""


@dataclass(frozen=True, slots=True)
class Read:
    """Lines of a block that were read.

    Args:
        lines: Where they stand, without their lists, or as objects where they are none.
        tokens: Of them and of others.
        which: Which of the lines of the tokens they are.
        us: Their times.
        naive: Whether each time has no zone.
        is_error: Whether each is an error.
        draft_of: What one of the lines of the block holds.
    """

    lines: Lines
    tokens: Tokens
    which: Places
    us: Places
    naive: Flags
    is_error: Flags
    draft_of: Callable[[int], Draft]

    @property
    def rows(self) -> Places:
        """Which lines of the block they are."""
        return self.tokens.rows[self.which]

    def only(self, keep: Flags) -> "Read":
        """Return the lines to keep."""
        if keep.all():
            return self
        which, us, naive, is_error = self.which[keep], self.us[keep], self.naive[keep], self.is_error[keep]
        return Read(self.lines, self.tokens, which, us, naive, is_error, self.draft_of)


class Records:
    """Counts records of one file.

    Args:
        tally: Of the request.
        name: The path of the file.

    Attributes:
        names: Those that somebody asks for.
    """

    def __init__(self, tally: Tally, name: str) -> None:
        self._tally = tally
        self._path = path_hash(name)
        self._users = {*tally.user_names, *(bag + name for row in DIALECTS for bag in row.bags for name in USER_FIELDS)}
        self.names = Names(self._is_useless)
        for user in USER_FIELDS:  # so that each has a number, however many names follow
            self.names.number(user)
        self._values = Values(tally.fields, self.names)
        self._failures, self._signatures = Failures(tally, name), MessageSignatures()

    @property
    def drops(self) -> object:
        """Something that changes when a name is no longer counted that was."""
        return self._tally.fields.drops

    def count(self, read: Read, where: Places) -> None:
        """Count the fields of some lines, those that are errors, and users and requests of those in the window.

        Args:
            read: The lines.
            where: Whether each lies in the window (2) and is an error (1), added.
        """
        tally, tokens, known = self._tally, read.tokens, self.names.numbers
        lies = np.full(len(tokens.rows), -1)
        lies[read.which] = where
        self._values.count(read.lines.text, tokens, lies, hash_places(self._path, read.lines.offsets[tokens.rows]))
        ranked = sorted(self.names.ranks.items(), key=lambda one: (one[1], one[0]))
        if (where >= IN_WINDOW).any():
            users = [known[name] for name in tally.user_names if name in known]
            self._count_named(read.lines, tokens, lies, users, tally.users, bytes)
            requests = [known[name] for name, _ in ranked]
            self._count_named(read.lines, tokens, lies, requests, tally.requests, request_key)
        self._count_errors(read.only(read.is_error), has_ids=bool(ranked))

    def flush(self) -> None:
        """Hand what was counted to the tally."""
        self._values.flush()
        self._failures.flush()

    def _is_useless(self, name: str) -> bool:
        """Tell whether nobody wants to know of a name: it dates and judges no line, and is not counted."""
        return name not in MARKS and not self.is_counted(name)

    def is_counted(self, name: str) -> bool:
        """Tell whether the values under a name are counted: of a field, or as those of users or requests."""
        return name in self._users or id_rank(name) is not None or not self._tally.fields.is_dropped(name)

    def _count_named(
        self, lines: Lines, tokens: Tokens, lies: Places, names: list[int], named: Named, key_of: KeyOf
    ) -> None:
        """Count what the first of some names says in each line of the window."""
        found, has = np.zeros(len(tokens.rows), np.uint64), np.zeros(len(tokens.rows), np.bool_)
        for number in names:
            here = np.flatnonzero(tokens.name == number)
            here = here[((lies >= IN_WINDOW) & ~has)[tokens.row[here]]]
            values = tokens.values(here)
            for kind in (Kind.TEXT, Kind.SCALAR, Kind.LIST):
                some = np.flatnonzero(values.kinds == kind)
                if some.size:
                    at = tokens.row[here[some]]
                    begins, sizes = values.begins[some], values.sizes[some]
                    found[at], has[at] = hashes_at(lines, tokens.rows[at], begins, sizes, kind, key_of)
        named.add_many(found[has], (lies[has] & FAILED) != 0)

    def _count_errors(self, errors: Read, *, has_ids: bool) -> None:
        for begin in range(0, len(errors.us), ERRORS_AT_ONCE):
            some = slice(begin, begin + ERRORS_AT_ONCE)
            rows, us = errors.rows[some], errors.us[some]
            drafts = [errors.draft_of(row) for row in rows.tolist()]
            signatures = self._signatures.of([said_by(draft) for draft in drafts])
            record_of = partial(_record, drafts)
            self._failures.count(signatures, us, errors.lines.offsets[rows], record_of, has_ids=has_ids)


def _record(drafts: list[Draft], i: int) -> Record:
    return read_record(drafts[i])
