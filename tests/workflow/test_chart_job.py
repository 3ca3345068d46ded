"""The picture of errors a minute as a job."""

from contextlib import suppress
from types import SimpleNamespace

import pytest

from bot.slack.errors import RateLimited
from bot.store import jobs
from bot.workflow import chart, owe
from bot.workflow.work import Done


class Desk:
    """Who draws and who uploads: the channel takes a picture when it is `open`."""

    def __init__(self):
        self.drawn, self.uploaded, self.open = 0, [], False

    def chart(self, _report, _series):
        """Draw."""
        self.drawn += 1
        return b"picture %d" % self.drawn

    def upload(self, _channel, content, **_how):
        """Upload, in turn."""
        if not self.open:
            raise RateLimited("files.completeUploadExternal", 1.0)
        self.uploaded.append(content)


@pytest.fixture
def charts(bench, monkeypatch):
    """Three charts of an incident with a triage, and who draws them."""
    bench.starts()
    report = SimpleNamespace(scope=SimpleNamespace(errors=1, events=2))
    investigation = SimpleNamespace(report=report, summary=SimpleNamespace(series=None))
    triaged = SimpleNamespace(ranked=[SimpleNamespace(service="shop", investigation=investigation)])
    monkeypatch.setattr(chart, "latest", lambda tx, incident_id: triaged)
    with bench.store.transaction() as tx:
        for n in range(3):
            how = {"due_at": bench.clock.now(), "lane": "work", "payload": {"service": "shop"}}
            jobs.enqueue(tx, 1, owe.CHART, n, **how)
    desk = Desk()
    return desk, chart.Charts(bench.context, desk, desk)


def tried(handler, owed):
    """Try each job once, and return how many were done."""
    done = 0
    for job in owed:
        with suppress(RateLimited):
            done += handler.post(job) == Done()
    return done


def test_a_chart_is_drawn_once_however_often_its_channel_has_no_turn(bench, charts):
    """Each refusal took a second of one of the two processes that triages read with."""
    desk, handler = charts
    owed = bench.pending(owe.CHART)
    assert [tried(handler, owed) for _ in range(5)] == [0] * 5
    desk.open = True
    assert tried(handler, owed) == 3
    assert desk.uploaded == [b"picture 1", b"picture 2", b"picture 3"]


def test_no_more_charts_are_kept_than_a_few(bench, charts, monkeypatch):
    """Another replica may have uploaded the oldest: it is drawn again where that is not so."""
    desk, handler = charts
    monkeypatch.setattr(chart, "MOST_KEPT", 2)
    tried(handler, bench.pending(owe.CHART))
    desk.open = True
    assert tried(handler, bench.pending(owe.CHART)) == 3
    assert desk.uploaded == [b"picture 4", b"picture 2", b"picture 3"]
