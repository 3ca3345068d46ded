"""`name=value` pairs in text: the lines that are nothing else (logfmt), and those that a message carries, with its ids."""

import re

from bot.logs.flatten import Scalar

MESSAGE_LIMIT = 8_000
PAIRS_MAX = 40

_PAIR = re.compile(
    r"(?<![\w.@/-])(?P<name>[A-Za-z_@][\w.@-]{0,60}+)=(?:\"(?P<quoted>(?:[^\"\\]|\\.){0,500})\"|(?P<bare>[^\s,;\"\[\](){}]{1,200}))"
)
_ID = re.compile(
    r"(?i)(?<![\w-])(?P<name>(?:x-)?(?:trace|request|correlation|span|req|transaction|aws_?request)[ _-]?id)\"?\s?[:=]\s?\"?(?P<id>[\w.:/-]{4,128})"
)
_ID_END = re.compile(r"[etnqETNQ][ _-]?[iI\u0130\u0131][dD]\"?\s?[:=]")
"""How every _ID ends, with the last letter of each of its words; two letters are what `(?i)i` stands for beside i and I."""

_ID_NAME_MAX = len("x-transaction id")

_LOGFMT_PAIR = re.compile(
    r"(?P<name>[A-Za-z_@][\w.@/-]{0,100}+)=(?:\"(?P<quoted>[^\"\\]*+(?:\\.[^\"\\]*+)*+)\"|(?P<bare>[^\s\"]*+))(?:\s++|$)"
)
_LOGFMT = re.compile(rf"(?:{re.sub(r'[?]P<[a-z]+>', '?:', _LOGFMT_PAIR.pattern)})+")
LOGFMT_MARKS = frozenset(("level", "lvl", "severity", "msg", "message", "time", "ts", "t", "timestamp", "at", "event"))
"""Names of which one stands in every line of logfmt; other pairs are just text."""

_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def read_logfmt(text: str) -> dict[str, Scalar] | None:
    """Return the pairs of a line that is nothing but `name=value` pairs, one of them of a known name."""
    text = text.strip()
    if not _LOGFMT.fullmatch(text):
        return None
    fields: dict[str, Scalar] = {}
    for name, quoted, bare in _LOGFMT_PAIR.findall(text):
        fields.setdefault(name, _unescaped(quoted) if quoted else bare)
    return fields if len(fields) > 1 and not LOGFMT_MARKS.isdisjoint(fields) else None


def pairs(message: str) -> dict[str, Scalar]:
    """Return the ids and the `name=value` pairs that a message carries."""
    message = message[:MESSAGE_LIMIT]
    found: dict[str, Scalar] = {}
    at = 0
    while (sign := message.find("=", at)) >= 0 and len(found) < PAIRS_MAX:
        match = _PAIR.search(message, max(at, message.rfind(" ", at, sign)))  # a name has no space in it
        if match is None:
            break
        name, quoted, bare = match.groups()
        found.setdefault(name, bare if quoted is None else _unescaped(quoted))
        at = match.end()
    if end := _ID_END.search(message):
        for match in _ID.finditer(message, max(0, end.start() - _ID_NAME_MAX)):
            found.setdefault(match["name"].replace(" ", "_"), match["id"].rstrip(".:/-"))
    return found


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: _ESCAPES.get(match[1], match[1]), text) if "\\" in text else text
