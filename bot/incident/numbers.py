"""The number of an incident as it is typed: `#12`, and `12` where that may have been meant. Pure."""

import re

from bot.incident.plain import one_line

_NUMBER = re.compile(r"#(\d{1,9})[?!.,:;]*")
_BARE_NUMBER = re.compile(r"(\d{1,9})[?!.,:;]*")


class Misread(Exception):  # noqa: N818 - private to the grammar; parse turns it into a UserError
    """What is wrong with the words after a verb.

    Args:
        wrong: In plain words.
        meant: What to type after the verb, where that can be told; else the verb's form is shown.
    """

    def __init__(self, wrong: str, meant: str = "") -> None:
        super().__init__(wrong)
        self.meant = meant


def cut(text: str) -> tuple[str, str]:
    """Return the first word and the rest; any white space parts them, a non-breaking one too."""
    word, *rest = text.split(maxsplit=1) or [""]
    return word, rest[0].strip() if rest else ""


def is_number(word: str) -> bool:
    """Whether a word is an incident's number, with its sign."""
    return _NUMBER.fullmatch(word) is not None


def bare(word: str) -> int | None:
    """Return the number that a word is, where it lacks its sign."""
    match = _BARE_NUMBER.fullmatch(word)
    return int(match[1]) if match else None


def numbered(rest: str) -> tuple[int | None, str]:
    """Return the incident's number where the words begin with one, and the words after it.

    Raises:
        Misread: they begin with # and no number. Read as text it would change the channel's own incident.
    """
    word, after = cut(rest)
    match = _NUMBER.fullmatch(word)
    if match is None and word.startswith("#"):
        raise Misread(f"{one_line(word)} is no incident: write its number, as in #12.")
    return (int(match[1]), after) if match else (None, rest)


def numbered_anywhere(rest: str) -> tuple[int | None, str]:
    """The same, also where the number stands last: only for verbs that take no free text."""
    number, after = numbered(rest)
    *before, last = after.split() or [""]
    match = _NUMBER.fullmatch(last)
    return (int(match[1]), " ".join(before)) if number is None and match else (number, after)


def refuse_bare(words: str, otherwise: str = "", lacking: str = "") -> None:
    """Refuse a number that is all there is: it was meant for an incident's, and would be taken for text.

    Args:
        words: After the verb.
        otherwise: What else can be done.
        lacking: What the verb needs behind the number.
    """
    number = bare(words)
    if number is not None:
        raise Misread(f"If {number} is an incident, write #{number}{otherwise}.", f"#{number} {lacking}".rstrip())
