"""Hypothesis or note: replies as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incident.reply import Note, Proposal, read_reply

PROPOSALS = [
    "the connection pool is exhausted",
    "redis is down",
    "Is it the cache? I think redis hit maxmemory",
    "H2O sensor feed broke checkout",
    "h264 encoder crashed for everyone",
    "maybe v214, it shipped at 13:49",
    "`ConnectionResetError` in `pool.acquire` again",
    "el pool de conexiones está lleno",
    "数据库连接池满了",
    "データベースの接続が切れた",
    "데이터베이스 연결 풀 고갈",
    "база данных не отвечает",
    "قاعدة البيانات لا تستجيب",
    "ฐานข้อมูลหลักไม่ตอบสนองเลย",
    "payment-gateway 502 since 13:52",
    "two of three nodes are gone :fire:",
    "> quoted line\nI think the pool is exhausted",
]
NOTES = [
    "",
    "yes",
    "on it",
    "+1 agreed",
    "is it the cache?",
    "is it the cache? :thinking_face:",
    "What changed (in v214)?",
    "是缓存的问题吗？",
    "هل هي قاعدة البيانات؟",
    "H2 looks right to me",
    "h2: ruled out, the pool is fine",
    "(H12) same as mine I think",
    "H 2 is not it either",
    "<@U123> <@U456|bob> look here",
    "https://grafana.example/d/abc?from=now",
    "see <https://grafana.example/d/abc|the checkout dashboard right here>",
    ":fire: :fire: :fire: :fire:",
    "🔥 🔥 🔥",
    "... !!! ???",
    "同意",
    "了解です",
    "> the connection pool is exhausted",
    '```\nTraceback (most recent call last):\n  File "pool.py", line 3\n```',
]


@pytest.mark.parametrize("text", PROPOSALS)
def test_statement_is_a_hypothesis(text):
    """Statements of three words or more are recorded, in any script."""
    assert isinstance(read_reply(text), Proposal)


@pytest.mark.parametrize("text", NOTES)
def test_question_remark_reference_or_paste_is_a_note(text):
    """Questions, short remarks, references and what is only quoted, linked or drawn are notes."""
    assert isinstance(read_reply(text), Note)


def test_reference_counts_only_where_that_hypothesis_exists():
    """Before there is an H2, "H2 connections reset" is about HTTP/2."""
    text = "H2 connections reset since the proxy update"
    assert isinstance(read_reply(text, highest=1), Proposal)
    assert isinstance(read_reply(text, highest=2), Note)


SHOWN = [
    ("<@U1|ana> says the pool\nis   full", "@ana says the pool is full"),
    ("a &lt;b&gt; &amp; c &amp;lt; d", "a <b> & c &lt; d"),
    ("see <https://x.example|the page> for a reason", "see https://x.example for a reason"),
    ("> quoted\nI think it is the pool", "I think it is the pool"),
    ("<#C1|ops> says <!here> the cache is cold", "#ops says @here the cache is cold"),
]


@pytest.mark.parametrize(("text", "shown"), SHOWN)
def test_text_is_recorded_as_its_reader_sees_it(text, shown):
    """Mark-up becomes plain text on one line; quoted lines are left out."""
    assert read_reply(text).text == shown


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading(text):
    """Whatever is typed is either; its text is one line."""
    read = read_reply(text)
    assert len(read.text.splitlines()) <= 1


@given(st.text(max_size=60), st.sampled_from([":fire:", " 🔥", "  ", " <@U123>"]))
def test_emoji_mentions_and_space_change_nothing(text, trimming):
    """What is no word makes no difference at the end of a statement."""
    assert type(read_reply(f"the pool {text} is full")) is type(read_reply(f"the pool {text} is full {trimming}"))


@pytest.mark.parametrize("piece", ["<http:", "<@", "?", "```", ":a", "> ", "&gt;", "H2 ", "数"])
def test_hostile_repetition_is_read_in_one_pass(piece):
    """Forty thousand characters, the most that Slack sends, are read well within the test's timeout many times over."""
    for _ in range(20):
        read_reply(piece * (40_000 // len(piece)) + "a")
