"""What every LogSource keeps to, whatever it reads."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.logs.file import FileLogSource
from bot.triage.ports import LogSource
from bot.triage.summary import LogRequest, Span
from tests.logs.make import T0, lines, outage, record, write

Make = Callable[[list[dict[str, Any]]], LogSource]

START = T0 + timedelta(minutes=60)
REQUEST = LogRequest(Span(T0, START), Span(START, T0 + timedelta(minutes=75)))


@pytest.fixture(params=["file"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Return a maker of sources that hold given records; one param an adapter."""
    assert request.param == "file"
    return lambda records: FileLogSource([write(tmp_path / "app.log", lines(records))])


def test_newest_is_the_newest_timestamp_wherever_it_stands(make: Make) -> None:
    """Lines need not be in order."""
    late = T0 + timedelta(minutes=5)
    assert make([record(T0), record(late), record(T0)]).newest() == late


def test_a_source_without_dated_records_has_no_newest(make: Make) -> None:
    """None, not the epoch."""
    assert make([{"msg": "x"}]).newest() is None


def test_the_summary_counts_exactly(make: Make) -> None:
    """Every figure is known from how the log was made."""
    bad = START + timedelta(minutes=2)
    found = make(list(outage(lambda at, region: at >= bad and region == "eu"))).summarize(REQUEST)
    assert found.source.lines == found.source.parsed == 75 * 60 * 4
    assert sum(found.series.events) == 75 * 60 * 4
    assert sum(found.series.errors) == sum(group.count for group in found.groups) == 13 * 60 * 4 // 3
    (group,) = found.groups
    assert (group.baseline_count, group.first_seen, group.example_id) == (0, bad, f"req-{62 * 60 * 4}")
    assert group.exception is not None
    assert group.exception.frames[0] == "charge (/app/src/pay.js:10)"
    (region,) = [field for field in found.fields if field.name == "region"]
    assert {v.value: (v.events, v.errors) for v in region.values} == {
        "eu": (1200, 1040),
        "us": (1200, 0),
        "ap": (1200, 0),
    }
    assert found.users is not None
    assert found.users.coverage == 1.0


def test_a_trace_has_every_record_of_the_id_under_any_of_its_names_in_order(make: Make) -> None:
    """Names differ between services; an id in a message is no id of the record."""
    names = ["correlationId", "trace_id", "x-request-id", "reqId"]
    log = [record(T0 + timedelta(seconds=9 - i), f"step {i}", **{name: "abc-1"}) for i, name in enumerate(names)]
    log += [record(T0, "abc-1 is elsewhere", correlationId="abc-12"), record(T0, "nested", req={"id": "abc-1"})]
    log += [record(T0 - timedelta(seconds=1), "too early", reqId="abc-1")]
    found = make(log).trace("abc-1", REQUEST.span)
    assert [step.message for step in found] == ["nested", "step 3", "step 2", "step 1", "step 0"]


def test_the_middle_of_a_traceparent_is_its_trace_id(make: Make) -> None:
    """As the W3C writes it."""
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    log = [record(T0, "x", traceparent=f"00-{trace}-00f067aa0ba902b7-01")]
    assert len(make(log).trace(trace, REQUEST.span)) == 1


def test_an_unknown_id_has_no_records(make: Make) -> None:
    """And is no error."""
    assert list(make([record(T0)]).trace("nope", REQUEST.span)) == []
