"""Untrusted text made fit to show: no control, bidi, invisible or terminal characters; bounded in length."""

import re

from bot.text.redact import redact

LOOKED_AT = 8_000
"""Characters beyond the limit that are redacted, too: a secret is cut only when it is longer than a private key."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
ELLIPSIS = "…"

# ECMA-48: CSI (colours, cursor), OSC/DCS/SOS/PM/APC strings up to their terminator, then the two-byte escapes.
_TERMINAL = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]{0,4096}(?:\x07|\x1b\\|\x9c|\Z)"
    r"|\x1b[ -/]{0,4}[0-~]"
)
_LINE_BREAK = re.compile("\r\n?|[\x85\u2028\u2029]")
# Characters that show nothing, or turn what is shown: soft hyphen, joiners, bidi controls, fillers, tags.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_WHITESPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """Return the text as a terminal, Slack and UTF-8 can safely carry it.

    Terminal sequences, bidi controls and invisible characters are dropped; other control characters and lone
    surrogates become U+FFFD; every kind of line break becomes a newline. Tabs and newlines stay.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _TERMINAL.sub("", text)
    text = _LINE_BREAK.sub("\n", text)
    text = _INVISIBLE.sub("", text)
    return _CONTROL.sub(REPLACEMENT, text)


def untrusted(text: str, limit: int) -> str:
    """Return outside text as one line fit for a finding: redacted, cleaned, collapsed, truncated, in that order.

    It is redacted a second time where cleaning changed it, so that a colour code or a zero-width space inside a
    secret hides nothing. It is not escaped for Slack: that is done once, where it leaves.

    Args:
        text: Anything from a log line, a commit, a file name or a person.
        limit: Characters at most, the ellipsis included; at least 1.
    """
    redacted = redact(text[: limit + LOOKED_AT])
    shown = clean(redacted)
    if shown != redacted:
        shown = redact(shown)
    shown = _WHITESPACE.sub(" ", shown).strip()
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + ELLIPSIS
