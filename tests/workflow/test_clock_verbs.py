"""The clock between its calls: what people press, twice and late, and what is posted after it was overtaken."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from bot.incident import incident as rules
from bot.incident.command import Reopen, Snooze
from bot.incident.effect import Effect
from bot.incident.incident import UsersAffected
from bot.incident.undo import Undo
from bot.render.rollback import Audience, Reading
from bot.render.undoing import Proposal
from bot.store import incidents
from bot.triage.summary import Next
from bot.workflow import deadman, escalate, owe, resolve, rollback, status
from bot.workflow.buried import note_buried
from bot.workflow.post import Posts
from bot.workflow.say import Threads
from bot.workflow.work import Done
from tests.support.bench import BEGIN

CALL = f"{owe.SAY}:{owe.CALL}"


def look(bench, effect=Effect.AFFECTED):
    """Let the look that is owed decide, as of now, on what the log says."""
    situation = SimpleNamespace(
        recovery=SimpleNamespace(state=effect),
        undo=Undo.DEPLOY,
        proposal=Proposal(next=Next(BEGIN, None, None)),
        audience=Audience(),
        reading=Reading(words="4 % fail"),
    )
    job = bench.claims(owe.LOOK)
    assert job.due_at <= bench.clock.now()
    bench.settles(job, escalate.Done(effect=lambda tx: escalate._decide(tx, bench.context, job, situation)))


def press_yes(bench):
    """Say once more that users are affected."""
    asked = bench.asked(origin="button")
    bench.does(lambda tx: status.users_affected(tx, bench.context, asked, 1, UsersAffected.YES))


def calls(bench):
    """Return how many calls are owed, none of which was posted yet."""
    return len(bench.pending(CALL))


def test_pressing_yes_after_a_late_call_makes_no_second_one(bench):
    """After a call that came late the next one is a repeat away, however often somebody presses."""
    bench.starts()
    bench.passes(minutes=40)
    look(bench)
    assert calls(bench) == 1
    for _ in range(5):
        press_yes(bench)
        (owed,) = bench.pending(owe.LOOK)
        assert owed.due_at == bench.clock.now() + timedelta(minutes=5)


def test_after_a_cause_was_none_the_next_call_keeps_its_time(bench):
    """The first call came at minute 16, ruled out a moment later: the second one is due at 20, as it always was."""
    bench.starts()
    bench.passes(minutes=16)
    look(bench)
    press_yes(bench)
    (owed,) = bench.pending(owe.LOOK)
    assert owed.due_at == BEGIN + timedelta(minutes=20)


def test_a_call_that_recovery_held_back_comes_at_once(bench):
    """The clock has run out, the log says recovered, a person says yes: there is nothing to wait for."""
    bench.starts()
    bench.passes(minutes=15)
    look(bench, Effect.RECOVERED)
    bench.passes(minutes=1)
    press_yes(bench)
    look(bench)
    assert calls(bench) == 1


def six_calls(bench):
    """Let nobody answer."""
    bench.starts()
    bench.passes(minutes=10)
    posted = 0
    for _ in range(7):
        bench.passes(minutes=5)
        look(bench)
        posted += bench.posts(CALL)
    assert posted == 6
    assert not bench.pending(owe.LOOK)


def test_a_reopened_incident_is_called_for_again_after_six_calls(bench):
    """Whoever reopens has answered: another round of six begins."""
    six_calls(bench)
    bench.types("resolve")
    bench.passes(minutes=30)
    bench.does(lambda tx: resolve.reopen(tx, bench.context, bench.asked(), Reopen(1)))
    look(bench)
    assert "Call 1 of 6" in str(bench.pending(CALL)[-1].payload)


def test_what_is_reopened_before_the_heads_up_is_warned_of(bench):
    """However often it was resolved by mistake: one warning, at its time; past that the call is near enough."""
    bench.starts()
    for minute in (1, 2, 11):
        bench.clock.instant = BEGIN + timedelta(minutes=minute)
        bench.types("resolve")
        assert not bench.pending(owe.HEADS_UP)
        bench.does(lambda tx: resolve.reopen(tx, bench.context, bench.asked(), Reopen(1)))
        due = [job.due_at for job in bench.pending(owe.HEADS_UP)]
        assert due == ([BEGIN + timedelta(minutes=10)] if minute < 10 else [])


def test_a_rollback_without_recovery_is_called_for_again_after_six_calls(bench):
    """The rollback was the answer; when it did not help the clock goes on."""
    six_calls(bench)
    with bench.store.transaction() as tx:
        incidents.save(tx, rules.rolling_back(bench.incident_of(tx, 1), by="U1", now=bench.clock.now()))
    bench.passes(minutes=10)
    seen = SimpleNamespace(state=Effect.AFFECTED, since=None)
    bench.does(lambda tx: rollback._watched(tx, bench.context, 1, seen))
    bench.passes(minutes=5)
    look(bench)
    assert "Call 1 of 6" in str(bench.pending(CALL)[-1].payload)


def test_a_log_that_contradicts_a_person_later_is_said_once(bench):
    """Whoever said no at minute 3 hears at minute 20 that the log has seen errors since, and no more than that."""
    bench.starts()
    asked = bench.asked(origin="button")
    bench.does(lambda tx: status.users_affected(tx, bench.context, asked, 1, UsersAffected.NO))
    seen = [Effect.RECOVERED, Effect.RECOVERED, Effect.AFFECTED, Effect.AFFECTED, Effect.RECOVERED]
    bench.passes(minutes=10)
    said = []
    for effect in seen:
        bench.passes(minutes=5)
        look(bench, effect)
        said.append(len(bench.pending(f"{owe.SAY}:not_affected")))
    assert said == [1, 1, 2, 2, 2]
    assert "The log says otherwise" in str(bench.pending(f"{owe.SAY}:not_affected")[-1].payload)


def test_a_second_recovery_is_said_and_shown(bench):
    """Recovered, resolved, reopened, recovered: the second one is news."""
    bench.starts()
    bench.passes(minutes=15)
    look(bench, Effect.RECOVERED)
    bench.types("resolve")
    bench.does(lambda tx: resolve.reopen(tx, bench.context, bench.asked(), Reopen(1)))
    look(bench, Effect.RECOVERED)
    assert len(bench.pending(f"{owe.SAY}:recovered")) == 2


def test_a_word_on_users_is_taken_up_once(bench):
    """No is repeated by nobody; a new No after a Yes is answered again."""
    bench.starts()
    asked = bench.asked(origin="button")
    for answer, said in ((UsersAffected.NO, 1), (UsersAffected.NO, 2)):
        bench.does(lambda tx, answer=answer: status.users_affected(tx, bench.context, asked, 1, answer))
        for _ in range(2):
            bench.passes(minutes=15)
            look(bench)
        assert len(bench.pending(f"{owe.SAY}:not_affected")) == said


def test_one_person_past_the_cap_is_told_that_it_takes_two(bench):
    """From the modal, which has closed by then: a word in the thread, for that person alone."""
    bench.starts()
    bench.passes(minutes=47)
    asked = replace(bench.asked(origin="modal"), channel_id="")
    bench.does(lambda tx: status.snooze(tx, bench.context, asked, Snooze(timedelta(minutes=5), "soon", 1)))
    (word,) = bench.said_to_one()
    assert "a second person has to agree" in word
    assert '"channel_id":"C1"' in word.replace(" ", "")
    assert bench.incident().snoozed_until is None


def test_a_second_persons_agreement_is_for_one_snooze(bench):
    """Past 45 minutes two people have to want it; whoever agreed half an hour ago may not any more."""
    bench.starts()
    bench.passes(minutes=46)
    bench.types("snooze 5m one more idea", user="U1")
    assert bench.incident().snoozed_until is None
    bench.passes(minutes=2)
    bench.types("snooze 5m it builds", user="U2")
    assert bench.incident().snoozed_until == bench.clock.now() + timedelta(minutes=5)
    until = bench.incident().snoozed_until
    bench.passes(minutes=20)
    bench.types("snooze 5m still builds", user="U1")
    assert bench.incident().snoozed_until == until


def test_a_snooze_is_refused_where_no_call_is_due(bench):
    """With a cause found, no time is promised for a call that will not come."""
    bench.starts()
    bench.types("cause the VAT table")
    assert "none to put off" in bench.types("snooze 5m wait").text


def test_a_snooze_says_when_the_call_really_comes(bench):
    """Three minutes after the first call end before the second one is due."""
    bench.starts()
    bench.passes(minutes=15)
    look(bench)
    bench.passes(minutes=1)
    answer = bench.types("snooze 3m one more idea")
    assert answer.text == "The rollback call comes at 03:20 UTC anyway: 3 min count from now."
    due = int((BEGIN + timedelta(minutes=20)).timestamp())
    (said,) = bench.pending(f"{owe.SAY}:snoozed")
    assert f"<!date^{due}^" in str(said.payload)


def test_a_snooze_that_ends_before_the_call_is_due_says_that_it_stays(bench):
    """In the first minute: whoever asked for five must not count on minute 20."""
    bench.starts()
    bench.passes(minutes=1)
    assert bench.types("snooze 5m wait").text == "The rollback call comes at 03:15 UTC anyway: 5 min count from now."
    assert "is put off" not in str(bench.pending(f"{owe.SAY}:snoozed")[0].payload)
    assert bench.types("snooze 20m wait").text == "The rollback call is put off to 03:21 UTC."


@pytest.mark.parametrize("overtaken", ["by a later call", "by a rollback", "by a cause"])
def test_a_call_that_was_overtaken_is_not_posted(bench, overtaken):
    """While Slack was away something happened: five old calls in a row help nobody."""
    bench.starts()
    bench.passes(minutes=15)
    look(bench)
    if overtaken == "by a later call":
        bench.passes(minutes=5)
        look(bench)
    elif overtaken == "by a rollback":
        with bench.store.transaction() as tx:
            incidents.save(tx, rules.rolling_back(bench.incident_of(tx, 1), by="U1", now=bench.clock.now()))
    else:
        bench.types("cause the VAT table")
    threads = Threads(bench.context, None, None)  # nothing is sent, so there is nothing to send it with
    assert threads.call(bench.pending(CALL)[0]).slack_ts is None


def test_a_call_that_slack_did_not_take_is_made_again_under_its_number(bench):
    """Six calls are six that people could read: what was overtaken on its way is not counted."""
    bench.starts()
    for minute in (15, 20, 25):
        bench.clock.instant = BEGIN + timedelta(minutes=minute)
        look(bench)
    assert ["Call 1 of 6" in str(job.payload) for job in bench.pending(CALL)] == [True] * 3
    assert bench.pending(owe.LOOK)[0].payload["call"] == 2
    assert bench.does(lambda tx: owe.next_call(tx, bench.incident_of(tx, 1))) == 2
    # Slack may have spoken in the place of the first one, and so of whichever is posted in the end.
    assert {deadman.rollback_due(job) for job in bench.pending(CALL)} == {BEGIN + timedelta(minutes=15)}


def told(bench):
    """Return what the card and the answer to /incident status say."""
    return str(Posts(bench.context, None)._card(bench.claims(owe.EDIT_CARD))[1].blocks), str(
        bench.types("status").blocks
    )


def test_while_a_call_is_on_its_way_no_time_is_told_for_the_next_one(bench):
    """By the card and by the answer: call 2 of 6 at 03:20 helps nobody who has not read the first one."""
    bench.starts()
    bench.passes(minutes=15)
    look(bench)
    for words in told(bench):
        assert "The rollback call is on its way." in words
        assert "2 of 6" not in words
    bench.posts(CALL)
    for words in told(bench):
        assert "on its way" not in words
        assert "Rollback call 2 of 6" in words


@pytest.mark.parametrize("end", ["posted", "given up"])
def test_the_card_follows_a_call_that_was_on_its_way(bench, end):
    """Posted or given up: then the next call has its time again."""
    bench.starts()
    bench.passes(minutes=15)
    look(bench)
    (job,) = bench.pending(CALL)
    bench.finish_jobs()
    if end == "posted":
        threads = Threads(bench.context, None, None)
        bench.does(threads._then_renew(bench.incident(), Done("1.9")).effect)
    else:
        bench.does(lambda tx: note_buried(bench.context, tx, job, "Slack refused it"))
    assert bench.pending(owe.EDIT_CARD)


def test_a_call_that_slack_made_is_as_late_as_slack_was(bench):
    """Decided at minute 22 on what Slack posted at 18: it says 18, whichever of the two is read in the end."""
    bench.starts()
    bench.passes(minutes=22)
    look(bench)
    (job,) = bench.pending(CALL)
    for words, minute, late in ((job.payload, 22, 7), (job.payload["by_slack"], 18, 3)):
        assert f"No cause after {minute} min" in words["text"]
        assert f"Call 1 of 6 · {late} min late" in str(words["blocks"])


def test_a_relapse_after_the_rollback_is_called_for(bench):
    """Back at baseline is not the end: the clock looks on, and the next look that finds users hurt makes a call."""
    bench.starts()
    with bench.store.transaction() as tx:
        incidents.save(tx, rules.rolling_back(bench.incident_of(tx, 1), by="U1", now=bench.clock.now()))
    bench.passes(minutes=3)
    seen = SimpleNamespace(state=Effect.RECOVERED, since=None)
    bench.does(lambda tx: rollback._watched(tx, bench.context, 1, seen))
    bench.passes(minutes=20)
    look(bench)
    assert calls(bench) == 1


def test_a_cause_that_was_none_can_be_ruled_out_from_the_card(bench):
    """However the cause was given, taking it back sets the clock going again."""
    bench.starts()
    bench.types("cause the cache")
    bench.passes(minutes=16)
    bench.does(lambda tx: resolve.rule_out_cause(tx, bench.context, bench.asked(), 1))
    look(bench)
    assert calls(bench) == 1
