"""Hostile text in every field of every message: nothing live but our own, within limits, valid three times over."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render.samples import OURS, PLAIN, messages, views
from tests.support.validators import check_message, check_view, live_tokens

FRAGMENTS = (
    "<!channel>", "<!here>", "<@U0EVIL>", "<http://evil.example|ok>", "<#C0EVIL>", "&lt;!channel&gt;", "&amp;", "&", "`", "```",
    "*EVIL*", "_EVIL_", "~EVIL~", "> EVIL", ":fire:", "http://evil.example", "\n", "\u202e", "\u200b", "\x1b[31m", "\x00", "|", "^",
    "<!date^1^{time}|x>", "x" * 200, "é", "🔥", "{previous}", "%s", " ",
)  # fmt: skip
HOSTILE = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=10), max_size=8).map("".join)
LONG = st.sampled_from(FRAGMENTS).map(lambda fragment: fragment * 4000)
WORDS = st.fixed_dictionaries(dict.fromkeys(PLAIN, HOSTILE | LONG))
LINK = "<https://x.slack.com/p1>"
DATE = re.compile(r"<!date\^[0-9]+\^(?:\{[a-z_]+\} ?)+\|[0-9: -]+ UTC>")


@settings(max_examples=8, deadline=None)
@given(WORDS)
def test_no_field_can_break_out(words):
    """Mentions, links and dates are ours alone; Slack would take every payload."""
    for name, message in messages(words).items():
        payload = message.payload()
        foreign = [token for token in live_tokens(payload) if token not in OURS and not DATE.fullmatch(token)]
        assert not foreign, name
        assert not check_message(payload), name
        assert not restyled(payload), name


def restyled(payload):
    """Return the marks of ours-to-be emphasis that stand outside code in any mrkdwn of the payload.

    Slack leaves an underscore behind a letter or a digit alone.
    """
    return [
        outside
        for text in mrkdwn_of(payload["blocks"])
        for outside in re.split(r"```.*?```|`[^`\n]*`", text, flags=re.DOTALL)
        if re.search(r"(?:[*~]|(?<![A-Za-z0-9])_)EVIL|:fire:|://|^(?:>|&gt;)", outside, flags=re.MULTILINE)
        or "`" in outside
    ]


def mrkdwn_of(value):
    """Yield every mrkdwn text, and fail on one that is not verbatim."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            assert value.get("verbatim") is True
            yield value["text"]
        for child in value.values():
            yield from mrkdwn_of(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from mrkdwn_of(child)


def test_every_modal_is_valid():
    """Slack would open every modal."""
    for name, view in views().items():
        assert not check_view(view), name
