"""Each job is claimed once by eight threads, and taken up again when its owner is killed."""

import os
import signal
import subprocess
import sys
from collections import Counter
from threading import Thread

from bot.store import jobs
from bot.store.engine import Store
from tests.store.samples import NOW, add_incident, age_leases, take

JOBS = 500
THREADS = 8

CLAIM_AND_HANG = """
import sys, time
from bot.store.engine import Store
from tests.store.samples import take
store = Store.open(sys.argv[1])
print(take(store, "doomed").id, flush=True)
with store.transaction() as tx:
    tx.exec_driver_sql("DELETE FROM timeline")
    print("writing", flush=True)
    time.sleep(600)
"""


def test_eight_threads_claim_five_hundred_jobs_once_each(store):
    """No job is claimed twice, none is left."""
    with store.transaction() as tx:
        incident = add_incident(tx)
        for n in range(JOBS):
            jobs.enqueue(tx, incident.id, "say", n, due_at=NOW, lane="slack")
    claimed: Counter[int] = Counter()

    def work(owner):
        while (job := take(store, owner)) is not None:
            with store.transaction() as tx:
                assert jobs.finish(tx, job, owner)
            claimed[job.id] += 1

    threads = [Thread(target=work, args=(f"worker-{number}",)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == JOBS
    assert set(claimed.values()) == {1}


def test_a_claim_outlives_its_killed_owner_only_as_long_as_its_lease(store, database_url):
    """Kill -9 in the middle of a transaction: the database is free, the job is there, nothing else was changed."""
    with store.transaction() as tx:
        job_id = jobs.enqueue(tx, add_incident(tx).id, "card", due_at=NOW, lane="slack")
    store.close()
    doomed = subprocess.Popen([sys.executable, "-c", CLAIM_AND_HANG, database_url], stdout=subprocess.PIPE, text=True)
    with doomed:
        assert doomed.stdout.readline().strip() == str(job_id)
        assert doomed.stdout.readline().strip() == "writing"
        os.kill(doomed.pid, signal.SIGKILL)
    again = Store.open(database_url)
    assert take(again, "heir") is None
    age_leases(again, 30)
    heir = take(again, "heir")
    assert (heir.id, heir.attempts) == (job_id, 2)
    again.close()
