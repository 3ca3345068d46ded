"""A service's log as pino writes it, second by second, with a truth that the tests know beforehand.

One request a second, two lines each: 90 users in turn, a third of them in `region=eu`. While the fault is on, every
request from there ends in one and the same TypeError. Before the window a request in 400 fails otherwise, everywhere.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

USERS = 90
REGIONS = ("eu", "us", "asia")
HOSTS = 7  # shares no factor with the regions: a host tells nothing
NOISE_EVERY = 400
STACK = """\
TypeError: Cannot read properties of undefined (reading 'vat_rate')
    at vatFor (/app/src/price.js:12:20)
    at priceCart (/app/src/cart.js:6:11)"""


class ShopLog:
    """Grows only when told to.

    Args:
        path: The file.
        begin: Of the first line.
        onset: From when on requests from the EU fail; None: they never do.
        shipped: (time, version), oldest first: what the lines say of their version.
    """

    def __init__(
        self, path: Path, begin: datetime, onset: datetime | None, shipped: list[tuple[datetime, str]]
    ) -> None:
        self.path = path
        self.shipped = shipped
        self.onset = onset
        self.mended: datetime | None = None
        self.silent = False
        self.errors: list[datetime] = []  # of the fault, oldest first
        self.failed: list[str] = []  # the correlation ids of the requests that it hit
        self._at = begin.replace(microsecond=0)
        self._noisy_until = begin + timedelta(minutes=55)

    def write_until(self, end: datetime) -> None:
        """Write the requests up to an instant; nothing while `silent`, and the time passes all the same."""
        lines = []
        while self._at <= end:
            if not self.silent:
                lines += self._request(int(self._at.timestamp()))
            self._at += timedelta(seconds=1)
        with self.path.open("a") as log:
            log.writelines(json.dumps(line) + "\n" for line in lines)

    def mend(self) -> None:
        """End the fault, from the next line on."""
        self.mended = self._at

    def _request(self, second: int) -> list[dict[str, Any]]:
        at = datetime.fromtimestamp(second, UTC)
        user = second % USERS
        region = REGIONS[user % len(REGIONS)]
        request = {
            "pid": 20 + second % HOSTS,
            "hostname": f"checkout-{second % HOSTS}",
            "name": "checkout",
            "version": next((name for shipped, name in reversed(self.shipped) if shipped <= at), "v0"),
            "region": region,
            "route": "POST /cart/price",
            "correlationId": f"{second:08x}c0de",
            "userId": f"u{user:03d}",
        }
        first = {"level": 30, "time": second * 1000, **request, "msg": "request received"}
        return [first, {"time": second * 1000 + 40, **request, **self._outcome(at, second, region, request)}]

    def _outcome(self, at: datetime, second: int, region: str, request: dict[str, Any]) -> dict[str, Any]:
        if region == REGIONS[0] and self._fault_at(at):
            self.errors.append(at)
            self.failed.append(request["correlationId"])
            message = "Cannot read properties of undefined (reading 'vat_rate')"
            error = {"type": "TypeError", "message": message, "stack": STACK}
            return {"level": 50, "err": error, "statusCode": 500, "msg": message}
        if second % NOISE_EVERY == 0 and at < self._noisy_until:
            return {"level": 50, "statusCode": 504, "msg": "Card provider did not answer in 3000 ms"}
        return {"level": 30, "statusCode": 200, "responseTime": 40, "msg": "cart priced"}

    def _fault_at(self, at: datetime) -> bool:
        return self.onset is not None and self.onset <= at and (self.mended is None or at < self.mended)
