"""When it began: the change point of the error rate, with the interval it lies in. A pure function of the series.

The window's trouble is one stretch that reaches into the window and holds more errors per event than the rest: the
stretch with the greatest Poisson likelihood ratio is found (Kulldorff's scan statistic, 1997). Errors come in bursts,
so the ratio is divided by how much more the rest varies than chance allows (quasi-likelihood, McCullagh and Nelder
1989): a log that always bursts must burst harder. The start is then refined to the second, or, where a rising line
explains the errors better than a step, to the foot of the ramp.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate, pairwise
from math import log, sqrt

from bot.triage.summary import Onset, Series

ERRORS_MIN = 5
"""Fewer errors than this tell nothing: the usual minimum of a cell in a chi-squared test."""

RATIO_MIN = 2.0
"""The rate inside must be at least this many times the rate outside; less is no incident."""

EVIDENCE_MIN = 10.0
"""Likelihood ratio (natural log, after the division) that makes a change; set by simulation, see tests/triage/test_onset.py."""

INTERVAL_DROP = 3.0
"""Starts whose likelihood is within this of the best stay possible: 98.6 % (a chi-squared of 6)."""

BURST_SIGMAS = 5.0
"""A minute outside that is so many standard deviations over the usual is a burst, which chance alone hardly makes."""

CHANCE_MAX = 0.01
"""How often an unchanged log with bursts may be called changed."""

BINS_MAX = 300
BIN_MIN_S = 15
SCALES_S = (15, 60, 300)
"""Bins in which variation is measured: bursts last seconds, minutes or longer."""

SELECTION = 2.5
"""The stretch taken out is the most unusual one, so what is left varies less than the whole; found by simulation."""

JUMPS_MIN = 6
"""Fewer bins say nothing of how they vary."""

BURST_MAX_S = 180
"""A stretch this long is judged by its variation instead: bursts do not follow one another without a gap."""

BRIEF_MAX_S = 45
"""A burst this long that is over is not the beginning of anything..."""

BURST_TAIL = 0.05
"""... nor are the few errors before and after it, a twentieth of it each..."""

OVER_S = 120
"""... once nothing has followed it for so long, unless most of what was asked for failed: that is an outage."""

OUTAGE_RATE = 0.5

BURST_PRIOR = 3
PRIOR_ERRORS = 0.5
"""Errors assumed outside where there were none (Jeffreys' prior), so that one is not infinitely many times none."""


@dataclass(frozen=True, slots=True)
class _Bins:
    """Counts in bins of `size` seconds, as running sums: sums[i] is everything before bin i."""

    size: int
    events: list[int]
    errors: list[int]

    @classmethod
    def of(cls, series: Series, size: int) -> "_Bins":
        def sums(counts: Sequence[int]) -> list[int]:
            return [0, *accumulate(sum(counts[i : i + size]) for i in range(0, len(counts), size))]

        return cls(size, sums(series.events), sums(series.errors))


def find_onset(series: Series, window_start_s: int) -> Onset | None:
    """Return when the error rate rose, or None when nothing changed or there is nothing to compare with.

    Args:
        series: Baseline and window, second by second.
        window_start_s: Where the window begins in the series; a rise that was over by then is not looked for.
    """
    size = max(BIN_MIN_S, -(-len(series.errors) // BINS_MAX))
    bins = _Bins.of(series, size)
    stretch = _best_stretch(bins, window_start_s // size)
    if stretch is None:
        return None
    first, last, ratio = stretch
    dispersion = _dispersion(series, first * size, last * size)
    if ratio / dispersion < EVIDENCE_MIN:
        return None
    if _was_a_burst(series, first * size, last * size) or _is_one_more_burst(series, first * size, last * size):
        return None
    start, earliest, latest = _refine(series, bins, first, last, dispersion)

    def instant(second: int) -> timedelta:
        return timedelta(seconds=second)

    return Onset(series.start + instant(start), series.start + instant(earliest), series.start + instant(latest))


def _best_stretch(bins: _Bins, window_bin: int) -> tuple[int, int, float] | None:
    """Return the first bin, the bin after the last, and the likelihood ratio of the stretch that stands out most."""
    events, errors = bins.events, bins.errors
    count = len(events) - 1
    best: tuple[int, int, float] | None = None
    for first in range(count):
        if not events[first] or errors[first + 1] == errors[first]:
            continue  # nothing to compare with before it, or it does not begin with an error
        for last in range(max(first, window_bin) + 1, count + 1):
            if errors[last] == errors[last - 1]:
                continue  # the shorter one is at least as good
            ratio = _likelihood_ratio(
                errors[last] - errors[first], events[last] - events[first], errors[count], events[count]
            )
            if ratio > (best[2] if best else 0.0):
                best = (first, last, ratio)
    return best


def _likelihood_ratio(errors: int, events: int, all_errors: int, all_events: int) -> float:
    """Return how much better two rates explain the errors than one; 0 below the minimal sample and effect."""
    rest_errors, rest_events = all_errors - errors, all_events - events
    if errors < ERRORS_MIN or not rest_events:
        return 0.0
    if errors / events < RATIO_MIN * (rest_errors + PRIOR_ERRORS) / rest_events:
        return 0.0
    ratio = errors * log(errors / events) - all_errors * log(all_errors / all_events)
    return ratio + (rest_errors * log(rest_errors / rest_events) if rest_errors else 0.0)


def _dispersion(series: Series, start: int, end: int) -> float:
    """Return how much more the errors vary than chance allows (1 = as chance), outside the stretch or inside."""
    outside = max(_variance_ratio(_cut(series, ((0, start), (end, len(series.errors))), size)) for size in SCALES_S)
    inside = max(_jump_ratio(_cut(series, ((start, end),), size)) for size in SCALES_S)
    return 1.0 + SELECTION * (max(outside, inside, 1.0) - 1.0)


def _cut(series: Series, stretches: Iterable[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """Return (events, errors) of the whole bins of `size` seconds in stretches of the series."""
    return [
        (sum(series.events[at : at + size]), sum(series.errors[at : at + size]))
        for low, high in stretches
        for at in range(low, high - size + 1, size)
    ]


def _variance_ratio(bins: Sequence[tuple[int, int]]) -> float:
    """Return variance over mean of the errors, given the events."""
    events, errors = sum(n for n, _ in bins), sum(e for _, e in bins)
    if not errors or len(bins) < 2:
        return 1.0
    rate = errors / events
    ratio = sum((e - n * rate) ** 2 / (n * rate) for n, e in bins if n) / (len(bins) - 1)
    return ratio / _chance(len(bins))


def _jump_ratio(bins: Sequence[tuple[int, int]]) -> float:
    """Return the same from neighbouring bins (von Neumann 1941): bursts show in it, a ramp does not."""
    errors = [e for _, e in bins]
    if len(errors) < JUMPS_MIN or not sum(errors):
        return 1.0
    jumps = sum((b - a) ** 2 for a, b in pairwise(errors)) / (len(errors) - 1)
    return jumps / 2 / (sum(errors) / len(errors)) / _chance(len(errors))


def _chance(bins: int) -> float:
    """Return the variance ratio that so many bins reach by chance alone now and then: one standard deviation up."""
    return 1.0 + sqrt(2 / (bins - 1))


def _is_one_more_burst(series: Series, start: int, end: int) -> bool:
    """Tell whether a short stretch is no larger than the bursts outside make likely.

    Sizes of bursts are taken as exponential, the plainest law with a tail, with the mean of the k seen outside: one of
    k exceeds x with a probability of about k (1 + x / (n m)) ** -n, where n = k + BURST_PRIOR.
    """
    if end - start >= BURST_MAX_S:
        return False
    minutes = _cut(series, ((0, start), (end, len(series.errors))), 60)
    rates = sorted(errors / events for events, errors in minutes if events)
    usual = rates[len(rates) // 2] if rates else 0.0
    bursts = [
        errors - events * usual
        for events, errors in minutes
        if errors >= ERRORS_MIN and errors > events * usual + BURST_SIGMAS * sqrt(events * usual)
    ]
    if not bursts:
        return False
    excess = sum(series.errors[start:end]) - usual * sum(series.events[start:end])
    mean, n = sum(bursts) / len(bursts), len(bursts) + BURST_PRIOR
    return len(bursts) * (1 + max(0.0, excess) / (n * mean)) ** -n > CHANCE_MAX


def _was_a_burst(series: Series, start: int, end: int) -> bool:
    """Tell whether nearly all errors of a stretch came in one brief burst that is over and left most records fine."""
    errors = [0, *accumulate(series.errors[start:end])]
    low = start + bisect_right(errors, errors[-1] * BURST_TAIL) - 1
    high = start + bisect_left(errors, errors[-1] * (1 - BURST_TAIL))
    if high - low > BRIEF_MAX_S or len(series.errors) - high < OVER_S:
        return False
    return sum(series.errors[low:high]) < OUTAGE_RATE * sum(series.events[low:high])


def _refine(series: Series, bins: _Bins, first: int, last: int, dispersion: float) -> tuple[int, int, int]:
    """Return start, earliest and latest second: of a step, or of a ramp where that fits better."""
    step, step_fit = _step_starts(series, bins.size, first, last)
    ramp, ramp_fit = _ramp_starts(bins, first, last)
    starts, fit = (ramp, ramp_fit) if ramp_fit - step_fit > INTERVAL_DROP * dispersion else (step, step_fit)
    best = max(starts, key=lambda pair: pair[1])[0]
    possible = [second for second, value in starts if fit - value <= INTERVAL_DROP * dispersion]
    width = bins.size if starts is ramp else 1
    return best, max(0, min(possible) - (width - 1)), min(len(series.errors), max(possible) + width)


def _step_starts(series: Series, size: int, first: int, last: int) -> tuple[list[tuple[int, float]], float]:
    """Return (second, log likelihood) for every second at which a step up to `last` may have begun, and the best."""
    end = min(last * size, len(series.errors))
    low, high = max(0, (first - 20) * size), min((first + 8) * size, end)
    errors, events = [0, *accumulate(series.errors)], [0, *accumulate(series.events)]
    outside_errors, outside_events = errors[-1] - errors[end], events[-1] - events[end]
    starts = []
    for second in range(low, high):
        inside = errors[end] - errors[second], events[end] - events[second]
        outside = errors[second] + outside_errors, events[second] + outside_events
        if inside[0] and inside[1] and outside[1]:
            starts.append((second, _log_likelihood(*inside) + _log_likelihood(*outside)))
    # Of starts that explain the errors equally well, the latest: the error itself, not the silence before it.
    starts.sort(key=lambda pair: -pair[0])
    return starts, max(value for _, value in starts)


def _log_likelihood(errors: float, events: float) -> float:
    return errors * log(errors / events) - errors if errors else 0.0


def _ramp_starts(bins: _Bins, first: int, last: int) -> tuple[list[tuple[int, float]], float]:
    """Return (second, log likelihood) for every bin at which a straight rise up to `last` may have begun."""
    events = [b - a for a, b in zip(bins.events, bins.events[1:], strict=False)]
    errors = [b - a for a, b in zip(bins.errors, bins.errors[1:], strict=False)]
    starts = []
    for start in range(max(1, first - (last - first)), max(2, last - 3)):
        outside_errors = bins.errors[start] + bins.errors[-1] - bins.errors[last]
        outside_events = bins.events[start] + bins.events[-1] - bins.events[last]
        if not outside_events:
            continue
        rate = max(outside_errors, PRIOR_ERRORS) / outside_events
        inside = range(start, last)
        weight = sum(events[i] * (i - start + 0.5) for i in inside)
        excess = sum(errors[i] for i in inside) - rate * sum(events[i] for i in inside)
        if not weight or excess <= 0:
            continue
        slope = excess / weight
        value = _log_likelihood(outside_errors, outside_events)
        for i in inside:
            mean = rate + slope * (i - start + 0.5)
            value += errors[i] * log(mean) - events[i] * mean
        starts.append((start * bins.size, value))
    return starts, max((value for _, value in starts), default=float("-inf"))
