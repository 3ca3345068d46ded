"""The sandbox in a thread of the test's own process: starts in milliseconds, and is still reached over real sockets."""

import asyncio
import threading
from typing import Self

from bot.sandbox.server import Sandbox
from tests.support.sandbox_process import SandboxClient


class SandboxThread(SandboxClient):
    """A running sandbox; its parts are at `slack` for what no control request shows."""

    def __init__(self, clock_file, deliver_url=None, manifest_file=None) -> None:
        self.clock_file = clock_file
        self._loop = asyncio.new_event_loop()
        self._sandbox = Sandbox(deliver_url=deliver_url, clock_file=clock_file, manifest_file=manifest_file)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        super().__init__(self._run(self._sandbox.start()))
        self.slack = self._sandbox.slack

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._run(self._sandbox.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)
