"""Step 2: what shipped, which of it is suspect and why, and what a rollback would undo."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from bot.triage.frames import standing_in
from bot.triage.hazards import find_hazards
from bot.triage.summary import Change, ChangeLog, Commit, Deploy, ErrorGroup, FieldCounts, Next, Onset

SUSPECT_WITHIN = timedelta(minutes=30)  # the report's contract (docs/report.md): "at most 30 minutes before it"
TOP_GROUPS = 5  # as many as the report prints by default
TOP_FRAMES = 5  # innermost; below them stand the framework and the server
CARRIED_BY = 0.5  # of the failing lines, more than half: one version is then the version of the failure
ALL = 0.995  # what is printed as 100 %
NAMED_FILES = 2
# Twice its usual rate: what a person sees on a chart without being told.
ROSE = 2.0

# service.version, release, app_version, gitSha, image.tag ... whatever stands before: the value decides.
_VERSION_FIELD = re.compile(r"(?:version|release|revision|build|commit|sha|image)(?:[._-]?(?:tag|id))?$", re.IGNORECASE)

# cart-18, checkout@v214, web/2026.11.3: a product and its version. What comes before a version may say less than that.
_PRODUCT = re.compile(r"([A-Za-z][\w.-]*?)[-_/@]v?\d+(?:[._+-]\w+)*")
_NO_PRODUCT = frozenset(
    {
        "release", "releases", "rel", "hotfix", "fix", "bugfix", "patch", "build", "deploy", "deployment", "version", "ver", "v",
        "rc", "prod", "production", "live", "tag", "main", "master", "stable", "rollback", "revert", "sprint", "pr",
    }
)  # fmt: skip


def assess(
    changelog: ChangeLog,
    *,
    onset: Onset | None,
    groups: Sequence[ErrorGroup],
    fields: Sequence[FieldCounts],
    at: datetime,
    rollback_after: timedelta,
    window_to_baseline: float,
    rollbacks: Sequence[datetime] = (),
) -> tuple[tuple[Change, ...], Next]:
    """Return the changes (deploys first, then commits, newest first) and what the rule asks for next.

    Args:
        changelog: What the deploy source knows.
        onset: When it began, from step 1; None means that no deploy is suspect.
        groups: The window's errors, for the files in their top frames.
        fields: The window's fields, for the version that the failing lines carry.
        at: The instant of the triage; `Next.rollback_at` is `at` + `rollback_after`.
        rollback_after: The delay of the clock.
        window_to_baseline: The window's length as a fraction of the baseline's, to tell which errors rose.
        rollbacks: When somebody rolled back, oldest first; each time it was what this rule asked for then.
    """
    clues = _Clues(onset, _top_frames(groups, window_to_baseline), _versions(fields, groups))
    deploys = [_Assessed(deploy, *clues.weigh(deploy)) for deploy in _newest_first(changelog.deploys)]
    commits = [
        _Assessed(commit, _commit_change(commit, clues, proven=changelog.proves_deploys), 0)
        for commit in _newest_first(changelog.commits)
    ]
    candidates = deploys if changelog.proves_deploys else commits
    changes = tuple(assessed.change for assessed in (*deploys, *commits))
    return changes, _next(candidates, onset, at + rollback_after, sorted(rollbacks))


_Dated = TypeVar("_Dated", Deploy, Commit)


@dataclass(frozen=True, slots=True)
class _Assessed:
    """A deploy or commit, how the report prints it, and how many kinds of evidence speak against it."""

    source: Deploy | Commit
    change: Change
    evidence: int

    @property
    def line(self) -> tuple[str, str]:
        """What one deploy replaces another in: the environment, and the product where the name tells it."""
        environment = self.source.environment if isinstance(self.source, Deploy) else ""
        match = None if self.change.kind == "commit" else _PRODUCT.fullmatch(self.change.name)
        product = match[1].lower() if match else ""
        return environment, "" if product in _NO_PRODUCT else product


@dataclass(frozen=True, slots=True)
class _Carried:
    """A version on the failing lines; shares are of the window's errors, and of its records that have the field.

    `of` names those records: all of them, where all have it.
    """

    value: str
    error_share: float
    traffic_share: float
    of: str


@dataclass(frozen=True, slots=True)
class _Clues:
    """What the log says about where to look."""

    onset: Onset | None
    frames: tuple[str, ...]
    versions: tuple[_Carried, ...]

    def weigh(self, deploy: Deploy) -> tuple[Change, int]:
        """Return the deploy as a change with its reasons, and the kinds of evidence against it."""
        if self.onset is None:
            return _deploy_change(deploy, suspect=False, reasons=()), 0
        timing = _timing(deploy.at, self.onset)
        if deploy.at > self.onset.latest:
            return _deploy_change(deploy, suspect=False, reasons=(timing,)), 0
        evidence = (*self.in_frames(deploy.files), *self._on_lines(deploy))
        in_time = self.onset.latest - deploy.at <= SUSPECT_WITHIN
        reasons = (timing, *evidence) if evidence else (timing, "timing alone") if in_time else (timing,)
        count = len(evidence) + in_time
        return _deploy_change(deploy, suspect=count > 0, reasons=reasons), count

    def in_frames(self, files: Sequence[str]) -> tuple[str, ...]:
        """Return the sentence on changed files that stand in the top frames, if any do."""
        found = standing_in(files, self.frames)
        if not found:
            return ()
        more = f" and {len(found) - NAMED_FILES} more" if len(found) > NAMED_FILES else ""
        stand = "stands" if len(found) == 1 else "stand"
        return (f"changed {', '.join(found[:NAMED_FILES])}{more}, which {stand} in the top frames",)

    def _on_lines(self, deploy: Deploy) -> tuple[str, ...]:
        """Return the sentence on the failing lines that carry the deploy's version, if most do."""
        carried = next((version for version in self.versions if _is_version_of(version.value, deploy)), None)
        if carried is None:
            return ()
        beside = (
            f"as {carried.of} do"
            if carried.traffic_share >= ALL
            else f"{_percent(carried.traffic_share)} of {carried.of} do"
        )
        return (f"{_percent(carried.error_share)} of failing lines carry version {carried.value}, {beside}",)


