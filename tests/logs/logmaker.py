"""Logs of many shapes, orders and faults, made from a seed: what the fast engine must count as the obvious one does."""

import json
import random
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.logs.make import STACK, T0

Write = Callable[[random.Random, datetime, dict[str, Any], bool], str]


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def pino(_chance: random.Random, at: datetime, fields: dict[str, Any], error: bool) -> str:
    """Numeric levels, epoch milliseconds, message last."""
    message = fields.pop("message")
    return _compact(
        {"level": 50 if error else 30, "time": round(at.timestamp() * 1000), "pid": 7, **fields, "msg": message}
    )


def spaced(_chance: random.Random, at: datetime, fields: dict[str, Any], error: bool) -> str:
    """Python's separators, the message in the middle, ISO times with microseconds."""
    message = fields.pop("message")
    time = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return json.dumps({"levelname": "ERROR" if error else "INFO", "message": message, "asctime": time, **fields})


def shuffled(chance: random.Random, at: datetime, fields: dict[str, Any], error: bool) -> str:
    """Keys in any order, from line to line."""
    items = [*fields.items(), ("level", "error" if error else "info"), ("ts", at.timestamp())]
    chance.shuffle(items)
    return _compact(dict(items))


def zoned(_chance: random.Random, at: datetime, fields: dict[str, Any], error: bool) -> str:
    """Nested, with an offset, and a fraction that ends where it may."""
    fraction = f".{at.microsecond:06d}".rstrip("0").rstrip(".")
    time = (at + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S") + fraction + "+02:00"
    log = {"level": "ERROR" if error else "DEBUG"}
    return _compact({"@timestamp": time, "log": log, "message": fields.pop("message"), "labels": fields})


def docker(chance: random.Random, at: datetime, fields: dict[str, Any], error: bool) -> str:
    """A JSON log within Docker's."""
    time = at.strftime("%Y-%m-%dT%H:%M:%S.%f000Z")
    return _compact({"log": pino(chance, at, fields, error) + "\n", "stream": "stdout", "time": time})


def kubernetes(chance: random.Random, at: datetime, fields: dict[str, Any], error: bool) -> str:
    """A JSON log behind the prefix of a container's runtime, which leaves zeros out; some times have no zone."""
    time = at.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".") + "Z"
    inner = chance.choice((zoned, spaced, naive))(chance, at - timedelta(milliseconds=7), fields, error)
    stream = chance.choice(["stdout", "stderr"])
    if chance.random() < 0.05:
        return f"{time} {stream} P {inner[:40]}\n{time} {stream} F {inner[40:]}"
    return f"{time} {stream} F {inner}"


def naive(_chance: random.Random, at: datetime, fields: dict[str, Any], error: bool) -> str:
    """A local time that does not say so."""
    time = (at + timedelta(hours=3)).strftime("%Y-%m-%d %H:%M:%S,%f")[:-3]
    return _compact({"asctime": time, "levelname": "ERROR" if error else "INFO", **fields})


def boxed(chance: random.Random, at: datetime, fields: dict[str, Any], error: bool) -> str:
    """A JSON log within Docker's, most lines without anything to escape but quotes, some of them of another kind."""
    if chance.random() < 0.8:
        fields = {"message": "order 7 done", "region": fields["region"], "userId": fields["userId"]}
    inner = chance.choice((zoned, zoned, naive))(chance, at, fields, error)
    time = at.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".") + "Z"
    box = {"log": inner + "\n", "stream": chance.choice(["stdout", "stderr"]), "time": time}
    if chance.random() < 0.05:
        box = chance.choice([{**box, "attrs": {"tag": "shop"}}, {**box, "log": inner}, {**box, "log": "plain words\n"}])
    return _compact(box)


def sixes(_chance: random.Random, at: datetime, fields: dict[str, Any], error: bool) -> str:
    """No level: the status decides."""
    fields["status"] = 503 if error else 200
    return _compact({"timestamp": at.isoformat(timespec="milliseconds"), **fields})


def regular(chance: random.Random, at: datetime, fields: dict[str, Any], error: bool) -> str:
    """Two shapes, which stencils fit; now and then a third, an escape, or a value of another kind."""
    time = at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    kept = {name: fields[name] for name in ("region", "version", "correlationId")}
    message = f"order {chance.randrange(900)} done" if chance.random() < 0.95 else fields["message"]
    more = {"status": 502 if error else 200} if chance.random() < 0.5 else {}
    odd = {} if chance.random() < 0.97 else {"userId": fields["userId"], "retry": True, "ratio": fields["ratio"]}
    return _compact({"level": "error" if error else "info", "time": time, **kept, **more, **odd, "msg": message})


