"""HTTP delivery: signed requests to the one URL that the app listens on."""

import hashlib
import hmac
import json
import secrets
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.clock import SandboxClock
from bot.sandbox.delivery import ANSWER_WITHIN_S, COMMAND, EVENT, NoAnswerError, Parcel
from bot.sandbox.traffic import Traffic

RETRIES_S = (0.0, 60.0, 300.0)  # at once, a minute, five minutes


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the X-Slack-Signature of a request."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpDelivery:
    """Sends each parcel as a request of its own."""

    def __init__(self, url: str, secret: str, clock: SandboxClock, traffic: Traffic) -> None:
        self._url = url
        self._secret = secret
        self._clock = clock
        self._traffic = traffic
        self._session: aiohttp.ClientSession | None = None

    def retry_after_s(self, attempt: int, reason: str) -> float:  # noqa: ARG002 - the same for every reason
        """Return 0, 60 and 300 s."""
        return RETRIES_S[attempt - 1]

    async def deliver(self, parcel: Parcel) -> Any:
        """POST a parcel; the answer is the response's body: parsed JSON, else text, else None."""
        content_type, body = _encode(parcel)
        status, answer, retry = await self._post(content_type, body, parcel)
        self._traffic.record("out", parcel.kind, parcel.name, parcel.payload, status)
        if status.isdigit():
            self._traffic.record("in", "ack", parcel.name, answer, status)
        if not status.startswith("2"):
            raise NoAnswerError(status if not status.isdigit() else "http_error", retry=retry)
        if not parcel.answer.done():
            parcel.answer.set_result(answer)
        return answer

    async def verify(self) -> None:
        """Ask the URL to prove itself, as Slack does when it is entered; the record says whether it did."""
        payload = {"token": "", "challenge": secrets.token_urlsafe(32), "type": "url_verification"}
        try:
            answer = await self.deliver(Parcel(EVENT, payload))
        except NoAnswerError:
            answer = None
        given = answer.get("challenge") if isinstance(answer, dict) else answer
        status = "verified" if given == payload["challenge"] else "not verified"
        self._traffic.record("out", "url_verification", self._url, {"answer": answer}, status)

    async def stop(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def _post(self, content_type: str, body: bytes, parcel: Parcel) -> tuple[str, Any, bool]:
        """Return the status (or Slack's name for what went wrong), the answer, and whether to try again."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN_S))
        try:
            async with self._session.post(
                self._url, data=body, headers=self._headers(content_type, body, parcel), allow_redirects=False
            ) as response:
                answer = _decode(await response.text())
                return str(response.status), answer, response.headers.get("X-Slack-No-Retry") != "1"
        except TimeoutError:
            return "http_timeout", None, True
        except aiohttp.ClientError:
            return "connection_failed", None, True

    def _headers(self, content_type: str, body: bytes, parcel: Parcel) -> dict[str, str]:
        timestamp = str(int(self._clock.wall()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._secret, timestamp, body),
        }
        if parcel.attempt:
            headers |= {"X-Slack-Retry-Num": str(parcel.attempt), "X-Slack-Retry-Reason": parcel.reason}
        return headers


def _encode(parcel: Parcel) -> tuple[str, bytes]:
    if parcel.kind == EVENT:
        return "application/json", json.dumps(parcel.payload).encode()
    fields = parcel.payload if parcel.kind == COMMAND else {"payload": json.dumps(parcel.payload)}
    return "application/x-www-form-urlencoded", urlencode(fields).encode()


def _decode(text: str) -> Any:
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
