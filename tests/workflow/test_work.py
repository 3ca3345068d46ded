"""What a job's handler may answer: how long it waits for what is not there yet."""

from datetime import timedelta

from bot.workflow import owe
from bot.workflow.work import PATIENCE, SOON, not_yet


def test_waits_grow_from_a_second_to_a_minute(bench):
    """A card comes in a moment; an invitation may take hours, and nobody asks the database each second for it."""
    bench.starts()
    (job,) = bench.pending(owe.POST_CARD)
    waits = []
    for _ in range(10):
        put_off = not_yet(job, bench.clock.now(), "the card is not posted yet")
        waits.append(put_off.due_at - bench.clock.now())
        bench.clock.instant = put_off.due_at
    assert waits[0] == SOON
    assert waits[1:7] == [timedelta(seconds=2**n) for n in range(6)]
    assert waits[7:] == [PATIENCE] * 3
