"""Where what stands in the channel is posted, and when what answers one person is given up."""

from types import SimpleNamespace

import pytest

from bot.render import replies
from bot.slack.errors import Refused
from bot.store import jobs
from bot.workflow import owe
from bot.workflow.post import INVITATION, Posts
from bot.workflow.work import Done
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
