"""From patterns to regular files: what is a file, a folder or a glob, and what is refused."""

import glob
import os
import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

_PACKED = frozenset({".gz", ".zst", ".xz", ".bz2"})
_ROTATION = re.compile(r"(?:[.-](?:\d{1,3}|\d{8,14}|\d{4}-\d\d-\d\d(?:[T_-]\d\d.*)?))?(?:\.(?:gz|xz|bz2|zst))?$")


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file to read.

    Args:
        path: Resolved.
        label: Its name among the others, without the marks of rotation: `app.log.2.gz` is `app.log`.
        size: Bytes on disk when it was found.
        written_s: When it was last written, in seconds since the epoch.
        identity: Device and inode.
    """

    path: Path
    label: str
    size: int
    written_s: float
    identity: tuple[int, int]

    @property
    def order(self) -> tuple[bool, bool, float, Path]:
        """Live files before rotated ones before packed ones, so that a copy comes after what it is made of."""
        is_rotated = self.path.name != _ROTATION.sub("", self.path.name)
        return self.path.suffix in _PACKED, is_rotated, -self.written_s, self.path


def find_files(patterns: Sequence[str], root: Path | None = None) -> tuple[tuple[LogFile, ...], tuple[str, ...]]:
    """Return the files that the patterns name, each once, and the problems met on the way.

    Live files come before rotated ones and these before packed ones, each last written first.
    """
    found: dict[tuple[int, int], tuple[Path, str, os.stat_result]] = {}
    problems: list[str] = []
    for pattern in patterns:
        names, problem = _expand(pattern)
        problems += problem
        for name in names:
            path = Path(os.path.realpath(name))
            try:
                status = path.stat()
            except OSError as error:
                problems.append(f"{name}: {_reason(error)}")
                continue
            if root is not None and not path.is_relative_to(os.path.realpath(root)):
                problems.append(f"{name}: leads out of {root}; not read")
            elif not stat.S_ISREG(status.st_mode):
                problems.append(f"{name}: not a regular file; not read")
            else:
                found.setdefault((status.st_dev, status.st_ino), (path, name, status))
    labels = _labels([name for _, name, _ in found.values()])
    files = (
        LogFile(path, label, status.st_size, status.st_mtime, identity)
        for (identity, (path, _, status)), label in zip(found.items(), labels, strict=True)
    )
    return tuple(sorted(files, key=lambda file: file.order)), tuple(problems)


def _expand(pattern: str) -> tuple[list[str], list[str]]:
    if os.path.isdir(pattern):  # noqa: PTH112 - a pattern is text until it is known to be a path
        problems: list[str] = []
        names = list(_walk(pattern, problems))
        return names, problems or ([] if names else [f"{pattern}: the folder holds no files"])
    if os.path.lexists(pattern):
        return [pattern], []
    is_glob = glob.has_magic(pattern)
    names = [name for name in glob.iglob(pattern, recursive=True) if not os.path.isdir(name)] if is_glob else []  # noqa: PTH112, PTH207
    if names:
        return names, []
    if folder := _forbidden(pattern):
        return [], [f"{pattern}: permission denied in {folder}"]
    return [], [f"{pattern}: {'no file matches' if is_glob else 'no such file or folder'}"]


def _forbidden(pattern: str) -> str:
    """Return the folder that may not be looked into, where that is why nothing is found; else ""."""
    path = Path(pattern)
    effective = os.access in os.supports_effective_ids
    for child, folder in zip((path, *path.parents), path.parents, strict=False):
        need = os.X_OK | (os.R_OK if glob.has_magic(child.name) else 0)
        for here in glob.iglob(str(folder)):  # noqa: PTH207 - it may be a pattern, too
            if os.path.isdir(here) and not os.access(here, need, effective_ids=effective):  # noqa: PTH112
                return here
    return ""


def _walk(folder: str, problems: list[str]) -> Iterable[str]:
    def refuse(error: OSError) -> None:
        problems.append(f"{error.filename}: {_reason(error)}")

    for here, _, names in os.walk(folder, onerror=refuse):
        yield from (os.path.join(here, name) for name in names if not name.startswith("."))  # noqa: PTH118


def _labels(names: Sequence[str]) -> list[str]:
    """Return the names from their common folder on, without the marks of rotation."""
    if not names:
        return []
    absolute = [os.path.abspath(name) for name in names]  # noqa: PTH100 - symbolic links keep the name they are known by
    common = os.path.commonpath([os.path.dirname(name) for name in absolute])  # noqa: PTH120
    return [_ROTATION.sub("", os.path.relpath(name, common)) for name in absolute]


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
