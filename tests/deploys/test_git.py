"""The tags of a clone as deploys: history in its odd shapes, and repositories that cannot be read."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from bot.deploys.git import GitDeploys
from bot.errors import Rejected, Unreachable
from tests.support.repository import Repository, minutes

LATER = minutes(600)


@pytest.fixture
def shop(tmp_path: Path) -> Repository:
    """Return an empty repository."""
    return Repository(tmp_path / "shop")


def test_a_lightweight_tag_ships_at_the_commit_date(shop: Repository) -> None:
    """Without a tagger the committer's date is the best there is."""
    shop.commit("One", at=7)
    shop.tag("v1")
    assert GitDeploys(shop.path).changes(LATER).deploys[0].at == minutes(7)


def test_an_annotated_tag_ships_at_the_taggers_date(shop: Repository) -> None:
    """A commit may be tagged long after it was made."""
    shop.commit("One", at=7)
    shop.tag("v1", at=90)
    assert GitDeploys(shop.path).changes(LATER).deploys[0].at == minutes(90)


def test_a_tag_of_a_tag_is_peeled_to_the_commit(shop: Repository) -> None:
    """The revision of a deploy is always a commit."""
    sha = shop.commit("One", at=0)
    shop.tag("inner", at=1)
    shop.tag("outer", at=2, target="inner")
    assert {deploy.revision for deploy in GitDeploys(shop.path).changes(LATER).deploys} == {sha}


def test_tags_that_name_no_commit_are_passed_over_and_counted(shop: Repository) -> None:
    """A tagged file is no deploy."""
    shop.commit("One", "a.txt", at=0)
    shop.tag("v1", at=1)
    shop.tag("file", target="HEAD:a.txt")
    shop.tag("tree", at=2, target="HEAD^{tree}")
    log = GitDeploys(shop.path).changes(LATER)
    assert [deploy.name for deploy in log.deploys] == ["v1"]
    assert log.problems == ("2 tags passed over: no commit or no date",)


def test_two_tags_on_one_commit_compare_with_the_deploy_before_both(shop: Repository) -> None:
    """A second name for the same revision has not changed nothing."""
    shop.commit("One", "a", at=0)
    shop.tag("v1", at=1)
    shop.commit("Two", "b", at=2)
    shop.tag("v2", at=3)
    shop.tag("v2-prod", at=4)
    newest, second, _ = GitDeploys(shop.path).changes(LATER).deploys
    assert newest.revision == second.revision
    assert newest.files == second.files == ("b",)


def test_going_back_to_an_old_revision_lists_what_it_takes_back(shop: Repository) -> None:
    """A rollback is a deploy too; by time, not by ancestry."""
    first = shop.commit("One", "a", at=0)
    shop.tag("v1", at=1)
    shop.commit("Two", "b", at=2)
    shop.tag("v2", at=3)
    shop.tag("v3", at=4, target=first)
    newest = GitDeploys(shop.path).changes(LATER).deploys[0]
    assert (newest.name, newest.files, newest.commits) == ("v3", ("b",), 0)


def test_only_tags_that_match_are_deploys(shop: Repository) -> None:
    """The glob spans slashes, as tags of a monorepo have them."""
    shop.commit("One", at=0)
    for name in ("shop/v1", "docs/v1", "nightly"):
        shop.tag(name, at=1)
    assert [d.name for d in GitDeploys(shop.path, tags="shop/*").changes(LATER).deploys] == ["shop/v1"]
    assert len(GitDeploys(shop.path).changes(LATER).deploys) == 3


def test_without_tags_nothing_is_proven(shop: Repository) -> None:
    """Commits alone are merged, not shipped."""
    shop.commit("One", at=0)
    log = GitDeploys(shop.path).changes(LATER)
    assert (log.deploys, log.proves_deploys, [c.shipped for c in log.commits]) == ((), False, [False])


def test_a_merge_lists_everything_that_came_in_with_it(shop: Repository) -> None:
    """A merge commit itself changes no file; what it brought to the branch counts."""
    shop.commit("Base", "base", at=0)
    shop.git("checkout", "--quiet", "-b", "feature")
    shop.commit("Feature", "feature.py", at=1)
    shop.git("checkout", "--quiet", "main")
    shop.commit("Main", "main.py", at=2)
    shop.git("merge", "--quiet", "--no-ff", "-m", "Merge feature", "feature", at=3)
    newest = GitDeploys(shop.path).changes(LATER).commits[0]
    assert (newest.summary, newest.files) == ("Merge feature", ("feature.py",))


def test_the_branch_that_was_asked_for_is_listed(shop: Repository) -> None:
    """HEAD is only the default; a remote's branch is one too."""
    shop.commit("Base", at=0)
    shop.git("checkout", "--quiet", "-b", "release")
    shop.commit("Release", at=1)
    shop.git("checkout", "--quiet", "main")
    shop.git("update-ref", "refs/remotes/origin/release", "release")
    for branch in ("release", "origin/release"):
        assert GitDeploys(shop.path, branch=branch).changes(LATER).commits[0].summary == "Release"
    with pytest.raises(Rejected, match="has no branch nope"):
        GitDeploys(shop.path, branch="nope").changes(LATER)