def various(chance: random.Random, at: datetime, fields: dict[str, Any], error: bool) -> str:
    """Names that hardly two lines share, in any order; with lists, and users where each logger puts them."""
    strange = {f"extra{number}": chance.choice([number, "x", None, True]) for number in chance.sample(range(80), 4)}
    fields |= {**strange, "detail": {"of": chance.sample(["a", "b", "c"], 2), **strange, "level": "none"}}
    if chance.random() < 0.5:
        user = {"userId": fields.pop("userId"), "plan": chance.choice(["free", 7])}
        fields[chance.choice(["context", "extra", "fields"])] = user
        fields |= chance.choice([{}, {"userId": "u-1"}, {"attributes": user}])
    fields |= {"level": "error" if error else "info"}
    fields[chance.choice(["time", "ts"])] = chance.choice([at.isoformat(), at.timestamp(), int(at.timestamp() * 1000)])
    if chance.random() < 0.4:
        fields |= chance.choice(ODDITIES)
    if chance.random() < 0.1:
        fields["agent"], fields[chance.choice(["@level", "lvl"])] = "shipper", fields.pop("level")
    elif chance.random() < 0.1:
        fields["timeUnixNano"], fields["severityText"] = str(int(at.timestamp() * 1e9)), fields.pop("level")
    items = list(fields.items())
    chance.shuffle(items)
    text = chance.choice([_compact, json.dumps])(dict(items))
    if chance.random() < 0.1:
        text = text.replace("{", chance.choice(['{"level":"info",', r'{"plan":"\u007b",']), 1)
    return text.replace(':"{', r':"\u007b') if chance.random() < 0.5 else text


def logfmt(chance: random.Random, at: datetime, fields: dict[str, Any], error: bool) -> str:
    """Pairs, most of them as Go's loggers write them; some of them odd, and some lines that are not quite logfmt."""
    for name in ("err", "req", "tags"):
        if isinstance(detail := fields.pop(name, None), dict):
            fields |= {f"{'error' if name == 'err' else name}.{key}": value for key, value in detail.items()}
    fields["level"] = chance.choice(["error", "ERROR", "50"]) if error else chance.choice(["info", "debug", "30"])
    fields[chance.choice(["time", "ts"])] = chance.choice([at.isoformat(), at.timestamp()] * 5 + ["soon"])
    items = list(fields.items())
    chance.shuffle(items)
    pairs = [f"{name}={_pair_value(chance, value)}" for name, value in items]
    if chance.random() < 0.2:
        pairs.insert(chance.randrange(len(pairs)), chance.choice(ODD_PAIRS))
    return chance.choice(["", "", "", " "]) + chance.choice([" ", "  "]).join(pairs) + chance.choice(["", "", " "])


def _pair_value(chance: random.Random, value: object) -> str:
    text = str(value)
    if chance.random() < 0.1 or any(mark in text for mark in ' "=\n\t\\'):
        return json.dumps(text, ensure_ascii=chance.random() < 0.5)
    return text


