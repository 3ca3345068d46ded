"""When it began: the change point of the error rate, with the interval it lies in. A pure function of the series.

The window's trouble is one stretch that reaches into the window and holds more errors per event than the rest: the
stretch with the greatest Poisson likelihood ratio is found (Kulldorff's scan statistic, 1997). Errors come in bursts,
so the ratio is divided by how much more the rest varies than chance allows (quasi-likelihood, McCullagh and Nelder
1989): a log that always bursts must burst harder. The start is then refined to the second, or, where a rising line
explains the errors better than a step, to the foot of the ramp.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from math import log

from bot.triage.summary import Onset, Series

ERRORS_MIN = 5
"""Fewer errors than this tell nothing: the usual minimum of a cell in a chi-squared test."""

RATIO_MIN = 2.0
"""The rate inside must be at least this many times the rate outside; less is no incident."""

EVIDENCE_MIN = 12.0
"""Likelihood ratio (natural log, after the division) that makes a change; set by simulation, see tests/triage/test_onset.py."""

INTERVAL_DROP = 3.0
"""Starts whose likelihood is within this of the best stay possible: 98.6 % (a chi-squared of 6)."""

BINS_MAX = 300
BIN_MIN_S = 15
DISPERSION_SCALES_S = (15, 60, 300)
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
    dispersion = max(_dispersion(series, first * size, last * size, scale) for scale in DISPERSION_SCALES_S)
    if ratio / dispersion < EVIDENCE_MIN:
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


def _dispersion(series: Series, start: int, end: int, scale: int) -> float:
    """Return variance over mean of the errors outside the stretch, in bins of `scale` seconds; at least 1."""
    bins = []
    for low, high in ((0, start), (end, len(series.errors))):
        for at in range(low, high - scale + 1, scale):
            bins += [(sum(series.events[at : at + scale]), sum(series.errors[at : at + scale]))]
    events, errors = sum(n for n, _ in bins), sum(e for _, e in bins)
    if not errors or len(bins) < 2:
        return 1.0
    rate = errors / events
    squares = sum((e - n * rate) ** 2 / (n * rate) for n, e in bins if n)
    return max(1.0, squares / (len(bins) - 1))


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
