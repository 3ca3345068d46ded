"""The end of the process, whatever hangs: a thread that never comes back would otherwise be waited for for ever.

Python itself waits at its exit for the threads of every pool, APScheduler's and Bolt's among them.
"""

import os
from threading import Timer

import structlog

log = structlog.get_logger(__name__)

# What is promised of SIGTERM is 10 s.
LEAVE_WITHIN_S = 9.0


def leave_soon() -> None:
    """Let the process end by itself; if it is still there after 9 s, end it at once with exit code 1.

    Nothing is lost by that: it is what a machine that fails does, and what is owed stands in the store.
    """
    last_resort = Timer(LEAVE_WITHIN_S, _leave)
    last_resort.daemon = True
    last_resort.start()


def _leave() -> None:
    log.error("something hangs; leaving without it")
    os._exit(1)
