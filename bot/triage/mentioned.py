"""What a sentence names: the changes, error groups, field values and correlation ids of a triage that stand in it.

The rules lean towards finding nothing. Common words, bare numbers and short values match only with their field's name
beside them; an error needs its name, a quotation, or most of its distinctive words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.text.signature import signature
from bot.triage.summary import Change, ErrorGroup, FieldCounts, LogSummary, Report, ValueCounts

# Shorter hexadecimal runs are words ("added", "decade") and numbers. Precedent: git's own shortest abbreviation is 7.
FEWEST_SHA_DIGITS = 7

# Of an error's distinctive words, at least two and at least this share: "pool exhausted" for "connection pool exhausted".
WORDS_MIN, WORDS_SHARE = 2, 0.6

# Fields that say where a record comes from; only their values are looked for without the field's name beside them.
PLACES = frozenset(
    "version release build region zone host hostname pod node instance service tenant shard cluster datacenter".split()  # noqa: SIM905 - a list of words reads as words
)

# Words that stand in errors, in values and in sentences alike, and so name nothing.
COMMON = frozenset(
    """
    about after again against because been before being between cannot could does down during error errors every
    exception fail failed failing fails failure from have http https info into invalid just like line lines main maybe
    message more most none only other over please prod production request requests response return returned seems server
    service should since some status still test that their them then there these they think this time timeout trace true
    false unable under unexpected unknown user users value warn warning what when where which while will with would
    """.split()  # noqa: SIM905 - as above
)

_HEXADECIMAL = re.compile(rf"(?<![\w-])[0-9a-f]{{{FEWEST_SHA_DIGITS},40}}(?![\w-])", re.IGNORECASE)
_DEPLOY_WORD = r"(?:deploy|deployment|release|version|build|tag|rollout)"
_QUOTED = re.compile(r"\"([^\"\n]{4,200})\"|`([^`\n]{4,200})`|“([^”\n]{4,200})”|(?<!\w)'([^'\n]{4,200})'(?!\w)")
# ConnectionResetError, java.net.SocketTimeoutException, DB_POOL_EXHAUSTED: two humps or an underscore.
_IDENTIFIER = re.compile(r"(?<!\w)(?:[A-Z]\w*[a-z0-9][A-Z]\w*|[A-Z][A-Z0-9]*_[A-Z0-9_]+)(?!\w)")
_WORD = re.compile(r"[^\W\d_]{4,}")
_STEM = 6
_SHAPED = re.compile(r"(?=.*[\d._/-])(?=.*[^\W\d_]).{4,}")
_UUID = re.compile(r"(?<![\w-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-])", re.IGNORECASE)
_HEX_ID = re.compile(
    r"(?<![\w-])(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])(?:[0-9a-f]{16}|[0-9a-f]{32})(?![\w-])", re.IGNORECASE
)
_NAMED_ID = re.compile(
    r"(?<!\w)(?:trace|request|req|correlation)[ _-]?(?:id)?\s*[:=#]?\s*[`\"']?"
    r"(?=[A-Za-z_.:/-]*\d)([A-Za-z0-9._:/-]{6,127}[A-Za-z0-9])(?![\w/-])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class NamedValue:
    """A value of a field that the sentence names."""

    field: FieldCounts
    value: ValueCounts


def changes_named(text: str, report: Report) -> Iterator[Change]:
    """Yield the deploys and commits that a sentence names, by a prefix of the SHA or by the name; each revision once."""
    prefixes = tuple(match.lower() for match in _HEXADECIMAL.findall(text))
    seen: set[str] = set()
    for change in report.changes:  # deploys come first, so that a shipped commit is told as what shipped
        by_sha = bool(prefixes) and change.revision.lower().startswith(prefixes)
        if change.revision not in seen and (by_sha or (change.kind == "deploy" and _names_deploy(text, change.name))):
            seen.add(change.revision)
            yield change


def _names_deploy(text: str, name: str) -> bool:
    """Whether a deploy's name stands in the text. A name that is only a number needs "v" or "deploy" before it."""
    core = name.lower().removeprefix("v")
    if core.isdigit():
        before = rf"(?:(?<!\w)v|(?<!\w){_DEPLOY_WORD}\s+#?v?)"
    elif re.search(r"[\d._/-]", core) and len(core) >= 3:
        before = r"(?<![\w./-])v?"
    else:
        return False
    return re.search(rf"{before}{re.escape(core)}(?![\w/-]|\.\w)", text, re.IGNORECASE) is not None


