"""A deploy log: which lines count, and what a repository adds to them."""

import json
import os
from pathlib import Path

import pytest

from bot.deploys.deploylog import DeployLog
from bot.deploys.git import GitDeploys
from bot.errors import Unreachable
from tests.support.repository import Repository, minutes

LATER = minutes(600)


def _write(folder: Path, *entries: object) -> Path:
    file = folder / "deploys.jsonl"
    file.write_text("\n".join(entry if isinstance(entry, str) else json.dumps(entry) for entry in entries))
    return file


def _entry(at: float, revision: str, **more: str) -> dict[str, str]:
    return {"at": minutes(at).isoformat(), "revision": revision, **more}


def test_a_log_alone_proves_deploys_and_keeps_revisions_as_given(tmp_path: Path) -> None:
    """Without a repository there is nothing to add."""
    log = DeployLog(
        _write(tmp_path, _entry(0, "abc1234"), _entry(5, "def5678", name="v2", environment="prod"))
    ).changes(LATER)
    assert [(d.revision, d.name, d.environment) for d in log.deploys] == [
        ("def5678", "v2", "prod"),
        ("abc1234", "abc1234", ""),
    ]
    assert (log.proves_deploys, log.commits, log.problems) == (True, (), ())


def test_lines_that_are_no_deploy_are_counted(tmp_path: Path) -> None:
    """A torn line must neither end the reading nor go unsaid; blank lines are nothing."""
    bad = [
        "{",
        "[]",
        "null",
        '"x"',
        "{}",
        '{"at": 3, "revision": "a"}',
        '{"at": "2026-03-02T12:00:00", "revision": "zoneless"}',
    ]
    bad += [
        '{"at": "2026-03-02T12:00:00Z", "revision": 7}',
        '{"at": "2026-03-02T12:00:00Z", "revision": "a", "name": ["x"]}',
        "[" * 9000,
    ]
    log = DeployLog(_write(tmp_path, *bad, "", "  ", _entry(0, "abc1234"))).changes(LATER)
    assert [deploy.revision for deploy in log.deploys] == ["abc1234"]
    assert log.problems == (f"{len(bad)} lines of deploys.jsonl passed over: not a deploy",)


def test_instants_are_compared_across_zones_and_orders(tmp_path: Path) -> None:
    """A log need not be sorted, nor in UTC."""
    entries = [
        _entry(10, "b"),
        {"at": "2026-03-02T14:05:00+02:00", "revision": "a"},
        {"at": "2026-03-02T12:15:00Z", "revision": "c"},
    ]
    assert [d.revision for d in DeployLog(_write(tmp_path, *entries)).changes(LATER).deploys] == ["c", "b", "a"]


def test_short_hashes_and_tags_become_full_revisions(tmp_path: Path) -> None:
    """The repository tells what the log abbreviates; what it does not know stays as it is."""
    shop = Repository(tmp_path / "shop")
    first = shop.commit("One", "a", at=0)
    shop.tag("v1")
    second = shop.commit("Two", "b", at=1)
    file = _write(tmp_path, _entry(2, "v1"), _entry(3, second[:10]), _entry(4, "f" * 40))
    unknown, newer, older = DeployLog(file, GitDeploys(shop.path)).changes(LATER).deploys
    assert (older.revision, newer.revision, unknown.revision) == (first, second, "f" * 40)
    assert (newer.summary, newer.files, newer.commits) == ("Two", ("b",), 1)
    assert (unknown.summary, unknown.files) == ("", ())


def test_a_deploy_is_compared_with_the_one_before_in_its_environment(tmp_path: Path) -> None:
    """What staging had earlier says nothing about production."""
    shop = Repository(tmp_path / "shop")
    shas = [shop.commit(f"Change {name}", name, at=n) for n, name in enumerate("abc")]
    entries = [
        _entry(10, shas[0], environment="prod"),
        _entry(11, shas[1], environment="staging"),
        _entry(12, shas[2], environment="prod"),
    ]
    newest = DeployLog(_write(tmp_path, *entries), GitDeploys(shop.path)).changes(LATER).deploys[0]
    assert (newest.files, newest.commits) == (("b", "c"), 2)


