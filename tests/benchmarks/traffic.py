"""What a shop logs in five minutes, quiet or broken: the same records at every run, and the counts of them."""

import random
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple

STRETCH_S = 300
LINES_A_REQUEST = 4
QUIET_ERROR_RATE = 0.0137
"""Of records; with the broken stretch of 29, a log has 1.5 %."""

BROKEN_SHARE = 0.9
"""Of the last lines of requests in the region that is broken; a sixth of all requests come from there."""

USERS_A_LINE = 0.2
SEED = 1500

SERVICES = ("web", "checkout", "inventory", "payments")
VERSIONS = {"web": "v88", "checkout": "v214", "inventory": "v31", "payments": "v140"}
REGIONS = (("us", 0.5), ("ap", 1 / 3), ("eu", 1 / 6))
BROKEN_REGION = "eu"
ROUTES = ("/cart", "/cart/price", "/checkout", "/orders", "/search", "/items", "/login", "/account")
HOSTS = 12

ID_ROOM = 4
"""Hex digits at the beginning of a request's id that a stretch gets of its own when it is repeated."""

FINE = (
    "request received", "session found", "cart loaded with {n} items", "price of {n} items computed in {ms} ms",
    "cache hit for cart {uuid}", "cache miss for cart {uuid}", "query took {ms} ms", "connection from {ip} kept alive",
    "reserved {n} items in warehouse {hex}", "stock of item {hex} is {n}", "payment {uuid} authorized",
    "payment {uuid} captured after {ms} ms", "mail queued for order {n}", "order {n} stored", "token renewed",
    "feature flags loaded, {n} of them", "worker {n} took job {hex}", "job {hex} done in {ms} ms",
    'client said "level":"error" in its own log', "route matched", "body of {n} bytes parsed",
    "response of {n} bytes sent", "search for {n} terms took {ms} ms", "recommended {n} items", "heartbeat of {ip}",
)  # fmt: skip
DULL = ("lock waited {ms} ms", "pool has {n} connections", "rows read: {n}", "span {hex} closed", "gc took {ms} ms")
FAILED = (
    "Card provider did not answer in {ms} ms", "Inventory of item {hex} is locked by {uuid}",
    "Connection to {ip}:5432 reset by peer", "Order {n} has no shipping address", "Session {uuid} has expired",
    "Rate limit of {n} reached for {ip}", "Coupon {hex} was used up", "Out of memory at {hex} in worker {n}",
    "Upstream answered {n} after {ms} ms",
)  # fmt: skip
BROKEN = "Cannot read properties of undefined (reading 'vat_rate')"
BROKEN_GROUP = "TypeError"
STACK = f"TypeError: {BROKEN}\n" + "\n".join(
    f"    at {name} (/srv/shop/src/{file}.js:{line}:11)"
    for name, file, line in (("priceOf", "price", 42), ("priceCart", "price", 88), ("checkout", "checkout", 17))
)
TEMPLATES = (*FINE, *DULL, *FAILED, BROKEN)
FAILED_WEIGHTS = tuple(accumulate(2**-rank for rank in range(len(FAILED))))


class Record(NamedTuple):
    """One line to be.

    Args:
        at_ms: Since the stretch began.
        level: A word.
        request: A UUID without its first ID_ROOM digits.
        group: Words with which the signature of an error begins; "" where it is none.
        status: None for all but the last line of a request.
    """

    at_ms: int
    level: str
    service: str
    region: str
    host: str
    route: str
    user: str
    request: str
    message: str
    group: str
    status: int | None
    duration_ms: int


@dataclass
class Counts:
    """What stretches hold, put together with `+`."""

    lines: int = 0
    errors: int = 0
    users: frozenset[str] = frozenset()
    affected: frozenset[str] = frozenset()
    groups: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.lines + other.lines,
            self.errors + other.errors,
            self.users | other.users,
            self.affected | other.affected,
            self.groups + other.groups,
            self.messages + other.messages,
        )


def stretch(lines: int, *, broken: bool) -> Sequence[Record]:
    """Return about so many records in order of time; those of a broken stretch fail from its beginning."""
    chance = random.Random(SEED + broken)
    users = [_uuid(chance) for _ in range(max(10, int(lines * USERS_A_LINE)))]
    requests = max(1, lines // LINES_A_REQUEST)
    records = [
        record for number in range(requests) for record in _request(chance, number / requests, users, broken=broken)
    ]
    return sorted(records, key=attrgetter("at_ms"))


def counts_of(records: Sequence[Record]) -> Counts:
    """Count records."""
    failed = [record for record in records if record.group]
    return Counts(
        lines=len(records),
        errors=len(failed),
        users=frozenset(record.user for record in records),
        affected=frozenset(record.user for record in failed),
        groups=Counter(record.group for record in failed),
        messages=Counter(record.message for record in failed),
    )


def _request(chance: random.Random, begins: float, users: Sequence[str], *, broken: bool) -> Iterator[Record]:
    region = chance.choices([name for name, _ in REGIONS], [share for _, share in REGIONS])[0]
    route, user, request = chance.choice(ROUTES), chance.choice(users), _uuid(chance)[ID_ROOM:]
    at_ms = int(begins * (STRETCH_S - 1) * 1000)
    began_ms = at_ms
    for step in range(LINES_A_REQUEST):
        is_last = step == LINES_A_REQUEST - 1
        service = "web" if is_last else SERVICES[step]
        level, message, group = _said(chance, fails=broken and is_last and region == BROKEN_REGION)
        yield Record(
            at_ms, level, service, region, f"{service}-{chance.randrange(HOSTS)}", route, user, request, message, group,
            (500 if group else 200) if is_last else None, at_ms - began_ms,
        )  # fmt: skip
        at_ms += chance.randrange(1, 200)


def _said(chance: random.Random, *, fails: bool) -> tuple[str, str, str]:
    """Return level, message and group."""
    if fails and chance.random() < BROKEN_SHARE:
        return "error", BROKEN, BROKEN_GROUP
    dice = chance.random()
    if dice < QUIET_ERROR_RATE:
        template = chance.choices(FAILED, cum_weights=FAILED_WEIGHTS)[0]
        return "error", _filled(chance, template), template.partition("{")[0].strip()
    if dice < 0.1:
        return "debug", _filled(chance, chance.choice(DULL)), ""
    return ("warn" if dice < 0.12 else "info"), _filled(chance, chance.choice(FINE)), ""


def _filled(chance: random.Random, template: str) -> str:
    if "{" not in template:
        return template
    return template.format(
        n=chance.randrange(1, 10_000),
        ms=chance.randrange(1, 5000),
        hex=f"{chance.getrandbits(48):012x}",
        ip=f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(1, 255)}",
        uuid=_uuid(chance) if "{uuid}" in template else "",
    )


def _uuid(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))
