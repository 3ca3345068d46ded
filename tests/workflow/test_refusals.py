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
    ],
)
def test_only_what_can_be_typed_stands_in_code(shop, typed, channel, form):
    """Prose in it would start an incident of that title."""
    assert to_type(shop.types(typed, channel=channel)) == form


def test_a_number_without_any_incident_offers_to_start_one(bench):
    """There is none that could be the nearest."""
    assert to_type(bench.types("status #3")) == "/incident start"


def test_a_default_channel_that_is_missing_is_shown_as_it_is_written(tmp_path):
    """Which file it belongs into is said beside it."""
    made = Bench(tmp_path)
    asked = made.asked("start")
    answer = start_in_default(made, asked)
    assert "in fifteen.toml" in shown(answer)
    assert to_type(answer) == 'default_channel = "#incidents"'
    made.close()


def start_in_default(made, asked):
    """Press Use #incidents."""
    return verbs.ask(made.context, asked, lambda tx: start.place_in_default(tx, made.context, asked, Start()))
