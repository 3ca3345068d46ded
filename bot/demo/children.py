"""The demo's processes: started with their output in a file, waited for, and ended in order."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

POLL_S = 0.1
STOP_TIMEOUT_S = 10.0  # what `fifteen run` promises to end in
TAIL_LINES = 15


class ChildFailed(Exception):  # noqa: N818 - named for what happened
    """A process of the demo ended, or never said that it was ready; `str()` says which and shows its last lines."""


class Child:
    """One running process. Ctrl-C in the terminal does not reach it: the demo ends its children itself, in order.

    Args:
        name: In words, for people: "the sandbox".
        output: Gets everything it prints.
    """

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], output: Path) -> None:
        self.name = name
        self._output = output
        with output.open("wb") as sink:
            self._process = subprocess.Popen(  # noqa: S603 - our own modules, no shell
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_for_line(self, is_ready: Callable[[str], bool], timeout_s: float) -> str:
        """Return the first line of its output that says it is ready.

        Raises:
            ChildFailed: it ended, or did not say so in time.
        """
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            line = next(filter(is_ready, self._complete_lines()), None)
            if line is not None:
                return line
            self.check()
            time.sleep(POLL_S)
        raise ChildFailed(f"{self.name} was not ready after {timeout_s:.0f} s. Its last lines:\n{self.tail()}")

    def check(self) -> None:
        """Raise ChildFailed if it has ended."""
        if (status := self._process.poll()) is not None:
            raise ChildFailed(f"{self.name} ended with status {status}. Its last lines:\n{self.tail()}")

    def stop(self) -> None:
        """Ask it to end, and end it if it does not."""
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def tail(self) -> str:
        """Return its last lines, indented."""
        lines = self._output.read_text(errors="replace").splitlines()[-TAIL_LINES:]
        return "\n".join(f"  {line}" for line in lines) or "  (it printed nothing)"

    def _complete_lines(self) -> list[str]:
        text = self._output.read_text(errors="replace")
        return text[: text.rfind("\n") + 1].splitlines()


def child_environment(**extra: str) -> dict[str, str]:
    """Return this process' environment for a child, without what would lead the bot anywhere else.

    Slack's variables belong to a real workspace, git's to another repository (as in a hook), and a proxy would be
    asked for the loopback address.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SLACK_", "FIFTEEN_", "GIT_")) and not name.lower().endswith("_proxy")
    }
    return kept | {"PYTHONUNBUFFERED": "1"} | extra
