"""Where what stands in the channel is posted, and when what answers one person is given up."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from bot.render import replies
from bot.slack.errors import Refused
from bot.store import jobs
from bot.workflow import evidence, owe, reply
from bot.workflow.post import INVITATION, Posts
from bot.workflow.reply import Reply
from bot.workflow.say import Threads
from bot.workflow.work import Done, Later
from tests.support.bench import Bench


class Closed:
    """An outbox that no channel lets in."""

    def post(self, *_args, **_how):
        """Refuse."""
        raise Refused("chat.postMessage", "restricted_action")


@pytest.mark.parametrize(("minutes", "tried"), [(29, 1), (30, 0)])
def test_an_answer_is_not_tried_once_its_response_url_has_expired(bench, minutes, tried):
    """Slack says so, too; a way to it that hangs does not, and was tried for ever."""
    sent = []
    posts = Posts(bench.context, SimpleNamespace(respond=lambda *said: sent.append(said)))
    with bench.store.transaction() as tx:
        owe.respond(tx, "https://hooks.slack.com/1", replies.done("Posted."), bench.clock.now())
    bench.passes(minutes=minutes)
    job = jobs.claim(bench.store, "slack", "me", now=bench.clock.now(), lease_s=20.0)
    assert posts.respond(job) == Done()
    assert len(sent) == tried


def test_a_card_is_posted_before_the_reactions_and_the_homes_that_were_owed_before(bench):
    """Thousands of replies are noted in a flood: what people wait for does not wait for their pushpins."""
    with bench.store.transaction() as tx:
        owe.react(tx, "C1", "1.1", "pushpin", bench.clock.now())
        owe.publish_home(tx, "U1", {"type": "home"}, bench.clock.now())
    bench.passes(seconds=1)
    bench.types("start")
    claimed = [jobs.claim(bench.store, "slack", "me", now=bench.clock.now(), lease_s=20.0).kind for _ in range(3)]
    assert claimed == [owe.POST_CARD, owe.REACT, owe.HOME]


def test_a_default_channel_that_refuses_is_not_moved_to_again(tmp_path):
    """Started in it, and it is given by its id: it was refused, moved to and refused again without an end."""
    made = Bench(tmp_path, default_channel="C0INCIDENTS")
    made.types("start", channel="C0INCIDENTS", response_url="https://hooks.slack.com/1")
    posts = Posts(made.context, Closed())
    for _ in range(3):
        outcome = posts.card(made.claims(owe.POST_CARD))
        assert outcome.due_at == made.clock.now() + INVITATION
    assert len(made.said_to_one()) == 1
    assert not [text for text in made.timeline() if "restricted_action" in text]
    made.close()


class NeverInvited:
    """An outbox whose bot is in no channel, and can join none."""

    def post(self, *_args, **_how):
        """Refuse."""
        raise Refused("chat.postMessage", "not_in_channel")

    def join(self, *_args):
        """Refuse."""
        raise Refused("conversations.join", "method_not_supported_for_channel_type")


def worked_off(bench, outbox):
    """Let everything of the lane be tried until nothing of it is settled any more, and return the kinds that are left."""
    posts, threads = Posts(bench.context, outbox), Threads(bench.context, outbox, None)
    handlers = {owe.POST_CARD: posts.card, owe.POST_LEDGER: posts.ledger, owe.SAY: threads.say}
    while True:
        bench.passes(hours=1)
        settled = []
        while (job := jobs.claim(bench.store, "slack", "me", now=bench.clock.now(), lease_s=20.0)) is not None:
            handler = handlers.get(job.kind.partition(":")[0], lambda job: Done())
            outcome = handler(job)
            with bench.store.transaction() as tx:
                if isinstance(outcome, Done):
                    settled.append(job.kind)
                    assert jobs.finish(tx, job, "me", outcome.slack_ts)
                    if outcome.effect is not None:
                        outcome.effect(tx)
                else:
                    jobs.release(tx, job, "me", bench.clock.now() + timedelta(minutes=1), outcome.why)
        if not settled:
            with bench.store.reading() as tx:
                query = "select kind from job where lane = 'slack' and state = 'pending' order by id"
                return [row[0] for row in tx.exec_driver_sql(query)]


def test_what_waits_for_an_invitation_is_settled_once_the_incident_is_over(bench):
    """The card and all that belongs under it was tried each minute, for ever."""
    bench.types("start")
    bench.types("update #1 We look at it.")
    assert worked_off(bench, NeverInvited()) == [owe.POST_CARD, owe.POST_LEDGER, "say:update"]
    bench.types("resolve #1 It was the cache.")
    assert worked_off(bench, NeverInvited()) == []


def test_an_incident_that_is_opened_again_has_its_card_and_ledger_posted(bench):
    """They were given up when it ended; by now the bot has been invited."""
    bench.types("start")
    bench.types("resolve #1 It was the cache.")
    assert worked_off(bench, NeverInvited()) == []
    bench.types("reopen #1")
    stamps = (f"{number}.1" for number in range(1, 99))
    assert worked_off(bench, SimpleNamespace(post=lambda *_, **__: next(stamps))) == []
    assert bench.incident().card_ts
    assert bench.incident().hypotheses_ts


def test_a_hypothesis_of_an_incident_that_ended_before_its_triage_is_not_looked_up(bench):
    """There will be none; it waited for one each minute, for ever."""
    bench.starts()
    said = Reply(channel_id="C1", ts="9.9", thread_ts="1.2", text="it is the cache")
    bench.does(lambda tx: reply.said(tx, bench.context, bench.asked(), said))
    assert isinstance(evidence.find(bench.context, bench.claims(owe.EVIDENCE)), Later)
    bench.types("resolve #1 It was the cache.")
    assert evidence.find(bench.context, bench.claims(owe.EVIDENCE)) == Done()
