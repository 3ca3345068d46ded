"""Work that two processes share: each piece is done once, whoever takes it and whoever dies."""

import subprocess
import sys

from bot.logs.shares import SHARES_MAX, Shares

FORKED = """
import os
from bot.logs.shares import Shares

with Shares("abcd") as shares:
    if os.fork() == 0:
        taken = iter(shares)
        os._exit((next(taken), next(taken)) != ("a", "b"))
    print(os.wait()[1], *shares, *shares.others)
"""


def test_each_piece_is_taken_once() -> None:
    """In order, also where two take them in turn."""
    with Shares(range(SHARES_MAX)) as shares:
        one, other = iter(shares), iter(shares)
        taken = [next(one), next(other), next(one)]
        assert [*taken, *other] == list(range(SHARES_MAX))
        assert list(one) == []


def test_what_another_process_took_is_known_when_it_has_ended() -> None:
    """It took the first two and ended in the middle of the second; the others do not wait for it."""
    done = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["0", "c", "d", "a", "b"]
