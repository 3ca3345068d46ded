"""Git, read only: the clone is never fetched and never written, and no program that its configuration names is run."""

import os
from pathlib import Path

from bot.errors import Rejected, SourceError, Unreachable
from bot.text.clean import untrusted

COMMAND_TIMEOUT_S = 10
MESSAGE_LIMIT = 200

# The repository's configuration may name programs to run. These outrank it.
_OVERRIDES = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.pager": "cat",
    "diff.external": "",
    "gpg.program": "false",
    "log.showSignature": "false",
    "protocol.allow": "never",
}
_NEUTRAL = {
    "GIT_ALLOW_PROTOCOL": "none",  # outranks protocol.file.allow in the repository; a partial clone fetches otherwise
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_PARAMETERS": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_TRACE": "0",
}
# Where these are set (as in a git hook), git would read another repository than the one asked for.
_REDIRECTIONS = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
)


class ReadOnlyGit:
    """Runs git's reading commands through GitPython, in an environment where a hostile repository can run nothing.

    Commands that look at the work tree (status, diff without two revisions) would run its filters: none is used.

    Args:
        top: The folder that holds `.git`, or a bare repository.
        shown: The path as it was configured, for messages.
        trusted: Read it although it belongs to another user. Never `safe.directory = *`.
    """

    def __init__(self, top: Path, *, shown: Path, trusted: bool) -> None:
        self._top = top
        self._shown = shown
        overrides = [*_OVERRIDES.items(), *([("safe.directory", str(top))] if trusted else [])]
        self._environment = {
            **_NEUTRAL,
            "GIT_CEILING_DIRECTORIES": str(top.parent),
            "GIT_CONFIG_COUNT": str(len(overrides)),
        }
        for i, (key, value) in enumerate(overrides):
            self._environment |= {f"GIT_CONFIG_KEY_{i}": key, f"GIT_CONFIG_VALUE_{i}": value}

    def attempt(self, *arguments: str) -> str:
        """Run git where "there is no such thing" is an answer: its output, or nothing."""
        try:
            return self.run(*arguments)
        except SourceError:
            return ""

    def run(self, *arguments: str) -> str:
        """Run git and return its output, with bytes that are no UTF-8 replaced.

        Args:
            arguments: Revisions from outside stand behind `--end-of-options`.

        Raises:
            SourceError: git refused, is missing or was too slow; the sentence names the remedy.
        """
        redirected = [variable for variable in _REDIRECTIONS if variable in os.environ]
        if redirected:
            raise Rejected(f"{redirected[0]} is set, so git would read another repository: unset it")
        os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # GitPython looks for git when it is imported
        import git  # noqa: PLC0415 - 116 ms, and only where git is the source

        try:
            output = git.Git(self._top).execute(
                ["git", "--no-pager", "-C", str(self._top), *arguments],
                env=self._environment,
                kill_after_timeout=COMMAND_TIMEOUT_S,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
            )
        except git.GitCommandNotFound:
            raise Unreachable("git is not installed: apt-get install git") from None
        except git.GitCommandError as error:
            raise self._refusal(error.stderr) from None
        return output.decode("utf-8", "replace") if isinstance(output, bytes) else str(output)

    def _refusal(self, stderr: str) -> SourceError:
        """Say what git's refusal means, and what to do about it."""
        if "dubious ownership" in stderr:
            return Rejected(
                f"{self._shown} belongs to another user: if you trust it, set `safe_directory = true` for these deploys in the configuration"
            )
        if "not a git repository" in stderr:
            return Unreachable(f"{self._shown} is not a git repository: set the path to a clone")
        if "ermission denied" in stderr:
            return Rejected(f"{self._shown} may not be read: give this user read permission")
        if "did not complete" in stderr:
            return Unreachable(f"git did not answer in {COMMAND_TIMEOUT_S} s on {self._shown}")
        return Unreachable(f"git could not read {self._shown}: {untrusted(stderr, MESSAGE_LIMIT)}")
