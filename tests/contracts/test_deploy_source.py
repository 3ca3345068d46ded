"""One suite for every adapter that says what shipped."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.deploys.deploylog import DeployLog
from bot.deploys.git import GitDeploys
from bot.errors import SourceError
from bot.triage.ports import DeploySource
from tests.support.repository import Repository, minutes

Make = Callable[[Path], DeploySource]
SECRET = "hunter" + "2hunter2"


@pytest.fixture
def shop(tmp_path: Path) -> Repository:
    """Return three deploys, a commit that is in none of them, and a subject with a secret and a bidi override."""
    shop = Repository(tmp_path / "shop")
    for number, files in enumerate((["src/app.py"], ["src/cart.py"], ["src/pay.py", "migrations/7_add.sql"])):
        shop.commit(f"Change {number}", *files, at=10 * number)
        shop.tag(f"v{number + 1}", at=10 * number + 5)
    shop.commit(f"Set password={SECRET} \u202egnp.exe", "src/app.py", at=30)
    return shop


def _git(folder: Path) -> DeploySource:
    return GitDeploys(folder / "shop", name="source")


def _deploy_log(folder: Path) -> DeploySource:
    shop = GitDeploys(folder / "shop")
    lines = [
        json.dumps({"at": minutes(10 * n + 5).isoformat(), "revision": f"v{n + 1}", "name": f"v{n + 1}"})
        for n in range(3)
    ]
    (folder / "deploys.jsonl").write_text("\n".join(lines) + "\n")
    return DeployLog(folder / "deploys.jsonl", shop, name="source")


@pytest.fixture(params=[_git, _deploy_log], ids=["git", "deploy log"])
def source(request: pytest.FixtureRequest, tmp_path: Path, shop: Repository) -> DeploySource:
    """Return each adapter over the same history."""
    make: Make = request.param
    return make(tmp_path)


def test_deploys_are_newest_first_with_full_revision_name_and_instant(source: DeploySource, shop: Repository) -> None:
    """A deploy is a commit, peeled from its tag, under the tag's name and date."""
    deploys = source.changes(minutes(60)).deploys
    assert [deploy.name for deploy in deploys] == ["v3", "v2", "v1"]
    assert deploys[0].revision == shop.git("rev-parse", "v3^{commit}")
    assert [deploy.at for deploy in deploys] == [minutes(25), minutes(15), minutes(5)]
    assert (deploys[0].summary, deploys[0].author) == ("Change 2", "Ada Byron")


def test_a_deploy_lists_what_changed_since_the_one_before(source: DeploySource) -> None:
    """Files and commits are those between two deploys; the first has nothing to compare with."""
    newest, _, oldest = source.changes(minutes(60)).deploys
    assert (set(newest.files), newest.commits) == ({"src/pay.py", "migrations/7_add.sql"}, 1)
    assert (oldest.files, oldest.commits) == ((), 0)


def test_nothing_after_the_asked_instant_is_told(source: DeploySource) -> None:
    """A triage of the past must not know the future; the instant itself is included."""
    log = source.changes(minutes(15))
    assert [deploy.name for deploy in log.deploys] == ["v2", "v1"]
    assert [commit.at for commit in log.commits] == [minutes(10), minutes(0)]


def test_a_commit_is_shipped_when_a_deploy_contains_it(source: DeploySource) -> None:
    """Merged is not shipped."""
    commits = source.changes(minutes(60)).commits
    assert [commit.shipped for commit in commits] == [False, True, True, True]


def test_no_more_is_listed_than_was_asked_for(source: DeploySource) -> None:
    """The limits hold, and the newest are kept."""
    log = source.changes(minutes(60), deploys=1, commits=2)
    assert [deploy.name for deploy in log.deploys] == ["v3"]
    assert log.deploys[0].commits == 1
    assert [commit.at for commit in log.commits] == [minutes(30), minutes(20)]


def test_subjects_are_redacted_and_cleaned(source: DeploySource) -> None:
    """A commit subject is text from outside."""
    subject = source.changes(minutes(60)).commits[0].summary
    assert subject == "Set password=[redacted: password] gnp.exe"


def test_reading_writes_nothing(source: DeploySource, tmp_path: Path) -> None:
    """Every file, its bytes and its time are the same before and after."""
    before = _fingerprint(tmp_path)
    source.changes(minutes(60))
    assert _fingerprint(tmp_path) == before


def test_a_source_with_a_name_says_it(source: DeploySource) -> None:
    """Findings call the source by its name."""
    assert source.name == source.changes(minutes(60)).name == "source"


@pytest.mark.parametrize("make", [GitDeploys, DeployLog], ids=["git", "deploy log"])
def test_a_missing_path_is_an_error_that_names_it(make: Callable[[Path], DeploySource], tmp_path: Path) -> None:
    """Silence would read as "nothing shipped"."""
    missing = tmp_path / "gone"
    with pytest.raises(SourceError, match="gone"):
        make(missing).changes(minutes(0))


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"{path} {path.lstat().st_mtime_ns} {len(content)} ".encode() + content)
    return digest.hexdigest()
