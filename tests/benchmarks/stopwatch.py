"""Runs one command and says what it cost: `python -I -S stopwatch.py RESULT OUTPUT COMMAND...`.

A program of its own, and a small one: Linux counts what the parent held as the child's, until it has become another
program (ru_maxrss survives exec), so whoever measures must hold less than what is measured.
"""

import os
import sys
import time


def main() -> None:
    """Run the command with its output in OUTPUT; write exit code, seconds, CPU seconds and peak KiB to RESULT."""
    result, output, *command = sys.argv[1:]
    sink = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    began = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, sink, 1)])
    _, status, used = os.wait4(child, 0)
    seconds = time.perf_counter() - began
    with open(result, "w") as page:  # noqa: PTH123 - pathlib would be most of what this program holds
        page.write(f"{os.waitstatus_to_exitcode(status)} {seconds} {used.ru_utime + used.ru_stime} {used.ru_maxrss}")


if __name__ == "__main__":
    main()
