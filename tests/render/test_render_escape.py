"""Outside text leaves as text: whole entities, closed spans, no live markup."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render import escape

ANY = st.text(max_size=80) | st.text(alphabet="<>&`*_~:@!#|^ \n\t/ab", max_size=80)
LIMITS = st.integers(min_value=12, max_value=120)
BROKEN_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")


@given(ANY, LIMITS)
def test_escaped_text_fits_and_holds_no_control_character(text, limit):
    """However it is written, nothing is longer than asked for, and < > & stand only in whole entities."""
    for written in (escape.plain(text, limit), escape.prose(text, limit), escape.code(text, limit)):
        assert len(written) <= limit
        assert not re.search("[<>\n]", written)
        assert not BROKEN_ENTITY.search(written)


@given(ANY, LIMITS)
def test_a_code_span_ends_where_we_end_it(text, limit):
    """A code span holds exactly its own two backticks, and something between them."""
    span = escape.code(text, limit)
    assert span[0] == span[-1] == "`"
    assert span.count("`") == 2
    assert span[1:-1].strip() == span[1:-1] != ""


@given(ANY)
def test_a_code_block_ends_where_we_end_it(text):
    """A code block holds exactly its own two fences."""
    assert escape.code_block(text).split("```")[1:-1] == [escape.code_block(text)[3:-3]]


@given(ANY)
def test_prose_that_could_restyle_stands_in_a_code_span(text):
    """What is not in a code span holds no character of emphasis that Slack would act on."""
    written = escape.prose(text)
    assert written.startswith("`") or not re.search(r"[*~`]|\b_|_\b|://", written)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("v214 is bad", "v214 is bad"),
        ("a <b> & c", "`a &lt;b&gt; &amp; c`"),
        ("Q&A", "Q&amp;A"),
        ("src/pool_size.py", "src/pool_size.py"),
        ("_quiet_", "`_quiet_`"),
        ("*loud*", "`*loud*`"),
        ("see http://evil.example", "`see http://evil.example`"),
        (":fire: sale", "`:fire: sale`"),
        ("two\nlines", "two lines"),
        ("a\u202eb\u200bc", "abc"),
        ("", "(empty)"),
    ],
)
def test_prose_examples(text, written):
    """Harmless prose stays prose; the rest is set in code."""
    assert escape.prose(text) == written


def test_an_entity_is_never_cut():
    """A cut falls before an entity, not inside it."""
    assert escape.plain("ab&&&", 9) == "ab&amp;…"


@pytest.mark.parametrize("not_an_id", ["U1> <!channel", "here", "", "u123", "S0CALL\n"])
def test_what_is_no_user_id_is_not_mentioned(not_an_id):
    """A mention is made of ids only."""
    assert "<" not in escape.user(not_an_id)


def test_mentions_and_times_are_ours():
    """The live markup that we do make is Slack's own."""
    at = datetime(2026, 11, 23, 13, 52, tzinfo=UTC)
    assert escape.somebody("U0LEAD") == "<@U0LEAD>"
    assert escape.somebody("S0CALL") == "<!subteam^S0CALL>"
    assert escape.channel("C0INC") == "<#C0INC>"
    assert escape.channel("#incidents") == "#incidents"
    assert escape.time(at) == "<!date^1795441920^{time}|13:52 UTC>"
    assert escape.link("https://x.slack.com/p1", "a|b>") == "<https://x.slack.com/p1|a/b&gt;>"
    assert escape.link("javascript:alert(1)", "Open") == "Open"
