"""The ids of a request under the many names that loggers give them, and the users."""

import re
from collections.abc import Mapping
from functools import lru_cache

from bot.logs.flatten import Scalar

ID_PATTERN = re.compile(r"[A-Za-z0-9._:/-]{1,128}")
"""What an id may look like before it is looked for: nothing in it can mean something to a query language."""

USER_FIELDS = ("userId", "user.id", "user_id", "uid", "enduser.id")

# In the order in which one is chosen to be traced: what spans services first, what one request has last.
_ID_NAMES = (
    "correlationid", "xcorrelationid", "traceid", "trace", "traceparent", "xtraceid", "xraytraceid", "tr", "requestid",
    "xrequestid", "reqid", "awsrequestid", "transactionid",
)  # fmt: skip
TRACEPARENT_SIZE, TRACEPARENT_DASH, TRACEPARENT_DASHES, TRACEPARENT_ID = 55, ord("-"), (2, 35, 52), slice(3, 35)
"""How a traceparent is laid out, in bytes: version, trace id, parent id, flags (W3C Trace Context)."""

_NOT_WORD = re.compile(r"[^a-z0-9]")
_GOOGLE_TRACE = re.compile(r"projects/[^/]{1,100}/traces/([0-9a-f]{32})")
_XRAY = re.compile(r"Root=(1-[0-9a-f]{8}-[0-9a-f]{24})")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


@lru_cache(maxsize=4096)
def id_rank(name: str) -> int | None:
    """Return how far up a field stands among the correlation ids, or None when it is none.

    `req.headers.x-request-id`, `trace.id` and `correlation_id` are known by their last one or two parts.
    """
    if "exception" in name.lower() or "stack" in name.lower():
        return None
    parts = name.lower().replace("/", ".").split(".")
    for tail in (parts[-1:], parts[-2:], parts[-3:]):
        word = _NOT_WORD.sub("", "".join(tail))
        if word in _ID_NAMES:
            return _ID_NAMES.index(word)
    return None


def ids_of(fields: Mapping[str, Scalar]) -> list[str]:
    """Return the record's correlation ids, best first; of a traceparent and its relatives the trace id."""
    ranked = []
    for name, value in fields.items():
        rank = id_rank(name)
        if rank is not None and value not in (None, "") and not isinstance(value, bool):
            text = str(value)
            match = _TRACEPARENT.fullmatch(text) or _GOOGLE_TRACE.fullmatch(text) or _XRAY.match(text)
            ranked.append((rank, match[1] if match else text))
    return [text for _, text in sorted(ranked)]


def request_of(fields: Mapping[str, Scalar]) -> bytes | None:
    """Return what tells a record's request from others: its best correlation id, by the name; None without one."""
    best: tuple[int, str, str] | None = None
    for name, value in fields.items():
        rank = id_rank(name)
        if rank is None or value in (None, "") or isinstance(value, bool):
            continue
        if best is None or (rank, name) < best[:2]:
            best = rank, name, str(value)
    return None if best is None else request_key(best[2].encode("utf-8", "surrogatepass"))


def request_key(text: bytes) -> bytes:
    """Return the trace id of a traceparent, which names each step of a request anew; any other id as it is."""
    if len(text) == TRACEPARENT_SIZE and all(text[place] == TRACEPARENT_DASH for place in TRACEPARENT_DASHES):
        return text[TRACEPARENT_ID]
    return text


def user_of(fields: Mapping[str, Scalar], names: tuple[str, ...]) -> bytes | None:
    """Return the user that a record names, by the first of the names that it carries."""
    for name in names:
        value = fields.get(name)
        if value not in (None, "") and not isinstance(value, bool):
            return str(value).encode("utf-8", "surrogatepass")
    return None
