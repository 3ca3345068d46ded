"""The engine answers exactly as the obvious loop over every line does, whatever the log."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.logs import blocks, fields, groups, part, reading, scan, window
from bot.logs.fast import aside, loose, writers
from bot.logs.file import FileLogSource
from bot.logs.part import Part
from bot.logs.tally import Tally
from bot.logs.times import from_microseconds
from bot.triage.summary import LogRequest, LogSummary, SourceReport, Span
from tests.logs import crowd, logmaker
from tests.logs.dialect_lines import JAVA, SAMPLES, TEXTS, WRAPPERS
from tests.logs.make import T0, lines, write
from tests.reference import engine


@pytest.fixture(autouse=True)
def always_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count many lines at once, however short the log."""
    monkeypatch.setattr(reading, "FAST_BYTES", 0)


def request(start: float, middle: float, end: float) -> LogRequest:
    """Return a request by seconds from T0."""
    begin, between, finish = (T0 + timedelta(seconds=s) for s in (start, middle, end))
    return LogRequest(Span(begin, between), Span(between, finish))


def counted(summary: LogSummary) -> LogSummary:
    """Return what two engines must agree on: how much was read is their own affair."""
    source = summary.source
    span = summary.request.span  # outside of it, nobody asks when the log began
    oldest = summary.oldest and min(max(summary.oldest, span.start), span.end)
    report = SourceReport("", lines=source.lines, parsed=source.parsed, skipped=source.skipped)
    newest = summary.newest if sum(summary.series.events) else None
    return replace(summary, source=report, oldest=oldest, newest=newest)


def same(patterns: list[str], asked: LogRequest) -> LogSummary:
    """Ask both engines, compare and return the summary."""
    found = FileLogSource(patterns).summarize(asked)
    expected = engine.summarize(patterns, asked)
    assert counted(found) == counted(expected)
    return found


@pytest.mark.parametrize("seed", range(7))
@pytest.mark.parametrize("kind", ["each", "mixed", "rubbish", "crlf"])
def test_every_shape_of_log_is_counted_exactly(tmp_path: Path, seed: int, kind: str) -> None:
    """One shape after the other and all at once, with torn lines, traces, undated lines and blank ones between."""
    writers = logmaker.WRITERS if kind == "mixed" else (logmaker.WRITERS[seed % len(logmaker.WRITERS)],)
    text = logmaker.log(
        seed,
        writers=writers,
        rubbish=0.1 if kind in ("rubbish", "mixed") else 0.0,
        ends="\r\n" if kind == "crlf" else "\n",
    )
    found = same([write(tmp_path / "app.log", text)], request(0, 200, 290))
    assert found.source.parsed > 1000
    assert found.groups


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rubbish", [0.0, 0.1])
@pytest.mark.parametrize("writer", [logmaker.various, logmaker.logfmt])
def test_lines_of_no_shape_are_counted_exactly(
    tmp_path: Path, seed: int, rubbish: float, writer: logmaker.Write
) -> None:
    """By their tokens, or by the parser where they are not plain."""
    text = logmaker.log(seed, 2000, writers=(writer,), rubbish=rubbish)
    found = same([write(tmp_path / "app.log", text)], request(0, 200, 290))
    assert found.source.parsed > 1500
    assert found.users is not None
    assert found.groups


@pytest.mark.parametrize("block", [1 << 12, 9_973, 1 << 16])
def test_where_blocks_end_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    """Lines, traces and runs of rubbish lie across the edges."""
    monkeypatch.setattr(blocks, "BLOCK_BYTES", block)
    monkeypatch.setattr(blocks, "LINE_BYTES_MAX", block // 2)
    same([write(tmp_path / "app.log", logmaker.log(7, rubbish=0.2))], request(0, 200, 290))


@pytest.mark.parametrize("size", [1, 1 << 13, 1 << 20])
@pytest.mark.parametrize("seed", range(4))
def test_lines_set_aside_are_counted_with_what_they_continue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, size: int
) -> None:
    """Few of each block, with traces and rubbish between and across the edges; whenever they are enough."""
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 1 << 15)
    monkeypatch.setattr(blocks, "LINE_BYTES_MAX", 1 << 14)
    monkeypatch.setattr(aside, "ASIDE_BYTES", size)
    taken: list[int] = []
    add = aside.Aside.add
    monkeypatch.setattr(aside.Aside, "add", lambda *args: (taken.append(len(args[2])), add(*args))[1])
    text = logmaker.log(seed, 4000, writers=(logmaker.regular,), rubbish=0.02)
    same([write(tmp_path / "app.log", text)], request(0, 200, 290))
    assert sum(taken) > 200


