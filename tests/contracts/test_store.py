"""What every database behind the store must do."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from bot.incident.hypothesis import HypothesisState
from bot.incident.incident import Status
from bot.incident.timeline import Entry
from bot.store import events, hypotheses, incidents, jobs, timeline, triages
from tests.store.samples import NOW, add_incident, age_leases, owe, take


def test_a_payload_is_new_once(store):
    """The second delivery of an event_id is not its first time, in a later transaction as well."""
    with store.transaction() as tx:
        assert events.first_time(tx, "Ev1", "message", NOW)
        assert not events.first_time(tx, "Ev1", "message", NOW)
    with store.transaction() as tx:
        assert not events.first_time(tx, "Ev1", "message", NOW)
        assert events.first_time(tx, "Ev2", "message", NOW)


def test_a_payload_whose_effect_failed_is_new_again(store):
    """When the transaction raises, the event is forgotten with its effect, so that Slack's retry finds it new."""
    with suppress(ZeroDivisionError), store.transaction() as tx:
        events.first_time(tx, "Ev1", "message", NOW)
        raise ZeroDivisionError
    with store.transaction() as tx:
        assert events.first_time(tx, "Ev1", "message", NOW)


def test_an_incident_comes_back_as_it_was_saved(store):
    """Every field survives, instants to the microsecond and aware."""
    with store.transaction() as tx:
        made = add_incident(tx, service=None, onset_at=NOW - timedelta(microseconds=1))
        changed = replace(made, status=Status.MONITORING, cause="the cache", cause_by="U2", card_ts="1.2")
        incidents.save(tx, changed)
    with store.reading() as tx:
        assert incidents.get(tx, made.id) == changed
        assert incidents.get(tx, made.id + 1) is None


def test_open_incidents_are_found_by_channel_and_all_together(store):
    """A resolved one is not open; another channel's is not here."""
    with store.transaction() as tx:
        here, there = add_incident(tx), add_incident(tx, channel_id="C2", asked_channel_id="C2")
        closed = add_incident(tx, status=Status.RESOLVED)
        assert incidents.open_in_channel(tx, "C1") == (here,)
        assert incidents.open_all(tx) == (here, there)
        assert incidents.recent(tx, 2) == (closed, there)


def test_a_thread_is_the_cards_or_the_ledgers(store):
    """A reply's thread_ts tells which incident it belongs to and which of its two threads it stands in."""
    with store.transaction() as tx:
        incident = add_incident(tx, card_ts="10.1", hypotheses_ts="10.2")
        assert incidents.by_thread(tx, "C1", "10.1") == (incident, "card")
        assert incidents.by_thread(tx, "C1", "10.2") == (incident, "hypotheses")
        assert incidents.by_thread(tx, "C1", "10.3") is None
        assert incidents.by_thread(tx, "C2", "10.1") is None


def test_the_same_incident_is_recognised_by_channel_and_service_and_age(store):
    """No service is a service of its own here; old and resolved ones do not count."""
    since = NOW - timedelta(minutes=10)
    with store.transaction() as tx:
        moved = add_incident(tx, channel_id="C9", asked_channel_id="C1")
        add_incident(tx, service=None, started_at=since - timedelta(seconds=1))
        add_incident(tx, service="search", status=Status.RESOLVED)
        assert incidents.same_recently(tx, "C1", "checkout", since) == moved
        assert incidents.same_recently(tx, "C9", "checkout", since) == moved
        assert incidents.same_recently(tx, "C1", None, since) is None
        assert incidents.same_recently(tx, "C1", "search", since) is None


def test_hypotheses_are_numbered_within_their_incident(store):
    """Each incident counts from H1; a hypothesis is found by its source and keeps its changes."""
    with store.transaction() as tx:
        first, second = add_incident(tx), add_incident(tx)
        how = {"author_id": "U1", "recorded_at": NOW, "source_channel_id": "C1"}
        one = hypotheses.add(tx, incident_id=first.id, text="cache", source_ts="1", **how)
        two = hypotheses.add(tx, incident_id=first.id, text="dns", source_ts="2", evidence=("v2 shipped",), **how)
        other = hypotheses.add(tx, incident_id=second.id, text="disk", source_ts="3", **how)
        assert [one.label, two.label, other.label] == ["H1", "H2", "H1"]
        changed = replace(two, state=HypothesisState.CONFIRMED, previous_state=HypothesisState.OPEN, state_at=NOW)
        hypotheses.save(tx, changed)
    with store.reading() as tx:
        assert hypotheses.of_incident(tx, first.id) == (one, changed)
        assert hypotheses.by_source(tx, "C1", "2") == changed
        assert hypotheses.get(tx, first.id, 2) == changed
        assert hypotheses.get(tx, second.id, 2) is None