def _next(
    candidates: Sequence[_Assessed], onset: Onset | None, rollback_at: datetime, rollbacks: Sequence[datetime]
) -> Next:
    """Return what to undo: the suspect with most evidence, else the newest before the onset, else the newest.

    After a rollback it is what shipped since, else another suspect: a second rollback needs a reason of its own.
    """
    undone = _undone(candidates, onset, rollbacks)
    gone = tuple(one.change for one in undone)
    chosen = _to_undo_next(candidates, undone, rollbacks[-1]) if undone else _to_undo(candidates, onset)
    if chosen is None:
        return Next(rollback_at, None, None, undone=gone)
    peers = [one for one in candidates if one.line == chosen.line and one not in undone]
    position = peers.index(chosen)
    later = _later(peers, chosen)
    previous = next((peer for peer in peers[position:] if peer.change.revision != chosen.change.revision), None)
    hazards = find_hazards(file for peer in (chosen, *later) for file in peer.source.files)
    if not chosen.source.files and not (isinstance(chosen.source, Deploy) and chosen.source.commits):
        hazards = (*hazards, "the changed files are not known: check for migrations")
    return Next(
        rollback_at,
        chosen.change,
        previous.change if previous else None,
        hazards=hazards,
        later=tuple(peer.change for peer in later),
        undone=gone,
    )


def _to_undo(candidates: Sequence[_Assessed], onset: Onset | None) -> _Assessed | None:
    suspects = [candidate for candidate in candidates if candidate.change.suspect]
    if suspects:
        return max(suspects, key=lambda suspect: suspect.evidence)  # the first of equals, and the newest stands first
    before = (candidate for candidate in candidates if onset is None or candidate.change.at <= onset.latest)
    return next(before, candidates[0] if candidates else None)


def _later(peers: Sequence[_Assessed], chosen: _Assessed) -> list[_Assessed]:
    """Return what shipped after a deploy; a second tag of the same revision is neither later nor a way back."""
    return [peer for peer in peers[: peers.index(chosen)] if peer.change.revision != chosen.change.revision]


def _undone(
    candidates: Sequence[_Assessed], onset: Onset | None, rollbacks: Sequence[datetime]
) -> tuple[_Assessed, ...]:
    """Return what the rollbacks took back, newest first: what was to undo at each of them, and what shipped after it."""
    undone: list[_Assessed] = []
    for number, at in enumerate(rollbacks):
        known = [one for one in candidates if one.change.at <= at and one not in undone]
        chosen = _to_undo(known, onset) if not undone else _to_undo_next(known, undone, rollbacks[number - 1])
        if chosen is not None:
            undone += [one for one in known[: known.index(chosen) + 1] if one.line == chosen.line]
    return tuple(one for one in candidates if one in undone)


