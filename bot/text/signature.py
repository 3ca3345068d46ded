"""The signature of an error: its text with everything that varies masked, so that the same fault is counted once.

A pure function of one text: it knows nothing of the lines before, so groups cannot depend on order, on how files are
split or on chunks. Numbers and hexadecimal runs share one placeholder, because an id may be all digits by chance.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

SIGNATURE_LIMIT = 200
"""Characters of a signature: two lines on a phone in Slack."""

INPUT_LIMIT = 2_000
"""Characters of a message that are looked at."""

TOP_FRAMES = 3
"""Application frames that tell one exception from another; deeper ones differ by route, not by fault."""

NUMBER = "#"

# The order matters: what contains the others comes first. A placeholder matches itself and stays. The units d, b and B
# are hexadecimal digits, so they are no units here: an id that ends in one must not become a duration.
_VARYING = re.compile(
    r"""
    (?P<kept><(?:uuid|ip|email|url|path|str|duration|size)>|\#)
  | (?P<url>\b[a-zA-Z][a-zA-Z0-9+.-]*://[^\s"'<>\#]+)
  | (?P<email>[\w.+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)
  | (?P<str>"[^"\n]*"|(?<!\w)'[^'\n]*'(?!\w)|`[^`\n]*`)
  | (?P<uuid>(?<![A-Za-z0-9])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![A-Za-z0-9]))
  | (?P<path>(?<![\w.>/])(?:/[\w.@%+~=:,-]+)+/?|(?<!\w)[A-Za-z]:\\[^\s"'<>\#]+)
  | (?P<ip>(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\w)
      | (?<![\w:])(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}(?![\w:])
      | (?<![\w:])(?:[0-9a-fA-F]{1,4}:){1,6}(?::[0-9a-fA-F]{1,4}){1,6}(?![\w:])
      | (?<![\w:])::(?:[0-9a-fA-F]{1,4}:){0,6}[0-9a-fA-F]{1,4}(?![\w:]))
  | (?P<duration>(?<![\w.])(?:\d+(?:\.\d+)?(?:ns|us|µs|μs|ms|s|m|h))+(?!\w)
      | (?<![\w.])\d+(?:\.\d+)?\ ?(?:milliseconds?|seconds?|minutes?|hours?|days?|msecs?|secs?|mins?|ms)(?!\w))
  | (?P<size>(?<![\w.])\d+(?:\.\d+)?\ ?(?:[kKMGTP]i?[bB]|bytes)(?!\w))
  | (?P<number>0[xX][0-9a-fA-F]+
      | (?<![A-Za-z0-9])\d+(?:[.,]\d+)+(?![A-Za-z0-9])
      | (?<![A-Za-z0-9])(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}(?![A-Za-z0-9])
      | (?<![A-Za-z0-9])(?=[0-9a-fA-F]*[0-9])[0-9a-fA-F]+(?![A-Za-z0-9])
      | (?<![A-Za-z0-9])[0-9a-fA-F]{8,}(?![A-Za-z0-9])
      | (?<![A-Za-z0-9])(?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])[A-Za-z0-9]{12,}(?![A-Za-z0-9])
      | \d+(?:[.,]\d+)*)
    """,
    re.VERBOSE,
)

_LIBRARY_FRAME = re.compile(
    r"node_modules|^Promise\.|node:|\(internal/|<anonymous>|site-packages|dist-packages|/usr/lib|lib/python\d|<frozen "
    r"|/usr/local/go|/pkg/mod/|^runtime\.|^net/http\.|/gems/"
    r"|^(?:java|javax|jakarta|jdk|sun|com\.sun|kotlin|kotlinx|scala|org\.springframework|org\.apache|org\.hibernate"
    r"|io\.netty|reactor|System|Microsoft)\."
)
_FRAME_PLACE = re.compile(r"(?:.*[/\\])?(?P<file>[^/\\():]+)(?::\d+)*\)?$")


def signature(text: str) -> str:
    """Return the text with what varies masked, on one line of at most SIGNATURE_LIMIT characters.

    Masking repeats until nothing changes, so `signature(signature(x)) == signature(x)`; every pass that changes
    something consumes a character that is no placeholder, so it ends.
    """
    current = " ".join(text[:INPUT_LIMIT].split())
    while True:
        masked = _VARYING.sub(_placeholder, current)
        if len(masked) > SIGNATURE_LIMIT:
            masked = masked[: SIGNATURE_LIMIT - 1].rstrip() + "…"
        if masked == current:
            return masked
        current = masked


def exception_signature(kind: str, message: str, frames: Sequence[str]) -> str:
    """Return the signature of an exception: type and top application frames, or type and message without frames.

    Args:
        kind: The exception's type; may be empty.
        message: Its message; used only where there are no frames, because messages carry data.
        frames: As `bot.text.stack` writes them, innermost first.
    """
    if not frames:
        return signature(f"{kind}: {message}" if kind and not message.startswith(kind) else message or kind)
    return _of_frames(kind, tuple(frames))


@lru_cache(maxsize=256)
def _of_frames(kind: str, frames: tuple[str, ...]) -> str:
    own = [frame for frame in frames if not _LIBRARY_FRAME.search(frame)] or list(frames)
    places = " < ".join(_place(frame) for frame in own[:TOP_FRAMES])
    return signature(f"{kind or 'Error'} at {places}")


def _placeholder(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind == "kept":
        return match.group()
    return NUMBER if kind == "number" else f"<{kind}>"


def _place(frame: str) -> str:
    """Return function and file name, without directories and line numbers: those change with every build."""
    function, _, where = frame.rpartition(" (")
    match = _FRAME_PLACE.fullmatch(where)
    file = match["file"] if match else where
    return f"{function} ({file})" if function else file
