"""One call of Slack's Web API: its client, and its four ends (an answer, or one of the errors in `errors.py`)."""

import ipaddress
import re
from collections.abc import Callable
from http.client import HTTPException
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookResponse

from bot.slack.errors import OutcomeUnknown, RateLimited, Refused
from bot.slack.gate import MethodGate
from bot.telemetry import metrics

# Slack's own limit for us to answer is 3 s, and its posts take well under one; after 5 s an answer is not worth waiting
# for, since reading back costs less than a phone that stays silent. Python's socket counts it per operation.
HTTP_TIMEOUT_S = 5
# RFC 9110 allows a 429 without Retry-After; Slack's documentation promises one.
RETRY_AFTER_DEFAULT_S = 5.0
# Errors in an "ok: false" that do not mean no: "some aspect of the operation may have succeeded" (docs.slack.dev).
_UNKNOWN = frozenset({"fatal_error", "internal_error", "service_unavailable", "request_timeout", "team_added_to_org"})
_LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_SLACK_WORD = re.compile(r"[a-z0-9_]+")


def make_client(token: str, api_url: str | None = None) -> WebClient:
    """Return a client that never repeats a call on its own: the SDK's default posts twice when an answer is lost.

    Nor does it send calls to a local address through the proxy of the environment, which the SDK would.
    """
    client = WebClient(token=token, base_url=api_url or WebClient.BASE_URL, timeout=HTTP_TIMEOUT_S, retry_handlers=[])
    if is_local(client.base_url):
        client.proxy = None
    return client


def is_local(url: str) -> bool:
    """Return whether a URL names this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def call(method: str, function: Callable[..., SlackResponse], **arguments: Any) -> dict[str, Any]:
    """Make one call and return what Slack answered.

    Raises:
        RateLimited: 429; it had no effect.
        OutcomeUnknown: no answer, a torn one, or a server's error.
        Refused: ok: false.
    """
    began = monotonic()
    outcome = "ok"
    try:
        data = function(**arguments).data
    except SlackApiError as error:
        raised = _explain(method, error.response)
        outcome = type(raised).__name__
        raise raised from None
    except (OSError, HTTPException, UnicodeDecodeError, SlackRequestError) as error:
        outcome = OutcomeUnknown.__name__
        raise OutcomeUnknown(method, f"{type(error).__name__}: {error}") from error
    else:
        assert isinstance(data, dict)  # bytes come from admin.analytics.getFile only
        return data
    finally:
        metrics.SLACK_CALLS.labels(method, outcome).inc()
        metrics.SLACK_SECONDS.labels(method).observe(monotonic() - began)


def call_in_turn(
    gate: MethodGate, method: str, function: Callable[..., SlackResponse], *, urgent: bool = False, **arguments: Any
) -> dict[str, Any]:
    """Make a call that is not a post, unless Slack takes none of its method now; raises as `call` does."""
    wait_s = gate.wait_s(method, urgent=urgent)
    if wait_s > 0:
        raise RateLimited(method, wait_s)
    try:
        return call(method, function, **arguments)
    except RateLimited as error:
        gate.hold(method, error.retry_after_s, urgent=urgent)
        raise


def _explain(method: str, response: SlackResponse) -> RateLimited | OutcomeUnknown | Refused:
    data = response.data if isinstance(response.data, dict) else {}
    error = str(data.get("error", ""))
    if response.status_code == 429 or error in _LIMITED:
        return RateLimited(method, retry_after_s(response.headers))
    if response.status_code >= 500 or error in _UNKNOWN or not _SLACK_WORD.fullmatch(error):
        return OutcomeUnknown(method, f"HTTP {response.status_code} {error[:80]}".strip())
    messages = (data.get("response_metadata") or {}).get("messages") or []
    return Refused(method, error, str(data.get("needed") or "; ".join(map(str, messages))))


def retry_after_s(headers: dict[str, Any]) -> float:
    """Return the seconds that a 429 asks us to wait; never less than one."""
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    try:
        return max(1.0, float(value[0] if isinstance(value, list) else value))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return RETRY_AFTER_DEFAULT_S


def answer(method: str, function: Callable[..., WebhookResponse], **arguments: Any) -> None:
    """Make one POST to a response_url, which answers "ok" and no JSON.

    Raises:
        RateLimited: 429; it had no effect.
        OutcomeUnknown: no answer, or a server's error.
        Refused: it is used up or expired.
    """
    began = monotonic()
    outcome = "ok"
    try:
        response = function(**arguments)
        if response.status_code != 200:
            raised = _explain_answer(method, response)
            outcome = type(raised).__name__
            raise raised
    except (OSError, HTTPException, UnicodeDecodeError) as error:
        outcome = OutcomeUnknown.__name__
        raise OutcomeUnknown(method, f"{type(error).__name__}: {error}") from error
    finally:
        metrics.SLACK_CALLS.labels(method, outcome).inc()
        metrics.SLACK_SECONDS.labels(method).observe(monotonic() - began)


def _explain_answer(method: str, response: WebhookResponse) -> RateLimited | OutcomeUnknown | Refused:
    if response.status_code == 429:
        return RateLimited(method, retry_after_s(response.headers))
    if response.status_code >= 500:
        return OutcomeUnknown(method, f"HTTP {response.status_code}")
    word = re.search(r"[a-z]+(?:_[a-z]+)+", response.body or "")  # plain text, or {"ok":false,"error":"expired_url"}
    return Refused(method, word.group() if word else f"http_{response.status_code}")
