"""Errors of a file, counted into their groups, many at once."""

from collections.abc import Callable

import numpy as np

from bot.logs.fast.bits import Places
from bot.logs.fast.earlier import Earlier
from bot.logs.groups import Group, Seen
from bot.logs.record import Record
from bot.logs.tally import Tally


class Failures:
    """Counts errors that are known by their signatures; only those that a group shows are read.

    Args:
        tally: Of the request.
        name: The path of the file.
    """

    def __init__(self, tally: Tally, name: str) -> None:
        self._tally = tally
        self._name = name
        self._earlier = Earlier(tally.baseline_groups)

    def count(
        self, signatures: list[str], us: Places, offsets: Places, record_of: Callable[[int], Record], *, has_ids: bool
    ) -> None:
        """Count errors.

        Args:
            signatures: Of each.
            us: When each happened.
            offsets: Where each stands in the file.
            record_of: Reads one of them.
            has_ids: Whether they may have correlation ids.
        """
        is_early = us < self._tally.window_us
        early = [name for name, is_one in zip(signatures, is_early.tolist(), strict=True) if is_one]
        self._earlier.add(early, us[is_early])
        groups: dict[str, list[Seen]] = {}
        for i in np.flatnonzero(~is_early).tolist():
            groups.setdefault(signatures[i], []).append(Seen(int(us[i]), int(offsets[i]), i))
        for name, errors in groups.items():
            for group, part in self._tally.groups.split(name, sorted(errors)):
                group.saw(part[0].at_us, part[-1].at_us, len(part))
                self._offer(group, part, record_of, has_ids=has_ids)

    def flush(self) -> None:
        """Hand what was counted to the tally."""
        self._earlier.flush()

    def _offer(self, group: Group, errors: list[Seen], record_of: Callable[[int], Record], *, has_ids: bool) -> None:
        """Offer a group the first of its errors; and further ones, while it has no example and they may have ids."""
        for error in errors:
            key = error.at_us, self._name, error.offset
            if not group.wants(key) or (error != errors[0] and not has_ids):
                break
            group.offer(key, record_of(error.row))
