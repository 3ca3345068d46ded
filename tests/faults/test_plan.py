"""How the harness judges a run."""

import pytest

from tests.faults.plan import Call, Patience, Plan, Verdict, percentile, settled
from tests.slack.test_outbox import Stopwatch

PLAN = Plan("sqlite", escalations=3)


def test_what_is_missing_or_twice_breaks_the_promise() -> None:
    """Both are named, with how many."""
    calls = [Call(0, None, answered=True), Call(2, 1.0, answered=True), Call(1, 1.0, answered=True)]
    assert Verdict(PLAN, calls, 5, 1.0).broken() == ["1 lost", "1 duplicated"]
    calls[0] = Call(0, None, answered=True, history="look 1 done")
    assert Verdict(PLAN, calls, 5, 1.0).broken() == ["look 1 done", "1 lost", "1 duplicated"]


def test_a_class_that_is_late_breaks_the_promise() -> None:
    """Each class by its own bound."""
    calls = [Call(1, 5.5, answered=True), Call(1, PLAN.bound_s + 1, answered=False)]
    assert Verdict(PLAN, calls, 5, 1.0).broken() == [
        "p99 over 5 s (answered)",
        f"p99 over {PLAN.bound_s:g} s (died or lost)",
    ]
    assert Verdict(PLAN, [Call(1, 4.9, answered=True)], 5, 1.0).broken() == []


def test_a_control_that_posts_nothing_twice_proves_nothing() -> None:
    """Then the harness itself has failed."""
    naive = Plan("sqlite", naive=True)
    assert Verdict(naive, [Call(1, 0.1, answered=True)], 5, 1.0).broken() == [
        "the control posted nothing twice: the harness proves nothing"
    ]
    assert Verdict(naive, [Call(3, 0.1, answered=True)], 5, 1.0).broken() == []


def test_the_harness_waits_for_as_long_as_calls_are_made_and_no_longer() -> None:
    """What Slack lets through one by one is waited for; one that never comes is not."""
    watch = Stopwatch()
    patience = Patience(60.0, watch)
    for made in range(5):
        assert not patience.is_over(made)
        watch.now += 50
    assert not patience.is_over(4)
    watch.now += 11
    assert patience.is_over(4)


def test_a_call_that_another_stands_instead_of_is_waited_for() -> None:
    """Each incident counts once; what was given up is settled, and counts as lost where nothing stands there."""
    assert settled([(1, "done", None), (1, "pending", None)]) == 0
    assert settled([(1, "done", None), (1, "done", "1.5")]) == 1
    assert settled([(1, "done", "1.5"), (1, "pending", None), (2, "pending", None), (3, "buried", None)]) == 2
    assert settled([]) == 0


@pytest.mark.parametrize(("share", "value"), [(0.0, 0.0), (0.5, 50.0), (0.99, 99.0), (1.0, 99.0)])
def test_a_percentile_is_a_value_that_was_seen(share: float, value: float) -> None:
    """Of a hundred values, by rank."""
    assert percentile([float(n) for n in range(100)], share) == value
