"""The order in which a timeline is read."""

from hypothesis import given
from hypothesis import strategies as st

from bot.incident.timeline import Entry, Kind, in_order
from tests.incident.make import minute


def entry(at: int, kind: str, text: str = "") -> Entry:
    """Return an entry so many minutes after the start."""
    return Entry(incident_id=12, at=minute(at), kind=kind, text=text)


def test_start_comes_first_and_resolution_last_at_the_same_instant():
    """An instant may hold several entries; the start opens it, the resolution closes it."""
    entries = [entry(0, Kind.RESOLVED), entry(0, Kind.NOTE, "b"), entry(0, Kind.NOTE, "a"), entry(0, Kind.STARTED)]
    assert [(it.kind, it.text) for it in in_order(entries)] == [
        ("started", ""),
        ("note", "a"),
        ("note", "b"),
        ("resolved", ""),
    ]


ENTRIES = st.lists(st.builds(entry, st.integers(0, 3), st.sampled_from(Kind), st.sampled_from("ab")), max_size=10)


@given(ENTRIES, st.randoms(use_true_random=False))
def test_order_depends_on_neither_arrival_nor_repetition(entries, order):
    """However often and in whatever order they come, they are read the same."""
    again = [*entries, *entries]
    order.shuffle(again)
    assert in_order(again) == in_order(entries)
