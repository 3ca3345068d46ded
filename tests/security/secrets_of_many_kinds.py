"""As many made-up secrets as wanted, no two alike, in the dresses that logs and people give them.

Put together from parts at run time, so that no scanner takes this file for a leak.
"""

import json
import random
import string
from collections.abc import Callable, Iterator
from urllib.parse import quote

_ALNUM = string.ascii_letters + string.digits
_UPPER = string.ascii_uppercase + "234567"
_HEX = "0123456789abcdef"


class Mint:
    """Makes secrets, and remembers every one; `secrets` are the parts that must be seen nowhere."""

    def __init__(self, seed: int = 15) -> None:
        self.secrets: list[str] = []
        self._random = random.Random(seed)
        self._dresses = self._all()

    def text(self) -> str:
        """Return a line of text with the next secret in it."""
        return next(self._dresses)

    def _some(self, count: int, alphabet: str = _ALNUM) -> str:
        return "".join(self._random.choice(alphabet) for _ in range(count))

    def _new(self, secret: str) -> str:
        self.secrets.append(secret)
        return secret

    def _token(self) -> str:
        return self._random.choice(
            [
                "gh" + "p_" + self._some(36),
                "AK" + "IA" + self._some(16, _UPPER),
                "sk" + "_live_" + self._some(24),
                "gl" + "pat-" + self._some(20),
                "np" + "m_" + self._some(36),
                "do" + "p_v1_" + self._some(64, _HEX),
            ]
        )

    def _all(self) -> Iterator[str]:
        # A password's own letters are enough to know it by, whatever quotes it.
        kinds: list[Callable[[], str]] = [
            lambda: f"call failed with {self._new(self._token())} after 3 s",
            lambda: json.dumps({"user": "bob", "auth": {"password": {"value": self._new(self._some(16))}}}),
            lambda: json.dumps({"body": json.dumps({"passwd": self._new(self._some(16))})}),
            lambda: json.dumps({"cache": {self._new(self._token()): 1}}),
            lambda: "GET /login?next=" + quote(f"/x?api_key={self._new(self._some(24))}&b=2", safe="") + " 500",
            lambda: quote(json.dumps({"password": self._new(self._some(16))}), safe=""),
            lambda: f"Error: connect failed\n    at login (app.js:3:1) password={self._new(self._some(16))}\n    at main (app.js:9:1)",
            lambda: f"postgres://app:{self._new(self._some(16))}@db:5432/shop",
            lambda: f"Authorization: Bearer {self._new(self._some(40))}",
            lambda: f"Cookie: theme=dark; sid={self._new(self._some(32))}",
            lambda: "no such user " + self._new(self._some(12, string.ascii_lowercase)) + "@" + "shop.example.com, retrying",
            lambda: f"key {self._new(self._token())}, in a word: x={self._new(self._token())}",
        ]  # fmt: skip
        while True:
            for dress in kinds:
                yield dress()
