"""The four steps, one line each: what was found, or that it is clear, or that there is no data and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.render.markup import MRKDWN, Markup
from bot.render.words import count, gap, percent
from bot.triage.affected import ERRORS_MIN
from bot.triage.since import EVENTS_MIN
from bot.triage.summary import Affected, Change, ErrorEntry, Report, Scope
from bot.triage.summary import Verdict as ScopeVerdict

# Below this many errors, one user or one retry moves a share by several points.
SMALL_SAMPLE = 30
# From this difference on, the share of all errors and that of those above the usual are two stories.
USUAL_HIDES = 0.1
# A line on a phone.
VALUES_NAMED = 3


class Outcome(StrEnum):
    """What a step of the triage came to."""

    FOUND = "found"
    CLEAR = "clear"
    NO_DATA = "no data"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One step in one line; `text` is written in the markup that was asked for, escaped where it has to be."""

    step: str
    outcome: Outcome
    text: str

    @property
    def line(self) -> str:
        """Step, outcome and text as one plain line."""
        return f"{self.step} {self.outcome}: {self.text}"


def verdicts(report: Report, markup: Markup = MRKDWN) -> tuple[Verdict, Verdict, Verdict, Verdict]:
    """Return the four verdicts in the order of the protocol: Scope, Changes, Errors, Trace."""
    return (_scope(report, markup), _changes(report, markup), _errors(report, markup), _trace(report, markup))


def why_no_logs(report: Report, markup: Markup) -> str:
    """Say why nothing can be told from the logs."""
    if report.source.doubt:
        return markup.prose(report.source.doubt)
    if report.source.problems:
        return markup.prose(report.source.problems[0])
    return f"{count(report.source.parsed)} of {count(report.source.lines, 'line')} could be read"


def is_clear(report: Report) -> bool:
    """Tell whether that no error was found says that there was none: something was logged then, and all of it was read."""
    source = report.source
    return not report.errors and report.scope.events > 0 and not source.partial and not report.scope.unclear


def why_not_clear(report: Report, markup: Markup) -> str:
    """Say why nobody knows whether there were errors, though none was found."""
    source = report.source
    if report.scope.unclear:
        return markup.prose(report.scope.unclear)
    is_whole = source.parsed and not source.partial
    return "nothing was logged in the window" if is_whole else why_no_logs(report, markup)


def tells_errors(report: Report) -> bool:
    """Tell whether it is known that something fails, if not whom it hits: by the rule of `bot.triage.scope`."""
    scope = report.scope
    if scope.verdict is not ScopeVerdict.UNKNOWN:
        return True
    return scope.errors >= ERRORS_MIN and scope.events >= EVENTS_MIN and not report.source.doubt


def why_unknown(report: Report, markup: Markup) -> str:
    """Say why nobody knows whether anything fails."""
    scope = report.scope
    if scope.unclear:
        return markup.prose(scope.unclear)
    if scope.events < EVENTS_MIN:
        if report.source.partial or not report.source.parsed:
            return why_no_logs(report, markup)
        return f"{count(scope.events, 'log record')} in the window; it takes {EVENTS_MIN} to tell"
    return f"{count(scope.errors, 'error')} in {count(scope.events, 'log record')}: too few to tell whom they hit"


def whom(scope: Scope) -> Iterator[str]:
    """Yield the users affected of those seen, where the log names them."""
    if scope.users is not None:
        yield f"{count(scope.users.affected)} of {count(scope.users.seen, 'user')}"


def rates(scope: Scope) -> Iterator[str]:
    """Yield which share fails of each unit that the log has: requests where it tells them apart, and its records."""
    if scope.requests is not None:
        yield _share(scope.requests.failed, scope.requests.seen, "request")
    yield _share(scope.errors, scope.events, "log record")


def caution(scope: Scope) -> Iterator[str]:
    """Yield what to beware of: shares of few errors, and a subset that is not there."""
    if scope.verdict is ScopeVerdict.EVERYONE and not scope.affected:
        yield "Everyone: no single subset stands out."
    if scope.verdict is ScopeVerdict.UNKNOWN and scope.errors >= ERRORS_MIN:
        yield "No field tells whom."
    if 0 < scope.errors < SMALL_SAMPLE:
        yield f"Small sample: {count(scope.errors, 'error')}. Shares may mislead."


def _share(some: int, of: int, thing: str) -> str:
    return f"{percent(some / of if of else 0)} of {count(of, thing)}"


def _fail(scope: Scope) -> str:
    before = "" if scope.baseline_rate is None else f" ({percent(scope.baseline_rate)} before)"
    return f"{' and '.join(rates(scope))} fail{before}"


def suspects(report: Report) -> tuple[Change, ...]:
    """Return the suspect changes, newest first."""
    return tuple(change for change in report.changes if change.suspect)


