"""A row that cannot be read stands in nobody's way but its own."""

import pytest

from bot.errors import IncidentDamaged
from bot.store import incidents, jobs
from tests.store.samples import NOW, add_incident, age_leases, owe, take

FAR = 9 * 10**18
"""Microseconds that no date holds."""

DAMAGES = ["status = 'on fire'", f"started_at = -{FAR}", f"snoozed_until = {FAR}"]


@pytest.fixture
def damaged(store):
    """Return a function that spoils the first of two open incidents of one channel and service."""
    with store.transaction() as tx:
        add_incident(tx, card_ts="1.1")
        add_incident(tx, card_ts="2.1")

    def spoil(change):
        with store.transaction() as tx:
            tx.exec_driver_sql(f"UPDATE incident SET {change} WHERE id = 1")

    return spoil


@pytest.mark.parametrize("change", DAMAGES)
def test_a_damaged_incident_hides_no_other(store, damaged, change):
    """Lists leave it out; who asks for it, or writes in its thread, is told."""
    damaged(change)
    with store.reading() as tx:
        lists = [incidents.open_all(tx), incidents.recent(tx, 9), incidents.open_in_channel(tx, "C1")]
        assert [[one.id for one in some] for some in lists] == [[2], [2], [2]]
        assert incidents.by_thread(tx, "C1", "2.1")[0].id == 2
        assert incidents.same_recently(tx, "C1", "checkout", NOW).id == 2
        with pytest.raises(IncidentDamaged, match="#1 cannot be read"):
            incidents.get(tx, 1)
        with pytest.raises(IncidentDamaged, match="#1 cannot be read"):
            incidents.by_thread(tx, "C1", "1.1")


def test_a_damaged_incident_keeps_nobody_from_starting_another(store, damaged):
    """The newest of the same channel and service cannot be read: so it is not known to be the same."""
    with store.transaction() as tx:
        tx.exec_driver_sql("UPDATE incident SET status = 'on fire'")
        assert incidents.same_recently(tx, "C1", "checkout", NOW) is None


@pytest.mark.parametrize("change", ["payload = '{torn'", f"first_due_at = {FAR}", "payload = ''", f"due_at = -{FAR}"])
def test_a_damaged_job_is_claimed_once_and_can_be_given_up(store, change):
    """The most urgent of its lane cannot be read: it says so, and the next claim finds the others."""
    first = owe(store, "say", priority=jobs.CLOCK_PRIORITY)
    second = owe(store, "card")
    with store.transaction() as tx:
        tx.exec_driver_sql(f"UPDATE job SET {change} WHERE id = {first}")
    job = take(store)
    assert (job.id, job.incident_id, job.kind, job.payload) == (first, 1, "say", {})
    assert job.damage.startswith("its row cannot be read (")
    assert take(store).id == second
    with store.transaction() as tx:
        assert jobs.bury(tx, job, "me", job.damage)
    age_leases(store, 3600)
    assert take(store).id == second
