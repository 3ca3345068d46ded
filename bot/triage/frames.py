"""Whether a changed file stands in a stack trace: frames name files as they lie on the server, git as in the repository."""

import re
from collections.abc import Iterable

_FILE = re.compile(r"[^\s\"'()<>:,=]+\.[A-Za-z]{1,5}(?=[:\"')\s,]|$)")
_JVM_FRAME = re.compile(r"(?P<package>[\w$.]+)\.[\w$<>]+\.[\w$<>]+ ?\((?P<file>\w+\.(?:java|kt|scala|groovy))\b")
_THIRD_PARTY = frozenset(
    ("site-packages", "dist-packages", "node_modules", "vendor", "gems", "node:internal", ".cargo", "pkg", "rustlib")
)


def standing_in(paths: Iterable[str], frames: Iterable[str]) -> tuple[str, ...]:
    """Return the changed paths that one of the frames names, in their own order.

    Two paths are the same file when their last two parts are equal, or when the shorter is the end of the longer. A
    bare name (`main.py`) does not claim a frame of a third party's package.
    """
    places = [place for frame in frames if (place := _place(frame))]
    return tuple(path for path in paths if any(_same_file(tuple(path.split("/")), place) for place in places))


def _place(frame: str) -> tuple[str, ...]:
    """Return the parts of the path that a frame names; for the JVM they stand in the class name."""
    frame = frame.replace("\\", "/")
    jvm = _JVM_FRAME.search(frame)
    if jvm:
        return (*jvm["package"].split("."), jvm["file"])
    file = _FILE.search(frame)
    return tuple(part for part in file.group().split("/") if part not in ("", ".")) if file else ()


def _same_file(path: tuple[str, ...], place: tuple[str, ...]) -> bool:
    equal = 0
    for ours, theirs in zip(reversed(path), reversed(place), strict=False):
        if ours != theirs:
            break
        equal += 1
    if not _THIRD_PARTY.isdisjoint(place) and _THIRD_PARTY.isdisjoint(path):
        return False
    return equal >= 2 or (equal == 1 and equal == min(len(path), len(place)))
