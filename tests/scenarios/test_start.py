"""`/incident start`: the card, the four verdicts with the known truth, the findings, the chart, the ledger."""

from datetime import timedelta

from tests.support.room import AVA


def test_start_shows_the_known_truth_in_four_verdicts(either_room):
    """Who is hurt, since when, which deploy, which error, and where one request failed."""
    room = either_room
    card = room.start("Carts fail")
    text = room.text(card)
    errors = len(room.log.errors)
    assert "#1 Carts fail" in text
    assert "Investigating · `checkout` · severity 2" in text.replace("*", "")
    assert "Lead @ava" in text
    assert "*Scope* found: 30 of 90 users" in text
    assert "100 % in `region=eu`" in text
    assert f"since {room.onset:%H:%M} UTC" in text
    assert "*Changes* found: suspect `v214` shipped" in text
    assert f"*Errors* found: {errors} of {errors}, new: `TypeError" in text
    assert "*Trace* found: step 2 of 2 fails in `checkout` after 40 ms" in text
    assert f"Rollback call at {room.started_at + timedelta(minutes=15):%H:%M} UTC" in text


def test_the_thread_of_the_card_holds_the_findings_and_the_chart(either_room):
    """The detail goes below the card, in the order of the protocol; the chart is a file there."""
    room = either_room
    card = room.start()
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
    assert chart["files"][0]["mimetype"] == "image/png"


def test_the_ledger_stands_in_the_channel_below_the_card(either_room):
    """One card, one Hypotheses message after it, neither of them in a thread."""
    room = either_room
    card, ledger = room.start(), room.ledger()
    room.settle()
    assert float(card["ts"]) < float(ledger["ts"])
    assert [one["ts"] for one in room.messages() if "thread_ts" not in one or one["thread_ts"] == one["ts"]] == [
        card["ts"],
        ledger["ts"],
    ]


def test_whoever_starts_is_told_at_once_and_alone(room):
    """The acknowledgement itself carries the number; nobody else sees it."""
    answer = room.command("start", user=AVA)
    assert answer["ephemeral_to"] == AVA
    assert "#1 is started" in room.text(answer)
