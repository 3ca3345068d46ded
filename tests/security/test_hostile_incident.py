"""One whole incident with everything from outside hostile, over the real bot and the wire; then what came of it."""

import json
import re

import pytest

from tests.security.conftest import MARKUP, SECRETS, fingerprints
from tests.support.validators import live_tokens, strings

# What turns, hides or colours text; the marks that show nothing have no business in a finding either.
TURNS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@pytest.fixture(scope="module")
def payloads(hostile):
    """Everything that the bot sent, as values; blocks and views that travel as JSON in a string are opened."""
    return [opened(entry["body"]) for entry in hostile.said]


def opened(value):
    """Return a value with the JSON in its strings read."""
    if isinstance(value, dict):
        return {key: opened(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [opened(inner) for inner in value]
    if isinstance(value, str) and value[:1] in "[{":
        try:
            return opened(json.loads(value))
        except ValueError:
            return value
    return value


def test_the_incident_was_played_to_its_end(hostile, payloads):
    """The control: hostile words were shown, as text, and 500 secrets were planted where they are read."""
    everything = json.dumps(payloads)
    assert "evil.example" in everything
    assert "&lt;!channel&gt;" in everything
    assert "[redacted: " in everything
    assert "Resolved after" in everything
    assert len(set(hostile.mint.secrets)) >= SECRETS


def test_nothing_hostile_is_live_in_slack(hostile, payloads):
    """No mention, link or date but the bot's own, in text, blocks, views and answers; Slack would take every payload."""
    assert hostile.room.complaints == []
    live = {token for payload in payloads for token in live_tokens(payload)}
    assert [token for token in live if "EVIL" in token or "evil" in token or token in MARKUP] == []


def test_no_character_turns_or_hides_text(payloads):
    """Controls, ANSI, bidi and zero-width characters are gone; code spans are closed."""
    said = [text for payload in payloads for text in strings(payload)]
    assert [text for text in said if TURNS.search(text)] == []
    assert [text for text in said if text.count("`") % 2] == []


def test_none_of_500_secrets_is_posted_logged_or_stored(hostile):
    """In no payload, no uploaded file, no line of our log, no byte of the database."""
    places = {
        "Slack": json.dumps([entry["body"] for entry in hostile.said]),
        "files": b"".join(hostile.files).decode(),
        "our log": hostile.room.bot.printed(),
        "the database": hostile.stored().decode(errors="replace"),
    }
    leaked = [
        (place, text[max(0, text.index(secret) - 60) :][:150])
        for place, text in places.items()
        for secret in hostile.mint.secrets
        if secret in text
    ]
    assert leaked == []


def test_no_program_of_the_repository_runs_and_nothing_is_written(hostile):
    """Not one run of what its configuration names; every file under both roots is as it was, to the nanosecond."""
    assert not hostile.ran
    assert fingerprints(hostile.room.folder) == hostile.before
