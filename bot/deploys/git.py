"""What shipped, by the tags of a git clone."""

import fnmatch
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from bot.deploys.readonly import ReadOnlyGit
from bot.errors import Rejected, Unreachable
from bot.text.clean import untrusted
from bot.triage.summary import ChangeLog, Commit, Deploy

STALE_AFTER = timedelta(minutes=15)  # the window of a triage: an older clone cannot know what shipped in it
CONTAINERS = 100  # newest deploys that are asked whether they contain a commit

NAME_LIMIT, AUTHOR_LIMIT, SUMMARY_LIMIT, PATH_LIMIT = 100, 80, 200, 300


class Mark(NamedTuple):
    """A deploy before its revision is described. `known` is False where the repository does not hold it."""

    revision: str
    name: str
    at: datetime
    environment: str = ""
    known: bool = True


class GitDeploys:
    """The deploys and commits of a clone, implementing DeploySource.

    Args:
        path: The work tree, a folder in it, or a bare repository.
        tags: Glob; every tag that matches is a deploy. Empty: none is.
        branch: Whose commits are listed; None is what HEAD points at.
        safe_directory: Read it although it belongs to another user (setting `safe_directory` in fifteen.toml).
        name: How findings call it.
    """

    def __init__(
        self,
        path: str | Path,
        tags: str = "*",
        branch: str | None = None,
        *,
        safe_directory: bool = False,
        name: str = "git",
    ) -> None:
        self.name = name
        self._tags = tags
        self._branch = branch
        self._path = Path(path).absolute()
        self._top = next((p for p in (self._path, *self._path.parents) if (p / ".git").exists()), self._path)
        self._read = ReadOnlyGit(self._top, shown=self._path, trusted=safe_directory)

    def changes(self, until: datetime, *, deploys: int = 10, commits: int = 10) -> ChangeLog:
        """Return the newest tags and commits at or before an instant, newest first.

        Raises:
            SourceError: there is no repository, or git refused to read it; the sentence names the remedy.
        """
        self.check()
        tip = self._tip()
        if tip is None:
            return ChangeLog(self.name, proves_deploys=False, problems=(f"{self._path} has no commits yet",))
        marks, problems = self._marks()
        marks = [mark for mark in marks if mark.at <= until]
        return ChangeLog(
            name=self.name,
            deploys=self.describe(marks, deploys),
            commits=self.commits(until, commits, deployed=[mark.revision for mark in marks[:CONTAINERS]]),
            proves_deploys=bool(marks),
            fetched_at=self.fetched_at(),
            stale=bool(self._stale(until)),
            problems=(*problems, *self.blind_spots(until)),
        )

    def check(self) -> None:
        """Raise SourceError, with the remedy, unless git agrees to read the repository."""
        if not self._path.exists():
            raise Unreachable(f"{self._path} does not exist: set the path to a clone")
        self._read.run("rev-parse", "--git-dir")

    def resolve(self, revision: str) -> str | None:
        """Return the full SHA of the commit that a hash, a shortened hash or a tag names; None when it names none."""
        if not revision or revision.startswith("-") or any(c.isspace() or c in "\0:^~@{?*[\\" for c in revision):
            return None
        names = [f"refs/tags/{revision}"]
        if 7 <= len(revision) <= 64 and set(revision.lower()) <= set("0123456789abcdef"):
            names.insert(0, revision)
        for name in names:
            sha = self._read.attempt(
                "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
            ).strip()
            if sha:
                return sha
        return None

    def describe(self, marks: Iterable[Mark], limit: int) -> tuple[Deploy, ...]:
        """Return the newest deploys with summary, author, and what changed since the one before in that environment.

        A mark whose revision is not in the repository keeps what is known about it.
        """
        ordered = sorted(marks, key=lambda mark: mark.at, reverse=True)
        entries = self._entries(*("--no-walk", "--end-of-options", *(m.revision for m in ordered[:limit] if m.known)))
        by_revision = {entry.revision: entry for entry in entries}
        return tuple(
            self._deploy(mark, by_revision.get(mark.revision), _before(mark, ordered[i + 1 :]))
            for i, mark in enumerate(ordered[:limit])
        )

    def commits(self, until: datetime, limit: int, deployed: Sequence[str]) -> tuple[Commit, ...]:
        """Return the newest commits of the branch; `shipped` is True for what one of the deployed revisions contains."""
        tip = self._tip()
        if tip is None or limit < 1:
            return ()
        newest = (f"--min-age={int(until.timestamp())}", "--end-of-options", tip)
        unshipped = set(
            self._read.run("rev-list", f"--max-count={limit * 20}", *newest, *(f"^{sha}" for sha in deployed)).split()
        )
        return tuple(
            Commit(
                revision=entry.revision,
                summary=untrusted(entry.summary, SUMMARY_LIMIT),
                author=untrusted(entry.author, AUTHOR_LIMIT),
                at=at,
                shipped=bool(deployed) and entry.revision not in unshipped,
                files=self._files(entry.parents.split()[0], entry.revision) if entry.parents else (),
            )
            for entry in self._entries(f"--max-count={limit}", *newest)
            if (at := _instant(entry.at)) is not None
        )

    def _entries(self, *selection: str) -> list["_Entry"]:
        """Return what `git log` selects; nothing when nothing is selected (it would take HEAD)."""
        if selection[-1] == "--end-of-options":
            return []
        raw = self._read.run("log", "-z", "--no-show-signature", "--encoding=UTF-8", f"--format={_FIELDS}", *selection)
        fields, size = raw.split("\0"), len(_Entry._fields)
        return [_Entry(*fields[i : i + size]) for i in range(0, len(fields) - size + 1, size)]

    def _deploy(self, mark: Mark, entry: "_Entry | None", before: Mark | None) -> Deploy:
        span = (before.revision, mark.revision) if before and before.known and mark.known else None
        return Deploy(
            revision=mark.revision,
            name=untrusted(mark.name or mark.revision[:8], NAME_LIMIT),
            summary=untrusted(entry.summary, SUMMARY_LIMIT) if entry else "",
            author=untrusted(entry.author, AUTHOR_LIMIT) if entry else "",
            at=mark.at,
            environment=untrusted(mark.environment, NAME_LIMIT),
            files=self._files(*span) if span else (),
            commits=int(self._read.run("rev-list", "--count", "--end-of-options", span[1], f"^{span[0]}"))
            if span
            else 0,
        )

    def _files(self, older: str, newer: str) -> tuple[str, ...]:
        """Return the paths that differ, or none where history was cut off (a shallow clone)."""
        options = ("-r", "-z", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv")
        raw = self._read.attempt("diff-tree", *options, "--end-of-options", older, newer, "--")
        return tuple(untrusted(path, PATH_LIMIT) for path in raw.split("\0") if path)

    def _marks(self) -> tuple[list[Mark], list[str]]:
        """Return every matching tag that names a commit, newest first, and how many do not."""
        raw = self._read.run("for-each-ref", f"--format={_TAG_FIELDS}", "refs/tags")
        marks, unusable = [], 0
        for line in raw.splitlines():
            kind, sha, peeled_kind, peeled, tagged, committed, peeled_committed, ref = line.split(" ", 7)
            if not fnmatch.fnmatchcase(ref, self._tags):
                continue
            revision = sha if kind == "commit" else peeled if peeled_kind == "commit" else self.resolve(ref)
            at = _instant(tagged or committed or peeled_committed)
            if revision and at:
                marks.append(Mark(revision, ref, at))
            else:
                unusable += 1
        problems = [f"{unusable} tag{'s' * (unusable > 1)} passed over: no commit or no date"] if unusable else []
        return sorted(marks, key=lambda mark: mark.at, reverse=True), problems

    def _tip(self) -> str | None:
        """Return the SHA whose history is listed, or None while there are no commits at all."""
        names = ("HEAD",) if self._branch is None else (f"refs/heads/{self._branch}", f"refs/remotes/{self._branch}")
        for name in names:
            sha = self._read.attempt("rev-parse", "--verify", "--quiet", "--end-of-options", name).strip()
            if sha:
                return sha  # not looked at: a corrupt object is an error where it is read, and not "no commits yet"
        if self._branch is not None and self._read.run("for-each-ref", "--count=1"):
            raise Rejected(
                f"{self._path} has no branch {untrusted(self._branch, NAME_LIMIT)}: correct `branch`, or leave it out"
            )
        return None

    def fetched_at(self) -> datetime | None:
        """Return when the clone last heard of its origin; None without a remote."""
        if not self._read.run("remote"):
            return None
        folder = self._top / self._read.run("rev-parse", "--git-common-dir").strip()
        for witness in ("FETCH_HEAD", "refs/remotes/origin/HEAD", "packed-refs"):  # the last two: written by the clone
            try:
                return datetime.fromtimestamp((folder / witness).stat().st_mtime, UTC)
            except OSError:
                continue
        return None

    def blind_spots(self, until: datetime) -> list[str]:
        """Return what this clone cannot know, one sentence each, with the remedy where there is one."""
        problems = self._stale(until)
        if self._read.run("rev-parse", "--is-shallow-repository").strip() == "true":
            problems.append("shallow clone: older history is not seen; git fetch --unshallow --tags")
        return problems

    def _stale(self, until: datetime) -> list[str]:
        """Return the sentence on an origin that was not heard of lately, if there is one."""
        fetched_at = self.fetched_at()
        if fetched_at is not None and until - fetched_at > STALE_AFTER:
            return [f"last fetched {_age(until - fetched_at)} ago; newer changes are not seen"]
        if fetched_at is None and self._read.run("remote"):
            return ["never fetched since it was made; newer changes are not seen"]
        return []


class _Entry(NamedTuple):
    """One commit as `_FIELDS` asks for it. NUL is the only byte that none of them can hold."""

    revision: str
    parents: str
    at: str
    author: str
    summary: str


_FIELDS = "%H%x00%P%x00%ct%x00%an%x00%s"
_TAG_FIELDS = (
    "%(objecttype) %(objectname) %(*objecttype) %(*objectname) %(taggerdate:unix) %(committerdate:unix)"
    " %(*committerdate:unix) %(refname:strip=2)"
)


def _before(mark: Mark, older: Iterable[Mark]) -> Mark | None:
    """Return the deploy that this one replaced: the next older one there with another revision."""
    return next((m for m in older if m.environment == mark.environment and m.revision != mark.revision), None)


def _instant(epoch: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _age(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"