@pytest.mark.parametrize("key", ["environment", "env", "stage"])
@pytest.mark.parametrize(
    "name", ["staging", "Stage", "dev-2", "QA", "test_eu", "pre-prod", "nonprod", "uat", "sandbox"]
)
def test_what_shipped_elsewhere_than_to_production_is_left_out_and_said_to_be(tmp_path: Path, key, name) -> None:
    """It hurt nobody, and there is nothing to take back; a deploy without an environment may be production's."""
    entries = [_entry(0, "a"), _entry(1, "b", **{key: name}), _entry(2, "c", **{key: "production"})]
    log = DeployLog(_write(tmp_path, *entries, _entry(900, "d", **{key: name}))).changes(LATER)
    assert [deploy.revision for deploy in log.deploys] == ["c", "a"]
    assert (log.problems, log.remarks) == ((), (f"1 deploy to {name} left out: not production",))


def test_several_environments_left_out_are_counted_and_three_named(tmp_path: Path) -> None:
    """In one sentence."""
    names = ("dev", "qa", "qa", "staging", "uat")
    entries = [_entry(n, f"r{n}", environment=name) for n, name in enumerate(names)]
    log = DeployLog(_write(tmp_path, _entry(0, "p"), *entries)).changes(LATER)
    assert log.remarks == ("5 deploys to dev, qa, staging and 1 more left out: not production",)


def test_what_was_left_out_is_counted_as_far_back_as_deploys_are_listed(tmp_path: Path) -> None:
    """Years of staging say nothing about tonight; where nothing is listed, they say why."""
    staging = [_entry(n, f"s{n}", env="staging") for n in range(100)]
    log = DeployLog(_write(tmp_path, *staging, _entry(50, "p1"), _entry(90, "p2"), _entry(95, "p3")))
    told = [log.changes(minutes(until), deploys=2).remarks for until in (97, 40)]
    assert told == [(f"{left} deploys to staging left out: not production",) for left in (8, 41)]


def test_a_log_of_nothing_but_staging_is_that_of_staging(tmp_path: Path) -> None:
    """Then staging is what is looked at."""
    log = DeployLog(_write(tmp_path, _entry(0, "a", env="staging"), _entry(1, "b", env="staging"))).changes(LATER)
    assert [deploy.revision for deploy in log.deploys] == ["b", "a"]
    assert (log.problems, log.remarks) == ((), ())


@pytest.mark.parametrize("name", ["prod", "production-test", "live", "eu-2", "canary", "latest", "device"])
def test_an_environment_that_may_be_production_is_kept(tmp_path: Path, name) -> None:
    """To leave out what did it would be worse than to list what did not."""
    log = DeployLog(_write(tmp_path, _entry(0, "a"), _entry(1, "b", environment=name))).changes(LATER)
    assert [deploy.revision for deploy in log.deploys] == ["b", "a"]


def test_a_stage_that_is_no_text_does_not_spoil_a_line(tmp_path: Path) -> None:
    """Whoever writes the log may mean something else by it."""
    log = DeployLog(_write(tmp_path, {**_entry(0, "a"), "stage": 3, "env": {"CI": "1"}})).changes(LATER)
    assert [(deploy.revision, deploy.environment) for deploy in log.deploys] == [("a", "")]


def test_an_unreadable_repository_is_a_problem_and_the_deploys_stay(tmp_path: Path) -> None:
    """What shipped is known from the log alone."""
    log = DeployLog(_write(tmp_path, _entry(0, "abc1234")), GitDeploys(tmp_path / "gone")).changes(LATER)
    assert [deploy.revision for deploy in log.deploys] == ["abc1234"]
    assert log.problems == (f"{tmp_path}/gone does not exist: set the path to a clone",)


def test_a_pipe_in_place_of_the_log_is_refused_at_once(tmp_path: Path) -> None:
    """Opening a FIFO would wait for ever."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Unreachable, match="is not a file"):
        DeployLog(tmp_path / "pipe").changes(LATER)
