"""The shop's repository: a real one, with the tags and the commits that history.toml tells, dated from the onset."""

import subprocess
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

BRANCH = "refs/heads/main"


def create_repository(folder: Path, onset: datetime) -> None:
    """Make the repository in `folder`, which must not exist yet or be empty, with its newest commit checked out.

    The history goes in through git's own import, which asks for no identity, runs no hook and signs nothing.

    Raises:
        RuntimeError: git is missing or refused; its own words.
    """
    history = tomllib.loads(files("bot.demo").joinpath("history.toml").read_text())
    folder.mkdir(parents=True, exist_ok=True)
    run_git(folder, "init", "--quiet", "--template=", "--initial-branch=main")
    run_git(folder, "fast-import", "--quiet", stdin=b"".join(_import_stream(history, onset)))
    run_git(folder, "reset", "--quiet", "--hard", "main")


def run_git(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    """Run git in `folder`, untouched by whatever configuration this machine has, and return what it printed.

    Raises:
        RuntimeError: git is missing or refused; its own words.
    """
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_TERMINAL_PROMPT": "0",
    }
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
            ["git", *arguments],  # noqa: S607 - found on the PATH above
            cwd=folder,
            env=environment,
            input=stdin,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as missing:
        raise RuntimeError("git is not installed") from missing
    if done.returncode:
        raise RuntimeError(f"git {arguments[0]}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode()


def _import_stream(history: dict[str, Any], onset: datetime) -> Iterator[bytes]:
    """Yield the history in the language of `git fast-import`."""
    people = history["people"]
    for mark, commit in enumerate(history["commit"], start=1):
        at = onset - timedelta(minutes=commit["age_minutes"])
        who = f"{people[commit['author']]} {int(at.timestamp())} +0000"
        yield f"commit {BRANCH}\nmark :{mark}\nauthor {who}\ncommitter {who}\n".encode()
        yield _blob(commit["subject"])
        for path, text in commit["files"].items():
            yield f"M 100644 inline {path}\n".encode() + _blob(text)
        if name := commit.get("tag"):
            yield f"tag {name}\nfrom :{mark}\ntagger {who}\n".encode() + _blob(f"Release {name}\n")


def _blob(text: str) -> bytes:
    content = text.encode()
    return b"data %d\n%b\n" % (len(content), content)
