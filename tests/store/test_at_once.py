"""What several people do in the same instant is done one after the other, on each database and from each replica."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import cycle
from threading import Barrier

import pytest

from bot.incident.incident import UsersAffected
from bot.store import hypotheses, incidents, jobs, timeline
from bot.store.engine import Store
from bot.workflow import owe, reply, start, status, verbs
from bot.workflow.context import Asked
from bot.workflow.reply import Reply
from tests.store.samples import NOW, take
from tests.support.bench import Bench

PEOPLE = 8


@pytest.fixture
def replicas(store, database_url, tmp_path):
    """The contexts of every replica that the database allows: three on PostgreSQL, one on SQLite."""
    others = [] if store.is_exclusive else [Store.open(database_url) for _ in range(2)]
    (tmp_path / "bench").mkdir()
    bench = Bench(tmp_path / "bench", service={"checkout": {}}, default_channel="#incidents")
    bench.clock.instant = NOW
    yield [replace(bench.context, store=one) for one in (store, *others)]
    for opened in (bench.store, *others):
        opened.close()


def at_once(*tasks):
    """Run each in a thread of its own, all of them let go together, and return what they return, in order."""
    barrier = Barrier(len(tasks))

    def run(task):
        barrier.wait(10)
        return task()

    with ThreadPoolExecutor(len(tasks)) as threads:
        return list(threads.map(run, tasks))


def everybody(replicas, does):
    """Let each person do something at once, the replicas taking turns; `does(context, number)`."""
    return at_once(*(partial(does, context, n) for n, context in zip(range(PEOPLE), cycle(replicas), strict=False)))


def asked(key, text="", user="U1", **changes):
    """Somebody's wish, typed in C1."""
    fields = {"team_id": "T1", "channel_id": "C1", "origin": "command"} | changes
    return Asked(key=str(key), user_id=user, text=text, **fields)


def types(context, key, text, **who):
    """Type after /incident, and return the answer's text."""
    answer = verbs.typed(context, asked(key, text, **who))
    return None if answer is None else answer.text


def begun(replicas):
    """One incident whose card and ledger stand in C1."""
    types(replicas[0], "begin", "start")
    with replicas[0].store.transaction() as tx:
        incidents.save(tx, replace(incidents.get(tx, 1), card_ts="1.1", hypotheses_ts="1.2"))


def incident(replicas):
    """The incident as it stands."""
    with replicas[0].store.reading() as tx:
        return incidents.get(tx, 1)


def test_one_payload_delivered_to_every_replica_has_one_effect(replicas):
    """Slack sends again what was acknowledged too late; one of them answers, the others have nothing to say."""
    answers = everybody(replicas, lambda context, _: types(context, "the same", "start"))
    assert Counter(answer is None for answer in answers) == {True: PEOPLE - 1, False: 1}
    with replicas[0].store.reading() as tx:
        assert len(incidents.open_all(tx)) == 1


def test_who_starts_at_the_same_moment_means_the_same_incident(replicas):
    """One begins it; the others are told that it was started just now."""
    answers = everybody(replicas, lambda context, n: types(context, n, "start", user=f"U{n}"))
    assert sum("#1 is started" in answer for answer in answers) == 1
    assert sum("#1 was started" in answer for answer in answers) == PEOPLE - 1
    with replicas[0].store.reading() as tx:
        assert len(incidents.open_all(tx)) == 1


def test_use_default_channel_pressed_by_everybody_makes_one_incident(replicas):
    """Nothing was waiting for a place: the first press starts it there."""
    command = start.Start()

    def press(context, n):
        return verbs.ask(
            context, asked(n, user=f"U{n}"), lambda tx: start.place_in_default(tx, context, asked(n), command)
        )

    everybody(replicas, press)
    with replicas[0].store.reading() as tx:
        assert [one.channel_id for one in incidents.open_all(tx)] == ["#incidents"]


def test_hypotheses_proposed_at_the_same_moment_are_all_numbered(replicas):
    """H1 to H8, none twice and none lost, each to be looked up."""
    begun(replicas)

    def replies(context, n):
        said = Reply(channel_id="C1", ts=f"9.{n}", thread_ts="1.2", text=f"maybe it is the cache number {n}")
        return verbs.ask(context, asked(n, user=f"U{n}"), lambda tx: reply.said(tx, context, asked(n), said))

    everybody(replicas, replies)
    with replicas[0].store.reading() as tx:
        assert [one.number for one in hypotheses.of_incident(tx, 1)] == list(range(1, PEOPLE + 1))
        assert sorted(job.payload["number"] for job in jobs.pending(tx, 1, owe.EVIDENCE)) == list(range(1, PEOPLE + 1))


