"""Messages scheduled in Slack itself, and the clock that brings them."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.sandbox.test_web_api import error_of


@pytest.fixture
def web(slack):
    """A client with the bot's token."""
    return WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


def in_s(slack, seconds):
    """Return an instant of the sandbox's clock, as post_at takes it."""
    return int(slack.state()["now"]) + seconds


def test_a_scheduled_message_is_posted_when_the_clock_reaches_it(slack, web):
    """Not before; then it stands in its thread, with its own time, and waits no more."""
    parent = slack.say("down")
    post_at = in_s(slack, 900)
    web.chat_scheduleMessage(channel=slack.channel, text="roll back?", post_at=post_at, thread_ts=parent)
    slack.advance(890)
    assert len(slack.messages()) == 1
    slack.advance(3600)
    message = slack.messages()[-1]
    assert (message["text"], message["thread_ts"]) == ("roll back?", parent)
    assert post_at <= float(message["ts"]) < post_at + 2
    assert web.chat_scheduledMessages_list()["scheduled_messages"] == []


def test_a_jump_brings_everything_in_order(slack, web):
    """Two messages scheduled the wrong way round come the right way round."""
    for seconds in (600, 300):
        web.chat_scheduleMessage(channel=slack.channel, text=str(seconds), post_at=in_s(slack, seconds))
    slack.advance(1000)
    assert [message["text"] for message in slack.messages()] == ["300", "600"]


def test_a_scheduled_message_with_metadata_is_never_posted(slack, web):
    """Slack accepts it and keeps silent: its documentation warns of that."""
    metadata = {"event_type": "call", "event_payload": {}}
    web.chat_scheduleMessage(channel=slack.channel, text="x", post_at=in_s(slack, 60), metadata=metadata)
    slack.advance(120)
    assert slack.messages() == []


def test_a_waiting_message_is_listed_and_can_be_taken_back(slack, web):
    """Until the last minute before its time."""
    kept = web.chat_scheduleMessage(channel=slack.channel, text="kept", post_at=in_s(slack, 300))
    gone = web.chat_scheduleMessage(channel=slack.channel, text="gone", post_at=in_s(slack, 400))
    assert [m["text"] for m in web.chat_scheduledMessages_list(channel=slack.channel)["scheduled_messages"]] == [
        "kept",
        "gone",
    ]
    web.chat_deleteScheduledMessage(channel=slack.channel, scheduled_message_id=gone["scheduled_message_id"])
    slack.advance(250)
    with pytest.raises(SlackApiError, match="invalid_scheduled_message_id"):
        web.chat_deleteScheduledMessage(channel=slack.channel, scheduled_message_id=kept["scheduled_message_id"])
    slack.advance(300)
    assert [message["text"] for message in slack.messages()] == ["kept"]


@pytest.mark.parametrize(("seconds", "error"), [(-10, "time_in_past"), (121 * 86_400, "time_too_far")])
def test_a_time_out_of_reach_is_refused(slack, web, seconds, error):
    """Past, and more than 120 days ahead."""
    assert error_of(web.chat_scheduleMessage, channel=slack.channel, text="x", post_at=in_s(slack, seconds)) == error


def test_a_channel_takes_thirty_in_five_minutes(slack, web):
    """The thirty-first is refused."""
    post_at = in_s(slack, 600)
    for _ in range(30):
        web.chat_scheduleMessage(channel=slack.channel, text="x", post_at=post_at)
    assert error_of(web.chat_scheduleMessage, channel=slack.channel, text="x", post_at=post_at) == "restricted_too_many"


def test_the_offset_is_in_the_file_and_survives_a_restart(tmp_path):
    """Whoever reads the file goes with the sandbox; a new sandbox goes on from there."""
    from tests.sandbox.sandbox_thread import SandboxThread

    clock_file = tmp_path / "clock"
    with SandboxThread(clock_file) as slack:
        assert float(clock_file.read_text()) == 0
        slack.advance(900)
        assert float(clock_file.read_text()) == pytest.approx(900, abs=1)
    with SandboxThread(clock_file) as slack:
        assert slack.state()["clock_offset_s"] == pytest.approx(900, abs=1)


def test_timestamps_are_unique_and_never_go_back(slack):
    """Also across a jump of the clock."""
    stamps = [slack.say("a"), slack.say("b")]
    slack.advance(60)
    stamps.append(slack.say("c"))
    assert stamps == sorted(set(stamps), key=float)
    assert float(stamps[2]) - float(stamps[1]) >= 60
