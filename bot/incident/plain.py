"""Slack's markup in what people type, turned into what they see: mentions, links and entities become plain text.

Source: Slack's "Formatting text": control sequences stand in angle brackets, and only &, < and > are escaped.
"""

import re

_CONTROL = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_SIGNS = {"@": "@", "#": "#", "!": "@"}


def plain_text(text: str) -> str:
    """Return text as its reader sees it: `<@U1|ana>` is @ana, `<#C1|ops>` #ops, `<https://x|y>` https://x, &lt; is <.

    None of it is live any more: what leaves Fifteen is escaped again by the renderer.
    """
    shown = _CONTROL.sub(_shown, text)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def one_line(text: str) -> str:
    """Return plain text with every run of white space, also non-breaking, as one space."""
    return " ".join(plain_text(text).split())


def _shown(match: re.Match[str]) -> str:
    sign, target, label = match.groups()
    if not sign:
        return str(target).removeprefix("mailto:")
    return _SIGNS[str(sign)] + (str(label).lstrip("@#") if label else str(target).partition("^")[0])
