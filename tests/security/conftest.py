"""A room in which everything from outside is hostile: the log, the repository, and what people type."""

import hashlib
import json
import sqlite3
import urllib.request
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.security.secrets_of_many_kinds import Mint
from tests.support.repository import NOON
from tests.support.room import AVA, BEN, Room

# Nobody whom the bot would mention on purpose.
MARKUP = "<!channel> <!here> <@U0EVIL> <!subteam^S0EVIL> <#C9EVIL> <http://evil.example|ok> https://evil.example"
TRICKS = "`x` ```y``` *b* \u202ekcab\u202c \u2066i\u2069 z\u200be\u200dr\u2060o \x1b[31mred\x1b[0m \x9b2J \x07 \u2028"
SECRETS = 500
IN_LOG, IN_COMMITS = 450, 24  # the others are typed


@dataclass
class Hostile:
    """The room, what was planted in it, and everything that came out."""

    room: Room
    mint: Mint
    marker: Path
    before: dict[str, str] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)

    def listen(self) -> None:
        """Keep what was sent since the last time, before the sandbox forgets it."""
        seen = self.entries[-1]["n"] if self.entries else 0
        self.entries += self.room.sandbox.traffic(after=seen)

    @property
    def said(self) -> list[dict[str, Any]]:
        """What the bot sent: API calls without their answers, which hold what others said; acknowledgements; responses."""
        sent = [entry for entry in self.entries if entry["direction"] == "in"]
        return [entry | {"body": entry["body"].get("args", entry["body"])} for entry in sent]

    @property
    def ran(self) -> bool:
        """Whether a program that the repository names has run."""
        return (self.marker.parent / "ran").exists()

    def stored(self) -> bytes:
        """Return everything in the database, its log included, and every value as text."""
        folder = self.room.folder
        raw = b"".join(path.read_bytes() for path in sorted(folder.glob("fifteen.db*")))
        with sqlite3.connect(f"file:{folder / 'fifteen.db'}?mode=ro", uri=True) as connection:
            script = "\n".join(connection.iterdump())
            blobs = [blob for row in connection.execute("SELECT report, summary FROM triage") for blob in row]
        connection.close()
        return raw + script.encode() + b"".join(blobs)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    """A whole incident in that room: started, discussed, traced, exported, resolved; the bot has ended."""
    folder = tmp_path_factory.mktemp("hostile")
    room = Room(folder)
    made = Hostile(room, Mint(), folder / "marker")
    try:
        _poison_log(made)
        _poison_repository(made)
        made.before = fingerprints(folder)
        room.bot.start()
        _play(made)
    finally:
        room.close()
    return made


def download(url: str) -> bytes:
    """Return what stands at an address of the sandbox."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        content: bytes = answer.read()
    return content


def fingerprints(folder: Path) -> dict[str, str]:
    """Return a hash, mode and time of change for everything under the log's and the repository's roots."""
    found = {}
    for root in ("logs", "repo"):
        for path in sorted((folder / root).rglob("*")):
            stat = path.lstat()
            content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            found[str(path)] = f"{stat.st_mode:o} {stat.st_mtime_ns} {content}"
    return found


def _poison_log(made: Hostile) -> None:
    """Fail a request a second in the last minutes, each with a secret of its own in every place that is looked at."""
    mint, room = made.mint, made.room
    lines = []
    begin = room.now() - timedelta(minutes=4)
    while len(mint.secrets) < IN_LOG:
        at = begin + timedelta(milliseconds=500 * len(lines))
        word = f"{MARKUP} {TRICKS}"
        lines.append(
            {
                "level": 50,
                "time": int(at.timestamp() * 1000),
                "hostname": f"web<!here>{TRICKS}",
                "version": "v214",
                "region": f"eu {word}",
                "tenant": mint.text(),
                "route": f"POST /cart?{mint.text()}",
                "correlationId": f"evil-{len(lines)}",
                "userId": f"u<@U0EVIL>{len(lines) % 7}",
                f"key<!channel>{TRICKS}": "x",
                mint.text(): {"nested": [mint.text()]},
                "err": {
                    "type": "TypeError<!channel>",
                    "message": f"{word} {mint.text()}",
                    "stack": f"TypeError: {word}\n    at pay (/app/<!here>/{TRICKS}.js:1:2) {mint.text()}",
                },
                "msg": f"{word} {mint.text()}",
            }
        )
    with (room.folder / "logs" / "hostile <!channel> `x`.log").open("w") as log:
        log.writelines(json.dumps(line) + "\n" for line in lines)


def _poison_repository(made: Hostile) -> None:
    """Ship v215 with hostile words in everything that git remembers, and name programs in its configuration."""
    room, mint = made.room, made.mint
    shop, until = room.repository, len(mint.secrets) + IN_COMMITS
    minute = (room.onset - timedelta(minutes=1) - NOON) / timedelta(minutes=1)
    while len(mint.secrets) < until:
        number = len(mint.secrets)
        path = f"src/<!channel> \u202e`{number}` \x1b[31m.js"
        shop.commit(f"{mint.text()} {MARKUP}\n\n{mint.text()}", path, at=minute, author=f"Eve \u202e{MARKUP[:30]} x")
    shop.git("commit", "--quiet", "--allow-empty", "-m", f"{MARKUP} {TRICKS}".replace("\x07", ""), at=minute)
    shop.tag("v215\u202e`x`-<!channel>@U0EVIL", at=minute)
    made.marker.write_text(f'#!/bin/sh\necho "$0 $*" >> {made.marker.parent}/ran\n')
    made.marker.chmod(0o755)
    (shop.path / ".git" / "info" / "attributes").write_text("* filter=evil diff=evil\n")
    for key in [
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "core.askPass",
        "diff.external",
        "diff.evil.textconv",
        "diff.evil.command",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "gpg.program",
        "credential.helper",
    ]:
        shop.git("config", key, str(made.marker))
    shop.git("config", "log.showSignature", "true")


def _play(made: Hostile) -> None:
    """Start, discuss, trace, export and resolve it, with hostile words and secrets in all that is typed."""
    room, mint = made.room, made.mint

    def word() -> str:
        return f"{mint.text()} {MARKUP} {TRICKS}".replace("\n", " ").replace("\u2028", "")

    room.command(f"start {word()}")
    room.sees("Scope", "Changes", "Errors", "Trace", buttons=("Resolve",))
    made.listen()
    ledger, card = room.ledger(), room.card()
    for _ in range(3):  # each is answered, and Slack takes one message a second
        room.reply(ledger, f"I think that {word()}", user=BEN)
    while len(mint.secrets) < SECRETS:
        room.reply(card, f"note that {word()}", user=BEN)
    room.reply(ledger, "It came with v215 I believe", user=BEN)
    for verb in ("trace evil-3", f"update {word()}", f"sev {word()}", f"{word()}", "export", f"cause {word()}"):
        room.command(verb)
        made.listen()
    room.sandbox.say(f"@fifteen update {word()}", user=AVA, thread_ts=card["ts"])
    room.settle()
    made.listen()
    room.command(f"resolve {word()}")
    room.settle()
    made.listen()
    room.judge()
    made.files = [
        download(f"{room.sandbox.page_url}/_sandbox/files/{found['id']}")
        for message in room.messages()
        for found in message.get("files") or ()
        if not found["name"].endswith(".png")
    ]
    assert len(made.files) >= 2, "the export, as Markdown and as JSON"
