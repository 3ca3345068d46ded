"""When a call waits in Slack, until when it can be changed, and when none waits."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incident import deadman
from bot.incident.escalation import MAX_CALLS, Look
from bot.incident.incident import Status, UsersAffected
from tests.incident.make import START as NOW
from tests.incident.make import incident as make_incident

FIRST = Look(1, NOW)


def test_slack_posts_a_little_after_the_call_is_due_on_a_whole_second():
    """Rounded up: never sooner than promised."""
    due = NOW + timedelta(microseconds=1)
    assert deadman.post_at(due) == NOW + deadman.AFTER + timedelta(seconds=1)
    assert deadman.post_at(NOW) == NOW + deadman.AFTER


def test_there_is_time_for_a_slow_call_before_slack_s_last_minute():
    """75 s for a replica that died, 30 s for a second one, 60 s of Slack's own."""
    assert timedelta(seconds=75 + 30) + deadman.UNDELETABLE <= deadman.AFTER


@given(st.timedeltas(min_value=timedelta(days=-1), max_value=timedelta(days=1)))
def test_what_is_settled_stays_settled(passed):
    """As time goes on nothing becomes changeable again."""
    at, now = NOW, NOW + passed
    if deadman.is_settled(at, now):
        assert deadman.is_settled(at, now + timedelta(seconds=1))
    assert deadman.is_settled(at, at - deadman.UNDELETABLE)


def test_a_call_waits_behind_an_open_question():
    """No cause, no rollback, no recovery: nobody has answered it yet."""
    assert deadman.stands_behind(make_incident(), FIRST)
    assert deadman.stands_behind(make_incident(users_affected=UsersAffected.YES), FIRST)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": Status.RESOLVED},
        {"cause": "the cache"},
        {"rolling_back_at": NOW},
        {"recovered_at": NOW},
        {"users_affected": UsersAffected.NO},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_no_call_waits_where_the_clock_would_make_none(changes):
    """Slack cannot look before it posts, so what is answered is taken back."""
    assert not deadman.stands_behind(make_incident(**changes), FIRST)


def test_none_waits_after_the_last_call():
    """The look after the sixth only says that nobody answered."""
    assert not deadman.stands_behind(make_incident(), Look(MAX_CALLS + 1, NOW))
