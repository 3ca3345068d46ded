"""Processes that read: one that hangs or dies is replaced, and the look that waits for it still decides."""

import os
import time

import pytest

from bot.errors import Unreachable
from bot.workflow.readers import _Pool


@pytest.fixture
def pool():
    """One process, with little patience."""
    made = _Pool(1, limit_s=20.0, masked=())
    yield made
    made.close()


def test_a_read_that_hangs_is_ended_and_the_next_one_works(pool):
    """A network drive that is gone heeds no deadline, and must not hold up every later call."""
    assert pool.each(os.getpid, [()]) != (os.getpid(),)  # the process is up
    pool._limit_s = 0.5
    began = time.monotonic()
    with pytest.raises(Unreachable, match="did not end"):
        pool.each(time.sleep, [(60,)])
    assert time.monotonic() - began < 10
    pool._limit_s = 20.0
    assert pool.each(abs, [(-1,), (2,)]) == (1, 2)
