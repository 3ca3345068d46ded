"""The sandbox as a process of its own, and a script's way to play people in it."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
POLL_S = 0.02


class Refused(Exception):  # noqa: N818 - named for what happened
    """The sandbox answered 400; `answer` says why."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__(f"{answer.get('error')}: {answer.get('detail')}")
        self.answer = answer


class SandboxClient:
    """Plays people in a sandbox that runs somewhere; `info` is the JSON line that the sandbox prints first."""

    def __init__(self, info: dict[str, str]) -> None:
        self.info = info
        self.api_url = info["api_url"]
        self.page_url = info["page_url"]
        self.bot_token = info["bot_token"]
        self.app_token = info["app_token"]
        self.signing_secret = info["signing_secret"]
        self.channel = info["channel"]
        self.user = info["user"]

    def post(self, action: str, **body: Any) -> dict[str, Any]:
        """Send a control request and return the answer; raises Refused."""
        data = json.dumps({key: value for key, value in body.items() if value is not None}).encode()
        headers = {"Content-Type": "application/json"}
        return self._open(urllib.request.Request(f"{self.page_url}/_sandbox/{action}", data, headers))

    def get(self, what: str, **query: Any) -> dict[str, Any]:
        """Look at something and return it; raises Refused."""
        return self._open(urllib.request.Request(f"{self.page_url}/_sandbox/{what}?{urllib.parse.urlencode(query)}"))

    def say(
        self, text: str, *, user: str | None = None, channel: str | None = None, thread_ts: str | None = None
    ) -> str:
        """Type a message or a slash command; return the message's ts ("" for a command)."""
        answer = self.post("say", **self._who(user, channel), text=text, thread_ts=thread_ts)
        return answer.get("ts", "")

    def click(
        self,
        ts: str,
        action_id: str,
        value: Any = None,
        *,
        user: str | None = None,
        channel: str | None = None,
        block_id: str | None = None,
    ) -> None:
        """Press a button or choose from a menu of a message."""
        who = self._who(user, channel)
        self.post("click", **who, ts=ts, action_id=action_id, value=value, block_id=block_id)

    def click_view(self, view_id: str, action_id: str, value: Any = None, *, user: str | None = None) -> None:
        """Press a button or choose from a menu of a modal or the home tab."""
        self.post("click", user=user or self.user, view_id=view_id, action_id=action_id, value=value)

    def submit(self, view_id: str, values: dict[str, Any] | None = None, *, user: str | None = None) -> None:
        """Send a modal."""
        self.post("submit", user=user or self.user, view_id=view_id, values=values or {})

    def close(self, view_id: str, *, user: str | None = None) -> None:
        """Close a modal without sending it."""
        self.post("close", user=user or self.user, view_id=view_id)

    def shortcut(self, ts: str, callback_id: str, *, user: str | None = None, channel: str | None = None) -> None:
        """Run a message shortcut."""
        self.post("shortcut", **self._who(user, channel), ts=ts, callback_id=callback_id)

    def react(self, ts: str, name: str, *, user: str | None = None, channel: str | None = None) -> None:
        """Set a reaction."""
        self.post("react", **self._who(user, channel), ts=ts, name=name)

    def edit(self, ts: str, text: str, *, user: str | None = None, channel: str | None = None) -> None:
        """Change an own message."""
        self.post("edit", **self._who(user, channel), ts=ts, text=text)

    def delete(self, ts: str, *, user: str | None = None, channel: str | None = None) -> None:
        """Delete an own message."""
        self.post("delete", **self._who(user, channel), ts=ts)

    def invite(self, *, user: str | None = None, channel: str | None = None, invitee: str | None = None) -> None:
        """Bring somebody, by default the bot, into a channel."""
        self.post("invite", **self._who(user, channel), invitee=invitee)

    def make_channel(self, name: str, *, user: str | None = None) -> str:
        """Make a public channel with the bot in it, and return its id."""
        channel: str = self.post("make_channel", user=user or self.user, name=name)["channel"]
        self.invite(user=user, channel=channel)
        return channel

    def home(self, *, user: str | None = None) -> None:
        """Open the app's home tab."""
        self.post("home", user=user or self.user)

    def advance(self, seconds: float) -> None:
        """Move the clock on."""
        self.post("clock/advance", seconds=seconds)

    def fault(self, name: str, **fields: Any) -> None:
        """Make something go wrong."""
        self.post("fault", name=name, **fields)

    def messages(self, channel: str | None = None, *, user: str | None = None) -> list[dict[str, Any]]:
        """Return a channel's messages, oldest first; with a user, as that person sees them."""
        query = {"channel": channel or self.channel} | ({"user": user} if user else {})
        return self.get("messages", **query)["messages"]

    def views(self, user: str | None = None) -> list[dict[str, Any]]:
        """Return somebody's open modals."""
        return self.get("views", user=user or self.user)["views"]

    def home_view(self, user: str | None = None) -> dict[str, Any] | None:
        """Return somebody's home tab."""
        return self.get("views", user=user or self.user)["home"]

    def state(self) -> dict[str, Any]:
        """Return the workspace: clock, users, channels, commands."""
        return self.get("state")

    def traffic(self, after: int = 0) -> list[dict[str, Any]]:
        """Return what went between the app and the sandbox."""
        return self.get("traffic", after=after)["entries"]

    def wait_for(self, predicate: Callable[[], Any], timeout: float = 10.0, what: str = "") -> Any:
        """Ask again and again until something true comes back, and return it; AssertionError when it never does."""
        deadline = time.monotonic() + timeout
        while not (found := predicate()):
            if time.monotonic() > deadline:
                seen = [f"{m.get('user')}: {m.get('text', '')[:200]}" for m in self.messages()[-8:]]
                raise AssertionError(f"not seen in {timeout:g} s: {what or predicate}; the channel's end: {seen}")
            time.sleep(POLL_S)
        return found

    def wait_for_message(
        self,
        fits: Callable[[dict[str, Any]], Any],
        timeout: float = 10.0,
        *,
        channel: str | None = None,
        what: str = "",
    ) -> dict[str, Any]:
        """Wait for a message that fits, and return the newest."""
        return self.wait_for(
            lambda: next((m for m in reversed(self.messages(channel)) if fits(m)), None), timeout, what
        )

    def wait_for_view(self, timeout: float = 10.0, *, user: str | None = None) -> dict[str, Any]:
        """Wait for a modal and return the topmost."""
        return self.wait_for(lambda: (self.views(user) or [None])[-1], timeout, "a modal")

    def _who(self, user: str | None, channel: str | None) -> dict[str, str]:
        return {"user": user or self.user, "channel": channel or self.channel}

    @staticmethod
    def _open(request: urllib.request.Request) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(json.load(error)) from error


class SandboxProcess(SandboxClient):
    """Starts `python -m bot.sandbox`; use it as a context manager, or call stop()."""

    def __init__(
        self,
        *,
        deliver_url: str | None = None,
        port: int = 0,
        clock_file: Path | None = None,
        manifest: Path | None = None,
    ) -> None:
        self._folder = None if clock_file else tempfile.TemporaryDirectory(prefix="sandbox-")
        self.clock_file = clock_file or Path(self._folder.name) / "clock"
        command = [sys.executable, "-m", "bot.sandbox", "--port", str(port), "--clock-file", str(self.clock_file)]
        command += ["--deliver", deliver_url] if deliver_url else []
        command += ["--manifest", str(manifest)] if manifest else []
        environment = {key: value for key, value in os.environ.items() if key != "FIFTEEN_CLOCK_FILE"}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the sandbox did not start; exit code {self.process.wait()}")
        super().__init__(json.loads(line))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> int:
        """End the process and return its exit code."""
        self.process.terminate()
        try:
            code = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.process.stdout.close()
        if self._folder is not None:
            self._folder.cleanup()
        return code
