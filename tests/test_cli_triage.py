"""`fifteen triage` as a process of its own: what it prints, where, and how it ends."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.logs.make import T0, lines, outage, write
from tests.support.repository import Repository, minutes

KEYS = ["version", "window", "baseline", "source", "scope", "changes", "errors", "trace", "next"]
BAD = T0 + timedelta(minutes=65)


def fifteen(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command and return how it ended."""
    command = [sys.executable, "-m", "bot", "triage", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A log of 75 minutes in which region eu fails for the last ten."""
    folder = tmp_path_factory.mktemp("log")
    return write(folder / "app.log", lines(list(outage(lambda at, region: at >= BAD and region == "eu"))))


def test_the_whole_answer_is_right_where_the_truth_is_known(log: str, tmp_path: Path) -> None:
    """Counts, onset, subset, group, trace, suspect and rollback target of a generated outage."""
    deploys = tmp_path / "deploys.jsonl"
    shipped = [("a" * 40, "v1", T0 - timedelta(hours=5)), ("b" * 40, "v2", BAD - timedelta(minutes=2))]
    write(deploys, "".join(json.dumps({"at": at.isoformat(), "revision": r, "name": n}) + "\n" for r, n, at in shipped))
    done = fifteen(log, "--deploys", str(deploys), "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert list(report) == KEYS
    scope = report["scope"]
    assert report["window"]["end"] == "2026-11-23T13:14:59.750Z"
    assert (scope["verdict"], scope["onset"][:16]) == ("subset", "2026-11-23T13:05")
    assert (scope["errors"], scope["events"], scope["baseline_errors"]) == (800, 3600, 0)
    assert (scope["affected"][0]["field"], scope["affected"][0]["value"]) == ("region", "eu")
    assert [(entry["count"], entry["share"], entry["new"]) for entry in report["errors"]] == [(800, 1.0, True)]
    assert report["trace"]["id"] == report["errors"][0]["example_id"] == "req-15600"
    assert [change["name"] for change in report["changes"] if change["suspect"]] == ["v2"]
    assert (report["next"]["deploy"]["name"], report["next"]["previous"]["name"]) == ("v2", "v1")
    assert any("the log ends at" in problem for problem in report["source"]["problems"])


@pytest.mark.parametrize("form", ["text", "json", "slack"])
def test_a_report_that_cannot_be_written_ends_with_one_line(log: str, form: str) -> None:
    """A full disk: no traceback, and no exit code that says that it was printed."""
    command = [sys.executable, "-m", "bot", "triage", log, "--format", form]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert done.stderr == "fifteen triage: the report could not be written (No space left on device).\n"
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("window", "said"),
    [
        ("0s", "'0s': it must be more than 0, such as 15m."),
        ("1.5s", "'1.5s': it must be whole seconds"),
        ("15", "'15': a duration is a number with s, m or h"),
        ("745h", "'745h': write whole seconds, from 1s to 744h"),
    ],
)
def test_a_length_of_time_that_cannot_be_is_refused_with_the_reason(log: str, window: str, said: str) -> None:
    """What is wrong with this one, not how they are written in general."""
    done = fifteen(log, "--window", window)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_repository_tells_what_shipped(log: str, tmp_path: Path) -> None:
    """The tags are the deploys; the bad one is suspect."""
    repository = Repository(tmp_path / "repo")
    before = (BAD - minutes(0)) / timedelta(minutes=1)
    for name, ago in (("v1", 300), ("v2", 3)):
        write(repository.path / "pay.js", name)
        repository.git("add", "pay.js", at=before - ago)
        repository.git("commit", "-qm", f"Ship {name}", at=before - ago)
        repository.git("tag", "-a", name, "-m", name, at=before - ago)
    report = json.loads(fifteen(log, "--repo", str(repository.path), "--format", "json").stdout)
    assert [change["name"] for change in report["changes"] if change["suspect"] and change["kind"] == "deploy"] == [
        "v2"
    ]


def test_text_has_the_four_findings_in_order_and_what_to_do_next(log: str) -> None:
    """Within eighty columns."""
    text = fifteen(log).stdout
    places = [text.index(word) for word in ("1. Scope", "2. Changes", "3. Errors", "4. Trace", "Next:", "Read 1 file")]
    assert places == sorted(places)
    assert "region=eu" in text
    assert "began 13:05:0" in text
    assert max(map(len, text.splitlines())) <= 80


def test_slack_prints_blocks_and_text(log: str) -> None:
    """Ready for the Block Kit builder."""
    message = json.loads(fifteen(log, "--format", "slack").stdout)
    assert set(message) == {"blocks", "text"}
    assert message["blocks"]


def test_a_request_can_be_named(log: str) -> None:
    """Also one of the baseline that did not fail."""
    trace = json.loads(fifteen(log, "--trace", "req-400", "--format", "json").stdout)["trace"]
    assert (trace["id"], [event["failing"] for event in trace["events"]]) == ("req-400", [False])


def test_what_an_exception_says_is_told_beside_what_its_record_says(tmp_path: Path) -> None:
    """The root of it, too; and of a request that no line carries, that it was not found."""
    error: dict[str, object] = {
        "type": "TypeError",
        "message": "x is undefined",
        "stack": "TypeError: x\n    at pay (/app/pay.js:7:1)",
    }
    error["cause"] = {"type": "Timeout", "message": "slow"}
    record = {
        "time": "2026-03-01T04:01:00Z",
        "level": "error",
        "msg": "charge failed",
        "requestId": "r-1",
        "err": error,
    }
    path = write(tmp_path / "app.log", lines([record] * 30))
    arguments = ("triage", path, "--at", "2026-03-01T04:05:00Z", "--trace", "r-2")
    text, blocks = fifteen(*arguments).stdout, fifteen(*arguments, "--format", "slack").stdout
    for said in (text, blocks):
        assert "TypeError: x is undefined" in said
        assert "caused by Timeout: slow" in said
        assert "no line of the request was found" in said.lower()
        assert "no error names a request" not in said.lower()


def test_local_time_west_of_utc_blames_no_deploy(tmp_path: Path) -> None:
    """Its times end hours before the file was written; with the zone named, whoever shipped before it began is suspect."""
    end = datetime.now(UTC).replace(microsecond=0)
    texts = []
    for i in range(1200):
        at, fails = end - timedelta(seconds=2 * (1200 - i)), i > 1000 and i % 3 == 0
        local = at - timedelta(hours=5)
        texts.append(f"{local:%Y-%m-%d %H:%M:%S} {'ERROR' if fails else 'INFO'} app.pay: order {i}")
    path = write(tmp_path / "app.log", "\n".join(texts) + "\n")
    deploys = [
        {
            "at": f"{end - timedelta(minutes=8, hours=hours):%Y-%m-%dT%H:%M:%SZ}",
            "revision": "abc",
            "name": f"v{6 - hours}",
        }
        for hours in (5, 0)
    ]
    log = write(tmp_path / "deploys.jsonl", lines(deploys))
    doubted = fifteen(path, "--deploys", log).stdout
    assert "5 h before the file" in " ".join(doubted.split())
    assert "suspect" not in doubted
    known = fifteen(path, "--deploys", log, "--timezone", "Etc/GMT+5").stdout
    assert "suspect v6" in known


def test_a_log_that_is_not_there_is_a_report_with_its_path() -> None:
    """Silence would be worse."""
    done = fifteen("/nowhere/app.log", "--format", "json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["scope"]["verdict"]) == (0, "unknown")
    assert any("/nowhere/app.log" in problem for problem in report["source"]["problems"])


def test_local_time_that_is_taken_as_utc_is_no_all_clear(tmp_path: Path) -> None:
    """Lines dated hours ahead: those of the window are as old as that. The remedy ends it."""
    now = datetime.now(UTC)
    ahead = [now + timedelta(hours=3, seconds=2 * i - 12_000) for i in range(6000)]
    path = write(tmp_path / "app.log", "".join(f"{at:%Y-%m-%d %H:%M:%S} INFO ok\n" for at in ahead))
    text = " ".join(fifteen(path).stdout.split())
    assert "1. Scope no data: lines are dated up to 2 h 59 min ahead, and times carry no zone: local time?" in text
    assert "--timezone in fifteen triage" in text
    assert json.loads(fifteen(path, "--format", "json").stdout)["scope"]["verdict"] == "unknown"
    mended = fifteen(path, "--timezone", "Etc/GMT-3", "--format", "json")  # three hours east of Greenwich
    assert json.loads(mended.stdout)["scope"]["verdict"] == "none"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["x.log", "--window", "5x"], "such as 15m"),
        (["x.log", "--window", "0m"], "such as"),
        (["x.log", "--at", "noon"], "2026-11-23T13:52:00Z"),
        (["x.log", "--trace", "a b"], "letters, digits"),
        (["x.log", "--formt", "json"], "--format"),
        (["x.log", "--format", "yaml"], "json"),
        ([], "LOG"),
    ],
)
def test_wrong_usage_ends_with_2_and_the_right_form(arguments: list[str], said: str) -> None:
    """On standard error; never a traceback."""
    done = fifteen(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_any_bytes_give_a_report(tmp_path: Path) -> None:
    """Whatever the file is."""
    path = write(tmp_path / "app.log", bytes(range(1, 256)) * 50 + b'\n{"time":1795441920000}\n\xff\xfe{')
    done = fifteen(path, "--format", "json")
    source = json.loads(done.stdout)["source"]
    assert done.returncode == 0
    assert source["lines"] == source["parsed"] + source["skipped"] > 0
