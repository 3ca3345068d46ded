"""Ten thousand damaged lines over every dialect, layout and wrapper: no crash, and every line is counted once."""

import json
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cli import fifteen
from bot.logs import blocks, reading
from bot.logs.decode import look
from bot.logs.file import FileLogSource
from bot.logs.format import forced
from bot.logs.scan import entries
from bot.logs.tally import Tally
from bot.logs.times import Reckoning
from bot.triage.summary import LogRequest, SourceReport, Span
from tests.logs.dialect_lines import SAMPLES, TEXTS, WRAPPERS
from tests.logs.test_equality import counted
from tests.reference import engine

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
REQUEST = LogRequest(
    Span(START, START + timedelta(hours=1)), Span(START + timedelta(hours=1), START + timedelta(hours=4))
)
LINES = 10_000
SEEDS = 10
KINDS = 6
UNTIL = START + timedelta(hours=3)
"""When the log was last written, which tells the year of times that carry none."""

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
    form = look(lines, forced(None, Reckoning(until=UNTIL)))
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


@pytest.mark.parametrize("seed", range(SEEDS // 2))
def test_damaged_lines_are_counted_as_the_obvious_loop_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """The same lines among whole ones of a few kinds, whose shapes are learnt and counted many at once."""
    monkeypatch.setattr(reading, "FAST_BYTES", 0)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 1 << 16)
    monkeypatch.setattr(blocks, "LINE_BYTES_MAX", 1 << 15)
    chance = random.Random(seed)
    whole = [chance.choice(list(SAMPLES.values())) for _ in range(KINDS)]
    mixed = [line for one in log(seed) for line in (one, *(chance.choice(chance.choice(whole)[:2]).encode(),) * 2)]
    path = tmp_path / "app.log"
    head = SAMPLES["pino"].fine.encode()  # a zero byte in a text that begins with another is what binary files have
    path.write_bytes(b"\n".join((head, *mixed)))
    os.utime(path, (UNTIL.timestamp(),) * 2)
    found, expected = FileLogSource([str(path)]).summarize(REQUEST), engine.summarize([str(path)], REQUEST)
    assert found.source.lines == found.source.parsed + found.source.skipped > len(mixed) / 2
    assert counted(found) == counted(expected)


@pytest.mark.parametrize("fast_bytes", [0, reading.FAST_BYTES])
@pytest.mark.parametrize("name", ["msg", "err", "stack", "user", "time", "level", "log", "exception"])
@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"a":', "}"), ('[{"message":', "}]")])
def test_what_is_nested_deeper_than_anybody_writes_crashes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fast_bytes: int, name: str, opens: str, closes: str
) -> None:
    """Orjson reads 1,024 levels and writes 254; whatever part of a record is deeper, the line is counted."""
    monkeypatch.setattr(reading, "FAST_BYTES", fast_bytes)
    deep = opens * 300 + "1" + closes * 300
    plain = '{"level":"error","time":"2026-11-23T13:0%d:00Z","x%d":1,"msg":"charge failed",'
    lines = [plain % (i % 10, i) + f'"{name}":{deep}}}' for i in range(40)]
    (tmp_path / "app.log").write_text("\n".join(lines))
    found = FileLogSource([str(tmp_path / "app.log")]).summarize(REQUEST)
    expected = engine.summarize([str(tmp_path / "app.log")], REQUEST)
    assert found.source.lines == (0 if name == "time" else 40)
    assert counted(found) == counted(expected)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=2000))
def test_any_bytes_at_all_give_a_report(tmp_path: Path, data: bytes) -> None:
    """Whatever is in the file, with and without a record before it."""
    for before in (b"", SAMPLES["pino"].failed.encode() + b"\n"):
        (tmp_path / "app.log").write_bytes(before + data)
        result = CliRunner().invoke(fifteen, ["triage", str(tmp_path / "app.log"), "--format", "json"])
        assert result.exit_code == 0, result.output
        source = json.loads(result.stdout)["source"]
        assert source["lines"] == source["parsed"] + source["skipped"]