def test_beyond_the_caps_the_answer_is_the_same_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups, names and values, each with more than is kept; from whichever blocks."""
    monkeypatch.setattr(groups, "GROUPS_MAX", 4)
    monkeypatch.setattr(fields, "FIELDS_MAX", 6)
    monkeypatch.setattr(fields, "VALUES_MAX", 2)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 1 << 14)
    monkeypatch.setattr(blocks, "LINE_BYTES_MAX", 1 << 13)
    found = same([write(tmp_path / "app.log", logmaker.log(5, rubbish=0.1))], request(0, 200, 290))
    assert any(group.is_estimated for group in found.groups)


@pytest.mark.parametrize("disorder", [0.0, 5.0, 60.0])
@pytest.mark.parametrize(
    "span", [(0, 100, 200), (3000, 3300, 3500), (7000, 7100, 7300), (-500, -100, 50), (-900, -800, -700)]
)
def test_a_slice_holds_every_line_of_the_stretch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, disorder: float, span: tuple[float, float, float]
) -> None:
    """At the ends, in the middle and beyond, with lines up to a minute late; and most of the file is not read."""
    monkeypatch.setattr(window, "NEAR_BYTES", 4096)
    monkeypatch.setattr(window, "WHOLE_BYTES", 8192)
    monkeypatch.setattr(window, "LOOK_BYTES", 2048)
    path = write(tmp_path / "app.log", logmaker.log(3, 4000, seconds=7200, disorder=disorder, rubbish=0.1))
    found = same([path], request(*span))
    assert found.source.bytes_read < Path(path).stat().st_size / 3


@pytest.mark.parametrize("writer", [logmaker.pino, logmaker.regular])
@pytest.mark.parametrize("rubbish", [0.0, 0.01])
def test_of_a_large_slice_only_the_baselines_fine_records_are_sampled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: logmaker.Write, rubbish: float
) -> None:
    """Every error, and everything in the window, is counted; a value met often there is met in the sample."""
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 1 << 15)
    monkeypatch.setattr(blocks, "LINE_BYTES_MAX", 1 << 14)
    monkeypatch.setattr(aside, "ASIDE_BYTES", 1 << 14)
    text = logmaker.log(5, 6000, writers=(writer,), rubbish=rubbish)
    monkeypatch.setattr(part, "SAMPLED_BYTES", 0)
    monkeypatch.setattr(part, "BYTES_OF_ONE", len(text) // 8)
    patterns, asked = [write(tmp_path / "app.log", text)], request(0, 200, 290)
    found, expected = FileLogSource(patterns).summarize(asked), engine.summarize(patterns, asked)
    assert counted(replace(found, fields=())) == counted(replace(expected, fields=()))
    for mine, every in zip(found.fields, expected.fields, strict=True):
        for one, other in zip(mine.values, every.values, strict=True):
            assert replace(one, baseline_events=0) == replace(other, baseline_events=0)
            fine, all_fine = (value.baseline_events - value.baseline_errors for value in (one, other))
            assert fine <= all_fine
            assert fine >= all_fine / 20 or all_fine < 50


def test_a_quote_that_is_escaped_ends_no_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a value should end stands one, and another too many elsewhere: as many as in a whole line, and no JSON."""
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 1 << 14)
    at = T0 + timedelta(seconds=250)
    line = '{"level":"info","time":"%s","id":"0123456789","service":"web","msg":"done %d"}'
    whole = [line % (f"{at + timedelta(milliseconds=n):%Y-%m-%dT%H:%M:%S.%f}Z", n) for n in range(1200)]
    torn = [one.replace('9","service', '\\","service').replace("done", 'do"ne') for one in whole[800:810]]
    found = same([write(tmp_path / "app.log", "\n".join([*whole[:900], *torn, *whole[900:]]))], request(0, 200, 290))
    assert found.source.skipped == len(torn)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("writer", logmaker.WRAPPED)
