"""What a start owes, where it goes, and what is said of a triage that cannot be had."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from bot.incident.command import RunTriage, Start
from bot.render.card import TriageFailed
from bot.slack.errors import Refused
from bot.store import incidents
from bot.workflow import owe, start, triage
from bot.workflow.post import Posts

SECRET = "ghp_" + "a1B2c3D4e5F6" * 3


def test_what_was_typed_is_redacted_before_it_is_owed(bench):
    """The card's job carries the command, to run it again; a token in the title is in no row of the database."""
    bench.types(f"start leaked {SECRET}")
    (job,) = bench.pending(owe.POST_CARD)
    assert job.payload["typed"].startswith("start leaked")
    assert SECRET not in str(job.payload)


def test_use_incidents_pressed_twice_starts_one_incident(bench):
    """The second press, after the card was posted, is told of the first."""
    asked = bench.asked("start", channel="D1", origin="button")
    assert (
        bench.does(lambda tx: start.place_in_default(tx, bench.context, asked, Start())).text
        == "#1 goes to #incidents."
    )
    with bench.store.transaction() as tx:
        incidents.save(tx, replace(bench.incident_of(tx, 1), channel_id="C9", card_ts="1.1"))
    again = bench.does(lambda tx: start.place_in_default(tx, bench.context, asked, Start()))
    assert again.text.startswith("#1 was started")
    assert not bench.pending(owe.POST_CARD, 2)


def test_a_place_that_refuses_on_the_second_attempt_is_said_once(bench):
    """The first attempt may have met a network that was down: whoever started is told all the same."""
    bench.starts()
    posts = Posts(bench.context, None)
    refused = Refused("chat.postMessage", "not_in_channel")
    with bench.store.transaction() as tx:
        tx.exec_driver_sql("update job set payload = json_set(payload, '$.response_url', 'https://hooks.slack.com/1')")
    for attempt in (2, 3):
        (job,) = bench.pending(owe.POST_CARD)
        posts._without_place(bench.incident(), replace(job, attempts=attempt), refused)
    assert len(bench.said_to_one()) == 1


@pytest.mark.parametrize(("attempt", "edits"), [(1, 0), (2, 1)])
def test_a_card_that_an_earlier_attempt_posted_is_brought_up_to_date(bench, attempt, edits):
    """It stands there as it read then; what happened before its ts was stored could not be shown."""
    bench.types("start")
    (job,) = bench.pending(owe.POST_CARD)
    posts = Posts(bench.context, SimpleNamespace(post=lambda *_, **__: "1.1"))  # found, or posted just now
    done = posts.card(replace(job, attempts=attempt))
    bench.does(done.effect)
    assert len(bench.pending(owe.EDIT_CARD)) == edits


def test_a_triage_that_was_given_up_is_said_on_the_card(bench):
    """In place of "running" for ever; and it does not take the place of one that succeeded."""
    bench.starts()
    bench.does(lambda tx: triage.give_up(tx, bench.context, 1))
    with bench.store.reading() as tx:
        shown = triage.for_card(triage.latest(tx, 1))
    assert isinstance(shown, TriageFailed)
    assert "Triage again" in shown.problem
    assert bench.pending(owe.EDIT_CARD)


def test_a_triage_that_is_running_is_not_started_beside_itself(bench):
    """Ten presses are one triage."""
    bench.starts()
    for _ in range(3):
        bench.does(lambda tx: triage.again(tx, bench.context, bench.asked(), RunTriage(1)))
    assert len(bench.pending(owe.TRIAGE)) == 1


def test_a_triage_without_any_service_says_where_to_add_one(bench):
    """The file may have any name: it is the configuration."""
    bench.starts()
    bench.settles(job := bench.claims(owe.TRIAGE), triage.run(bench.context, None, job))
    with bench.store.reading() as tx:
        shown = triage.for_card(triage.latest(tx, 1))
    assert shown.problem == "No service is in the configuration: add [service.NAME] there"
