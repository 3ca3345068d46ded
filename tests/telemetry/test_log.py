"""Our own log is readable by machines, and names no secret."""

import io
import json
import logging

import pytest
import structlog

from bot.telemetry import log

BOT = "xoxb-12345678901-abcdefABCDEF"
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


@pytest.fixture
def lines():
    """Configure the log into a buffer; return what was written, parsed."""
    buffer, root = io.StringIO(), logging.getLogger()
    before = root.handlers[:], root.level
    log.configure(secrets=[SECRET, "short"], stream=buffer)
    yield lambda: [json.loads(line) for line in buffer.getvalue().splitlines()]
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def test_a_line_is_one_json_object_with_time_level_and_place(lines):
    """What was bound stands in it, with an instant in UTC."""
    structlog.get_logger("bot.app").info("ready", port=8080)
    (line,) = lines()
    assert (line["event"], line["port"], line["level"], line["logger"]) == ("ready", 8080, "info", "bot.app")
    assert line["timestamp"].endswith("Z")


def test_records_of_libraries_go_the_same_way(lines):
    """Bolt and the SDK log through the standard library."""
    logging.getLogger("slack_bolt.App").warning("retry %s of %d", "one", 3)
    (line,) = lines()
    assert (line["event"], line["level"]) == ("retry one of 3", "warning")


def test_no_line_holds_a_secret(lines):
    """In the text, in values, nested, in keys, in objects, in a traceback and in a library's arguments."""
    logger = structlog.get_logger("bot")
    logger.info("token %s", BOT, token=BOT, nested={"a": [SECRET, {BOT: (SECRET,)}]}, thing=ValueError(SECRET))
    logging.getLogger("slack_sdk").error("refused: %s", {"headers": f"Bearer {BOT}"})
    logger.info(
        "to", url="https://hooks.slack.com/commands/T1/2/abc", app="xapp-1-A0-12-ff00ff00", refresh="xoxe.xoxp-1-abcdef"
    )
    try:
        int(f"{SECRET} and {BOT}")
    except ValueError:
        logger.exception("failed")
    written = json.dumps(lines())
    assert len(lines()) == 4
    for secret in (BOT, SECRET, "xapp-1", "xoxp-1", "commands/T1"):
        assert secret not in written
    assert "Traceback" in written
    assert log.MASK in written


def test_a_short_value_masks_no_ordinary_word(lines):
    """A secret of five letters would blot out text and protect nothing."""
    structlog.get_logger("bot").info("a short word")
    assert lines()[0]["event"] == "a short word"


def test_libraries_that_chatter_are_quiet(lines):
    """APScheduler logs every tick at INFO."""
    logging.getLogger("apscheduler.executors.default").info("Running job")
    assert lines() == []
