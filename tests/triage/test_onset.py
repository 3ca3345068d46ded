"""The change point: found where there is one, to the minute, and not found where nothing changed. Seeded simulations."""

import math
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.triage.onset import find_onset
from bot.triage.summary import Series

T0 = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECONDS, WINDOW = 4500, 3600
EVENTS = 20
RUNS = 40

Rate = Callable[[int], float]


def poisson(chance: random.Random, mean: float) -> int:
    """Return a Poisson number, by Knuth's product."""
    limit, count, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def steady(seed: int, rate: Rate) -> Series:
    """Return a series whose error rate follows `rate(second)`, by chance alone."""
    chance = random.Random(seed)
    events = [poisson(chance, EVENTS) for _ in range(SECONDS)]
    return Series(T0, tuple(events), tuple(min(n, poisson(chance, rate(i) * EVENTS)) for i, n in enumerate(events)))


def bursting(seed: int, bursts_an_hour: float, size: float, width_s: int) -> Series:
    """Return an unchanged series whose errors come in bursts of exponential size."""
    chance = random.Random(seed)
    errors = [poisson(chance, 0.01) for _ in range(SECONDS)]
    for _ in range(poisson(chance, bursts_an_hour * SECONDS / 3600)):
        start = chance.randrange(SECONDS)
        for _ in range(max(1, round(chance.expovariate(1 / size)))):
            errors[min(SECONDS - 1, start + int(chance.random() * width_s))] += 1
    return Series(T0, tuple(EVENTS + n for n in errors), tuple(errors))


def uneven(seed: int, mean: float, shape: float, every_s: int) -> Series:
    """Return an unchanged series whose rate is drawn anew now and then (negative binomial counts)."""
    chance = random.Random(seed)
    errors, rate = [], mean
    for second in range(SECONDS):
        if second % every_s == 0:
            rate = chance.gammavariate(shape, mean / shape)
        errors.append(poisson(chance, rate))
    return Series(T0, tuple(EVENTS + n for n in errors), tuple(errors))


@pytest.mark.parametrize(
    "make",
    [
        lambda seed: steady(seed, lambda _: 0.02),
        lambda seed: steady(seed, lambda _: 0.002),
        lambda seed: steady(seed, lambda _: 0.00001),
        lambda seed: bursting(seed, 20, 20, 10),
        lambda seed: bursting(seed, 6, 50, 30),
        lambda seed: bursting(seed, 60, 10, 5),
        lambda seed: bursting(seed, 1, 50, 30),
        lambda seed: bursting(seed, 2, 20, 10),
        lambda seed: bursting(seed, 2, 50, 30),
        lambda seed: uneven(seed, 0.1, 0.5, 60),
        lambda seed: uneven(seed, 0.1, 0.1, 1),
        lambda seed: uneven(seed, 0.1, 0.2, 60),
    ],
    ids=[
        "2%",
        "0.2%",
        "rare",
        "burst20",
        "burst6",
        "burst60",
        "one burst",
        "two bursts",
        "two large bursts",
        "minutes",
        "seconds",
        "spiky",
    ],
)
def test_an_unchanged_log_has_no_onset_however_it_bursts(make: Callable[[int], Series]) -> None:
    """At most about one false alarm in a hundred; among 40 two would be bad luck, three a fault."""
    assert sum(find_onset(make(seed), WINDOW) is not None for seed in range(RUNS)) <= 2


@pytest.mark.parametrize(
    ("began", "rate"),
    [
        (4200, lambda i: 0.05 if i >= 4200 else 0.005),
        (3900, lambda i: 0.06 if i >= 3900 else 0.02),
        (4000, lambda i: 0.05 if 4000 <= i < 4120 else 0.005),
        (4000, lambda i: 0.1 if 4000 <= i < 4060 else 0.005),
        (4000, lambda i: 1.0 if 4000 <= i < 4020 else 0.005),
        (4470, lambda i: 0.2 if i >= 4470 else 0.005),
        (4000, lambda i: 0.1 if i >= 4000 else 0.0),
        (3000, lambda i: 0.2 if i >= 3000 else 0.002),
        (4000, lambda i: 1.0 if i >= 4000 else 0.0),
    ],
    ids=[
        "step10x",
        "step3x",
        "spike",
        "a minute",
        "20 s of nothing but errors",
        "30 s ago",
        "from zero",
        "before the window",
        "total",
    ],
)
def test_a_step_or_spike_is_found_within_a_minute(began: int, rate: Rate) -> None:
    """And the interval holds the truth."""
    for seed in range(8):
        onset = find_onset(steady(seed, rate), WINDOW)
        assert onset is not None
        assert abs(onset.at - (T0 + timedelta(seconds=began))) <= timedelta(minutes=1)
        assert onset.earliest <= onset.at < onset.latest


@pytest.mark.parametrize(("began", "length"), [(3600, 900), (3900, 600)])
def test_the_foot_of_a_ramp_is_found_within_five_minutes(began: int, length: int) -> None:
    """Not the place where half of it is over."""
    for seed in range(8):
        onset = find_onset(steady(seed, lambda i: 0.002 + max(0, i - began) / length * 0.1), WINDOW)
        assert onset is not None
        assert abs(onset.at - (T0 + timedelta(seconds=began))) <= timedelta(minutes=5)


def flat(errors: dict[int, int], events: range = range(SECONDS)) -> Series:
    """Return one event a second within `events`, and errors at some seconds."""
    return Series(
        T0,
        tuple(int(i in events) + errors.get(i, 0) for i in range(SECONDS)),
        tuple(errors.get(i, 0) for i in range(SECONDS)),
    )


def test_few_errors_after_none_are_enough_but_not_fewer_than_the_minimum() -> None:
    """Five make an onset at the first of them; four do not."""
    onset = find_onset(flat({4000 + 30 * i: 1 for i in range(5)}), WINDOW)
    assert onset is not None
    assert onset.at == T0 + timedelta(seconds=4000)
    assert find_onset(flat({4000 + 30 * i: 1 for i in range(4)}), WINDOW) is None


def test_a_brief_burst_that_is_over_is_the_beginning_of_nothing() -> None:
    """Twenty errors within ten seconds, eight minutes ago, on top of the traffic."""
    burst = {4000 + i // 2: 1 for i in range(20)}
    series = flat(burst)
    busy = Series(T0, tuple(n + 10 for n in series.events), series.errors)
    assert find_onset(busy, WINDOW) is None


def test_a_log_that_begins_inside_the_incident_has_no_onset() -> None:
    """There is nothing to compare with."""
    assert find_onset(flat(dict.fromkeys(range(3600, 4500), 1), range(3600, 4500)), WINDOW) is None


def test_a_burst_that_was_over_before_the_window_is_not_its_onset() -> None:
    """What is looked for reaches into the window."""
    assert find_onset(flat(dict.fromkeys(range(1000, 1100), 1)), WINDOW) is None


def test_no_events_have_no_onset() -> None:
    """Nor an error."""
    assert find_onset(Series(T0, (0,) * 100, (0,) * 100), 60) is None