ODD_PAIRS = (
    "bare", "a=", "=b", 'a=""', 'a="x"y', 'a="x', "level=error", "userId=u-1", "userId=", 'user.id="7"', "path=C:\\tmp", "caf\u00e9=1",
    "name=caf\u00e9", "a=b=c", 'a="\\q"', 'a="\\/"', "a=[1,2]", 'a={"b":1}', "a=\u00a0b", "a=1\tb=2", "requestId=r-1", "9=9", "error=EOF",
)  # fmt: skip
ODDITIES: tuple[dict[str, Any], ...] = (
    {"message": '{"level":"error"}'}, {"message": '{"msg":"x"}'}, {"message": " {}"}, {"message": "{"}, {"message": ["a", "b"]},
    {"message": {"text": "of a kind"}}, {"message": "x" * 300}, {"level": "?"}, {"level": ["error"]}, {"level": 50}, {"level": True},
    {"lvl": "error"}, {"time": "soon"}, {"time": []}, {"time": None}, {"log": ["a", "b"]}, {"log": "c"}, {"line": 1}, {"MESSAGE": "c"},
    {"tags": ["a", "b"]}, {"items": [{"id": 1, "tags": ["]"]}, {}]}, {"ratios": [0.12345678, 1, -2.5e-7, None]}, {"at": [[1], ["["]]}, {"stack": ["TypeError: x", "    at f (/app/src/x.js:1:2)"]}, {"userId": ["a", "b"]}, {"requestId": "r-1"},
)  # fmt: skip
WRITERS: tuple[Write, ...] = (pino, spaced, shuffled, zoned, docker, sixes, various)
WRAPPED: tuple[Write, ...] = (kubernetes, boxed)
RUBBISH = (
    "", "   ", "plain words", '{"level":50,"ti', "[1,2]", "{}", '{"msg":"undated"}', "\u00e9t\u00e9", '{"level":50,"msg":"undated"}',
    '{"a":1}{"b":2}', '{"level":50,"time":17954419200', "null", '{"level":30,"n":NaN}',
    '{"level":30,"time":1795445520000,"pid":7,"msg":"torn{"level":30,"time":1795445520000,"pid":7,"msg":"x"}',
)  # fmt: skip
TRACE = ("TypeError: x is undefined", "    at f (/app/src/x.js:1:2)", "    at g (/app/src/y.js:3:4)")
MESSAGES = (
    "order {} done in {} ms",
    "connect ECONNREFUSED 10.0.0.{}:{}",
    'cannot "{}" at \\path\\{}',
    "caf\u00e9 {} \U0001f600 {}",
    "a\tb {}\nc {}",
)


def fields_of(chance: random.Random, error: bool) -> dict[str, Any]:
    """Return one record's fields, without its time and level."""
    fields: dict[str, Any] = {
        "message": chance.choice(MESSAGES).format(chance.randrange(300), chance.randrange(9000)),
        "region": chance.choice(["eu", "us", "asia"]),
        "version": "v2" if error and chance.random() < 0.8 else chance.choice(["v1", "v2"]),
        "userId": str(uuid.UUID(int=chance.randrange(40)))
        if chance.random() < 0.95
        else chance.choice([None, "", 7, 8.5]),
        "correlationId": f"req-{chance.randrange(2000)}",
        "ratio": chance.choice([0, 1, 0.5, 1e3, -2, 1.50, 12345678901234567890, True, None]),
    }
    if chance.random() < 0.2:
        fields["retry"] = chance.choice([True, False, None, "", "a/b", "\u00fc", "tab\t"])
    if chance.random() < 0.1:
        fields["req"] = {
            "method": "GET",
            "url": f"/x/{chance.randrange(3)}",
            "headers": {"x-request-id": f"h-{chance.randrange(9)}"},
        }
    if chance.random() < 0.1:
        parent = f"{chance.randrange(16**6):016x}"
        trace = chance.choice(["00-", "\u00fc-", "a\tb"]) + f"{chance.randrange(9):032x}-{parent}-01"
        fields["traceparent"] = trace
        fields["correlationId"] = chance.choice([fields["correlationId"], None, ""])
    if chance.random() < 0.05:
        fields["tags"] = chance.choice([[], ["a", "b"], [1, 2], [{"a": 1}]])
    if error and chance.random() < 0.5:
        fields["err"] = {"type": chance.choice(["TypeError", "RangeError"]), "message": "m", "stack": STACK}
    return fields


def log(
    seed: int,
    lines: int = 1500,
    *,
    writers: tuple[Write, ...] = WRITERS,
    seconds: float = 300.0,
    disorder: float = 0.0,
    rubbish: float = 0.0,
    ends: str = "\n",
) -> str:
    """Return a log that begins at T0.

    Args:
        seed: Of everything that is left to chance.
        lines: How many records.
        writers: Of whom each line takes one.
        seconds: How much time the lines cover.
        disorder: Seconds by which a line may be late.
        rubbish: Share of lines with something else below.
        ends: Of the lines.
    """
    chance = random.Random(seed)
    out = []
    for i in range(lines):
        late = timedelta(seconds=chance.random() * disorder)
        at = T0 + timedelta(seconds=i * seconds / lines, microseconds=chance.randrange(1000)) - late
        error = chance.random() < 0.1
        out.append(chance.choice(writers)(chance, at, fields_of(chance, error), error))
        if chance.random() < rubbish:
            out += chance.choice([[chance.choice(RUBBISH)], TRACE])
    return ends.join(out) + ends * chance.randrange(2)