def test_an_empty_repository_says_so(shop: Repository) -> None:
    """No commits is a state, not a fault."""
    log = GitDeploys(shop.path).changes(LATER)
    assert log.problems == (f"{shop.path} has no commits yet",)
    assert not log.proves_deploys


def test_a_folder_without_git_is_refused_even_inside_a_larger_one(tmp_path: Path) -> None:
    """The error says what to set."""
    with pytest.raises(Unreachable, match="is not a git repository: set the path to a clone"):
        GitDeploys(tmp_path).changes(LATER)


def test_a_folder_inside_a_work_tree_is_enough(shop: Repository) -> None:
    """`--repo .` works wherever one stands in the clone."""
    shop.commit("One", "deep/in/file", at=0)
    assert GitDeploys(shop.path / "deep" / "in").changes(LATER).commits[0].summary == "One"


def test_a_bare_clone_and_a_linked_work_tree_can_be_read(shop: Repository, tmp_path: Path) -> None:
    """Servers keep bare mirrors; engineers keep several work trees."""
    shop.commit("One", at=0)
    shop.tag("v1", at=1)
    shop.git("clone", "--quiet", "--mirror", str(shop.path), str(tmp_path / "mirror.git"))
    shop.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    for path in (tmp_path / "mirror.git", tmp_path / "linked"):
        assert [deploy.name for deploy in GitDeploys(path).changes(LATER).deploys] == ["v1"]


def test_a_shallow_clone_says_what_it_cannot_see(shop: Repository, tmp_path: Path) -> None:
    """The boundary commit must not look as if it had added every file."""
    shop.commit("One", "a", at=0)
    shop.commit("Two", "b", at=1)
    shop.git("clone", "--quiet", "--depth=1", f"file://{shop.path}", str(tmp_path / "shallow"))
    log = GitDeploys(tmp_path / "shallow").changes(LATER)
    assert [commit.files for commit in log.commits] == [()]
    remedy = f"git -C {tmp_path / 'shallow'} fetch --unshallow --tags"
    assert f"shallow clone: older history is not seen; {remedy}" in log.problems


def test_another_users_repository_is_refused_with_the_setting_to_change(shop: Repository) -> None:
    """Git's own advice (a global safe.directory) would not count here, so ours names the setting."""
    shop.commit("One", at=0)
    for folder, _, files in os.walk(shop.path):
        for entry in (folder, *(Path(folder, file) for file in files)):
            os.chown(entry, 12345, 12345)
    with pytest.raises(Rejected, match=r"belongs to another user.*`safe_directory = true`.*the configuration"):
        GitDeploys(shop.path).changes(LATER)
    assert GitDeploys(shop.path, safe_directory=True).changes(LATER).commits[0].summary == "One"


def test_a_clone_that_was_not_fetched_lately_says_how_old_it_is(shop: Repository, tmp_path: Path) -> None:
    """It cannot know what shipped since, and that must not read as "nothing shipped"."""
    shop.commit("One", at=0)
    shop.git("clone", "--quiet", str(shop.path), str(tmp_path / "clone"))
    fetch_head = tmp_path / "clone" / ".git" / "FETCH_HEAD"
    fetch_head.touch()
    fetched = (LATER - timedelta(hours=2)).timestamp()
    os.utime(fetch_head, (fetched, fetched))
    log = GitDeploys(tmp_path / "clone").changes(LATER)
    assert log.fetched_at == LATER - timedelta(hours=2)
    assert log.problems == ("last fetched 2 h ago; newer changes are not seen",)
    assert log.stale
    assert GitDeploys(tmp_path / "clone").changes(LATER - timedelta(hours=1, minutes=50)).problems == ()


def test_a_repository_without_a_remote_has_no_age(shop: Repository) -> None:
    """It is where the commits are made."""
    shop.commit("One", at=0)
    log = GitDeploys(shop.path).changes(LATER)
    assert (log.fetched_at, log.problems, log.stale) == (None, (), False)


def test_a_redirected_git_environment_is_refused(shop: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a git hook GIT_DIR would send every command to the wrong repository."""
    shop.commit("One", at=0)
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    with pytest.raises(Rejected, match="GIT_DIR is set"):
        GitDeploys(shop.path).changes(LATER)


def test_a_corrupt_repository_is_an_error_and_not_silence(shop: Repository) -> None:
    """What git says about it is passed on, on one line."""
    shop.commit("One", at=0)
    for pack in (shop.path / ".git" / "objects").glob("??/*"):
        pack.chmod(0o644)
        pack.write_bytes(b"rubbish")
    with pytest.raises(Unreachable, match="git could not read"):
        GitDeploys(shop.path).changes(LATER)
