"""The watch after a rollback began."""

from datetime import timedelta

import pytest

from bot.incident.effect import Effect
from bot.incident.incident import Status
from bot.incident.watch import BackAtBaseline, KeepWatching, NoRecovery, WatchOver, watch_decide
from tests.incident.make import incident, minute

A, R, U = Effect.AFFECTED, Effect.RECOVERED, Effect.UNKNOWN
ROLLING = {"rolling_back_at": minute(16)}

CASES = {
    "recovered": (ROLLING, R, 20, None, BackAtBaseline(timedelta(minutes=4))),
    "recovered since": (ROLLING, R, 20, 17 + 2 / 3, BackAtBaseline(timedelta(seconds=100))),
    "recovered before it began": (ROLLING, R, 17, 14, BackAtBaseline(timedelta(0))),
    "still affected": (ROLLING, A, 17, None, KeepWatching(minute(18))),
    "unknown": (ROLLING, U, 17, None, KeepWatching(minute(18))),
    "looks once more at the end": (ROLLING, A, 25.5, None, KeepWatching(minute(26))),
    "no recovery": (ROLLING, A, 26, None, NoRecovery(timedelta(minutes=10), effect_unknown=False)),
    "never could tell": (ROLLING, U, 26, None, NoRecovery(timedelta(minutes=10), effect_unknown=True)),
    "recovered in the last minute": (ROLLING, R, 26, None, BackAtBaseline(timedelta(minutes=10))),
    "resolved": (ROLLING | {"status": Status.RESOLVED}, A, 17, None, WatchOver()),
    "nobody rolls back": ({}, A, 17, None, WatchOver()),
    "said already": (ROLLING | {"recovered_at": minute(18)}, R, 19, None, WatchOver()),
    "recovered, fell back, rolled back": (
        ROLLING | {"recovered_at": minute(12)},
        A,
        17,
        None,
        KeepWatching(minute(18)),
    ),
}


@pytest.mark.parametrize(("fields", "effect", "now", "since", "decision"), CASES.values(), ids=CASES)
def test_watch_says_what_the_error_rate_did(fields, effect, now, since, decision):
    """Back at baseline with how long it took, keep watching, or no recovery after ten minutes."""
    back = None if since is None else minute(since)
    assert watch_decide(incident(**fields), effect, minute(now), since=back) == decision
