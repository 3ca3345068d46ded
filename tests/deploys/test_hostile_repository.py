"""A repository is somebody else's data: its configuration names programs, and none of them may run."""

import os
import subprocess
from pathlib import Path

import pytest

from bot.deploys.git import GitDeploys
from tests.support.repository import Repository, minutes

LATER = minutes(600)
PROGRAMS = """
core.fsmonitor core.pager core.editor core.sshCommand core.askPass core.gitProxy core.alternateRefsCommand
pager.log pager.rev-list pager.diff-tree diff.external diff.evil.textconv diff.evil.command
filter.evil.clean filter.evil.smudge filter.evil.process gpg.program gpg.ssh.program gpg.x509.program
credential.helper merge.evil.driver sequence.editor alias.log alias.rev-parse uploadpack.packObjectsHook
"""


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """Return a program that leaves a line in `ran` each time it is started."""
    program = tmp_path / "marker"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> {tmp_path}/ran\n')
    program.chmod(0o755)
    return program


@pytest.fixture
def hostile(tmp_path: Path, marker: Path) -> Repository:
    """Return a repository whose configuration names the marker wherever git would start a program."""
    shop = Repository(tmp_path / "shop")
    shop.commit("One", "a.txt", at=0)
    shop.commit("Two", "b.txt", ".gitattributes", at=1)
    (shop.path / ".gitattributes").write_text("*.txt filter=evil diff=evil merge=evil\n")
    shop.git("tag", "v1", "HEAD~1")
    _sign(shop)
    shop.git("tag", "v2")
    hooks = shop.path / "hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "reference-transaction", "pre-auto-gc", "fsmonitor-watchman"):
        (hooks / hook).symlink_to(marker)
    for key in PROGRAMS.split():
        shop.git("config", key, f"!{marker}" if key.startswith("alias") else str(marker))
    for key, value in {
        "core.hooksPath": str(hooks),
        "log.showSignature": "true",
        "color.ui": "always",
        "i18n.logOutputEncoding": "UTF-16",
        "log.mailmap": "true",
        "protocol.allow": "always",
        "protocol.file.allow": "always",
        "protocol.ext.allow": "always",
        "remote.origin.url": f"ext::{marker} %S",
        "remote.origin.promisor": "true",
        "remote.origin.partialclonefilter": "blob:none",
    }.items():
        shop.git("config", key, value)
    return shop


def _sign(shop: Repository) -> None:
    """Give the newest commit a signature, so that git has a reason to start gpg."""
    raw = shop.git("cat-file", "commit", "HEAD")
    head, _, message = raw.partition("\n\n")
    signed = f"{head}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n bm90IGEgc2lnbmF0dXJl\n -----END PGP SIGNATURE-----\n\n{message}\n"
    sha = (
        subprocess.run(
            ["git", "hash-object", "-t", "commit", "-w", "--stdin"],
            cwd=shop.path,
            input=signed.encode(),
            check=True,
            capture_output=True,
        )
        .stdout.decode()
        .strip()
    )
    shop.git("update-ref", "refs/heads/main", sha)


def test_the_marker_would_run_without_the_neutral_environment(hostile: Repository, tmp_path: Path) -> None:
    """The control: plain git does start what this configuration names."""
    subprocess.run(["git", "log", "-1"], cwd=hostile.path, check=False, capture_output=True)
    assert (tmp_path / "ran").exists()


def test_no_program_of_a_hostile_repository_runs(hostile: Repository, tmp_path: Path) -> None:
    """The history is read in full, and the marker has not run once."""
    log = GitDeploys(hostile.path).changes(LATER)
    assert [deploy.name for deploy in log.deploys] == ["v2", "v1"]
    assert log.deploys[0].files == (".gitattributes", "b.txt")
    assert [commit.summary for commit in log.commits] == ["Two", "One"]
    assert not (tmp_path / "ran").exists()


def test_a_missing_object_is_not_fetched_by_the_promised_remote(hostile: Repository, tmp_path: Path) -> None:
    """A partial clone would start its remote's transport to fill the gap."""
    tree = hostile.git("rev-parse", "HEAD^{tree}")
    (hostile.path / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    GitDeploys(hostile.path).changes(LATER)
    assert not (tmp_path / "ran").exists()
    subprocess.run(["git", "diff-tree", "-r", "HEAD~1", "HEAD"], cwd=hostile.path, check=False, capture_output=True)
    assert (tmp_path / "ran").exists(), "the control: plain git starts the transport"


def test_refs_that_look_like_options_stay_refs(hostile: Repository, tmp_path: Path) -> None:
    """A tag or branch may be called `--output=...`; git's plumbing can make one where its porcelain refuses."""
    sha = hostile.git("rev-parse", "HEAD")
    for ref in (f"refs/tags/--output={'x' * 3}", "refs/heads/-evil", "refs/tags/--upload-pack=touch"):
        file = hostile.path / ".git" / ref
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(sha + "\n")
    log = GitDeploys(hostile.path, branch="-evil").changes(LATER)
    assert {"--output=xxx", "--upload-pack=touch"} <= {deploy.name for deploy in log.deploys}
    assert log.commits[0].revision == sha
    assert not list(tmp_path.rglob("xxx"))


@pytest.mark.parametrize(
    "revision", ["--output=x", "-1", "HEAD", "main", "v1^{/x}", "@{-1}", "v1..v2", "", "v1 --all", ":/One"]
)
def test_only_hashes_and_tags_are_resolved(hostile: Repository, revision: str) -> None:
    """A deploy log is outside text: an option, a moving name or a query in it resolves to nothing."""
    assert GitDeploys(hostile.path).resolve(revision) is None


def test_hostile_names_and_subjects_come_out_on_one_clean_line(tmp_path: Path) -> None:
    """Author, subject, tag and file names are outside text, whatever bytes they hold."""
    shop = Repository(tmp_path / "shop")
    shop.commit("Base", at=0)
    shop.tag("v0", at=1)
    shop.commit("x\x1b[2J\u202e<!channel>", "we\nird\tna\u200bme.py", at=2, author="Eve \x07\u2066<@U1>")
    (shop.path / os.fsdecode(b"latin\xe9.py")).write_text("x")
    shop.git("add", "--all")
    shop.git("commit", "--quiet", "--amend", "--no-edit", at=2)
    shop.tag("v\u202e1", at=3)
    log = GitDeploys(shop.path).changes(LATER)
    texts = [text for d in log.deploys for text in (d.name, d.summary, d.author, *d.files)]
    assert "x<!channel>" in texts
    assert {"we ird name.py", "latin\N{REPLACEMENT CHARACTER}.py", "v1"} <= set(texts)
    assert all(text.isprintable() for text in texts)
