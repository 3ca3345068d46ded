"""`/incident start`: the card, the four verdicts with the known truth, the findings, the chart, the ledger."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.scenarios.conftest import opened
from tests.support.room import AVA

ONSET_WITHIN = timedelta(seconds=10)
"""The first request fails a moment after the onset, which may stand in the next minute."""


@pytest.fixture(scope="module", params=["socket", "http"])
def started(tmp_path_factory, request):
    """A room, over the socket and over HTTP, with an incident in it, and its card."""
    with opened(tmp_path_factory.mktemp("room"), request.param) as room:
        yield room, room.start("Carts fail")


def test_start_shows_the_known_truth_in_four_verdicts(started):
    """Who is hurt, since when, which deploy, which error, and where one request failed."""
    room, card = started
    text = room.text(card)
    errors = len(room.log.errors)  # no line was written since
    assert "#1 Carts fail" in text
    assert "Investigating · `checkout` · severity 2" in text.replace("*", "")
    assert "Lead @ava" in text
    assert "*Scope* found: 30 of 90 users" in text
    assert "100 % in `region=eu`" in text
    assert any(f"since {at:%H:%M} UTC" in text for at in (room.onset, room.onset + ONSET_WITHIN))
    assert "*Changes* found: suspect `v214` shipped" in text
    assert f"*Errors* found: {errors} of {errors}, new: `TypeError" in text
    assert "*Trace* found: step 2 of 2 fails in `checkout` after 40 ms" in text
    posted = datetime.fromtimestamp(float(card["ts"]), UTC)  # the command came between the bot's start and this
    assert any(f"Rollback call at {at + timedelta(minutes=15):%H:%M} UTC" in text for at in (room.started_at, posted))


def test_the_thread_of_the_card_holds_the_findings_and_the_chart(started):
    """The detail goes below the card, in the order of the protocol; the chart is a file there."""
    room, card = started
    findings = room.sees("1. Scope", "2. Changes", "3. Errors", "4. Trace")
    text = room.text(findings)
    assert findings["thread_ts"] == card["ts"]
    assert "30 of 90 users affected" in text
    assert text.index("*Suspect* `v214`") < text.index("`v213`") < text.index("`v212`")
    assert "changed src/price.js" in text
    assert "Cannot read properties of undefined (reading 'vat_rate')" in text
    assert any(request in text for request in room.log.failed)
    chart = room.sandbox.wait_for_message(lambda message: message.get("files"), 20, what="the chart")
    assert chart["thread_ts"] == card["ts"]
    assert float(findings["ts"]) < float(chart["ts"])
    assert chart["files"][0]["mimetype"] == "image/png"


def test_the_ledger_stands_in_the_channel_below_the_card(started):
    """One card, one Hypotheses message after it, neither of them in a thread."""
    room, card = started
    ledger = room.ledger()
    room.settle()
    assert float(card["ts"]) < float(ledger["ts"])
    assert [one["ts"] for one in room.messages() if "thread_ts" not in one or one["thread_ts"] == one["ts"]] == [
        card["ts"],
        ledger["ts"],
    ]


def test_whoever_starts_is_told_at_once_and_alone(started):
    """The acknowledgement itself carries the number; nobody else sees it."""
    room, _ = started
    answer = next(message for message in room.sandbox.messages() if "#1 is started" in room.text(message))
    assert answer["ephemeral_to"] == AVA