def test_the_timeline_reads_in_order_of_time_then_of_writing(store):
    """An entry written late stands where it happened."""
    with store.transaction() as tx:
        incident = add_incident(tx)
        texts = [("b", 1), ("c", 1), ("a", 0)]
        for text, minute in texts:
            at = NOW + timedelta(minutes=minute)
            timeline.append(tx, Entry(incident_id=incident.id, at=at, kind="note", text=text, actor_id="U1"))
        assert [entry.text for entry in timeline.of_incident(tx, incident.id)] == ["a", "b", "c"]


def test_the_latest_triage_is_the_one_saved_last(store):
    """Bytes come back as they were; an incident without a triage has none."""
    with store.transaction() as tx:
        incident, bare = add_incident(tx), add_incident(tx)
        triages.save(tx, incident.id, b"{1}", b"\x00one", NOW)
        triages.save(tx, incident.id, b"{2}", b"\x00two", NOW + timedelta(minutes=5))
        latest = triages.latest(tx, incident.id)
        assert (latest.report, latest.summary, latest.taken_at) == (b"{2}", b"\x00two", NOW + timedelta(minutes=5))
        assert triages.latest(tx, bare.id) is None


def test_a_job_is_owed_once_by_incident_kind_and_n(store):
    """A repeat makes no second job, even after the first is settled; without an incident there is no such key."""
    assert owe(store, "call", 1) is not None
    assert owe(store, "call", 1) is None
    assert owe(store, "call", 2) is not None
    claimed = take(store)
    with store.transaction() as tx:
        assert jobs.finish(tx, claimed, "me", "9.9")
    assert owe(store, "call", 1) is None
    assert owe(store, "react", incident_id=None) != owe(store, "react", incident_id=None)


def test_jobs_are_claimed_by_priority_then_due_time_then_age(store):
    """The clock's call goes first, then what has been due longest; what is not due yet stays."""
    owe(store, "late", due_at=NOW - timedelta(seconds=5))
    owe(store, "later", due_at=NOW - timedelta(seconds=9))
    owe(store, "same", due_at=NOW - timedelta(seconds=5))
    owe(store, "call", priority=jobs.CLOCK_PRIORITY)
    owe(store, "future", due_at=NOW + timedelta(microseconds=1))
    owe(store, "elsewhere", lane="work")
    assert [take(store).kind for _ in range(4)] == ["call", "later", "late", "same"]
    assert take(store) is None


def test_a_claim_is_the_owners_until_its_lease_ends(store):
    """Afterwards another takes it, sees that it is not the first, and the former owner's result no longer counts."""
    owe(store)
    first = take(store, "one")
    assert (first.owner, first.attempts) == ("one", 1)
    age_leases(store, 20)
    assert take(store, "two") is None
    age_leases(store, 10)
    second = take(store, "two")
    assert (second.owner, second.attempts) == ("two", 2)
    with store.transaction() as tx:
        assert not jobs.finish(tx, first, "one", "1.1")
        assert jobs.finish(tx, second, "two", "2.2")
        assert jobs.get(tx, second.id).slack_ts == "2.2"


def test_a_lease_does_not_end_when_the_bots_clock_is_moved(store):
    """A demo that jumps three hours makes jobs due; it does not make a living worker look dead."""
    owe(store)
    assert take(store, "one") is not None
    assert take(store, "two", at=NOW + timedelta(hours=3)) is None


def test_a_job_waits_until_what_it_depends_on_is_settled(store):
    """Done or given up: nothing waits for ever."""
    card = owe(store, "card")
    owe(store, "reply", depends_on=card, priority=jobs.CLOCK_PRIORITY)
    claimed = take(store)
    assert claimed.kind == "card"
    assert take(store) is None
    with store.transaction() as tx:
        jobs.bury(tx, claimed, "me", "archived")
    assert take(store).kind == "reply"


def test_a_released_job_comes_back_when_it_is_due_again(store):
    """What it was first due at stays; an exception counts as a failure, a claim that did nothing as no attempt."""
    owe(store)
    due = NOW + timedelta(seconds=2)
    job = take(store)
    with store.transaction() as tx:
        assert jobs.release(tx, job, "me", due, "429", tried=False)
    assert take(store) is None
    again = take(store, at=due)
    assert (again.attempts, again.failures, again.first_due_at, again.due_at) == (1, 0, NOW, due)
    with store.transaction() as tx:
        assert jobs.release(tx, again, "me", due, "KeyError", failed=True)
    third = take(store, at=due)
    assert (third.attempts, third.failures, third.error) == (2, 1, "KeyError")


