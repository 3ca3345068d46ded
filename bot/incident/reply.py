"""Is a reply in the hypotheses thread a hypothesis, or a note for the timeline?

A note is a question, a reply of under three words, a reply that begins with a reference such as "H2", and one that only
quotes or pastes. Everything else is recorded: one tap on "Not a hypothesis" takes it back, while an idea that was not
recorded is lost.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from bot.incident.plain import one_line

# "yes, agreed" and "on it" are no hypotheses; "redis is down" is one.
FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """A hypothesis, in one line, as its reader sees it; neither redacted nor escaped yet."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A remark for the timeline, in one line. Empty where the reply carried no text, such as a file alone."""

    text: str


# Letters to a word in scripts that set no spaces between words; what is not listed is counted by its spaces. Rough on
# purpose: it only has to tell "agreed" (同意, 了解です) from a sentence. Chinese words average under 2 characters, kana
# carry a syllable each, Thai and its neighbours spell about 4 letters a word, marks left out.
_LETTERS_A_WORD = (
    (re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"), 2),
    (re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc\uff66-\uff9f]"), 4),
    (
        re.compile(
            "[\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u1000-\u102a\u1780-\u17b3]"
        ),
        4,
    ),
)

_FENCE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_QUOTED_LINE = re.compile(r"(?m)^(?:>|&gt;).*$")
_LINK = re.compile(r"<(?:https?|mailto|tel):[^<>]*>|\bhttps?://\S+")
_MENTION = re.compile(r"<[@#!][^<>]*>")
_SHORTCODE = re.compile(r":[a-z0-9_+'-]+:(?::skin-tone-\d:)?")
_REFERENCE = re.compile(r"\W*h\s?[-#]?(\d{1,2})(?![\w.])", re.IGNORECASE)
# Latin, fullwidth, Arabic, Armenian, Ethiopic and Greek; the Greek one is a semicolon that Unicode keeps apart.
_QUESTION_MARKS = frozenset("?？؟՞፧\u037e")


def read_reply(text: str, *, highest: int = 99) -> Proposal | Note:
    """Return what a reply is, from its text as Slack sends it.

    Mentions, links, emoji, quoted lines and pasted blocks do not count as words. `highest` is the highest number in the
    ledger: "H2 connections reset" refers to a hypothesis only where there is an H2.
    """
    shown = one_line(_QUOTED_LINE.sub(" ", text)) or one_line(text)
    own = _own_words(text)
    reference = _REFERENCE.match(own)
    if reference and 1 <= int(reference[1]) <= highest:
        return Note(shown)
    if _is_question(own) or sum(_words(own)) < FEWEST_WORDS:
        return Note(shown)
    return Proposal(shown)


def _is_question(text: str) -> bool:
    """Whether a question mark follows the last letter or digit."""
    for character in reversed(text):
        if character in _QUESTION_MARKS:
            return True
        if character.isalnum():
            return False
    return False


def _own_words(text: str) -> str:
    """Return what the person wrote themselves, in words: nothing quoted, pasted, linked, mentioned or drawn."""
    for pattern in (_FENCE, _QUOTED_LINE, _LINK, _MENTION, _SHORTCODE):
        text = pattern.sub(" ", text)
    return one_line(text)


def _words(text: str) -> Iterator[float]:
    """Yield what each word adds to the count: 1, or the letters of a script without spaces by its own measure."""
    for pattern, letters in _LETTERS_A_WORD:
        text, found = pattern.subn(" ", text)
        yield found / letters
    for token in text.split():
        if any(unicodedata.category(character)[0] in "LN" for character in token):
            yield 1
