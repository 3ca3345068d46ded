"""Lines of access logs: a request and the status of its answer."""

import re
from http import HTTPStatus
from typing import NamedTuple

from bot.logs.flatten import Scalar
from bot.logs.pairs import pairs
from bot.logs.times import Instant, Reckoning, time_in

_ACCESS = re.compile(
    r"(?P<client>\S{1,80}) \S{1,80} (?P<user>\S{1,200}|\"\") \[(?P<time>[^\]]{20,40})\] "
    r"\"(?:(?P<method>[A-Z]{3,10}) (?P<path>\S{0,4000}?)(?: HTTP/[\d.]{1,3})?|[^\"]{0,4000})\" (?P<status>\d{3}) (?:\d+|-)(?P<rest>.*)"
)

_SERVER_ERRORS = {int(one): one.phrase for one in HTTPStatus if one >= HTTPStatus.INTERNAL_SERVER_ERROR}


class Line(NamedTuple):
    """A line of plain text, read; `at` is None where it carries no date."""

    fields: dict[str, Scalar]
    at: Instant | None


def read_access(text: str, reckoning: Reckoning) -> Line | None:
    """Return what a line of an access log says, or None where it is none."""
    match = _ACCESS.match(text) if '] "' in text else None
    if not match:
        return None
    client, user, time, method, target, status, rest = match.groups()
    found = time_in(time, 0, 4, reckoning)
    if not found:
        return None
    path = (target or "").partition("?")[0]
    fields: dict[str, Scalar] = {
        "message": answered(method or "", path, int(status)),
        "method": method, "path": path, "status": int(status),
        "remote_addr": client, "user": None if user in {"-", '""'} else user,
    }  # fmt: skip
    return Line({**pairs(rest), **fields}, found[0])


def answered(method: str, path: str, status: int) -> str:
    """Return what a request and its answer are called: `GET /pay 502 Bad Gateway`.

    A server error has its name, which is not masked as numbers are: another status is another fault.
    """
    name = f" {_SERVER_ERRORS[status]}" if status in _SERVER_ERRORS else ""
    return f"{method or '-'} {path or '-'} {status}{name}"