def errors_named(text: str, summary: LogSummary) -> Iterator[ErrorGroup]:
    """Yield the error groups that a sentence names: by exception, by quotation, or by most of their words."""
    quotations = tuple(next(filter(None, match)) for match in _QUOTED.findall(text))
    identifiers = {found.rsplit(".", 1)[-1].lower() for found in _IDENTIFIER.findall(text)} - COMMON
    words = _stems(text)
    for group in summary.groups:
        if (
            _has_identifier(group, identifiers)
            or any(_quotes(quotation, group) for quotation in quotations)
            or _has_words(group, words)
        ):
            yield group


def _has_identifier(group: ErrorGroup, identifiers: set[str]) -> bool:
    kind = group.exception.type.rsplit(".", 1)[-1].lower() if group.exception else ""
    cause = group.exception.cause if group.exception else ""
    return kind in identifiers or not identifiers.isdisjoint(re.findall(r"\w+", f"{group.sample} {cause}".lower()))


def _quotes(quotation: str, group: ErrorGroup) -> bool:
    """Whether a quotation comes from the error: its text, or the same text with other numbers in it."""
    if not set(_stems(quotation)):
        return False
    said = group.exception.message.casefold() if group.exception else ""
    own = quotation.casefold()
    return (
        own in group.sample.casefold() or own in said or signature(quotation).casefold() in group.signature.casefold()
    )


def _has_words(group: ErrorGroup, words: frozenset[str]) -> bool:
    distinctive = _stems(group.signature)
    common = distinctive & words
    return len(common) >= WORDS_MIN and len(common) >= WORDS_SHARE * len(distinctive)


def _stems(text: str) -> frozenset[str]:
    """Return the beginnings of the distinctive words, so that "exhausted" and "exhaustion" are one."""
    return frozenset(word[:_STEM] for word in _WORD.findall(re.sub(r"<\w+>", " ", text.lower())) if word not in COMMON)


def values_named(text: str, summary: LogSummary) -> Iterator[NamedValue]:
    """Yield the field values that a sentence names; of values that stand on the same records the first."""
    seen: set[int] = set()
    for field in summary.fields:
        name = field.name.lower().removesuffix(".name").rsplit(".", 1)[-1]
        for value in field.values:
            if value.lines_key not in seen and _names_value(text, name, value.value):
                seen.add(value.lines_key)
                yield NamedValue(field, value)


def _names_value(text: str, field: str, value: str) -> bool:
    """Whether a value stands in the text as a whole word, and means the field's value there."""
    if not value.strip() or value.lower() not in text.lower():
        return False  # told apart first, because a log has many values and a reply few words
    whole = rf"(?<![\w./-]){re.escape(value)}(?![\w/-]|\.\w)"
    telling = len(value) >= 4 and value.lower() not in COMMON and not value.replace(".", "").isdigit()
    if telling and (_SHAPED.fullmatch(value) or field in PLACES):
        return re.search(whole, text, re.IGNORECASE) is not None
    label = re.escape(field).replace("_", "[_ -]?") + "s?"
    supported = rf"(?<!\w){label}\s?(?:[:=#]|is|was)?\s*[`\"']?{whole}|{whole}[`\"']?\s+{label}(?!\w)"
    return re.search(supported, text, re.IGNORECASE) is not None


def trace_named(text: str, report: Report, summary: LogSummary) -> str | None:
    """Return the correlation id that a sentence names: a known one, one called an id, or one shaped like no SHA."""
    known = [group.example_id for group in summary.groups if group.example_id]
    known += [report.trace.id] if report.trace else []
    for trace_id in known:
        if len(trace_id) >= 6 and re.search(rf"(?<![\w-]){re.escape(trace_id)}(?![\w-])", text):
            return trace_id
    for pattern in (_UUID, _HEX_ID, _NAMED_ID):
        match = pattern.search(text)
        if match and not any(change.revision.startswith(match[match.lastindex or 0]) for change in report.changes):
            return match[match.lastindex or 0]
    return None
