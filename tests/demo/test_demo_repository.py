"""The shop's repository is a real one, and it tells the story that the logs tell."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from bot.demo.repository import create_repository, run_git
from bot.demo.story import load_story

ONSET = datetime(2026, 3, 1, 13, 52, tzinfo=UTC)


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """Make the repository once."""
    folder = tmp_path_factory.mktemp("shop") / "repo"
    create_repository(folder, ONSET)
    return folder


def test_every_release_is_an_annotated_tag_in_order(repository):
    """The tags v210 to v214 exist, are annotated and ascend in time."""
    printed = run_git(
        repository, "for-each-ref", "--sort=taggerdate", "--format=%(refname:short) %(objecttype)", "refs/tags"
    )
    assert printed.splitlines() == [f"v{number} tag" for number in range(210, 215)]


def test_the_bad_release_is_tagged_four_minutes_before_the_onset(repository):
    """v214's tagger date is the deploy, shortly before the errors; v213 is a day older."""
    stamp = "--format=%(taggerdate:unix)"
    tagged = {tag: int(run_git(repository, "for-each-ref", stamp, f"refs/tags/{tag}")) for tag in ("v213", "v214")}
    assert datetime.fromtimestamp(tagged["v214"], UTC) == ONSET - timedelta(minutes=4)
    assert timedelta(hours=24) < ONSET - datetime.fromtimestamp(tagged["v213"], UTC) < timedelta(hours=26)


def test_the_bad_release_changed_the_file_of_the_stack_trace(repository):
    """src/pricing/vat.js differs between v213 and v214, and its line in the trace reads the missing rate."""
    changed = run_git(repository, "diff", "--name-only", "v213", "v214").split()
    assert "src/pricing/vat.js" in changed
    assert not any(path.startswith("migrations/") for path in changed)


def test_every_frame_of_the_shops_own_code_points_at_the_call_it_names(repository):
    """Line and column of each frame under /app/src are those of the code in v214."""
    story = load_story()
    frames = [*story.fault.frames, *(route.frame for route in story.routes if route.frame)]
    frames += [frame for background in story.background for frame in background.failure.frames]
    places = re.findall(r"/app/(src/[\w/]+\.js):(\d+):(\d+)", "\n".join(frames))
    assert len(places) == 8
    called = []
    for path, line, column in places:
        text = run_git(repository, "show", f"v214:{path}").splitlines()[int(line) - 1]
        called.append(re.match(r"\w+", text[int(column) - 1 :])[0])
    assert called == ["vat_rate", "vatFor", "reduce", "priceCart", "priceCart", "await", "await", "await"]


def test_one_commit_is_merged_and_not_shipped(repository):
    """After v214 one more commit stands on main, dated after the onset, under no tag."""
    newest = run_git(repository, "log", "--format=%ct %s", "v214..main").splitlines()
    assert len(newest) == 1
    at, _, subject = newest[0].partition(" ")
    assert datetime.fromtimestamp(int(at), UTC) == ONSET + timedelta(minutes=2)
    assert subject == "Offer gift cards at checkout (#815)"


def test_the_repository_is_sound_and_clean(repository):
    """Git itself finds no fault in it, and the checked out files are those of main."""
    assert run_git(repository, "fsck", "--strict") == ""
    assert run_git(repository, "status", "--porcelain") == ""


def test_the_same_onset_gives_the_same_commits(repository, tmp_path):
    """Nothing of this machine, nor of the moment, gets into the history."""
    create_repository(tmp_path / "again", ONSET)
    assert run_git(tmp_path / "again", "show-ref") == run_git(repository, "show-ref")


def test_what_git_refuses_is_said_in_its_own_words(tmp_path):
    """A failing git raises with the command and what git printed."""
    with pytest.raises(RuntimeError, match=r"git show: .*not a git repository"):
        run_git(tmp_path, "show")
