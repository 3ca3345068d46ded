"""The database's heartbeat: a transaction that may write, every two seconds, in a thread that does nothing else.

Reading would not do: SQLite answers readers while somebody's shell holds the file, and nothing can be stored. Nor would
the ticker's thread: where the database hangs, the ticker would be the one that is reported dead.
"""

from threading import Event, Thread

import structlog
from sqlalchemy import text

from bot.store.engine import Store, StoreError
from bot.telemetry.heartbeat import Heartbeats

log = structlog.get_logger(__name__)

PART = "database"
PULSE_S = 2.0
# Three missed pulses: /readyz says so.
LATE_S = 6.0
# To start anew brings no server back, and meanwhile whoever types is told why nothing happens: so a minute without it (a
# failover, a restart) is waited out in place. After that the process may be what is at fault.
SILENCE_S = 90.0
STOP_S = 2.0


class Pulse:
    """Begins and ends a transaction again and again, and shows a heartbeat each time that it could."""

    def __init__(self, store: Store, heartbeats: Heartbeats) -> None:
        self._store = store
        self._heartbeats = heartbeats
        self._away = False
        self._stop = Event()
        self._thread = Thread(target=self._run, name="pulse", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._beat()
        self._thread.start()

    def stop(self) -> None:
        """End; a database that does not answer is not waited for."""
        self._stop.set()
        self._thread.join(STOP_S)
        self._heartbeats.forget(PART)

    def feel(self) -> None:
        """Show a heartbeat, if the database can be written to; say when that begins and when it ends to be so."""
        try:
            with self._store.transaction() as tx:
                tx.execute(text("SELECT 1"))
        except StoreError as error:
            if not self._away:
                log.warning("the database does not answer; what is owed waits for it", error=str(error).splitlines()[0])
            self._away = True
            return
        if self._away:
            log.info("the database answers again")
        self._away = False
        self._beat()

    def _run(self) -> None:
        while not self._stop.wait(PULSE_S):
            self.feel()

    def _beat(self) -> None:
        self._heartbeats.beat(PART, good_for_s=SILENCE_S, late_after_s=LATE_S)
