"""What one would write with msgspec in an afternoon: `python -m tests.benchmarks.with_msgspec LOG WINDOW_START`.

Each line is decoded into the fields that are asked for, and counted; the answers of a triage, without its reading of
other dialects, its redaction, its onset and its deploys. Prints one JSON object.
"""

import json
import re
import sys
from collections import Counter

import msgspec

VARYING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+(?:\.\d+){3}|[0-9a-f]*\d[0-9a-f]*")


class Line(msgspec.Struct):
    """The fields that the questions are about."""

    level: str
    time: str
    service: str
    version: str
    region: str
    host: str
    route: str
    userId: str  # noqa: N815 - as it is logged
    correlationId: str  # noqa: N815
    msg: str


def answers(path: str, window: str) -> dict[str, object]:
    """Read the whole log and return what was counted."""
    seconds: Counter[tuple[str, bool]] = Counter()
    places: Counter[tuple[str, ...]] = Counter()
    groups: Counter[str] = Counter()
    seen, affected = set(), set()
    example = ""
    decode = msgspec.json.Decoder(Line).decode
    with open(path, "rb") as log:  # noqa: PTH123 - a plain loop
        for raw in log:
            line = decode(raw)
            failed = line.level == "error"
            seconds[line.time[:19], failed] += 1
            if line.time >= window:
                places[line.service, line.version, line.region, line.host, line.route, line.level] += 1
                seen.add(line.userId)
                if failed:
                    affected.add(line.userId)
                    groups[VARYING.sub("#", line.msg)] += 1
                    example = example or line.correlationId
    with open(path, "rb") as log:  # noqa: PTH123
        trace = sum(example.encode() in raw for raw in log)
    return {
        "window": [sum(n for (at, _), n in seconds.items() if at >= window), sum(groups.values())],
        "before": [
            sum(n for (at, _), n in seconds.items() if at < window),
            sum(n for (at, failed), n in seconds.items() if failed and at < window),
        ],
        "users": [len(affected), len(seen)],
        "groups": [count for _, count in groups.most_common()],
        "values": len({(number, value) for place in places for number, value in enumerate(place[:-1])}),
        "trace": trace,
    }


if __name__ == "__main__":
    print(json.dumps(answers(sys.argv[1], sys.argv[2])))  # noqa: T201 - its output
