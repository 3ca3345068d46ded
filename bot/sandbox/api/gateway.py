"""The door of the Web API: tokens, argument formats, faults, and the shape of every answer."""

import asyncio
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.api import apps, chat, conversations, decoration, files, people, schedule, views  # noqa: F401 - register
from bot.sandbox.api.call import ANY_TOKEN, APP_TOKEN, BOT_TOKEN, METHODS, NO_TOKEN, Call, Method
from bot.sandbox.errors import ApiError
from bot.sandbox.workspace import Json

if TYPE_CHECKING:
    from bot.sandbox.slack import LocalSlack


class Gateway:
    """Answers /api/METHOD, in JSON, with status 200 for refusals too, as Slack does."""

    def __init__(self, slack: "LocalSlack") -> None:
        self._slack = slack

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call, as it should be or as a fault has it."""
        name = request.match_info["method"]
        faults = self._slack.faults
        args = await _read_args(request)
        slow = faults.take("slow", name)
        if slow is not None:
            await asyncio.sleep(slow.seconds)
        refusal = faults.take("status", name)
        if refusal is not None:
            return self._refuse(name, args, refusal.code, refusal.retry_after_s)
        wait_s = self._slack.limits.take(name, str(args.get("channel", "")))
        if wait_s:
            return self._refuse(name, args, 429, wait_s)
        said_no = faults.take("refuse", name)
        answer = {"ok": False, "error": said_no.error} if said_no else self._answer(name, request, args)
        self._hide(name, answer)
        is_lost = faults.take("lost", name) is not None
        status = ("ok" if answer["ok"] else str(answer["error"])) + (" (answer lost)" if is_lost else "")
        self._slack.traffic.record("in", "api", name, {"args": args, "answer": answer}, status)
        if is_lost and request.transport is not None:
            request.transport.abort()
        return web.json_response(answer, headers=self._scope_headers(name))

    def _hide(self, name: str, answer: Json) -> None:
        """Keep a message that was just posted from readers, where a fault says so."""
        if answer["ok"] and name == "chat.postMessage" and (late := self._slack.faults.take("late", name)) is not None:
            message = self._slack.workspace.channels[answer["channel"]].messages[answer["ts"]]
            message.hidden_until = self._slack.clock.wall() + late.seconds

    def _answer(self, name: str, request: web.Request, args: Json) -> Json:
        try:
            method = _method(name)
            call = Call(self._slack, args, self._authorize(method, request, args))
            if method.scope is not None:
                call.needs(method.scope)
            return {"ok": True, **method.answer(call)}
        except ApiError as error:
            return {"ok": False, "error": error.error, **error.extra}

    def _authorize(self, method: Method, request: web.Request, args: Json) -> str:
        """Return the kind of token the call came with.

        Raises:
            ApiError: it came with none, with an unknown one, or with one of the other kind.
        """
        header = request.headers.get("Authorization", "")
        from_args = args.pop("token", None)
        token = header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else from_args
        if method.token == NO_TOKEN:
            return NO_TOKEN
        if not token:
            raise ApiError("not_authed")
        if token not in (self._slack.bot_token, self._slack.app_token):
            raise ApiError("invalid_auth")
        kind = APP_TOKEN if token == self._slack.app_token else BOT_TOKEN
        if method.token not in (kind, ANY_TOKEN):
            raise ApiError("not_allowed_token_type")
        return kind

    def _refuse(self, name: str, args: Json, code: int, retry_after_s: int) -> web.Response:
        body = {"ok": False, "error": "ratelimited" if code == 429 else "internal_error"}
        self._slack.traffic.record("in", "api", name, {"args": args, "answer": body}, f"refused: {code}")
        headers = {"Retry-After": str(retry_after_s)} if code == 429 else {}
        return web.json_response(body, status=code, headers=headers)

    def _scope_headers(self, name: str) -> dict[str, str]:
        method = METHODS.get(name)
        headers = {"X-OAuth-Scopes": ",".join(sorted(self._slack.manifest.scopes))}
        return {**headers, "X-Accepted-OAuth-Scopes": method.scope} if method and method.scope else headers


def _method(name: str) -> Method:
    if name not in METHODS:
        raise ApiError("unknown_method", req_method=name)
    return METHODS[name]


async def _read_args(request: web.Request) -> Json:
    """Return the arguments of the query, and of a form or JSON body."""
    args: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            body = {}
        args |= body if isinstance(body, dict) else {}
    elif request.can_read_body:
        args |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    return args
