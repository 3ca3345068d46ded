"""Cleaning: what a terminal, Slack or UTF-8 would stumble over is gone; one line, no longer than asked."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.clean import clean, untrusted

SECRET = "hunter" + "2hunter2"


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("plain text, ümläut, 日本語, 🚀", "plain text, ümläut, 日本語, 🚀"),
        ("\x1b[31mred\x1b[0m \x1b[1;38;5;200mbold\x1b[m", "red bold"),
        ("\x9b31mred", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b[2J\x1b[Hcleared\x1bc", "cleared"),
        ("user\u202egnp.exe\u202c", "usergnp.exe"),
        ("a\u200bb\u200cc\u200dd\ufeffe\u2060f\u00adg", "abcdefg"),
        ("\u2066x\u2069\u061c", "x"),
        ("tag\U000e0041\U000e007f", "tag"),
        ("nul\x00bell\x07back\x08", "nul�bell�back�"),
        ("half\ud83d", "half�"),
        ("a\r\nb\rc\u2028d\u2029e\x85f", "a\nb\nc\nd\ne\nf"),
        ("tab\tstays\n", "tab\tstays\n"),
        ("\x1b", "�"),
    ],
)
def test_what_shows_nothing_or_turns_the_text_is_taken_out(dirty: str, expected: str) -> None:
    """Sequences and invisible characters go; other controls leave a mark."""
    assert clean(dirty) == expected


@given(st.text(alphabet=st.characters()))
def test_nothing_unprintable_is_left_but_tabs_and_newlines(text: str) -> None:
    """Whatever comes in can be stored, sent and shown; cleaning it again changes nothing."""
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert not {c for c in cleaned if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")} - {"\t", "\n"}
    assert not set(cleaned) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\u200f")
    assert clean(cleaned) == cleaned


@given(st.text(alphabet=st.characters()), st.integers(1, 50))
def test_untrusted_text_is_one_line_within_its_limit(text: str, limit: int) -> None:
    """The limit counts the ellipsis."""
    shown = untrusted(text, limit)
    assert len(shown) <= limit
    assert "\n" not in shown
    assert shown == shown.strip()


def test_the_ellipsis_says_that_something_is_missing() -> None:
    """A text that fits is left whole."""
    assert untrusted("abcdef", 6) == "abcdef"
    assert untrusted("abcdefg", 6) == "abcde…"
    assert untrusted("abcd efg", 6) == "abcd…"


def test_a_secret_is_masked_before_the_text_is_cut() -> None:
    """Half a secret at the edge would no longer look like one."""
    line = f"{'x' * 20} password={SECRET}"
    assert all(SECRET[:4] not in untrusted(line, limit) for limit in range(1, 80))


@pytest.mark.parametrize("hidden", ["\x1b[0m", "\u200b", "\u202e", "\u00ad"])
def test_a_secret_does_not_hide_behind_characters_that_show_nothing(hidden: str) -> None:
    """Coloured logs put codes between name and value; a zero-width space is an old trick."""
    assert SECRET not in untrusted(f"pass{hidden}word{hidden}={hidden}{SECRET}{hidden} next", 200)


def test_a_secret_over_several_lines_is_masked_before_the_lines_are_joined() -> None:
    """A private key is recognised by its lines."""
    body = "\n".join(["b64" * 20] * 3)
    text = f"boot {'-' * 5}BEGIN PRIVATE KEY{'-' * 5}\n{body}\n{'-' * 5}END PRIVATE KEY{'-' * 5}\nafter"
    assert untrusted(text, 200) == "boot [redacted: private key] after"