def test_cancelled_jobs_are_not_claimed_and_not_finished(store):
    """Those in somebody's hands are cancelled too; other kinds stay."""
    owe(store, "heads_up")
    owe(store, "call")
    owe(store, "card")
    held = take(store)
    with store.transaction() as tx:
        assert jobs.is_ours(tx, held, "me")
        assert [job.kind for job in jobs.pending(tx, 1, "call")] == ["call"]
        assert jobs.cancel(tx, 1, ["heads_up", "call"]) == 2
        assert not jobs.is_ours(tx, held, "me")
        assert not jobs.finish(tx, held, "me")
        assert jobs.pending(tx, 1, "call") == ()
    assert take(store).kind == "card"


def test_the_lanes_with_work_are_those_where_a_claim_succeeds(store):
    """Leased and future jobs make no lane worth waking."""
    owe(store, "card")
    owe(store, "triage", lane="work", due_at=NOW + timedelta(seconds=1))
    with store.reading() as tx:
        assert jobs.claimable_lanes(tx, NOW) == {"slack"}
    take(store)
    with store.reading() as tx:
        assert jobs.claimable_lanes(tx, NOW) == frozenset()
        assert jobs.claimable_lanes(tx, NOW + timedelta(seconds=1)) == {"work"}


def test_what_waited_for_the_card_is_brought_forward_and_what_settles_is_not(store):
    """A post whose answer was lost may not be shown yet: looked for now it would be made twice."""
    for kind, error in (("chart", "the card is not posted yet"), ("say", "OutcomeUnknown: chat.postMessage")):
        owe(store, kind)
        job = take(store)
        with store.transaction() as tx:
            jobs.release(tx, job, "me", NOW + timedelta(seconds=12), error)
    with store.transaction() as tx:
        jobs.bring_forward(tx, 1, NOW, but="OutcomeUnknown")
    assert take(store).kind == "chart"
    assert take(store) is None


def test_leases_of_the_dead_end_at_the_start_of_the_next(store):
    """Only the lane asked for; a lease that ends sooner is not lengthened."""
    owe(store, "card")
    owe(store, "triage", lane="work")
    take(store, "dead"), take(store, "dead", lane="work")
    with store.transaction() as tx:
        assert jobs.end_leases(tx, "slack", 5) == 1
        assert jobs.end_leases(tx, "slack", 9) == 0
    assert take(store, "alive") is None
    age_leases(store, 5)
    assert take(store, "alive").kind == "card"
    assert take(store, "alive", lane="work") is None


def test_n_counts_on_and_a_waiting_job_can_be_hurried(store):
    """The next n stands above every earlier one; hurrying lays a payload over the old one."""
    with store.transaction() as tx:
        incident = add_incident(tx)
        assert jobs.next_n(tx, incident.id, "edit") == 1
    owe(store, "edit", 4, due_at=NOW + timedelta(hours=1), payload={"a": 1, "b": 2})
    with store.transaction() as tx:
        assert jobs.next_n(tx, incident.id, "edit") == 5
        jobs.hurry(tx, jobs.pending(tx, incident.id, "edit")[0], NOW, {"b": 3})
    assert take(store).payload == {"a": 1, "b": 3}


def test_the_reason_why_a_job_was_put_off_may_hold_any_character(store):
    """It may quote a line of a log: what a database refuses is replaced."""
    owe(store)
    job = take(store)
    with store.transaction() as tx:
        assert jobs.release(tx, job, "me", NOW, "ValueError: \x00 and \ud800")
        assert jobs.get(tx, job.id).error == "ValueError: \ufffd and \ufffd"


def test_a_number_that_no_incident_can_have_is_no_incidents(store):
    """However many digits somebody types."""
    with store.reading() as tx:
        assert [incidents.get(tx, number) for number in (0, -1, 2**31, 10**30)] == [None] * 4


def test_an_incident_without_a_place_is_found_by_where_it_was_asked_for(store):
    """The newest open one that has no card yet."""
    with store.transaction() as tx:
        add_incident(tx, card_ts="1.1")
        add_incident(tx, status=Status.RESOLVED)
        add_incident(tx)
        waiting = add_incident(tx, channel_id="C9")
        add_incident(tx, asked_channel_id="C2")
        assert incidents.unplaced(tx, "C1") == waiting
        assert incidents.unplaced(tx, "C3") is None
