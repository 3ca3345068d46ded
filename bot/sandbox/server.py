"""The sandbox as a server on loopback: routes, the guard at the door, start and end."""

import asyncio
import json
import os
import signal
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import BodyPartReader, web

from bot.sandbox import control, observe
from bot.sandbox.api.gateway import Gateway
from bot.sandbox.errors import ApiError, ControlError
from bot.sandbox.manifest import DEFAULT_PATH, Manifest
from bot.sandbox.slack import LocalSlack
from bot.sandbox.workspace import File, Json

PAGE = Path(__file__).parent / "page"
LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
CLOCK_FILE_VARIABLE = "FIFTEEN_CLOCK_FILE"
MOST_BYTES = 32 * 1024 * 1024

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Sandbox:
    """A running sandbox; `info` is what a client needs to know of it.

    Args:
        host: Where to listen; loopback.
        port: 0 for any that is free.
        deliver_url: Where to send HTTP requests to, instead of the socket.
        clock_file: Where to share the clock's offset; a temporary file when there is none.
        manifest_file: The app's manifest; the project's own when there is none.

    Raises:
        ManifestError: the manifest cannot be read.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        deliver_url: str | None = None,
        clock_file: Path | None = None,
        manifest_file: Path | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._deliver_url = deliver_url
        self._folder = None if clock_file else tempfile.TemporaryDirectory(prefix="sandbox-")  # gone with the process
        self._clock_file = clock_file or Path(self._folder.name if self._folder else ".") / "clock"
        self._manifest = Manifest.read(manifest_file or DEFAULT_PATH)
        self._runner: web.AppRunner | None = None
        self.slack: LocalSlack

    @property
    def info(self) -> Json:
        """Return addresses, tokens, and a channel and user that exist."""
        slack = self.slack
        return {
            "api_url": f"{slack.base_url}/api/",
            "page_url": slack.base_url,
            "bot_token": slack.bot_token,
            "app_token": slack.app_token,
            "signing_secret": slack.signing_secret,
            "channel": slack.workspace.default_channel,
            "user": slack.workspace.default_user,
        }

    async def start(self) -> Json:
        """Listen, and return `info`.

        Raises:
            OSError: the port is taken.
        """
        self.slack = LocalSlack(self._manifest, self._clock_file, self._deliver_url)
        app = web.Application(middlewares=[guard], client_max_size=MOST_BYTES)
        add_routes(app, self.slack)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        self.slack.base_url = f"http://{self._host}:{port}"
        return self.info

    async def stop(self) -> None:
        """End everything."""
        await self.slack.stop()
        if self._runner is not None:
            await self._runner.cleanup()


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let in only what comes from this machine by a local name, and no other site's page in a local browser."""
    host = urlsplit(f"//{request.host}").hostname
    origin = request.headers.get("Origin")
    is_foreign = origin is not None and urlsplit(origin).hostname not in LOCAL_NAMES
    if host not in LOCAL_NAMES or is_foreign or request.headers.get("Sec-Fetch-Site") == "cross-site":
        return web.json_response({"ok": False, "error": "not_local"}, status=403)
    return await handler(request)


def add_routes(app: web.Application, slack: LocalSlack) -> None:
    """Say what answers where."""

    async def look(request: web.Request) -> web.Response:
        try:
            return web.json_response(observe.VIEWS_OF_IT[request.match_info["what"]](slack, dict(request.query)))
        except ControlError as error:
            return control.refusal(error)

    gateway = Gateway(slack)
    app.router.add_route("*", "/api/{method}", gateway.handle)
    app.router.add_get("/link/", slack.socket.serve)
    app.router.add_post("/upload/{file_id}", partial(upload, slack))
    app.router.add_post("/{kind:commands|actions|app}/{token}", partial(answer_url, slack))
    app.router.add_get("/_sandbox/stream", partial(observe.stream, slack))
    app.router.add_get("/_sandbox/files/{file_id}", partial(observe.file, slack))
    app.router.add_get("/_sandbox/{what:messages|views|state|traffic}", look)
    app.router.add_post("/_sandbox/{action:.+}", partial(control.handle, slack))
    app.router.add_get("/", page)
    app.router.add_get("/page/{name:.+}", page)


async def upload(slack: LocalSlack, request: web.Request) -> web.Response:
    """Take a file's bytes, raw or as a form's file."""
    file: File | None = slack.workspace.files.get(request.match_info["file_id"])
    if file is None or file.content is not None:
        return web.Response(status=404, text="file_not_found")
    content = await _uploaded_bytes(request)
    if len(content) != file.length:
        return web.Response(status=400, text=f"length: {file.length} announced, {len(content)} came")
    file.content = content
    slack.traffic.record("in", "upload", file.name, {"id": file.id, "bytes": len(content)}, "ok")
    return web.Response(text=f"OK - {len(content)}")


async def _uploaded_bytes(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    part = await (await request.multipart()).next()
    return bytes(await part.read()) if isinstance(part, BodyPartReader) else b""


async def answer_url(slack: LocalSlack, request: web.Request) -> web.Response:
    """Take what was sent to a response_url."""
    try:
        body = json.loads(await request.text())
        slack.response_urls.answer(request.match_info["token"], body)
        status, answer = "ok", web.Response(text="ok")
    except ValueError:
        status, answer = "invalid_payload", web.json_response({"ok": False, "error": "invalid_payload"}, status=400)
        body = None
    except ApiError as error:
        refused = {"ok": False, "error": error.error, **error.extra}
        code = 404 if error.error.endswith("_url") else 400
        status, answer = error.error, web.json_response(refused, status=code)
    slack.traffic.record("in", "response_url", request.match_info["kind"], body, status)
    return answer


async def page(request: web.Request) -> web.StreamResponse:
    """Serve the page that looks like the channel."""
    file = (PAGE / request.match_info.get("name", "index.html")).resolve()
    if not file.is_file() or PAGE not in file.parents:
        return web.Response(status=404, text="There is no such page.")
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return web.FileResponse(file, headers=headers)


def run(
    host: str = "127.0.0.1",
    port: int = 0,
    deliver_url: str | None = None,
    clock_file: Path | None = None,
    manifest: Path | None = None,
    ready: Callable[[Json], Any] | None = None,
) -> None:
    """Run a sandbox until SIGTERM or SIGINT; first prints one JSON line that says how to reach it.

    Args:
        host: Where to listen.
        port: 0 for any that is free.
        deliver_url: Where to send HTTP requests to, instead of the socket.
        clock_file: Where to share the clock's offset; FIFTEEN_CLOCK_FILE, else a temporary file, when there is none.
        manifest: The app's manifest; the project's own when there is none.
        ready: Called with the same object once the sandbox listens.

    Raises:
        ManifestError: the manifest cannot be read.
        OSError: the port is taken.
    """
    from_environment = os.environ.get(CLOCK_FILE_VARIABLE)
    clock_file = clock_file or (Path(from_environment) if from_environment else None)
    sandbox = Sandbox(host, port, deliver_url=deliver_url, clock_file=clock_file, manifest_file=manifest)
    asyncio.run(_run(sandbox, ready))


async def _run(sandbox: Sandbox, ready: Callable[[Json], Any] | None) -> None:
    info = await sandbox.start()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError, ValueError, RuntimeError):  # not the main thread
            loop.add_signal_handler(number, ended.set)
    print(json.dumps(info), flush=True)  # noqa: T201 - the contract: the first line of standard output
    if ready is not None:
        ready(info)
    await ended.wait()
    await sandbox.stop()
