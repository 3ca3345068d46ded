"""Real git repositories with fixed dates, made by the git command."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def minutes(count: float) -> datetime:
    """Return an instant so many minutes after noon."""
    return NOON + timedelta(minutes=count)


class Repository:
    """A repository in a folder; instants are minutes after noon."""

    def __init__(self, path: Path, *, bare: bool = False) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main", *(["--bare"] if bare else []))

    def git(self, *arguments: str, at: float = 0, author: str = "Ada Byron") -> str:
        """Run git on the repository with nobody's configuration, and return what it prints."""
        date = f"{int(minutes(at).timestamp())} +0000"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.path),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": author,
            "GIT_AUTHOR_EMAIL": "ada@shop.example",
            "GIT_COMMITTER_NAME": author,
            "GIT_COMMITTER_EMAIL": "ada@shop.example",
            "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_DATE": date,
        }
        done = subprocess.run(["git", *arguments], cwd=self.path, env=environment, check=True, capture_output=True)
        return done.stdout.decode().strip()

    def commit(self, subject: str, *paths: str, at: float, author: str = "Ada Byron") -> str:
        """Change the paths (or nothing), commit, and return the full SHA."""
        for path in paths:
            file = self.path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{subject} {at}\n")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", subject, at=at, author=author)
        return self.git("rev-parse", "HEAD")

    def tag(self, name: str, *, at: float | None = None, target: str = "HEAD") -> None:
        """Tag a commit: annotated with that date, or lightweight without one."""
        options = [] if at is None else ["-m", name]
        self.git("tag", *options, name, target, at=at or 0)