def _scope(report: Report, markup: Markup) -> Verdict:
    scope = report.scope
    if not tells_errors(report):
        return Verdict("Scope", Outcome.NO_DATA, why_unknown(report, markup))
    if scope.verdict is ScopeVerdict.NONE and report.source.partial:
        return Verdict("Scope", Outcome.NO_DATA, why_no_logs(report, markup))
    fail = _fail(scope)
    if scope.verdict is ScopeVerdict.NONE:
        return Verdict("Scope", Outcome.CLEAR, fail)
    parts = [*whom(scope), fail]
    if scope.verdict is ScopeVerdict.SUBSET and scope.affected:
        parts.append(_where(scope.affected, markup))
    if scope.onset is not None and scope.ended is not None:
        parts.append(f"from {markup.time(scope.onset.at)} to {markup.time(scope.ended)}, over since")
    elif scope.onset is not None:
        parts.append(f"since {markup.time(scope.onset.at)}")
    if scope.verdict is ScopeVerdict.UNKNOWN:
        return Verdict("Scope", Outcome.FOUND, f"{', '.join(parts)}; no field tells whom")
    return Verdict("Scope", Outcome.FOUND, ", ".join(parts))


def _where(affected: Sequence[Affected], markup: Markup) -> str:
    """Return the values of the most telling field, and which share of the errors they hold between them."""
    first = affected[0]
    values = [one for one in affected if one.field == first.field]
    named = [markup.code(f"{first.field}={first.value}"), *(markup.code(one.value) for one in values[1:VALUES_NAMED])]
    if len(values) > VALUES_NAMED:
        named.append(f"{len(values) - VALUES_NAMED} more")
    *most, last = named
    where = f"{', '.join(most)} and {last}" if most else last
    if any(hides_behind_the_usual(one) for one in values):
        return f"{percent(min(1.0, sum(one.excess_share for one in values)))} of what is above the usual in {where}"
    return f"{percent(sum(one.error_share for one in values))} in {where}"


def hides_behind_the_usual(entry: Affected) -> bool:
    """Tell whether errors that are always there, elsewhere, make a value's share look small: what it has of the rise is told."""
    return entry.excess_share - entry.error_share >= USUAL_HIDES


def _changes(report: Report, markup: Markup) -> Verdict:
    suspected = suspects(report)
    if suspected:
        first = suspected[0]
        verb = "shipped" if first.shipped == "yes" else "merged, not proven shipped,"
        said = f"{markup.code(first.name)} {verb} {markup.time(first.at)}"
        more = f", and {len(suspected) - 1} more" if len(suspected) > 1 else ""
        return Verdict("Changes", Outcome.FOUND, f"suspect {said}{more}")
    why = _why_no_suspect(report, markup)
    if why:
        return Verdict("Changes", Outcome.NO_DATA, why)
    if not report.changes:
        return Verdict("Changes", Outcome.CLEAR, "nothing shipped")
    newest = report.changes[0]
    return Verdict(
        "Changes", Outcome.CLEAR, f"no suspect; newest {markup.code(newest.name)} {markup.moment(newest.at)}"
    )


def _why_no_suspect(report: Report, markup: Markup) -> str:
    """Say why that no change is suspect clears none; "" where it does."""
    if report.change_problems:
        return markup.prose(report.change_problems[0])
    if not report.change_source:
        return "no source of deploys is configured"
    if report.changes and report.source.doubt:
        return "what shipped before it began is unknown: the log's times are in doubt"
    fails = report.scope.verdict in {ScopeVerdict.EVERYONE, ScopeVerdict.SUBSET}
    if report.changes and fails and report.scope.onset is None:
        return "when it began is unknown, so no deploy is suspect, and none is cleared"
    return ""


def _errors(report: Report, markup: Markup) -> Verdict:
    if report.errors:
        top = report.errors[0]
        said = _count_of(top, report, markup)
        new = next((entry for entry in report.errors if entry.new and entry.count >= ERRORS_MIN), None)
        if new is not None and not top.new:  # what is always there is not what woke anybody
            said = f"{said}; {_count_of(new, report, markup)}"
        return Verdict("Errors", Outcome.FOUND, said)
    if not is_clear(report):
        return Verdict("Errors", Outcome.NO_DATA, why_not_clear(report, markup))
    return Verdict("Errors", Outcome.CLEAR, f"none among {count(report.scope.events, 'log record')}")


def _count_of(entry: ErrorEntry, report: Report, markup: Markup) -> str:
    new = ", new" if entry.new else ""
    about = "about " if entry.is_estimated else ""
    return f"{about}{count(entry.count)} of {count(report.scope.errors)}{new}: {markup.code(entry.signature)}"


def why_no_trace(report: Report) -> str:
    """Say why no request was followed, though there were errors."""
    is_named = any(entry.example_id for entry in report.errors)
    return "no line of the request was found" if is_named else "no error names a request"


def _trace(report: Report, markup: Markup) -> Verdict:
    trace = report.trace
    if trace is None or not trace.events:
        if report.errors:
            return Verdict("Trace", Outcome.NO_DATA, why_no_trace(report))
        if is_clear(report):
            return Verdict("Trace", Outcome.CLEAR, "no failing request")
        return Verdict("Trace", Outcome.NO_DATA, why_not_clear(report, markup))
    for number, event in enumerate(trace.events, 1):
        if event.failing:
            took = "" if event.since_previous_ms is None else f" after {gap(event.since_previous_ms)}"
            where = markup.code(event.service) if event.service else "the service"
            said = f"step {number} of {len(trace.events)} fails in {where}{took}"
            return Verdict("Trace", Outcome.FOUND, said)
    return Verdict("Trace", Outcome.CLEAR, f"{count(len(trace.events), 'step')}, none failing")