@pytest.mark.parametrize("rubbish", [0.0, 0.1])
def test_what_containers_wrap_is_counted_exactly(
    tmp_path: Path, writer: logmaker.Write, seed: int, rubbish: float
) -> None:
    """Peeled many lines at once, or left to the parser with their wrapper."""
    text = logmaker.log(seed, 3000, writers=(writer,), rubbish=rubbish)
    same([write(tmp_path / "app.log", text)], request(0, 200, 290))


ANSWERS = {
    "numbers": lambda status, i: {"method": "GET", "path": f"/pay/{i}?a={i}", "status": status},
    "texts": lambda status, i: {"request": f"POST /pay/{i} HTTP/1.1", "status": str(status)},
    "nested": lambda status, i: {"req": {"method": "GET", "url": f"/pay/{i}"}, "res": {"statusCode": status}},
    "no path": lambda status, i: {"bytes": i, "status": status},
    "ever new names": lambda status, i: {f"x{i}": i, "method": "GET", "path": f"/pay/{i}", "status": status},
}


@pytest.mark.parametrize(
    ("kind", "signatures"),
    [
        ("numbers", {"GET <path> # Bad Gateway": 50, "GET <path> # Service Unavailable": 50, "GET <path> #": 50}),
        ("texts", {"POST <path> # Bad Gateway": 50, "POST <path> # Service Unavailable": 50, "POST <path> #": 50}),
        ("nested", {"GET <path> # Bad Gateway": 50, "GET <path> # Service Unavailable": 50, "GET <path> #": 50}),
        ("no path", {"(no message)": 150}),
        (
            "ever new names",
            {"GET <path> # Bad Gateway": 50, "GET <path> # Service Unavailable": 50, "GET <path> #": 50},
        ),
    ],
)
def test_a_failing_answer_without_a_message_is_named_by_its_request_and_status(
    tmp_path: Path, kind: str, signatures: dict[str, int]
) -> None:
    """A status is what the error is: each with a name is a group of its own; one without has none but its number.

    Written as a number or as a text.
    """
    records = (
        {"time": (T0 + timedelta(seconds=i)).isoformat(), **ANSWERS[kind]((502, 200, 503, 200, 529, 404)[i % 6], i)}
        for i in range(300)
    )
    found = same([write(tmp_path / "app.log", lines(list(records)))], request(-60, 0, 300))
    assert {group.signature: group.count for group in found.groups} == signatures
    if kind == "nested":
        assert found.groups[1].sample == "GET /pay/0 502 Bad Gateway"


def test_a_time_in_two_fields_is_read_whole(tmp_path: Path) -> None:
    """Google's seconds and nanoseconds, among ever other names."""
    records = [
        {
            f"x{i}": i, "severity": "ERROR" if i % 3 else "INFO", "message": "no", "timestampNanos": 250_000_000,
            "timestampSeconds": str(int(T0.timestamp()) + i),
        }
        for i in range(200)
    ]  # fmt: skip
    found = same([write(tmp_path / "app.log", lines(records))], request(-60, 0, 300))
    assert found.groups[0].first_seen.microsecond == 250_000


