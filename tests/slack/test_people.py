"""What is remembered of people and groups: what Slack said last stands, and nobody waits for what it does not say."""

from threading import Event

import pytest

from bot.incident.permission import Standing
from bot.slack.call import make_client
from bot.slack.directory import Directory, Group, standing_of
from bot.slack.errors import OutcomeUnknown
from bot.slack.people import AGAIN_AFTER_S, GROUPS_FRESH_FOR_S, PERSON_FRESH_FOR_S, People

MEMBER = {"id": "U1", "team_id": "T1", "deleted": False, "is_bot": False, "is_restricted": False}


@pytest.mark.parametrize(
    ("said", "standing"),
    [
        ({}, Standing.MEMBER),
        ({"is_restricted": True}, Standing.GUEST),
        ({"is_restricted": True, "is_ultra_restricted": True}, Standing.GUEST),
        ({"is_bot": True}, Standing.BOT),
        ({"id": "USLACKBOT"}, Standing.BOT),
        ({"deleted": True}, Standing.DEACTIVATED),
        ({"is_stranger": True}, Standing.STRANGER),
        ({"team_id": "T2"}, Standing.STRANGER),
        ({"team_id": "T2", "enterprise_user": {"teams": ["T2", "T1"]}}, Standing.MEMBER),
        ({"team_id": "T2", "enterprise_user": {"teams": ["T2"]}}, Standing.STRANGER),
    ],
)
def test_what_slack_says_of_somebody_is_read_as_their_standing(said, standing):
    """One row a kind of person, by the fields of users.info."""
    assert standing_of(MEMBER | said, "T1") is standing


def test_the_directory_tells_members_guests_and_bots_apart(slack):
    """Over the wire, with the groups and who is in them."""
    directory = Directory(make_client(slack.bot_token, slack.api_url))
    people = {
        "U0AVA": Standing.MEMBER,
        "U0GUS": Standing.GUEST,
        "U0FIFTEEN": Standing.BOT,
        "U0NOBODY": Standing.STRANGER,
    }
    assert {user: directory.standing(user) for user in people} == people
    assert directory.groups() == {"S0123456": Group("oncall", frozenset({"U0AVA", "U0BEN"}))}


class Slack:
    """Answers, or does not, and counts how often it was asked."""

    def __init__(self) -> None:
        self.fails = False
        self.asked = 0
        self.answer = Standing.MEMBER
        self.groups = {"S1": Group("sre", frozenset({"U1"}))}
        self.now = 0.0

    def standing(self, user_id):
        """Say what somebody is."""
        self.asked += 1
        if self.fails:
            raise OutcomeUnknown("users.info", "down")
        return self.answer

    def list_groups(self):
        """Say who is in which group."""
        if self.fails:
            raise OutcomeUnknown("usergroups.list", "down")
        return self.groups


@pytest.fixture
def world():
    """A Slack and what is remembered of it."""
    heard_of = Slack()
    people = People(heard_of.standing, heard_of.list_groups, ["S1"], monotonic=lambda: heard_of.now)
    yield heard_of, people
    people.close()


def settled(people, user="U1"):
    """Meet somebody and wait until everything that was asked is answered."""
    people.meet(user)
    people._pool.submit(lambda: None).result()
    for known in (people._people[user], people._groups):
        known._asking.result()


def test_somebody_is_asked_for_once_and_remembered(world):
    """Nobody met is UNKNOWN; after the first word it is known, and so are the groups."""
    slack, people = world
    assert people.standing("U1") is Standing.UNKNOWN
    for _ in range(3):
        settled(people)
    assert (people.standing("U1"), slack.asked) == (Standing.MEMBER, 1)
    assert people.members == {"S1": {"U1"}}
    assert (people.name("S1"), people.name("S2"), people.name("U1")) == ("@sre", "S2", "U1")


def test_what_is_old_is_asked_for_again_behind_the_answer(world):
    """A group after a minute, a person after ten."""
    slack, people = world
    settled(people)
    slack.answer, slack.groups = Standing.GUEST, {"S1": Group("sre", frozenset({"U2"}))}
    slack.now = GROUPS_FRESH_FOR_S
    settled(people)
    assert (people.standing("U1"), people.members["S1"]) == (Standing.MEMBER, {"U2"})
    slack.now = PERSON_FRESH_FOR_S
    settled(people)
    assert people.standing("U1") is Standing.GUEST


def test_what_slack_said_last_stands_while_it_says_nothing(world):
    """However long it is silent; and it is not asked again at every press."""
    slack, people = world
    settled(people)
    slack.fails, slack.now = True, 10 * PERSON_FRESH_FOR_S
    for _ in range(3):
        settled(people)
    assert (people.standing("U1"), people.members["S1"], slack.asked) == (Standing.MEMBER, {"U1"}, 2)
    slack.now += AGAIN_AFTER_S
    settled(people)
    assert slack.asked == 3


def test_who_was_never_told_about_stays_unknown(world):
    """A failing Slack leaves no group and nobody known."""
    slack, people = world
    slack.fails = True
    settled(people)
    assert (people.standing("U1"), people.members) == (Standing.UNKNOWN, {})


def test_nobody_waits_for_a_slack_that_hangs(monkeypatch):
    """The first word of somebody goes on without an answer; a late one counts from then on."""
    monkeypatch.setattr("bot.slack.people.ASK_WITHIN_S", 0.01)
    answer = Event()
    people = People(lambda _: Standing.GUEST if answer.wait(10) else Standing.MEMBER, dict)
    people.meet("U1")
    assert people.standing("U1") is Standing.UNKNOWN
    answer.set()
    people._people["U1"]._asking.result()
    assert people.standing("U1") is Standing.GUEST
    people.close()
