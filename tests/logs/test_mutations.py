"""Ten thousand damaged lines over every dialect, layout and wrapper: no crash, and every line is counted once."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.logs.decode import look
from bot.logs.format import forced
from bot.logs.scan import entries
from bot.logs.tally import Tally
from bot.logs.times import Reckoning
from bot.triage.summary import LogRequest, SourceReport, Span
from tests.logs.dialect_lines import SAMPLES, TEXTS, WRAPPERS

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
REQUEST = LogRequest(
    Span(START, START + timedelta(hours=1)), Span(START + timedelta(hours=1), START + timedelta(hours=4))
)
LINES = 10_000
SEEDS = 10

PIECES = (
    b"", b'"', b"{", b"}", b"[", b"]", b"\\", b"\\u0000", b"\\ud800", b"\xff", b"\x00", b"\x1b[31m", b"9" * 30, b"-", b"1e400",
    b"NaN", b"null", b"true", b"=", b": ", b"|", b"  ", b"\t", b"\\n    at x", "\u202e".encode(), b"[" * 500, b'{"a":' * 200,
    b"%s", b"<!channel>", b"2026-13-45T99:99:99Z", b"Feb 30 25:61:61", b"\r",
)  # fmt: skip


def originals() -> list[bytes]:
    """Return every sample line, alone and in every wrapper."""
    plain = [line for sample in (*SAMPLES.values(), *TEXTS.values()) for line in (sample.fine, sample.failed)]
    wrapped = [wrap(line, 1) for wrap in WRAPPERS.values() for line in plain]
    return [line.encode() for line in (*plain, *wrapped)]


def damaged(line: bytes, chance: random.Random) -> bytes:
    """Return the line with one to three places replaced, removed, doubled or cut off."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(line) + 1)
        match chance.randrange(4):
            case 0:
                line = line[:at] + chance.choice(PIECES) + line[at:]
            case 1:
                line = line[:at] + chance.choice(PIECES) + line[at + chance.randint(1, 9) :]
            case 2:
                line = line[:at] + line[at : at + 20] + line[at:]
            case _:
                line = line[:at] if chance.random() < 0.3 else line[:at] + line[at + 1 :]
    return line.replace(b"\n", b" ")


def log(seed: int) -> Iterator[bytes]:
    """Yield a log of damaged and whole lines, all kinds mixed."""
    chance = random.Random(seed)
    pool = originals()
    for _ in range(LINES // SEEDS):
        line = chance.choice(pool)
        yield damaged(line, chance) if chance.random() < 0.9 else line


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_damaged_line_is_parsed_or_skipped_and_none_crashes(seed: int) -> None:
    """Lines = parsed + skipped, whatever stands in them; what is shown of them can be written."""
    lines = list(log(seed))
    form = look(lines, forced(None, Reckoning(until=START + timedelta(hours=3))))
    tally = Tally(REQUEST)
    found = list(entries(enumerate(lines), lambda _at, _raw: True, form))
    assert sum(entry.lines for entry in found) == sum(bool(line.strip()) for line in lines)
    for entry in found:
        tally.add(entry, "app.log", "app.log")
    assert 0 < tally.parsed <= tally.lines
    assert sum(count for count, _, _ in tally.skipped.reasons.values()) == tally.lines - tally.parsed
    summary = tally.summary(SourceReport("log", problems=tuple(tally.skipped.problems())))
    repr(summary).encode()
    assert sum(summary.series.errors) >= sum(group.count for group in summary.groups) > 0
