"""Whether what came out is right: beside every time stands an answer that was compared with what the log holds."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.benchmarks.traffic import Counts

Check = Callable[[bytes], str]
"""Returns what is wrong with an answer, or ""."""

TOP = 100
"""Groups asked for: more than there are."""

ONSET_WITHIN = timedelta(minutes=1)
"""What the triage promises of a step."""


def report(
    window: Counts,
    before: Counts | None = None,
    onset: datetime | None = None,
    region: str = "",
    top: int = TOP,
    *,
    has_users: bool = True,
) -> Check:
    """Check a triage's report in JSON.

    Args:
        window: What the window holds.
        before: What the baseline holds; None where nobody has counted it.
        onset: When it began; None not to look at it.
        region: Whom it hits; "" not to look at it.
        top: How many groups were asked for.
        has_users: Whether the log names them.
    """

    def check(answer: bytes) -> str:
        found = json.loads(answer)
        scope, source = found["scope"], found["source"]
        pairs = {
            "events": (scope["events"], window.lines),
            "errors": (scope["errors"], window.errors),
            "users": (
                scope["users"],
                {"affected": len(window.affected), "seen": len(window.users)} if has_users else None,
            ),
            "counts of groups": ([entry["count"] for entry in found["errors"]], _greatest(window, top)),
            "groups": _groups(found["errors"], window),
            "skipped lines": (source["skipped"], 0),
            "partial": (source["partial"], False),
        }
        if before is not None:
            pairs["baseline events"] = scope["baseline_events"], before.lines
            pairs["baseline errors"] = scope["baseline_errors"], before.errors
            pairs["lines"] = source["lines"], window.lines + before.lines
        if region:
            first = scope["affected"][0] if scope["affected"] else {}
            pairs["verdict"] = (scope["verdict"], first.get("field"), first.get("value")), ("subset", "region", region)
        return _differences(pairs) or _late(scope["onset"], onset)

    return check


def lines(count: int) -> Check:
    """Check that a report in JSON is about so many lines."""
    return lambda answer: _differences({"lines": (json.loads(answer)["source"]["lines"], count)})


def number(count: int) -> Check:
    """Check a count that stands alone."""
    return lambda answer: _differences({"count": (int(answer), count)})


def counted(total: int) -> Check:
    """Check the sum of the counts of `uniq -c`."""
    return lambda answer: _differences({"sum": (sum(_uniq(answer)), total)})


def top(counts: Sequence[int]) -> Check:
    """Check the counts of `uniq -c`, the greatest first."""
    return lambda answer: _differences({"counts": (_uniq(answer), list(counts))})


def objects(count: int) -> Check:
    """Check how many JSON objects there are."""
    return lambda answer: _differences({"objects": (answer.count(b'"time"'), count)})


def tallied(window: Counts, before: Counts, trace: int) -> Check:
    """Check what the loop and the database print."""
    expected = {
        "window": [window.lines, window.errors],
        "before": [before.lines, before.errors],
        "users": [len(window.affected), len(window.users)],
        "groups": sorted(window.groups.values(), reverse=True),
        "trace": trace,
    }

    def check(answer: bytes) -> str:
        found = json.loads(answer)
        return _differences({name: (found[name], value) for name, value in expected.items()})

    return check


def nothing(answer: bytes) -> str:
    """Check that nothing was said."""
    return _differences({"output": (answer, b"")})


def _greatest(counts: Counts, top: int) -> list[int]:
    return sorted(counts.groups.values(), reverse=True)[:top]


def _groups(entries: Sequence[dict[str, Any]], window: Counts) -> tuple[dict[str, int], dict[str, int]]:
    """Return what was counted and what should have been, by the words that each group is known by."""
    got, want = {}, {}
    for entry in entries:
        signature = entry["signature"]
        name = next((name for name in window.groups if signature.startswith(name)), signature)
        got[name], want[name] = entry["count"], window.groups[name]
    return got, want


def _late(found: str | None, onset: datetime | None) -> str:
    if onset is None or (found and abs(datetime.fromisoformat(found) - onset) <= ONSET_WITHIN):
        return ""
    return f"onset is {found}, and should be {onset:%Y-%m-%dT%H:%M:%SZ}"


def _uniq(answer: bytes) -> list[int]:
    return [int(line.split(maxsplit=1)[0]) for line in answer.splitlines()]


def _differences(pairs: dict[str, tuple[Any, Any]]) -> str:
    return "; ".join(f"{name} is {got}, and should be {want}" for name, (got, want) in pairs.items() if got != want)
