"""Looking back: an incident that was there before the baseline is found, for the price of a few short looks."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.triage.lookback import BYTES_MAX, look_back
from bot.triage.scope import scope_of
from bot.triage.summary import LogRequest, LogSummary, Series, SourceReport, Span, Verdict
from tests.logs.make import T0

END = T0 + timedelta(hours=30)
WINDOW = Span(END - timedelta(minutes=15), END)
REQUEST = LogRequest(Span(WINDOW.start - timedelta(hours=1), WINDOW.start), WINDOW)
PER_SECOND = 5


class Log:
    """A log of five records a second, of which `fails(at)` fails every so many; counts what is read of it."""

    def __init__(self, every: Callable[[datetime], int], oldest: datetime = T0, bytes_a_look: int = 0) -> None:
        self.every = every
        self.oldest = oldest
        self.bytes_a_look = bytes_a_look
        self.seconds_read = 0
        self.looks = 0

    def ask(self, request: LogRequest) -> LogSummary:
        """Return what a stretch holds."""
        seconds = round(request.span.duration.total_seconds())
        self.seconds_read += seconds
        self.looks += 1
        at = [request.span.start + timedelta(seconds=i) for i in range(seconds)]
        events = tuple(PER_SECOND * (one >= self.oldest) for one in at)
        errors = tuple(
            int(n and not round((one - T0).total_seconds()) % self.every(one))
            for n, one in zip(events, at, strict=True)
        )
        source = SourceReport("log", bytes_read=self.bytes_a_look)
        return LogSummary(request, source, END, self.oldest, Series(request.span.start, events, errors), None, (), ())


def since(at: datetime) -> Callable[[datetime], int]:
    """Fail once in five hundred seconds before an instant, and every second second after it."""
    return lambda one: 2 if one >= at else 500


def test_an_incident_that_began_hours_ago_is_found_to_the_minute() -> None:
    """It is compared with the quiet before it, and no longer the usual; what is read is a fraction of the day."""
    for hours in (2, 5, 11, 22):
        began = END - timedelta(hours=hours, minutes=7)
        log = Log(since(began))
        summary = log.ask(REQUEST)
        scope, _ = scope_of(summary)
        assert (scope.verdict, scope.onset) == (Verdict.UNKNOWN, None)
        earlier = look_back(scope, summary, log.ask)
        assert earlier is not None
        assert abs(earlier.onset.at - began) <= timedelta(minutes=1)
        found, problems = scope_of(summary, earlier)
        assert found.onset == earlier.onset
        assert found.baseline_rate is not None
        assert found.baseline_rate < 0.001
        assert any("before the baseline" in problem for problem in problems)
        assert log.seconds_read < 4 * 3600


def test_what_has_been_so_for_a_day_is_how_things_are() -> None:
    """No onset is made up."""
    log = Log(lambda _: 2)
    summary = log.ask(REQUEST)
    assert look_back(scope_of(summary)[0], summary, log.ask) is None


def test_a_quiet_window_costs_no_look() -> None:
    """Nor does one whose onset is known."""
    for log in (Log(lambda _: 5000), Log(since(END - timedelta(minutes=10)))):
        summary = log.ask(REQUEST)
        assert look_back(scope_of(summary)[0], summary, log.ask) is None
        assert log.looks == 1


def test_nothing_is_looked_for_before_the_log_begins() -> None:
    """Nor beyond what may be read."""
    log = Log(since(END - timedelta(hours=5)), oldest=END - timedelta(hours=3))
    summary = log.ask(REQUEST)
    assert look_back(scope_of(summary)[0], summary, log.ask) is None
    assert log.looks <= 2
    dear = Log(since(END - timedelta(hours=20)), bytes_a_look=BYTES_MAX)
    summary = dear.ask(REQUEST)
    assert look_back(scope_of(summary)[0], summary, dear.ask) is None
    assert dear.looks == 2