def test_one_message_reported_by_two_events_is_one_hypothesis(replicas):
    """A message that is edited at once arrives as two events, perhaps at two replicas."""
    begun(replicas)
    said = Reply(channel_id="C1", ts="9.1", thread_ts="1.2", text="maybe it is the cache after all")

    def replies(context, n):
        verb = reply.said if n % 2 else reply.edited
        return verbs.ask(context, asked(n), lambda tx: verb(tx, context, asked(n), said))

    everybody(replicas, replies)
    with replicas[0].store.reading() as tx:
        assert len(hypotheses.of_incident(tx, 1)) == 1


def test_updates_of_the_same_moment_are_all_owed(replicas):
    """Each has an n of its own."""
    begun(replicas)
    everybody(replicas, lambda context, n: types(context, n, f"update number {n}"))
    with replicas[0].store.reading() as tx:
        owed = jobs.pending(tx, 1, "say:update")
        said = [entry.text for entry in timeline.of_incident(tx, 1) if entry.text.startswith("number")]
    assert [job.n for job in owed] == list(range(1, PEOPLE + 1))
    assert len(said) == PEOPLE


def test_what_different_people_change_at_once_all_stands(replicas):
    """An incident is stored whole: who saved last would undo what the others did, had it read before them."""
    begun(replicas)
    press = UsersAffected.YES
    at_once(
        lambda: types(replicas[0], "a", "sev 1"),
        lambda: types(replicas[-1], "b", "lead <@U0BEN>"),
        lambda: types(replicas[len(replicas) // 2], "c", "cause the cache is cold"),
        lambda: verbs.ask(
            replicas[-1], asked("d"), lambda tx: status.users_affected(tx, replicas[-1], asked("d"), 1, press)
        ),
    )
    now = incident(replicas)
    assert (now.severity, now.lead_id, now.cause, now.users_affected) == (1, "U0BEN", "the cache is cold", press)


def test_resolve_pressed_by_everybody_ends_it_once(replicas):
    """The others are told that it is resolved."""
    begun(replicas)
    answers = everybody(replicas, lambda context, n: types(context, n, "resolve #1 rolled back", user=f"U{n}"))
    assert sum("#1 is resolved." in answer and "reopen" not in answer for answer in answers) == 1
    with replicas[0].store.reading() as tx:
        assert len(jobs.pending(tx, 1, "say:resolved")) == 1


def test_of_two_who_snooze_past_the_cap_at_once_the_second_is_the_one_that_agrees(replicas):
    """Neither is lost: the first is noted as a wish, and the call is put off."""
    begun(replicas)
    replicas[0].clock.instant += timedelta(minutes=50)
    answers = at_once(
        lambda: types(replicas[0], "a", "snooze 5m rolling forward", user="U1"),
        lambda: types(replicas[-1], "b", "snooze 5m rolling forward", user="U2"),
    )
    assert sum("second person has to agree" in answer for answer in answers) == 1
    assert sum("is put off" in answer for answer in answers) == 1
    assert incident(replicas).snoozed_until == replicas[0].clock.instant + timedelta(minutes=5)


def test_whoever_ends_a_job_and_whoever_cancels_it_do_not_wait_for_each_other(replicas):
    """Workers store what became of calls while a person resolves and reopens: no deadlock, nothing done twice."""
    begun(replicas)
    done = Counter()

    def resolve_and_reopen(context):
        for n in range(6):
            types(context, f"r{n}", "resolve #1" if n % 2 == 0 else "reopen #1")

    def work(context, owner, lane):
        for _ in range(15):
            job = take(context.store, owner, at=NOW + timedelta(hours=2), lane=lane)
            if job is None:
                continue
            with context.store.transaction() as tx:
                if jobs.finish(tx, job, owner):
                    done[job.id] += 1
                    known = incidents.get(tx, 1)
                    owe.edit(tx, known, NOW)
                    if known.is_open:
                        owe.resume_clock(tx, known, NOW)

    lanes = zip(["clock", "slack"] * 2, cycle(replicas), strict=False)
    workers = [partial(work, context, f"w{n}", lane) for n, (lane, context) in enumerate(lanes)]
    at_once(partial(resolve_and_reopen, replicas[0]), *workers)
    assert set(done.values()) == {1}