@pytest.mark.parametrize("wrapper", ["", *WRAPPERS])
@pytest.mark.parametrize("kind", ["one", "all"])
def test_what_only_the_parser_reads_is_counted_exactly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, wrapper: str
) -> None:
    """Every layout of text, or one of them; traces below, undated and torn lines between; wrapped lines whole or in parts."""
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 1 << 15)
    chance = random.Random(kind + wrapper)
    samples = [*TEXTS.values(), *SAMPLES.values()] if kind == "all" else [chance.choice([*TEXTS.values()])]
    lines: list[str] = []
    for _ in range(500):
        sample, second = chance.choice(samples), chance.randrange(2)
        line = chance.choice([sample.fine, sample.fine, sample.fine, sample.failed])
        line += f" userId={chance.randrange(90)} requestId={chance.getrandbits(64):016x}" * (chance.random() < 0.5)
        below = [*JAVA.split("\n")] if chance.random() < 0.05 else []
        below += chance.choice([["   "], ["rubbish"], ['{"level":50,"ms'], ["\xe9 Exception: odd"]]) * (
            chance.random() < 0.05
        )
        is_wrapped = wrapper and chance.random() < 0.9
        lines += [WRAPPERS[wrapper](one, second) if is_wrapped else one for one in (line, *below)]
        if wrapper in ("CRI", "Docker") and chance.random() < 0.05:
            lines[-1] = lines[-1].replace(" F ", " P ").replace("\\n", "")
    text = "\n".join(line.replace("13:52:0", f"13:5{chance.randrange(4)}:{chance.randrange(6)}") for line in lines)
    same([write(tmp_path / "app.log", text)], request(0, 6720, 6900))


@pytest.mark.parametrize(
    ("kind", "block", "reach", "traces"),
    [("text", 1 << 15, 16_384, 0.2), ("json", 1 << 12, 3_000, 0.05), ("both", 1 << 18, 900, 0.1), ("both", 1 << 14, 16_384, 0.02)],
)  # fmt: skip
@pytest.mark.parametrize("wrap", crowd.WRAPS)
def test_lines_of_writers_between_each_other_are_counted_exactly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrap: str, kind: str, block: int, reach: int, traces: float
) -> None:
    """Each trace with the record of its own writer, wherever blocks end and however far that stands above."""
    monkeypatch.setattr(blocks, "BLOCK_BYTES", block)
    monkeypatch.setattr(blocks, "LINE_BYTES_MAX", block // 2)
    monkeypatch.setattr(scan, "REACH_BYTES", reach)
    monkeypatch.setattr(writers, "REACH_BYTES", reach)
    text = crowd.log(reach, wrap, writers=2 + block % 7, kind=kind, traces=traces)
    found = same([write(tmp_path / "app.log", text)], request(0, 200, 290))
    assert found.source.lines == found.source.parsed + found.source.skipped > 500
    assert found.groups


@pytest.mark.parametrize("wrap", crowd.WRAPS)
def test_shares_of_a_log_of_several_writers_are_counted_as_the_whole_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrap: str
) -> None:
    """As each of two processes reads them, the newest first; nothing in one is continued in another."""
    for name, size in (
        ("SHARED_BYTES", 1),
        ("TEXT_SHARED_BYTES", 1),
        ("SHARE_BYTES_MIN", 1 << 13),
        ("TEXT_AT_ONCE", 1 << 13),
    ):
        monkeypatch.setattr(part, name, size)
    shares: list[part.Range] = []

    def in_shares(
        _self: object, _file: object, whole: Part, here: Callable[[Part], Tally], _there: object
    ) -> Iterator[Tally]:
        shares.extend(whole.shares())
        yield here(replace(whole, ranges=shares))

    monkeypatch.setattr(reading.Reading, "_shared", in_shares)
    same([write(tmp_path / "app.log", crowd.log(2, wrap, 2500, kind="both", traces=0.1))], request(0, 200, 290))
    assert len(shares) > 4


@pytest.mark.parametrize("at", [0, 100, 199])
def test_a_line_of_ever_so_many_texts_is_one_for_the_parser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """More than are looked at together, before, between and behind lines of ever other names."""
    monkeypatch.setattr(loose, "QUOTES_MAX", 1000)
    records = [
        {f"x{i}": i, "level": "error" if i % 9 == 0 else "info", "time": (T0 + timedelta(seconds=i)).isoformat()}
        for i in range(200)
    ]
    records[at] |= {"tags": [str(i) for i in range(5000)]}
    found = same([write(tmp_path / "app.log", lines(records))], request(-60, 0, 300))
    assert found.source.parsed == len(records)


