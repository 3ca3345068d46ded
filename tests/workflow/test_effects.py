"""What a rollback could undo: an unreadable list of deploys is never an empty one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.incident.effect import Effect
from bot.incident.undo import Undo
from bot.settings import Settings
from bot.triage.recovery import Recovery
from bot.triage.summary import ChangeLog, Deploy
from bot.workflow import effects
from tests.support.bench import BEGIN, Bench

SERVICE = {"deploys": {"kind": "git", "path": "/srv/checkout"}, "rollback_command": "deploy {previous}"}


class Told:
    """Readers that were told what shipped."""

    def __init__(self, changelog):
        self._changelog = changelog

    def changes(self, _settings, _now):
        """Return it."""
        return self._changelog

    def recovery(self, *_):
        """Say that the log is of no help."""
        return (Recovery(Effect.UNKNOWN, "the log is silent"),)


def deploy(name, minutes):
    """Return a deploy so long before the start."""
    return Deploy(name * 20, name, "", "ava", BEGIN - timedelta(minutes=minutes))


@pytest.fixture
def bench(tmp_path):
    """A bot with one service."""
    made = Bench(tmp_path, service={"checkout": SERVICE})
    yield made
    made.close()


def read(bench, changelog):
    """Start, and read what there is without any triage."""
    return effects.read(bench.context, Told(changelog), bench.starts())


def test_a_list_that_cannot_be_read_still_leads_to_the_call(bench):
    """The rule asks for the last deployment, whichever it was; "nothing shipped" would be a lie."""
    found = read(bench, ChangeLog("git", problems=("no such repository",)))
    assert found.undo is Undo.DEPLOY
    assert found.proposal.next.deploy is None


def test_an_empty_list_means_that_there_is_nothing_to_roll_back(bench):
    """It was read to its end, and nothing stands in it."""
    assert read(bench, ChangeLog("git")).undo is Undo.NOTHING


def test_a_list_that_is_not_up_to_date_never_says_that_nothing_shipped(bench):
    """What it knows is a day old, and so is what it would not know: the call is for the last deployment, whichever."""
    stale = "last fetched 26 h ago; newer changes are not seen"
    log = ChangeLog("git", deploys=(deploy("v214", 26 * 60), deploy("v213", 50 * 60)), stale=True, problems=(stale,))
    found = read(bench, log)
    assert found.undo is Undo.DEPLOY
    assert (found.proposal.next.deploy, found.proposal.command) == (None, "deploy {previous}")
    assert found.proposal.problems == (stale, "the last deployment that is known, v214, is 26 h old")
    assert read(bench, replace(log, stale=False, problems=())).undo is Undo.NOTHING


def test_what_the_list_could_not_tell_is_passed_on(bench):
    """A fresh deploy is named all the same; whoever rolls back has to check whether it was the last."""
    found = read(
        bench, ChangeLog("git", deploys=(deploy("v214", 9),), stale=True, problems=("last fetched 40 min ago",))
    )
    assert found.proposal.next.deploy.name == "v214"
    assert found.proposal.problems == ("last fetched 40 min ago",)


def test_what_was_left_out_on_purpose_is_nothing_to_check(bench):
    """Deploys to staging stand in the same file: the list is whole without them, and the call does not speak of them."""
    told = ChangeLog("deploy log", remarks=("3 deploys to staging left out: not production",))
    assert read(bench, replace(told, deploys=(deploy("v214", 9),))).proposal.problems == ()
    assert read(bench, told).undo is Undo.NOTHING


def test_without_deploys_configured_nobody_can_tell_what_shipped(bench, tmp_path_factory):
    """Nobody was named who could: neither that nothing did, nor anything to check first."""
    settings = Settings.model_validate({"service": {"checkout": {}}}).service["checkout"]
    proposal = effects.propose(bench.context, bench.starts(), None)
    told = ChangeLog("", problems=("no deploys are configured",))
    assert effects.undoable(bench.context, proposal, settings, told) is Undo.UNTOLD
    unnamed = Bench(tmp_path_factory.mktemp("unnamed"), service={"checkout": {}})
    found = effects.read(unnamed.context, Told(told), unnamed.starts())
    unnamed.close()
    assert (found.undo, found.proposal.problems) == (Undo.UNTOLD, ())


def test_without_a_triage_the_newest_deploy_is_proposed(bench):
    """A triage that hangs or failed does not keep the list of deploys from being read."""
    found = read(bench, ChangeLog("git", deploys=(deploy("v214", 9), deploy("v213", 900))))
    assert found.undo is Undo.DEPLOY
    assert found.proposal.next.deploy.name == "v214"
    assert found.proposal.command == "deploy v213"
