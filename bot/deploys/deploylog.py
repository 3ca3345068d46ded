"""What shipped, by a file of JSON lines: {"at": RFC 3339, "revision": ..., "environment"?: ..., "name"?: ...}."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from bot.deploys.git import CONTAINERS, NAME_LIMIT, GitDeploys, Mark
from bot.errors import Rejected, SourceError, Unreachable
from bot.text.clean import untrusted
from bot.triage.summary import ChangeLog, Deploy

LINE_LIMIT = 64 * 1024  # bytes; a deploy is a few hundred
NAMED = 3  # environments in one sentence

# What plainly is not production. A name that says neither is kept: who knows what `eu-2` is. So is one that says both.
_ELSEWHERE = frozenset({
    "staging", "stage", "stg", "dev", "devel", "develop", "development", "test", "testing", "qa", "uat", "preview",
    "review", "sandbox", "acceptance", "local", "ci",
})  # fmt: skip
_PRODUCTION = frozenset({"prod", "production", "prd", "live"})
_BEFORE_PRODUCTION = re.compile(r"(?:pre|non|not)[\W_]*prod")


class DeployLog:
    """The deploys of a log file, implementing DeploySource.

    Args:
        file: One JSON object a line; lines that are none are counted and reported.
        repo: Where summaries, authors, changed files and commits come from, when it is given.
        name: How findings call it.
    """

    def __init__(self, file: str | Path, repo: GitDeploys | None = None, *, name: str = "deploy log") -> None:
        self.name = name
        self._file = Path(file)
        self._repo = repo

    def changes(self, until: datetime, *, deploys: int = 10, commits: int = 10) -> ChangeLog:
        """Return the newest deploys at or before an instant, newest first, and the repository's commits.

        Raises:
            SourceError: the file cannot be read. A repository that cannot is a problem, for the deploys are known without.
        """
        marks, bad_lines = self._read()
        problems = (
            [f"{bad_lines} line{'s' * (bad_lines > 1)} of {self._file.name} passed over: not a deploy"]
            if bad_lines
            else []
        )
        elsewhere = [mark for mark in marks if _is_elsewhere(mark.environment)]
        if len(elsewhere) < len(marks):
            marks = [mark for mark in marks if not _is_elsewhere(mark.environment)]
        else:  # this is staging's own log
            elsewhere = []
        marks = sorted((mark for mark in marks if mark.at <= until), key=lambda mark: mark.at, reverse=True)
        log = ChangeLog(self.name, deploys=tuple(_plain(mark) for mark in marks[:deploys]))
        if self._repo is not None:
            try:
                log = self._described(self._repo, marks, until, deploys, commits)
            except SourceError as error:
                problems.append(str(error))
        since = log.deploys[-1].at if log.deploys else datetime.min.replace(tzinfo=UTC)
        remarks = _left_out([mark for mark in elsewhere if since <= mark.at <= until])
        return replace(log, problems=(*problems, *log.problems), remarks=remarks)

    def _described(self, repo: GitDeploys, marks: list[Mark], until: datetime, deploys: int, commits: int) -> ChangeLog:
        """Return the log with what the repository knows about each revision."""
        repo.check()
        known = []
        for mark in marks[:CONTAINERS]:
            sha = repo.resolve(mark.revision)
            known.append(mark._replace(revision=sha or mark.revision, known=sha is not None))
        return ChangeLog(
            name=self.name,
            deploys=repo.describe(known, deploys),
            commits=repo.commits(until, commits, [mark.revision for mark in known if mark.known]),
            fetched_at=repo.fetched_at(),
            problems=tuple(repo.blind_spots(until)),
        )

    def _read(self) -> tuple[list[Mark], int]:
        """Return the deploys in the file and how many lines are none."""
        marks, bad_lines = [], 0
        if not self._file.is_file():
            raise Unreachable(f"{self._file} is not a file: set the deploy log to one of JSON lines")
        try:
            with self._file.open("rb") as stream:
                while line := stream.readline(LINE_LIMIT):
                    mark = _parse(line)
                    if mark is not None:
                        marks.append(mark)
                    elif line.strip():
                        bad_lines += 1
        except PermissionError:
            raise Rejected(f"{self._file} may not be read: give this user read permission") from None
        except OSError as error:
            raise Unreachable(f"{self._file} could not be read: {error.strerror}") from None
        return marks, bad_lines


def _is_elsewhere(environment: str) -> bool:
    """Whether an environment plainly is not production: `staging`, `dev-2`, `QA`, `pre-prod`."""
    name = environment.lower()
    words = set(re.split(r"[^a-z]+", name))
    return bool(_BEFORE_PRODUCTION.search(name)) or bool(words & _ELSEWHERE and not words & _PRODUCTION)


def _left_out(marks: list[Mark]) -> tuple[str, ...]:
    """Return the sentence on deploys elsewhere than in production, if there are any."""
    if not marks:
        return ()
    names = sorted({untrusted(mark.environment, NAME_LIMIT) for mark in marks})
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    left = f"{len(marks)} deploy{'s' * (len(marks) > 1)}"
    return (f"{left} to {', '.join(names[:NAMED])}{more} left out: not production",)


def _environment(entry: dict[str, Any]) -> Any:
    """Return where it was deployed to; only `environment` has to be a text, the others may mean something else."""
    others = (entry.get(key) for key in ("env", "stage"))
    return entry.get("environment") or next((other for other in others if other and isinstance(other, str)), "")


def _parse(line: bytes) -> Mark | None:
    """Return the deploy a line holds, or None when it holds none; an instant without a zone is none."""
    try:
        entry = orjson.loads(line)
        at = datetime.fromisoformat(entry["at"])
        revision = entry["revision"]
        name, environment = entry.get("name") or "", _environment(entry)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        return None
    texts = (revision, name, environment)
    if not revision or at.tzinfo is None or not all(isinstance(text, str) for text in texts):
        return None
    return Mark(untrusted(revision, NAME_LIMIT), name, at.astimezone(UTC), environment)


def _plain(mark: Mark) -> Deploy:
    return Deploy(
        revision=mark.revision,
        name=untrusted(mark.name or mark.revision[:8], NAME_LIMIT),
        summary="",
        author="",
        at=mark.at,
        environment=untrusted(mark.environment, NAME_LIMIT),
    )
