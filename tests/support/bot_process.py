"""The bot as a process of its own: `python -m bot run`, over whatever sandbox it is pointed at."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from bot.demo.children import child_environment
from tests.support.sandbox_process import ROOT, SandboxProcess

READY = "fifteen ready"
READY_WITHIN_S = 30.0
ENDS_WITHIN_S = 10.0  # what the documentation promises of SIGTERM
POLL_S = 0.02
TAIL_LINES = 40


class BotProcess:
    """One bot. It may be started, killed and started again; its output is kept in one file.

    Args:
        sandbox: The Slack it talks to; its clock is the bot's.
        config: fifteen.toml.
        output: Gets everything it prints.
        http_port: Where it takes Slack's requests; None for Socket Mode.
        health_port: Where it answers /healthz and /readyz beside a socket.
        module: What to run; something else behaves like the bot under special circumstances.
    """

    def __init__(
        self,
        sandbox: SandboxProcess,
        config: Path,
        output: Path,
        *,
        http_port: int | None = None,
        health_port: int | None = None,
        module: str = "bot",
    ) -> None:
        self.output = output
        self.was_killed = False
        self._sandbox = sandbox
        self._config = config
        self._options = ["--http", f"127.0.0.1:{http_port}"] if http_port else []
        self._options += ["--health", f"127.0.0.1:{health_port}"] if health_port else []
        self._module = module
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        began_at = self.output.stat().st_size if self.output.exists() else 0
        self._process = self._spawn()
        deadline = time.monotonic() + READY_WITHIN_S
        while not self._is_ready(began_at):
            assert self._process.poll() is None, f"the bot ended with {self._process.returncode}:\n{self.tail()}"
            assert time.monotonic() < deadline, f"the bot was not ready in {READY_WITHIN_S:g} s:\n{self.tail()}"
            time.sleep(POLL_S)

    def kill(self) -> None:
        """End it as a failing machine would: SIGKILL, with no chance to finish anything."""
        self.was_killed = True
        self._running.kill()
        self._running.wait()
        self._process = None

    def stop(self) -> None:
        """Ask it to end, and hold it to its promise: exit code 0, in time. One that is not running is left alone."""
        if self._process is None:
            return
        self._running.send_signal(signal.SIGTERM)
        try:
            code = self._running.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the bot was still there {ENDS_WITHIN_S:g} s after SIGTERM:\n{self.tail()}") from None
        self._process = None
        assert code == 0, f"the bot ended with {code} after SIGTERM:\n{self.tail()}"

    def leaves(self, within_s: float) -> int:
        """Wait until it ends by itself, and return its exit code."""
        code = self._running.wait(within_s)
        self._process = None
        return code

    def tail(self) -> str:
        """Return the last lines that it printed."""
        return "\n".join(self.printed().splitlines()[-TAIL_LINES:]) or "(it printed nothing)"

    def printed(self) -> str:
        """Return everything that it has printed, over all its lives."""
        return self.output.read_text(errors="replace") if self.output.exists() else ""

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "the bot is not running"
        return self._process

    def _is_ready(self, began_at: int) -> bool:
        with self.output.open("rb") as lines:
            lines.seek(began_at)
            return any(line.startswith(READY.encode()) for line in lines)

    def _spawn(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", self._module, "run", "--config", str(self._config), *self._options]
        environment = child_environment(
            FIFTEEN_CLOCK_FILE=str(self._sandbox.clock_file),
            SLACK_API_URL=self._sandbox.api_url,
            SLACK_BOT_TOKEN=self._sandbox.bot_token,
            SLACK_APP_TOKEN=self._sandbox.app_token,
            SLACK_SIGNING_SECRET=self._sandbox.signing_secret,
            PYTHONPATH=str(ROOT),
        )
        with self.output.open("ab") as sink:
            return subprocess.Popen(
                command, env=environment, cwd=self._config.parent, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink
            )


def free_port() -> int:
    """Return a port on the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def processes_of(output: Path) -> list[int]:
    """Return the ids of the processes that still hold the file open: what a bot left behind."""
    left = []
    for folder in Path("/proc").glob("[0-9]*/fd"):
        try:
            links = [str(link.readlink()) for link in folder.iterdir()]
        except OSError:  # it has just ended, or is somebody else's
            continue
        if str(output) in links and int(folder.parent.name) != os.getpid():
            left.append(int(folder.parent.name))
    return left
