"""The validators refuse what Slack would refuse."""

import pytest

from tests.support.validators import check_inbound, check_message, check_view, live_tokens


def section(**changes):
    """A section that is right, with changes."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": "right"}} | changes


def button(action_id="a", **changes):
    """A button that is right, with changes."""
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": "Go"}} | changes


MRKDWN = {"type": "mrkdwn", "text": "x"}


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "header", "text": MRKDWN}],
        [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
        [{"type": "sektion", "text": MRKDWN}],
        [section(colour="red")],
        [section(text={"type": "mrkdwn", "text": "x" * 3001})],
        [section(text={"type": "mrkdwn", "text": "a & b"})],
        [section(text={"type": "mrkdwn", "text": ""})],
        [{"type": "section"}],
        [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]}],
        [{"type": "actions", "elements": [button(), button()]}],
        [{"type": "actions", "elements": [button(style="loud")]}],
        [{"type": "actions", "elements": [button(value="x" * 2001)]}],
        [{"type": "actions", "elements": [button(text={"type": "plain_text", "text": "x" * 76})]}],
        [{"type": "actions", "elements": [button(str(number)) for number in range(26)]}],
        [section(block_id="b"), section(block_id="b")],
        [section()] * 51,
    ],
)
def test_a_wrong_message_is_refused(blocks):
    """Each of these comes back from Slack as invalid_blocks."""
    assert check_message({"text": "x", "blocks": blocks})


def test_a_right_message_passes():
    """What Slack takes, passes; and so does text alone."""
    image = {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a"}
    assert check_message({"text": "x", "blocks": [section(), {"type": "actions", "elements": [button()]}, image]}) == []
    assert check_message({"text": "x"}) == []
    assert check_message({"text": ""})


def test_a_modal_with_an_input_needs_submit():
    """Slack refuses to open it otherwise; so it does a long title."""
    block = {
        "type": "input",
        "label": {"type": "plain_text", "text": "Why?"},
        "element": {"type": "plain_text_input", "action_id": "a"},
    }
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Why"}, "blocks": [block]}
    submit = {"type": "plain_text", "text": "Go"}
    assert check_view(view) == ["a modal with an input needs submit"]
    assert check_view(view | {"submit": submit}) == []
    assert check_view(view | {"submit": submit, "title": {"type": "plain_text", "text": "x" * 25}})


COMMAND = dict.fromkeys(
    ("token", "command", "text", "response_url", "trigger_id", "user_id", "user_name", "team_id", "team_domain",
     "channel_id", "channel_name", "api_app_id"), "x",
)  # fmt: skip
MESSAGE = {
    "type": "message", "channel": "C1", "user": "U1", "text": "hello", "ts": "1.2", "event_ts": "1.2", "channel_type": "channel",
}  # fmt: skip
EVENT = {
    "type": "event_callback", "event_id": "Ev1", "event_time": 1, "team_id": "T1", "api_app_id": "A1", "event": MESSAGE,
}  # fmt: skip


def test_what_slack_sends_passes_and_what_it_would_not_send_does_not():
    """Commands and message events, judged by Slack's own types."""
    assert check_inbound(COMMAND) == []
    assert check_inbound({key: value for key, value in COMMAND.items() if key != "trigger_id"})
    assert check_inbound(EVENT) == []
    assert check_inbound(EVENT | {"event": MESSAGE | {"ts": 1.2}})
    assert check_inbound(EVENT | {"event": MESSAGE | {"subtype": "message_exploded"}})
    assert check_inbound({"type": "block_actions"})
    assert check_inbound({"type": "carrier_pigeon"})


def test_live_tokens_are_found_in_every_string():
    """Mentions, links and dates, however deep; not in keys."""
    payload = {"text": "&lt;!here&gt; <!here>", "blocks": [{"text": {"text": "<@U1> <https://x.example|y>"}}], "<k>": 1}
    assert live_tokens(payload) == ["<!here>", "<@U1>", "<https://x.example|y>"]
