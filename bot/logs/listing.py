"""Each file once, though it be renamed, copied or packed while others are read.

A file is known by device and inode, whatever its name; a copy of it by its first bytes, as Filebeat's and Vector's
fingerprints tell files apart.
"""

from collections import Counter
from collections.abc import Callable, Iterator

from bot.logs.paths import LogFile

Find = Callable[[], tuple[tuple[LogFile, ...], tuple[str, ...]]]
"""Lists the files, and what was wrong with others."""

Identity = tuple[int, int]

LOOKS_MAX = 4
"""How often the folder is listed: once more finds what a rotation moved; one that never ends is left."""

HEAD_BYTES = 16 << 10
"""Of text, by which a copy is told: more than any banner that every file begins with."""

HEAD_BYTES_MIN = 1024
"""A shorter beginning in common tells nothing (Filebeat's least, too), unless it is all that there is."""


class Listing:
    """The files to read, in order; looks again for those that came meanwhile.

    Args:
        find: Lists them.

    Attributes:
        files: Those of the first look.
        problems: Of the first look.
    """

    def __init__(self, find: Find) -> None:
        self._find = find
        self.files, self.problems = find()
        self._seen: set[Identity] = set()
        self._gone: dict[Identity, LogFile] = {}
        self._names = {str(file.path) for file in self.files}
        self._labels = Counter(file.label for file in self.files)
        self._heads: dict[tuple[str, bytes], list[bytes]] = {}  # by label and the first bytes of all

    def __iter__(self) -> Iterator[LogFile]:
        """Yield each file that has not been met under another name; until a look brings nothing new."""
        files = self.files
        for _ in range(LOOKS_MAX):
            for file in files:
                if file.identity not in self._seen:
                    self._seen.add(file.identity)
                    self._gone.pop(file.identity, None)
                    yield file
            files = tuple(file for file in self._find()[0] if file.identity not in self._seen)
            if not files:
                return
            self._labels.update(file.label for file in files)
            self._names.update(str(file.path) for file in files)

    def is_due(self, file: LogFile, identity: Identity) -> bool:
        """Tell whether what was opened under a file's name is to be read now: the file, or one not met before."""
        if identity == file.identity:
            return True
        self._seen.discard(file.identity)  # it has another name by now, and comes with the next look
        is_new = identity not in self._seen
        self._seen.add(identity)
        return is_new

    def is_copy(self, file: LogFile, head: Callable[[], bytes]) -> bool:
        """Tell whether a file of the same log that begins alike was met before.

        Args:
            file: Has to be known by its label.
            head: Reads the beginning of its text.
        """
        if self._labels[file.label] < 2:
            return False
        text = head()[:HEAD_BYTES]
        if not text:
            return False
        known = self._heads.setdefault((file.label, text[:HEAD_BYTES_MIN]), [])
        if any(text.startswith(other) or other.startswith(text) for other in known):
            return True
        known.append(text)
        return False

    def lost(self, file: LogFile) -> None:
        """Take note of a file that is not there any more; it may come again under another name."""
        self._seen.discard(file.identity)
        self._gone[file.identity] = file

    def missing(self) -> Iterator[str]:
        """Say which files went and never came again, not even packed."""
        for file in self._gone.values():
            if not any(name.startswith(f"{file.path}.") for name in self._names):
                yield f"{file.path}: gone before it was read"
