"""Patterns of the configuration: masked like everything else, and refused where a text could make them slow."""

from collections.abc import Iterator

import pytest

from bot.errors import ConfigError
from bot.text import redact
from bot.text.clean import untrusted
from bot.text.configured import compile_pattern
from bot.workflow.masking import mask


@pytest.fixture(autouse=True)
def only_ours() -> Iterator[None]:
    """Leave no pattern behind for other tests."""
    yield
    redact.configure(())


def test_what_matches_is_masked_with_everything_else() -> None:
    """The whole match, or the group named secret."""
    redact.configure([r"\bACME-\d{6}\b", r"customer=(?P<secret>\w+)"])
    shown = untrusted("order ACME-123456 customer=ann password=hunter2", 200)
    assert shown == "order [redacted: configured] customer=[redacted: configured] password=[redacted: password]"
    assert untrusted(shown, 200) == shown


def test_a_new_configuration_replaces_the_one_before() -> None:
    """And an unusable one changes nothing."""
    redact.configure(["abc"])
    with pytest.raises(ValueError, match=r"'\(a\+\)\+\$': a choice or repetition inside"):
        redact.configure(["(a+)+$"])
    assert redact.redact("abc") == "[redacted: configured]"
    redact.configure([])
    assert redact.redact("abc") == "abc"


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(a+)+$", "inside a repetition"),
        ("a*b+c*d", "too long"),
        ("(?:x*)*y", "inside a repetition"),
        ("(?:a|aa)*b", "inside a repetition"),
        ("(?:a+){20}b", "inside a repetition"),
        (r"(\w{1,50}){1,50}x", "inside a repetition"),
        (r"\d{1,99}\w{1,99}x", "too long"),
        (r"(a)\1", "refers back"),
        ("a*", "matches the empty text"),
        ("(", "no regular expression"),
        ("a" * 2000, "at most"),
    ],
)
def test_what_may_be_slow_is_refused_with_its_reason(pattern: str, why: str) -> None:
    """Before it ever sees a log."""
    with pytest.raises(ValueError, match=why):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\bACME-\d{6}\b",
        r"iban[ :=]{1,3}[A-Z]{2}\d{10,30}",
        r"\w+@corp",
        r"(?:a++)++b",
        "foo|bar",
        r"(?:\d{4} ){3}\d{4}",
    ],
)
def test_what_is_plain_is_taken(pattern: str) -> None:
    """Alternatives, bounded and possessive repetitions, and two unbounded ones."""
    assert compile_pattern(pattern)


def test_a_pattern_that_cannot_be_used_is_a_mistake_in_the_configuration() -> None:
    """Whoever reads it, the bot or the doctor, says the key, the pattern and why."""
    with pytest.raises(ConfigError, match=r"^redact: '\(a\+\)\+': .* inside a repetition .*docs/configuration\.md"):
        mask(["(a+)+"])
    mask([r"ACME-\d{6}"])
    assert redact.redact("ACME-123456") == "[redacted: configured]"
