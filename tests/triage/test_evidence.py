"""What a reply names, what is known of it, and above all what finds nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.triage.evidence import Sentence, TraceWanted, find_evidence
from bot.triage.mentioned import errors_named
from bot.triage.summary import (
    Change,
    ErrorGroup,
    FieldCounts,
    LoggedException,
    LogRequest,
    LogSummary,
    Next,
    Onset,
    Report,
    Scope,
    Series,
    SourceReport,
    Span,
    ValueCounts,
    Verdict,
)

AT = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ONSET = AT - timedelta(minutes=8)
SHA_214, SHA_215, SHA_COMMIT = "4f1c2d9" + "a" * 33, "b7e8f00" + "b" * 33, "c0ffee1" + "c" * 33


def change(kind: str, revision: str, name: str, minutes: float, shipped: str = "yes") -> Change:
    """Return a change so many minutes before the end of the window."""
    at = AT - timedelta(minutes=minutes)
    return Change(kind, revision, name, "a summary", "ana", at, shipped, suspect=False, reasons=(), files=1)


def group(
    signature: str, sample: str, count: int, before: int, *, kind: str = "", trace: str | None = None
) -> ErrorGroup:
    """Return an error group that was first seen at the onset."""
    exception = LoggedException(kind, sample) if kind else None
    return ErrorGroup(signature, count, before, ONSET, AT, sample, exception, trace)


def field(name: str, *values: tuple[str, int, int], coverage: float = 1.0) -> FieldCounts:
    """Return a field of (value, events, errors)."""
    counted = (ValueCounts(value, events, errors, 0, 0, hash((name, value))) for value, events, errors in values)
    return FieldCounts(name, coverage, tuple(counted))


WINDOW, BASELINE = Span(AT - timedelta(minutes=15), AT), Span(AT - timedelta(minutes=75), AT - timedelta(minutes=15))
SUMMARY = LogSummary(
    LogRequest(BASELINE, WINDOW),
    SourceReport("log"),
    AT,
    BASELINE.start,
    Series(BASELINE.start, (2,) * 4500, (0,) * 4500),
    None,
    (
        field("region", ("eu", 3100, 388), ("us", 6900, 12)),
        field("attributes.service.name", ("checkout", 5000, 396), ("search", 5000, 4)),
        field("host", ("web-3", 2500, 100), ("web-4", 7500, 300)),
        field("version", ("v214", 3000, 380), ("v213", 7000, 20)),
        field("action", ("load", 5000, 200), ("start", 5000, 200)),
        field("http.status", ("502", 400, 400), ("200", 9600, 0)),
        field("environment", ("production", 10_000, 400)),
        field("tenant", ("acme-corp", 900, 300), coverage=0.2),
    ),
    (
        group(
            "connection pool exhausted after <duration>",
            "connection pool exhausted after 30s",
            388,
            0,
            kind="PoolTimeoutError",
        ),
        group("card # declined by issuer", "card 4421 declined by issuer", 12, 9, trace="req-8f2a61c9"),
        group("request failed", "request failed", 3, 1),
    ),
)
REPORT = Report(
    WINDOW,
    BASELINE,
    SourceReport("log"),
    Scope(
        Verdict.SUBSET, 400, 10_000, 0.04, 9, 36_000, 0.00025,
        Onset(ONSET, ONSET - timedelta(seconds=5), ONSET + timedelta(seconds=5)), None, (), (),
    ),
    (
        change("deploy", SHA_215, "v215", 2),
        change("deploy", SHA_214, "v214", 11),
        change("deploy", "d" * 40, "v213", 26 * 60),
        change("commit", SHA_COMMIT, SHA_COMMIT[:8], 20, "unproven"),
    ),
    (),
    None,
    Next(AT + timedelta(minutes=15), None, None),
)  # fmt: skip

POOL = "“connection pool exhausted after <duration>”: 388 times, 97 % of all errors; first at 13:52:00 UTC, none before the window."
CARD = "“card # declined by issuer”: 12 times, 3 % of all errors; first at 13:52:00 UTC, 9 before the window."
V214 = "v214 shipped at 13:49 UTC, 3 min before the errors began."
V214_LINES = "version=v214: 95 % of the errors (380 of 400), 30 % of the traffic."
V215 = "v215 shipped at 13:58 UTC, 6 min after the errors began: too late to have caused them."
EU = "region=eu: 97 % of the errors (388 of 400), 31 % of the traffic."
CHECKOUT = "attributes.service.name=checkout: 99 % of the errors (396 of 400), 50 % of the traffic."

FOUND = [
    ("it was v214 I think", [V214, V214_LINES]),
    ("V214.", [V214, V214_LINES]),
    ("v215 broke it", [V215]),
    ("deploy 215 broke it", [V215]),
    ("I suspect 4f1c2d9", [V214]),
    ("look at https://github.com/x/y/commit/4f1c2d9aaaa", [V214]),
    ("c0ffee1c touched the pool size", ["commit c0ffee1c was merged at 13:40 UTC, 12 min before the errors began; not proven shipped."]),
    ("since v213 maybe", [
        "v213 shipped at 12:00 UTC on 2026-11-22, 1 d 1 h before the errors began.",
        "version=v213: 5 % of the errors (20 of 400), 70 % of the traffic.",
    ]),
    ("the db connection pool is exhausted", [POOL]),
    ("pool exhaustion", [POOL]),
    ("all PoolTimeoutError, nothing else", [POOL]),
    ("I see “connection pool exhausted after 12s” everywhere", [POOL]),
    ("`card 9 declined by` is the loudest", [CARD]),
    ("only region eu is hit", [EU]),
    ("it is the EU region", [EU]),
    ("region=eu", [EU]),
    ("checkout is slow for everyone", [CHECKOUT]),
    ("host web-3 is on fire", ["host=web-3: 25 % of the errors (100 of 400), 25 % of the traffic."]),
    ("status 502 from the gateway", ["http.status=502: 100 % of the errors (400 of 400), 4 % of the traffic."]),
    ("acme-corp flooded us", ["tenant=acme-corp: 75 % of the errors (300 of 400), traffic share unknown."]),
]  # fmt: skip


def test_reply_that_names_the_root_cause_is_told_of_the_error():
    """The root cause is what people speak of, though the signature has the outermost exception."""
    exception = LoggedException("ChargeError", "failed", cause="caused by SocketTimeoutException: Read timed out")
    group = ErrorGroup("ChargeError at pay", 9, 0, ONSET, AT, "failed", exception)
    assert list(errors_named("it is the SocketTimeoutException", replace(SUMMARY, groups=(group,)))) == [group]


@pytest.mark.parametrize(("reply", "sentences"), FOUND)
def test_reply_that_names_something_particular_gets_what_is_known_of_it(reply, sentences):
    """Deploys, commits, errors and values are answered with their instants, counts and shares."""
    assert find_evidence(reply, REPORT, SUMMARY) == tuple(Sentence(text) for text in sentences)


SILENT = [
    "",
    "something is wrong with the database",
    "every request failed since lunch",
    "the eu ones",
    "it hits us hard",
    "maybe the load balancer has to start again",
    "502 requests were lost",
    "214 users wrote in",
    "200 of them",
    "production is broken",
    "v2145 or v21 or v214-rc1",
    "added decade facade",
    "4f1c2d",
    "an exception with an error in the request",
    "research and checkouts",
    "the connection to my laptop",
    "web-31 is fine",
    "call me at 0123456789",
    "v214.1 is staged",
]


@pytest.mark.parametrize("reply", SILENT)
def test_false_friends_find_nothing(reply):
    """Common words, bare numbers, short values and near misses leave the bot silent."""
    assert find_evidence(reply, REPORT, SUMMARY) == ()


TRACES = [
    ("see req-8f2a61c9 for one", "req-8f2a61c9"),
    ("trace 7f3a-11b2 shows it", "7f3a-11b2"),
    ("correlationId: ab12cd34.x1", "ab12cd34.x1"),
    ("8a6e0804-2bd0-4672-b79d-d97027f9071a hangs", "8a6e0804-2bd0-4672-b79d-d97027f9071a"),
    ("4bf92f3577b34da6a3ce929d0e0e4736 hangs", "4bf92f3577b34da6a3ce929d0e0e4736"),
]


@pytest.mark.parametrize(("reply", "trace_id"), TRACES)
def test_correlation_id_asks_for_its_trace(reply, trace_id):
    """Known ids, ids called so, UUIDs and trace ids are handed out as wanted, not read here."""
    assert find_evidence(reply, REPORT, SUMMARY) == (TraceWanted(trace_id),)


@pytest.mark.parametrize("reply", ["request rates doubled", "trace the request", "see 1234567890123456", "b" * 32])
def test_words_and_plain_numbers_ask_for_no_trace(reply):
    """A trace is wanted for an id, not for the word."""
    assert find_evidence(reply, REPORT, SUMMARY) == ()


def test_long_list_gets_four_sentences_and_its_trace():
    """A phone shows four; the trace comes last."""
    reply = "v214, v215, v213, pool exhausted, region eu, checkout, web-3, trace req-8f2a61c9"
    found = find_evidence(reply, REPORT, SUMMARY)
    assert [type(one) for one in found] == [Sentence] * 4 + [TraceWanted]


def test_without_an_onset_the_deploy_is_told_without_a_verdict():
    """There is nothing to compare with, and that is said."""
    calm = replace(REPORT, scope=replace(REPORT.scope, onset=None))
    found = find_evidence("v215?", calm, SUMMARY)
    assert found == (Sentence("v215 shipped at 13:58 UTC; no onset was found to compare with."),)


@given(st.text(max_size=300))
def test_no_reply_breaks_the_search(reply):
    """Whatever is typed: at most four sentences and one trace, none of them empty."""
    found = find_evidence(reply, REPORT, SUMMARY)
    assert len(found) <= 5
    assert all(one.text if isinstance(one, Sentence) else one.id for one in found)