def _to_undo_next(candidates: Sequence[_Assessed], undone: Sequence[_Assessed], since: datetime) -> _Assessed | None:
    """Return what there is a reason to undo after a rollback: the newest that shipped since, else another suspect."""
    left = [one for one in candidates if one not in undone]
    running = {one.change.revision for one in left if one.change.at <= since}  # what it went back to is listed anew
    shipped = (one for one in left if one.change.at > since and one.change.revision not in running)
    suspects = [one for one in left if one.change.suspect]
    return next(shipped, None) or max(suspects, key=lambda suspect: suspect.evidence, default=None)


def _newest_first(entries: Iterable[_Dated]) -> list[_Dated]:
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _deploy_change(deploy: Deploy, *, suspect: bool, reasons: tuple[str, ...]) -> Change:
    return Change(
        kind="deploy",
        revision=deploy.revision,
        name=deploy.name,
        summary=deploy.summary,
        author=deploy.author,
        at=deploy.at,
        shipped="yes",
        suspect=suspect,
        reasons=reasons,
        files=len(deploy.files),
    )


def _commit_change(commit: Commit, clues: _Clues, *, proven: bool) -> Change:
    """Return a commit as a change; it is never suspect, for only what shipped can break production."""
    reasons = () if proven else ("merged, not proven shipped", *clues.in_frames(commit.files))
    return Change(
        kind="commit",
        revision=commit.revision,
        name=commit.revision[:8],
        summary=commit.summary,
        author=commit.author,
        at=commit.at,
        shipped="yes" if commit.shipped else "unproven",
        suspect=False,
        reasons=reasons,
        files=len(commit.files),
    )


def _top_frames(groups: Sequence[ErrorGroup], window_to_baseline: float) -> tuple[str, ...]:
    """Return the frames of the errors that rose: an error that is always there accuses nobody who touched its file."""
    risen = [group for group in groups if group.count >= ROSE * group.baseline_count * window_to_baseline]
    top = sorted(risen, key=lambda group: (-group.count, group.signature))[:TOP_GROUPS]
    return tuple(frame for group in top if group.exception for frame in group.exception.frames[:TOP_FRAMES])


def _versions(fields: Sequence[FieldCounts], groups: Sequence[ErrorGroup]) -> tuple[_Carried, ...]:
    """Return the versions that most failing lines carry."""
    failing = sum(group.count for group in groups)
    carried = []
    for field in fields:
        if not _VERSION_FIELD.search(field.name):
            continue
        errors = max(failing, sum(value.errors for value in field.values))
        events = sum(value.events for value in field.values)
        of = "all lines" if field.coverage >= ALL else "all lines with a version"
        carried += [
            _Carried(value.value, value.errors / errors, value.events / events, of)
            for value in field.values
            if errors and events and value.errors / errors > CARRIED_BY
        ]
    return tuple(carried)


def _is_version_of(value: str, deploy: Deploy) -> bool:
    """Whether a version on a line names the deploy: `v214`, `214`, `checkout@v214`, or the beginning of its SHA."""
    last = re.split(r"[@:/]", value.strip().lower())[-1]
    if last.removeprefix("v") == deploy.name.lower().removeprefix("v"):
        return True
    hexadecimal = re.search(r"[0-9a-f]{7,64}$", last)
    return hexadecimal is not None and deploy.revision.lower().startswith(hexadecimal.group())


def _timing(shipped: datetime, onset: Onset) -> str:
    if shipped > onset.latest:
        return f"shipped {_length(shipped - onset.at)} after the onset"
    if shipped >= onset.at:
        return "shipped as it began"
    return f"shipped {_length(onset.at - shipped)} before the onset"


def _length(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    if seconds < 90:
        return f"{seconds} s"
    if seconds < 2 * 3600:
        return f"{round(seconds / 60)} min"
    return f"{round(seconds / 3600)} h" if seconds < 48 * 3600 else f"{seconds // 86400} days"


def _percent(share: float) -> str:
    return f"{min(share, 0.99) if share < 1 else 1:.0%}".replace("%", " %")
