"""What a lane's threads wait at. A ring wakes one of them, not all: each that wakes in vain costs a claim."""

from threading import Condition


class Bell:
    """Wakes one waiting thread a ring; a ring that finds nobody waiting is for the next who comes to wait."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._rung = False
        self._broken = False

    def ring(self) -> None:
        """Wake one; whoever finds work rings again, so that as many wake as there is work for."""
        with self._condition:
            self._rung = True
            self._condition.notify()

    def let_go(self) -> None:
        """Wake everybody, and let nobody wait any more."""
        with self._condition:
            self._broken = True
            self._condition.notify_all()

    def wait(self, timeout_s: float) -> None:
        """Block until it rings, or for so long."""
        with self._condition:
            self._condition.wait_for(lambda: self._rung or self._broken, timeout_s)
            self._rung = False
