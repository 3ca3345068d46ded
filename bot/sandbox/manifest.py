"""The app's manifest: what it may call, which events it gets, which commands and shortcuts it has.

Reads JSON, and the part of YAML that app manifests are written in: block mappings, block lists, scalars, comments.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# A link to deploy/manifest.yaml in the repository; a copy of it where Fifteen is installed from a wheel.
DEFAULT_PATH = Path(__file__).with_name("manifest.yaml")

_COMMENT = re.compile(r"(^|\s)#.*$")
_KEY = re.compile(r"^([A-Za-z_][\w.]*):(?:\s+(.*))?$")


class ManifestError(Exception):
    """The manifest is missing or cannot be read."""


@dataclass(frozen=True)
class Manifest:
    """What the sandbox needs of an app manifest."""

    name: str
    bot_name: str
    scopes: frozenset[str]
    events: frozenset[str]
    commands: tuple[Mapping[str, Any], ...]
    shortcuts: tuple[Mapping[str, Any], ...]

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        """Read a manifest from a file.

        Raises:
            ManifestError: there is none, or it is not a manifest.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise ManifestError(f"{path}: {error.strerror}. Name the app's manifest with --manifest FILE.") from error
        try:
            tree = json.loads(text) if path.suffix == ".json" else parse_yaml(text)
            return cls.from_tree(tree)
        except (KeyError, TypeError, ValueError) as error:
            raise ManifestError(f"{path}: not a Slack app manifest ({error!r}).") from error

    @classmethod
    def from_tree(cls, tree: Mapping[str, Any]) -> "Manifest":
        """Take what is needed from a parsed manifest."""
        features = tree["features"]
        return cls(
            name=tree["display_information"]["name"],
            bot_name=features["bot_user"]["display_name"],
            scopes=frozenset(tree["oauth_config"]["scopes"]["bot"]),
            events=frozenset(tree.get("settings", {}).get("event_subscriptions", {}).get("bot_events", ())),
            commands=tuple(features.get("slash_commands", ())),
            shortcuts=tuple(features.get("shortcuts", ())),
        )


def parse_yaml(text: str) -> Any:
    """Parse the subset named above; anchors, flow collections and block strings are refused.

    Raises:
        ValueError: a line is outside the subset.
    """
    lines = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = _COMMENT.sub("", raw) if '"' not in raw else raw
        if line.strip():
            lines.append((number, len(line) - len(line.lstrip()), line.strip()))
    value, rest = _block(lines, lines[0][1] if lines else 0)
    if rest:
        raise ValueError(f"line {rest[0][0]}: unexpected indentation")
    return value


_Lines = list[tuple[int, int, str]]


def _block(lines: _Lines, indent: int) -> tuple[Any, _Lines]:
    if lines and lines[0][2].startswith("- "):
        return _sequence(lines, indent)
    return _mapping(lines, indent)


def _sequence(lines: _Lines, indent: int) -> tuple[list[Any], _Lines]:
    items: list[Any] = []
    while lines and lines[0][1] == indent and lines[0][2].startswith("- "):
        number, _, text = lines[0]
        inner = text[2:].strip()
        if _KEY.match(inner):  # "- key: value" opens a mapping that goes on two columns further in
            item, lines = _mapping([(number, indent + 2, inner), *lines[1:]], indent + 2)
        else:
            item, lines = _scalar(inner, number), lines[1:]
        items.append(item)
    return items, lines


def _mapping(lines: _Lines, indent: int) -> tuple[dict[str, Any], _Lines]:
    mapping: dict[str, Any] = {}
    while lines and lines[0][1] == indent:
        number, _, text = lines[0]
        match = _KEY.match(text)
        if match is None:
            raise ValueError(f"line {number}: expected `key: value`, got {text!r}")
        key, value, lines = match[1], match[2], lines[1:]
        if value:
            mapping[key] = _scalar(value, number)
        elif lines and lines[0][1] > indent:
            mapping[key], lines = _block(lines, lines[0][1])
        else:
            mapping[key] = None
    return mapping, lines


def _scalar(text: str, number: int) -> Any:
    if text[:1] in "\"'" and text[-1:] == text[:1] and len(text) > 1:
        return text[1:-1]
    if text[:1] in "[{|>&*!":
        raise ValueError(f"line {number}: only plain values are read here, got {text!r}")
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.isdigit() else text
