"""What a refusal shows to be typed: code that is copied on a phone has to do what the words say."""

import re

import pytest

from bot.incident.command import Start
from bot.workflow import start, verbs
from tests.support.bench import Bench


def shown(answer):
    """Return an answer as Slack gets it, without escapes for HTML."""
    return str(answer.blocks[0]["text"]["text"]).replace("&lt;", "<").replace("&gt;", ">")


def to_type(answer):
    """Return what stands in code behind Try."""
    (found,) = re.findall(r"Try: `([^`]*)`$", shown(answer))
    return found


def either(answer):
    """Return what stands in code behind Try and behind each Or."""
    return re.findall(r"^(?:Try|Or): `([^`]*)`$", shown(answer), re.MULTILINE)


@pytest.fixture
def shop(tmp_path):
    """A bot that knows one service, in whose channel C1 #1 is open."""
    made = Bench(tmp_path, service={"checkout": {}})
    made.starts()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("typed", "channel", "form"),
    [
        ("status", "C2", "/incident list"),
        ("resolve #99", "C1", "/incident status #1"),
        ("checkout is down", "C2", "/incident start checkout is down"),
        ("start service:zebra", "C2", "/incident start service:NAME"),
        ("start service:chekout", "C2", "/incident start service:checkout"),  # codespell:ignore chekout
        ("start x service:chekout sev:1", "C2", "/incident start x service:checkout sev:1"),  # codespell:ignore chekout
        ("reopen 1", "C1", "/incident reopen #1"),
    ],
)
def test_only_what_can_be_typed_stands_in_code(shop, typed, channel, form):
    """Prose in it would start an incident of that title."""
    assert to_type(shop.types(typed, channel=channel)) == form


@pytest.mark.parametrize("word", ["fixed", "done", "stop", "cancel", "abort", "undo"])
def test_a_word_for_the_end_shows_resolve_and_ends_nothing(shop, word):
    """It would be the title of a second incident."""
    before = shop.rows()
    assert to_type(shop.types(word)) == "/incident resolve"
    assert shop.rows() == before


@pytest.mark.parametrize("verb", ["resolve", "cause", "update"])
def test_a_bare_number_of_another_incident_is_asked_about_and_changes_neither(shop, verb):
    """It reads as text, and would change the channel's own; both lines do what they say."""
    shop.types("start", channel="C2")
    before = shop.rows()
    answer = shop.types(f"{verb} 2 reverted v214")
    assert "is 2 the incident #2" in shown(answer)
    assert either(answer) == [f"/incident {verb} #2 reverted v214", f"/incident {verb} #1 2 reverted v214"]
    assert shop.rows() == before
    for line, number, text in zip(either(answer), (2, 1), ("reverted v214", "2 reverted v214"), strict=True):
        shop.types(line.removeprefix("/incident "))
        assert text in shop.timeline(number)


@pytest.mark.parametrize("typed", ["resolve 3 hosts were replaced", "resolve 1 host was replaced"])
def test_a_number_that_is_no_other_incidents_begins_a_text(shop, typed):
    """There is no #3, and #1 is the channel's own."""
    assert "#1 is resolved." in shown(shop.types(typed))
    assert typed.removeprefix("resolve ") in shop.timeline()


def test_a_bare_number_is_asked_about_once_for_each_incident_of_the_channel(shop):
    """Where several are open the text has to name its own, too; where none is there is only the number."""
    shop.types("start", channel="C2")
    shop.finish_jobs()
    shop.passes(minutes=11)
    shop.starts()
    assert either(shop.types("resolve 2 reverted")) == [
        "/incident resolve #2 reverted",
        "/incident resolve #1 2 reverted",
        "/incident resolve #3 2 reverted",
    ]
    assert either(shop.types("resolve 2 reverted", channel="C3")) == ["/incident resolve #2 reverted"]


def test_minutes_of_a_snooze_are_no_incident(shop):
    """A number alone is minutes there, whatever incidents there are."""
    for channel in ("C2", "C3", "C4", "C5"):
        shop.types("start", channel=channel)
    shop.types("snooze 5 waiting")
    assert any("waiting" in line for line in shop.timeline(1))


def test_a_long_update_is_shown_whole_to_be_copied(shop):
    """What is cut from a line to copy is lost."""
    shop.types("start", channel="C2")
    text = f"2 {'x' * 900}"
    assert either(shop.types(f"update {text}"))[1] == f"/incident update #1 {text}"


def test_a_service_of_two_words_is_shown_as_it_has_to_be_typed(tmp_path):
    """In quotes, or its second word would be a title."""
    made = Bench(tmp_path, service={"web shop": {}})
    form = to_type(made.types("start slow service:web-shop"))
    assert form == '/incident start slow service:"web shop"'
    assert "#1 is started" in shown(made.types(form.removeprefix("/incident ")))
    made.close()


def test_a_number_without_any_incident_offers_to_start_one(bench):
    """There is none that could be the nearest."""
    assert to_type(bench.types("status #3")) == "/incident start"


def test_a_default_channel_that_is_missing_is_shown_as_it_is_written(tmp_path):
    """Where it belongs is said beside it."""
    made = Bench(tmp_path)
    asked = made.asked("start")
    answer = start_in_default(made, asked)
    assert "in the configuration" in shown(answer)
    assert to_type(answer) == 'default_channel = "#incidents"'
    made.close()


def start_in_default(made, asked):
    """Press Use #incidents."""
    return verbs.ask(made.context, asked, lambda tx: start.place_in_default(tx, made.context, asked, Start()))
