"""Logs in which several writers stand between each other's lines, each in a wrapper that names it."""

import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta

from tests.logs.make import T0

Wrap = Callable[[str, datetime, int, str], str]
"""Wraps a line of a writer, by its number, on a stream."""


def _cri(line: str, at: datetime, _writer: int, stream: str) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}000Z {stream} F {line}"


def _docker(line: str, at: datetime, _writer: int, stream: str) -> str:
    box = {"log": line + "\n", "stream": stream, "time": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"}
    return json.dumps(box, separators=(",", ":"))


def _fluentd(line: str, at: datetime, writer: int, stream: str) -> str:
    pod = {"pod_name": f"pay-{writer}", "container_name": "pay"}
    return json.dumps({"log": line, "stream": stream, "time": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z", "kubernetes": pod})


def _journald(line: str, at: datetime, writer: int, _stream: str) -> str:
    us = str(round(at.timestamp() * 1e6))
    return json.dumps(
        {"__REALTIME_TIMESTAMP": us, "PRIORITY": "6", "_SYSTEMD_UNIT": "pay", "_PID": f"4{writer}", "MESSAGE": line}
    )


WRAPS: dict[str, Wrap] = {
    "Kubernetes": _cri,
    "Docker": _docker,
    "fluentd": _fluentd,
    "journald": _journald,
    "Compose": lambda line, _at, writer, _stream: f"{('web-1', 'web-2', 'shop', 'db-7')[writer % 4]}  | {line}",
    "kubectl": lambda line, _at, writer, _stream: f"[pod/pay-7d9f-x{writer}/app] {line}",
    "syslog": lambda line, at, writer, _stream: f"<14>{at:%b %d %H:%M:%S} host pay[4{writer}]: {line}",
    "syslog, ISO": lambda line, at, writer, _stream: f"{at:%Y-%m-%dT%H:%M:%S.%f}+00:00 host pay[4{writer}]: {line}",
    "Kubernetes in fluentd": lambda line, at, writer, stream: _fluentd(_cri(line, at, 0, stream), at, writer, "stdout"),
    "none": lambda line, _at, _writer, _stream: line,
}

NODE = ("    at charge (/app/src/pay.js:%d:5)", "    at checkout (/app/src/routes.js:7:1) {", "  errno: -111", "}")
PYTHON = (
    "Traceback (most recent call last):",
    '  File "/app/pay.py", line %d, in charge',
    "    raise no",
    "ValueError: no",
)
JAVA = (
    "java.lang.IllegalStateException: no",
    "\tat com.acme.Pay.charge(Pay.java:%d)",
    "Caused by: java.io.IOException: gone",
)
BELOW: tuple[tuple[str, ...], ...] = (
    ("TypeError: x is undefined", *NODE), PYTHON, JAVA, (*PYTHON, "", "During handling of the above exception:", "", *PYTHON),
)  # fmt: skip
ALONE: tuple[tuple[str, ...], ...] = (
    ("Error: connect ECONNREFUSED 10.0.0.1:6379", *NODE), PYTHON, JAVA, NODE[:2], ("Timeout: 30",), ('{"level":50,"ms',),
    ("panic: runtime error", "", "goroutine 1 [running]:"), ("plain words",), ("}",), ("",),
)  # fmt: skip


def _record(chance: random.Random, at: datetime, *, is_json: bool, level: str) -> str:
    message = f"order {chance.randrange(900)} {'failed' if level == 'ERROR' else 'done'}"
    time = f"{at:%Y-%m-%d %H:%M:%S},{at.microsecond // 1000:03d}"
    if is_json:
        record = {"level": level.lower(), "time": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z", "region": chance.choice("ab")}
        return json.dumps({**record, "userId": f"u{chance.randrange(30)}", "msg": message}, separators=(",", ":"))
    return f"{time} {level} [main] shop.orders: {message} userId=u{chance.randrange(30)}"


def _said(chance: random.Random, at: datetime, kind: str, traces: float) -> list[str]:
    """Return what a writer says at once: a record, perhaps with a trace below, or anything else."""
    level = chance.choice(["INFO", "INFO", "INFO", "WARN", "ERROR"])
    is_json = kind == "json" or (kind == "both" and chance.random() < 0.5)
    said = [_record(chance, at, is_json=is_json, level=level)]
    if chance.random() < traces:
        if level == "ERROR":
            said += chance.choice(BELOW)
        elif chance.random() < 0.5:
            said = [*chance.choice(ALONE)]
        else:
            said += chance.choice((*ALONE, *BELOW))
    return [line % chance.randrange(90) if "%d" in line else line for line in said]


def log(seed: int, wrap: str, count: int = 900, *, writers: int = 4, kind: str = "text", traces: float = 0.15) -> str:
    """Return a log of records with and without traces, and of traces without records: five minutes from T0 on.

    Args:
        seed: Of everything that is left to chance.
        wrap: In what the lines are.
        count: How many records.
        writers: How many write at once.
        kind: Of the records: "text", "json" or "both".
        traces: Share of records with a trace below, or with something else.
    """
    chance = random.Random(f"{seed}{wrap}{kind}")
    waiting: dict[tuple[int, str], list[str]] = {}
    lines: list[str] = []

    def write(key: tuple[int, str], at: datetime) -> None:
        lines.append(WRAPS[wrap](waiting[key].pop(0), at, *key))
        if not waiting[key]:
            del waiting[key]

    for i in range(count):
        at = T0 + timedelta(seconds=i * 300 / count)
        key = chance.randrange(writers), chance.choice(["stdout", "stdout", "stderr"])
        while key in waiting:
            write(key, at)
        waiting[key] = _said(chance, at, kind, traces)
        while waiting and (len(waiting) > writers or chance.random() < 0.8):
            write(chance.choice([*waiting]), at)
    while waiting:
        write(chance.choice([*waiting]), T0 + timedelta(seconds=300))
    return "\n".join(lines) + "\n"
