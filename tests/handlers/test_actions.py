"""Presses, as Slack sends them: each does what its label says, once, however often a thumb comes down."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from bot.render import ids
from bot.slack.errors import Refused
from bot.store import incidents
from handlers import actions, replies


def press(bench, action_id, value="", **body):
    """Press a button in C1, and return what was acknowledged."""
    bench.presses = getattr(bench, "presses", 0) + 1
    acknowledged = []
    payload = {
        "trigger_id": f"t{bench.presses}",
        "user": {"id": "U1"},
        "team": {"id": "T1"},
        "channel": {"id": "C1", "name": "shop"},
        "response_url": "https://hooks.slack.com/actions/1",
    } | body
    actions.pressed(
        bench.desk, lambda **_: acknowledged.append(True), payload, {"action_id": action_id, "value": value}
    )
    return acknowledged


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("cause Redis is down", lambda incident: incident.cause == "Redis is down"),
        ("resolve restarted it", lambda incident: incident.resolution == "restarted it"),
        ("snooze 5m one more idea", lambda incident: incident.snoozed_until is not None),
        ("sev 1", lambda incident: incident.severity == 1),
    ],
)
def test_a_picked_incident_gets_what_was_typed(bench, typed, expected):
    """With two incidents open, a verb with words of its own reaches the one that was picked, word for word."""
    bench.starts()
    bench.passes(minutes=11)
    bench.starts()

    asked = bench.types(typed)
    assert asked.text == "Which incident?"
    press(bench, ids.pick_action(1), ids.pick_value(1, typed))

    assert expected(bench.incident(1))
    assert not expected(bench.incident(2))


def test_status_of_the_help_asks_which_and_then_answers(bench):
    """The Status button, with two incidents open, leads to the picker and from there to the status."""
    bench.starts()
    bench.passes(minutes=11)
    bench.starts()

    press(bench, ids.HELP_STATUS)
    assert f"2:{ids.command_value('status')}" in bench.said_to_one()[-1]
    press(bench, ids.pick_action(2), ids.pick_value(2, "status"))
    assert "#2" in bench.said_to_one()[-1]


def test_start_another_pressed_twice_starts_one(bench):
    """The offer is one message; a second thumb on it starts nothing more."""
    bench.starts()
    for _ in range(2):
        press(bench, ids.START_ANOTHER, ids.command_value("start"), container={"message_ts": "5.5"})
    with bench.store.reading() as tx:
        assert [one.id for one in incidents.open_all(tx)] == [1, 2]


def test_a_form_that_slack_did_not_open_is_said(bench):
    """A click three seconds old opens nothing; the person is asked to press again, and it is acknowledged."""
    bench.starts()

    def too_late(_trigger_id, _view):
        raise Refused("views.open", "expired_trigger_id")

    bench.desk = replace(bench.desk, open_view=too_late)
    assert press(bench, ids.CAUSE_FOUND, ids.incident_value(1)) == [True]
    assert "try again" in bench.said_to_one()[-1]


@pytest.fixture
def killed_after_one(bench, monkeypatch):
    """A bot that is killed as soon as it begins its next transaction but one."""
    bench.starts()
    begun, begin = [], bench.store.transaction

    def once_only():
        begun.append(True)
        assert len(begun) == 1, "killed"
        return begin()

    monkeypatch.setattr(bench.store, "transaction", once_only)
    return bench


def test_the_answer_to_a_click_is_stored_with_its_effect(killed_after_one):
    """Slack never sends a click again, so that an answer which is stored later may never come."""
    press(killed_after_one, ids.HELP_STATUS)
    assert "#1" in killed_after_one.said_to_one()[-1]


def test_the_answer_to_a_mention_is_stored_with_its_effect(killed_after_one):
    """The event is recorded as seen: delivered again it would have nothing left to say."""
    event = {"text": "<@UBOT> sev 1", "channel": "C1", "user": "U1", "ts": "1.2", "thread_ts": "1.1"}
    body = {"event_id": "Ev1", "team_id": "T1"}
    replies.mentioned(killed_after_one.desk, body, event, SimpleNamespace(bot_user_id="UBOT"))
    assert killed_after_one.incident().severity == 1
    assert "severity 1" in killed_after_one.said_to_one()[-1]
