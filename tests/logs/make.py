"""Pino logs whose truth is known: counts, groups, onset and who is hit are decided by the caller, not measured."""

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

T0 = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

STACK = (
    "TypeError: Cannot read properties of undefined (reading 'amount')\n"
    "    at charge (/app/src/pay.js:10:5)\n"
    "    at checkout (/app/src/routes.js:33:9)\n"
    "    at Layer.handle (/app/node_modules/express/lib/router/layer.js:95:5)"
)


def record(at: datetime, message: str = "request completed", *, error: bool = False, **fields: Any) -> dict[str, Any]:
    """Return one pino record."""
    found = {"level": 50 if error else 30, "time": round(at.timestamp() * 1000), "pid": 1, "msg": message, **fields}
    if error and "err" not in fields:
        found["err"] = {"type": "TypeError", "message": "Cannot read properties", "stack": STACK}
    return found


def lines(records: list[dict[str, Any]]) -> str:
    """Return the records as a log."""
    return "".join(json.dumps(one) + "\n" for one in records)


def outage(fails: Callable[[datetime, str], bool], minutes: int = 75, per_second: int = 4) -> Iterator[dict[str, Any]]:
    """Yield a service's log, with three regions in turn; a request fails where `fails(at, region)`."""
    chance = random.Random(15)
    for i in range(minutes * 60 * per_second):
        at = T0 + timedelta(seconds=i / per_second)
        region = ("eu", "us", "ap")[i % 3]
        error = fails(at, region)
        yield record(
            at,
            f"charge {i} failed" if error else "request completed",
            error=error,
            region=region,
            userId=f"user-{chance.randrange(400)}",
            correlationId=f"req-{i}",
        )


def write(path: Path, text: str | bytes) -> str:
    """Write a log and return its path as the command takes it."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)
