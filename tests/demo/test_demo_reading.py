"""Messages are read as a person sees them, and buttons and menus are found by their labels."""

from bot.demo.reading import Control, Reader, find_button, find_option
from bot.demo.transcript import transcript

READER = Reader({"U1": "ava", "U2": "ben", "UBOT": "fifteen", "S1": "oncall"})


def mrkdwn(text):
    """Return a text object."""
    return {"type": "mrkdwn", "text": text}


def button(label, action_id, value="12"):
    """Return a button."""
    return {"type": "button", "action_id": action_id, "value": value, "text": {"type": "plain_text", "text": label}}


def entry(text, action_id):
    """Return one hypothesis of a ledger: its text and its menu."""
    labels = ("Testing", "Ruled out")
    options = [{"text": {"type": "plain_text", "text": label}, "value": f"{action_id}:{label}"} for label in labels]
    menu = {
        "type": "static_select",
        "action_id": action_id,
        "options": options,
        "placeholder": {"type": "plain_text", "text": "Set state"},
    }
    return {"type": "section", "text": mrkdwn(text), "accessory": menu}


LEDGER = {
    "ts": "1.000001",
    "user": "UBOT",
    "text": "fallback",
    "blocks": [entry("*H1* the VAT", "h_1"), entry("*H2* the provider", "h_2")],
}
CALL = {
    "ts": "2.000001",
    "thread_ts": "1.000001",
    "subtype": "thread_broadcast",
    "user": "UBOT",
    "text": "",
    "blocks": [
        {"type": "section", "text": mrkdwn("Roll back v214 -&gt; v213 <@U1> <!subteam^S1>")},
        {"type": "context", "elements": [mrkdwn("by <!date^100^{time}|13:52 UTC>"), mrkdwn("<https://x.example|log>")]},
        {"type": "actions", "elements": [button("Rolling back", "roll"), button("Not yet", "wait")]},
    ],
    "reactions": [{"name": "eyes", "count": 2}],
}


def test_markup_reads_as_people_see_it():
    """Mentions are names, dates and links are their words, entities are characters."""
    assert READER.lines(CALL) == [
        "Roll back v214 -> v213 @ava @oncall",
        "by 13:52 UTC  log",
        "[Rolling back] [Not yet]",
        ":eyes: 2",
    ]


def test_what_could_be_pressed_is_not_what_was_said():
    """The labels of buttons and menus are left out of a message's words."""
    assert "Rolling back" not in READER.words(CALL)
    assert "Set state" not in READER.words(LEDGER)


def test_a_message_without_blocks_is_its_text():
    """Plain replies are read from `text`."""
    assert READER.words({"ts": "3.0", "text": "a &lt; b"}) == "a < b"


def test_rich_text_is_read_through_its_elements():
    """What people type arrives as rich text: words, mentions, emoji and links in nested elements."""
    elements = [
        {"type": "text", "text": "ask "},
        {"type": "user", "user_id": "U2"},
        {"type": "emoji", "name": "eyes"},
        {"type": "link", "url": "https://x.example"},
    ]
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}
    assert READER.words({"ts": "3.0", "text": "", "blocks": [block]}) == "ask @ben:eyes:https://x.example"


def test_a_button_is_found_by_its_whole_label():
    """The label must be the same from end to end."""
    assert find_button(CALL, "Not yet") == Control("wait", "12")
    assert find_button(CALL, "Not") is None


def test_an_option_is_found_in_the_menu_beside_its_text():
    """Two menus offer the same options; the text beside them tells which."""
    assert find_option(LEDGER, "H2", "Ruled out") == Control("h_2", "h_2:Ruled out")
    assert find_option(LEDGER, "H1", "Ruled out") == Control("h_1", "h_1:Ruled out")
    assert find_option(LEDGER, "H3", "Ruled out") is None


def test_the_transcript_indents_threads_and_says_what_was_edited():
    """A reply stands under its parent, wherever it came in the channel; edits and broadcasts are marked."""
    between = {"ts": "1.500000", "user": "U1", "text": "meanwhile"}
    shown = transcript([LEDGER | {"edited": {"ts": "5.0"}}, between, CALL], READER).splitlines()
    assert shown == [
        "fifteen  00:00:01  (edited)",
        "  *H1* the VAT  [Set state v]",
        "  *H2* the provider  [Set state v]",
        "    fifteen  00:00:02  (also sent to the channel)",
        "      Roll back v214 -> v213 @ava @oncall",
        "      by 13:52 UTC  log",
        "      [Rolling back] [Not yet]",
        "      :eyes: 2",
        "",
        "ava  00:00:01",
        "  meanwhile",
    ]
