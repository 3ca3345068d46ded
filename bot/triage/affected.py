"""Whom it hits: the values that have more of the errors than of the traffic, and than they had before.

Precedents: Honeycomb BubbleUp ranks fields by the difference between their share of the selection and of the rest;
Elastic's log rate analysis asks for significance and names the field and value. Here errors are counted above what the
value had in the baseline, so that what always fails is not named; and the more values are tried, the less chance each
of them may have (Bonferroni).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt

from bot.triage.summary import Affected, FieldCounts, ValueCounts

ERRORS_MIN = 5
"""Fewer errors name nobody: the usual minimum of a cell in a chi-squared test."""

COVERAGE_MIN = 0.8
"""A field missing on more than a fifth of the non-error records has no denominator (the report's contract)."""

SHARE_MIN = 0.8
"""A subset holds at least this share of the errors above the usual; the rest may be chance."""

LIFT_MIN = 1.5
"""... and at least this many times its share of the traffic."""

CHANCE_MAX = 0.02
"""How often chance alone may name anything at all; Elastic's default for a field."""

CHANCE_EACH_MAX = 0.001
"""How often it may name one value, however few are tried."""

PLACES = frozenset(
    {
        "version", "region", "zone", "host", "hostname", "pod", "node", "instance", "service", "tenant", "country",
        "platform", "shard", "datacenter", "cluster", "environment", "file", "release", "build", "container", "pod_name",
    }
)  # fmt: skip
"""Last parts of names that say where a record comes from, so that they never merely restate that it failed."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What the window would have held had nothing happened.

    Args:
        errors: Expected in the window, at the rate of the stretch compared with.
        baseline_errors: Counted in the whole baseline: how the expected ones spread over the values.
    """

    errors: float
    baseline_errors: int

    def of(self, value: ValueCounts) -> float:
        """Return the errors expected of one value."""
        return self.errors * value.baseline_errors / self.baseline_errors if self.baseline_errors else 0.0


@dataclass(frozen=True, slots=True)
class Telling:
    """A value that stands out.

    Args:
        restates: Whether it may be the failure's own mark: never seen on a record that did not fail.
    """

    entry: Affected
    restates: bool
    lines_key: int

    @property
    def is_evidence(self) -> bool:
        """Whether it may tell a subset from the rest."""
        return not self.restates and self.entry.traffic_share is not None


def telling(fields: Sequence[FieldCounts], errors: int, events: int, usual: Usual) -> tuple[Telling, ...]:
    """Return the values that stand out, most telling first, each finding once.

    What only stands on failing records says again that they failed, and comes last. Of values that stand on the very
    same records the first is told; what fails no more than the subset it lies within is left out.
    """
    if errors < ERRORS_MIN:
        return ()
    tried = [
        (field, value)
        for field in fields
        for value in (field.values if len(field.values) > 1 or field.coverage < COVERAGE_MIN else ())
        if value.errors >= ERRORS_MIN
    ]
    chance = min(CHANCE_EACH_MAX, CHANCE_MAX / max(1, len(tried)))
    found = [
        _telling(field, value, errors, events, usual)
        for field, value in tried
        if _stands_out(field, value, errors, events, usual, chance)
    ]
    found.sort(key=_rank)
    told: list[Telling] = []
    for one in found:
        if all(one.lines_key != other.lines_key and not _lies_within(one, other, chance) for other in told):
            told.append(one)
    return tuple(told)


def is_subset(found: Sequence[Telling]) -> bool:
    """Tell whether the values of one field that stand out hold the errors between them, and not the traffic."""
    for name in dict.fromkeys(one.entry.field for one in found):
        values = [one for one in found if one.entry.field == name and one.is_evidence]
        share = sum(one.entry.excess_share for one in values)
        traffic = sum(one.entry.traffic_share or 0.0 for one in values)
        if share >= SHARE_MIN and share >= LIFT_MIN * traffic:
            return True
    return False


def comparable(fields: Sequence[FieldCounts]) -> tuple[str, ...]:
    """Return the names of the fields that tell records apart."""
    return tuple(field.name for field in fields if field.coverage >= COVERAGE_MIN and len(field.values) > 1)


def _rank(one: Telling) -> tuple[bool, bool, float, bool, str, str]:
    entry = one.entry
    excess = entry.excess_share - (entry.traffic_share or 0.0)
    # Of names for the same lines, a service or a host says more than the file that it writes.
    return one.restates, entry.traffic_share is None, -round(excess, 9), entry.field == "file", entry.field, entry.value


def _telling(field: FieldCounts, value: ValueCounts, errors: int, events: int, usual: Usual) -> Telling:
    share, traffic = value.errors / errors, value.events / events
    whole = field.coverage >= COVERAGE_MIN
    fine = value.events - value.errors + value.baseline_events - value.baseline_errors
    above = max(errors - usual.errors, 1.0)
    excess = min(1.0, max(0.0, value.errors - usual.of(value)) / above)
    return Telling(
        Affected(
            field=field.name,
            value=value.value,
            errors=value.errors,
            events=value.events,
            error_share=share,
            traffic_share=traffic if whole else None,
            lift=share / traffic if whole else None,
            excess_share=excess,
        ),
        restates=not fine and field.name.rpartition(".")[2].lower().lstrip("_") not in PLACES,
        lines_key=value.lines_key,
    )


def _stands_out(field: FieldCounts, value: ValueCounts, errors: int, events: int, usual: Usual, chance: float) -> bool:
    """Tell whether a value has more errors than it had, and more of those above the usual than of the traffic."""
    expected = usual.of(value)
    if excess_chance(value.errors, expected) > chance:
        return False
    above = max(0.0, errors - usual.errors)
    inside = max(0.0, value.errors - expected)
    if field.coverage < COVERAGE_MIN:
        return inside >= SHARE_MIN * above
    if errors == events:
        return False
    outside = max(0.0, above - inside)
    return _higher(inside, value.events, outside, events - value.events) <= chance


def _higher(inside: float, inside_events: int, outside: float, outside_events: int) -> float:
    """Return how often chance gives a rate so much higher inside than outside (two proportions, normal)."""
    events = inside_events + outside_events
    pooled = (inside + outside) / events
    if not outside_events or not 0 < pooled < 1:
        return 1.0
    spread = sqrt(pooled * (1 - pooled) * (1 / inside_events + 1 / outside_events))
    return 0.5 * erfc((inside / inside_events - outside / outside_events) / spread / sqrt(2))


def _lies_within(one: Telling, other: Telling, chance: float) -> bool:
    """Tell whether a value says less than one told before it: a part of its errors, at no higher a rate.

    One host of the region that fails is no finding of its own.
    """
    inner, outer = one.entry, other.entry
    if inner.field == outer.field or not other.is_evidence or outer.excess_share < SHARE_MIN <= inner.excess_share:
        return False
    if inner.excess_share >= SHARE_MIN or outer.excess_share < SHARE_MIN or inner.events >= outer.events:
        return False
    rest_errors, rest_events = max(0, outer.errors - inner.errors), outer.events - inner.events
    return _higher(inner.errors, inner.events, rest_errors, rest_events) > chance


def excess_chance(observed: float, expected: float) -> float:
    """Return how often chance gives so many more than expected (normal, on the Anscombe scale of counts)."""
    return 0.5 * erfc((2 * sqrt(observed + 0.375) - 2 * sqrt(expected + 0.375)) / sqrt(2))
