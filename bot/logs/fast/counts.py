"""What is counted of the lines of one file, whatever they look like: how many there were each second, and where they lie."""

import numpy as np

from bot.logs.fast.bits import Flags, Places, Words, mixed
from bot.logs.fast.words import hash_places
from bot.logs.tally import Tally, path_hash


class Counts:
    """Counts lines by their times and verdicts.

    Args:
        tally: Of the request.
        name: The path of the file.
        label: Its name among the others.
        one_in: Of how many seconds of the baseline the fields of one are counted. Which ones their hash decides, so that
            what runs once a minute is not always missed. Counting all would cost as much as the rest together.
    """

    def __init__(self, tally: Tally, name: str, label: str, one_in: int) -> None:
        self.tally = tally
        self._path = path_hash(name)
        self._label = label
        self._events = np.zeros(len(tally.events), np.int64)
        self._errors = np.zeros(len(tally.errors), np.int64)
        self._where = np.zeros(4, np.int64)
        self._key = 0
        first = tally.start_us // 1_000_000
        seconds = mixed(np.arange(first, first + len(tally.events), dtype=np.uint64))
        self._looked_at = None if one_in == 1 else seconds % np.uint64(one_in) == 0

    def tells(self, us: Places, is_error: Flags) -> Flags:
        """Tell by times and verdicts of which records of baseline and window the fields are counted."""
        found: Flags = is_error | (us >= self.tally.window_us)
        if self._looked_at is None:
            found[:] = True
        else:
            found |= self._looked_at[(us - self.tally.start_us) // 1_000_000]
        return found

    def tells_one(self, us: int, is_error: bool) -> bool:
        """Tell the same of one record, whenever it was."""
        tally = self.tally
        if is_error or us >= tally.window_us or self._looked_at is None:
            return tally.wants(us)
        return tally.wants(us) and bool(self._looked_at[(us - tally.start_us) // 1_000_000])

    def placed(self, us: Places) -> Flags | None:
        """Tell which times lie in baseline or window, and note how far they reach; None where none does."""
        tally = self.tally
        if not len(us):
            return None
        tally.saw_oldest(int(us.min()))
        ended = us < tally.end_us
        if not ended.any():
            return None
        newest = int(us[ended].max())
        tally.newest_us = newest if tally.newest_us is None else max(tally.newest_us, newest)
        placed: Flags = ended & (us >= tally.start_us)
        return placed if placed.any() else None

    def seconds(self, us: Places, is_error: Flags, naive: Flags) -> None:
        """Count lines of baseline and window, second by second."""
        tally = self.tally
        tally.lines += len(us)
        tally.parsed += len(us)
        tally.naive += int(np.count_nonzero(naive))
        seconds = (us - tally.start_us) // 1_000_000
        self._events += np.bincount(seconds, minlength=len(self._events))
        self._errors += np.bincount(seconds[is_error], minlength=len(self._errors))

    def told(self, where: Places, offsets: Places) -> Words:
        """Count lines whose fields are counted; return the hashes of where those of the window stand.

        Args:
            where: Whether each lies in the window (2) and is an error (1), added.
            offsets: Of those in the window.
        """
        self._where += np.bincount(where, minlength=4)
        places = hash_places(self._path, offsets)
        self._key += int(places.sum())
        return places

    def flush(self) -> None:
        """Hand what was counted to the tally."""
        tally = self.tally
        tally.events = [a + b for a, b in zip(tally.events, self._events.tolist(), strict=True)]
        tally.errors = [a + b for a, b in zip(tally.errors, self._errors.tolist(), strict=True)]
        before, before_failed, fine, failed = self._where.tolist()
        tally.fields.fine_records += fine
        if tally.several_files and self._where.any():
            counts = (fine + failed, failed, before + before_failed, before_failed, self._key)
            tally.fields.add_counts("file", self._label, counts)