def test_a_part_of_a_record_is_waited_for_though_it_is_indented(tmp_path: Path) -> None:
    """Blanks before an object change nothing; the line that ends the record is no whole one."""
    box = '{"log":"%s","stream":"stdout","logtag":"%s","time":"2026-11-23T13:52:01.5Z"}'
    fine = box % ("2026-11-23T13:52:01Z INFO fine\\n", "F")
    parts = [" " + box % ("2026-11-23T13:52:01Z ERROR part one ", "P"), box % ("part two k=1\\n", "F")]
    log = write(tmp_path / "app.log", "\n".join([fine, fine, *parts, fine, fine]) + "\n")
    found = same([log], request(0, 6720, 6900))
    assert [group.signature for group in found.groups] == ["part one part two k=#"]


def test_lines_that_come_later_than_usual_are_found_where_that_is_configured(tmp_path: Path) -> None:
    """A shipper that tries again for five minutes; the default looks a minute around the stretch."""
    lines = logmaker.log(4, 20_000, seconds=7200).rstrip("\n").split("\n")
    late = lines.pop(3000)  # of minute 18; at minute 22 it stands out of order, and the file still seems in order
    lines.insert(3700, late)
    patterns, asked = [write(tmp_path / "app.log", "\n".join(lines))], request(1000, 1060, 1140)
    found = FileLogSource(patterns, disorder=timedelta(minutes=10)).summarize(asked)
    expected = engine.summarize(patterns, asked)
    assert counted(found) == counted(expected)
    assert FileLogSource(patterns).summarize(asked).source.lines == expected.source.lines - 1


def test_a_log_out_of_order_is_read_whole(tmp_path: Path) -> None:
    """Two logs in one file, the later one first."""
    first = logmaker.log(1, 2000, seconds=3600)
    text = first.replace('"time":17954', '"time":17955').rstrip("\n") + "\n" + first
    found = same([write(tmp_path / "app.log", text)], request(0, 600, 900))
    assert found.source.parsed > 200


def test_files_of_a_folder_are_counted_as_if_they_were_one(tmp_path: Path) -> None:
    """Rotated pieces in any order; the same lines whether in one file or in five."""
    lines = logmaker.log(11, 3000, disorder=20.0).rstrip("\n").split("\n")
    chance = random.Random(11)
    edges = sorted(chance.sample(range(1, 3000), 4))
    folder = tmp_path / "rotated"
    folder.mkdir()
    for number, (begin, end) in enumerate(zip([0, *edges], [*edges, 3000], strict=True)):
        write(folder / f"app.log.{number}", "\n".join(lines[begin:end]) + "\n")
    whole = same([write(tmp_path / "app.log", "\n".join(lines))], request(0, 200, 290))
    parts = same([str(folder)], request(0, 200, 290))
    assert (parts.series, parts.users) == (whole.series, whole.users)
    assert [(g.signature, g.count) for g in parts.groups] == [(g.signature, g.count) for g in whole.groups]


@pytest.mark.parametrize("seed", range(4))
def test_a_trace_has_the_same_records(tmp_path: Path, seed: int) -> None:
    """Also those without a time of their own, and those with a trace below."""
    patterns = [write(tmp_path / "app.log", logmaker.log(seed, rubbish=0.1))]
    span = request(20, 200, 290).span
    for number in range(0, 2000, 401):
        expected = engine.trace(patterns, f"req-{number}", span)
        found = [(record.at, record.message) for record in FileLogSource(patterns).trace(f"req-{number}", span)]
        assert found == expected


@pytest.mark.parametrize("seed", range(4))
def test_the_newest_time_is_found_from_the_end(tmp_path: Path, seed: int) -> None:
    """However the log ends."""
    patterns = [write(tmp_path / "app.log", logmaker.log(seed, rubbish=0.1))]
    newest = engine.newest(patterns)
    assert newest is not None
    assert FileLogSource(patterns).newest() == from_microseconds(newest)
