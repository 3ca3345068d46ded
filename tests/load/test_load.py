"""Under load: many incidents at once are answered in time, and a broken socket loses and doubles nothing.

The short version of `python -m tests.load`, which plays fifty starts and 10,000 replies, and prints figures: here other
tests run beside it, and Slack gives three seconds all the same.
"""

from collections import Counter

import pytest

from tests.load.flood import Flood
from tests.scenarios.conftest import opened

INCIDENTS = 25
REPLIES = 600


@pytest.fixture(scope="module")
def flood(tmp_path_factory):
    """A room with people in many channels."""
    with opened(tmp_path_factory.mktemp("load")) as room:
        yield Flood(room)


def test_many_starts_at_once_are_answered_and_a_flood_of_replies_counts_once(flood):
    """Slack gives 3 s for each, and says so where they pass; a third of the replies comes twice, over twelve cuts."""
    answers = flood.start(INCIDENTS)
    assert [answer for answer in answers if "is started" not in answer] == []
    flood.pour(REPLIES)
    effects = flood.drain()
    assert effects.events == REPLIES
    assert effects.notes == Counter(flood.notes)
    assert effects.hypotheses == Counter(flood.hypotheses)
    assert any("again" in attempt for attempt in flood.wire.attempts), "no event was delivered again"
    print(f"{INCIDENTS} starts at once: {flood.wire.waits['slash_commands']}")  # noqa: T201 - a measurement, shown by -rP
