"""The logs of the benchmark hold what it says they hold: else its answers would be checked against nothing."""

import json
import shlex
from collections import Counter
from datetime import datetime, timedelta

import pytest

from bot.logs.file import FileLogSource
from bot.triage.summary import LogRequest, Span
from tests.benchmarks import answers
from tests.benchmarks.logs import END, STRETCHES, Shop
from tests.benchmarks.spelling import PINO, SPELLINGS
from tests.benchmarks.table import Row
from tests.benchmarks.traffic import STRETCH_S, TEMPLATES

SIZE = 400_000
FAILED = {"error", PINO["error"]}


def told(value: str | int) -> datetime:
    """Return a time as it was written."""
    return datetime.fromtimestamp(value / 1000, END.tzinfo) if isinstance(value, int) else datetime.fromisoformat(value)


def of_pairs(line: str) -> dict[str, str]:
    """Return the pairs of a line that a shell would read alike."""
    return dict(pair.split("=", 1) for pair in shlex.split(line))


def of_text(line: str) -> dict[str, str]:
    """Return what a line of text says by its words."""
    time, _request, level, _logger, message = line.split(" ", 4)
    return {"time": time, "level": level.lower(), "msg": message.removeprefix("TypeError: ")}


READERS = {"logfmt": of_pairs, "text": of_text}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_log_holds_what_is_said_of_it(tmp_path, spelling):
    """Lines, errors and users of the window are counted with the plainest parser."""
    truth = Shop(SIZE).write(tmp_path / "log", spelling=spelling)
    read = READERS.get(spelling, json.loads)
    lines = [read(line) for line in (tmp_path / "log").read_text().splitlines()]
    times = [told(line["time"]) for line in lines]
    window = [line for line, at in zip(lines, times, strict=True) if END - timedelta(minutes=15) <= at]
    failed = [line for line in window if line["level"] in FAILED]
    assert times == sorted(times)
    assert END - timedelta(seconds=STRETCHES * STRETCH_S) <= times[0]
    assert times[-1] < END
    assert (len(lines), sum(line["level"] in FAILED for line in lines)) == (truth.lines, truth.errors)
    assert (len(window), len(failed)) == (truth.window.lines, truth.window.errors)
    if spelling != "text":  # which names nobody
        assert {line["userId"] for line in window} == truth.window.users
        assert {line["userId"] for line in failed} == truth.window.affected
    assert Counter(line["msg"] for line in failed) == truth.window.messages


def test_no_request_has_the_id_of_another(tmp_path):
    """A stretch that is repeated has other requests, so that a trace is one of them."""
    shop = Shop(4 * SIZE)
    shop.write(tmp_path / "log")
    ids = Counter(json.loads(line)["correlationId"] for line in (tmp_path / "log").read_text().splitlines())
    assert set(ids.values()) == {4}
    assert shop.failing_id in ids


def test_every_run_is_measured_on_the_same_bytes(tmp_path):
    """The logs are the same each time, to the byte."""
    for name in ("one", "two"):
        Shop(SIZE).write(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_there_are_forty_messages():
    """As many templates as the table speaks of."""
    assert len(set(TEMPLATES)) == 40


def test_a_report_that_is_wrong_by_one_error_is_found_out(tmp_path):
    """The answer is compared, not only timed."""
    from bot.triage.report import as_json, build
    from bot.triage.scope import scope_of
    from bot.triage.summary import ChangeLog, Next

    truth = Shop(SIZE).write(tmp_path / "log")
    start = END - timedelta(minutes=15)
    request = LogRequest(Span(END - timedelta(seconds=STRETCHES * STRETCH_S), start), Span(start, END))
    summary = FileLogSource([str(tmp_path / "log")]).summarize(request)
    scope, _ = scope_of(summary)
    report = as_json(build(summary, scope, ChangeLog(""), (), Next(END, None, None), trace=None, top=answers.TOP))
    check = answers.report(truth.window, truth.before)
    assert check(json.dumps(report).encode()) == ""
    report["scope"]["errors"] += 1
    assert "errors is" in check(json.dumps(report).encode())


@pytest.mark.parametrize(
    ("value", "more_is_better", "verdict"),
    [(4.0, False, "NOT met"), (3.0, False, "met"), (1.0, False, "aim met"), (1.0, True, "NOT met"), (None, True, "not measured")],
)  # fmt: skip
def test_a_row_says_whether_it_is_enough(value, more_is_better, verdict):
    """Limits are included, in either direction."""
    limits = (2.0, 3.0) if more_is_better else (3.0, 2.0)
    assert Row("", value, "x", *limits, more_is_better).verdict == verdict
