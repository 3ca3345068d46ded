"""Packed logs: gzip, zstd, xz and bzip2, in one piece or many, broken off, damaged, and made to explode."""

import bz2
import gzip
import lzma
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.logs import unpack
from bot.logs.file import FileLogSource
from bot.triage.summary import LogRequest, SourceReport, Span
from tests.logs.make import T0, lines, record, write

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

REQUEST = LogRequest(Span(T0 - timedelta(hours=1), T0), Span(T0, T0 + timedelta(minutes=15)))
ZSTD_CHECKED = {int(zstd.CompressionParameter.checksum_flag): 1}

Pack = Callable[[bytes], bytes]
PACKS: dict[str, Pack] = {
    "gz": lambda text: gzip.compress(text, 6),
    "zst": lambda text: zstd.compress(text, options=ZSTD_CHECKED),
    "xz": lambda text: lzma.compress(text, preset=0),
    "bz2": lambda text: bz2.compress(text, 1),
}
each_format = pytest.mark.parametrize("name", PACKS)


def log(start_s: int, count: int) -> bytes:
    """Return `count` records, a tenth of a second apart, each unlike the others."""
    return lines([record(T0 + timedelta(seconds=start_s + i / 10), f"order {i * 7919}") for i in range(count)]).encode()


def read(folder: Path, packed: bytes, name: str) -> SourceReport:
    """Read one packed log."""
    return FileLogSource([write(folder / f"app.log.1.{name}", packed)]).summarize(REQUEST).source


@each_format
def test_a_log_of_many_pieces_with_padding_between_is_read_whole(tmp_path: Path, name: str) -> None:
    """As appending makes it, and as parallel packers do; an empty piece ends nothing, nor does a torn line between two."""
    text, pack = log(0, 300), PACKS[name]
    packed = pack(text[:5000]) + pack(b"") + pack(text[5000:]) + bytes(1024) + pack(log(60, 100))
    found = read(tmp_path, packed, name)
    assert (found.lines, found.parsed, found.partial) == (400, 400, False)
    assert found.bytes_read == len(packed)


@each_format
def test_an_empty_packed_log_is_said_to_be_empty(tmp_path: Path, name: str) -> None:
    """And is no failure."""
    found = read(tmp_path, PACKS[name](b""), name)
    assert (found.lines, found.partial) == (0, False)
    assert any("empty" in problem for problem in found.problems)


@each_format
def test_what_stands_before_the_break_counts(tmp_path: Path, name: str) -> None:
    """A log that is still being packed, or copied, is read as far as it goes, and is partial."""
    pack = PACKS[name]
    found = read(tmp_path, pack(log(0, 300)) + pack(log(60, 300))[:-40], name)
    assert found.lines >= found.parsed >= 300
    assert found.files == 1
    assert found.partial
    assert any("broken off in the middle" in problem for problem in found.problems)


@each_format
def test_what_stands_before_a_damaged_place_counts(tmp_path: Path, name: str) -> None:
    """Bytes changed in the middle are noticed; nothing is made up from what follows them."""
    text = log(0, 6000)
    damaged = bytearray(PACKS[name](text[: text.index(b"\n", len(text) // 2) + 1]) + PACKS[name](text))
    damaged[-200:-180] = bytes(20)
    found = read(tmp_path, bytes(damaged), name)
    assert found.parsed >= 2900
    assert found.lines == found.parsed + found.skipped
    assert found.partial
    assert any("damaged" in problem for problem in found.problems)


@each_format
def test_a_bomb_is_stopped_in_every_format(tmp_path: Path, name: str) -> None:
    """What unpacks to hundreds of times its size is no log; the line before it is kept, its zeros are one."""
    found = read(tmp_path, PACKS[name](log(0, 1)) + PACKS[name](bytes(70 << 20)), name)
    assert (found.parsed, found.skipped, found.partial) == (1, 1, True)
    assert any("times its size" in problem for problem in found.problems)


@each_format
def test_a_log_with_more_text_than_the_cap_is_stopped(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bomb of a modest ratio ends, too."""
    monkeypatch.setattr(unpack, "TEXT_BYTES_MAX", 100_000)
    found = read(tmp_path, PACKS[name](log(0, 300)) + PACKS[name](log(60, 3000)), name)
    assert (found.partial, found.parsed >= 299) == (True, True)
    assert any("too much text" in problem for problem in found.problems)


@each_format
def test_thousands_of_empty_pieces_end_the_reading(tmp_path: Path, name: str) -> None:
    """They make no text, so that no other cap would see them."""
    found = read(tmp_path, PACKS[name](log(0, 1)) + PACKS[name](b"") * (unpack.EMPTY_PIECES_MAX + 1), name)
    assert (found.lines, found.partial) == (1, True)
    assert any("empty pieces" in problem for problem in found.problems)


def test_a_zstd_log_that_begins_with_a_frame_to_skip_is_read(tmp_path: Path) -> None:
    """There pzstd writes the sizes of its frames."""
    packed = b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd" + PACKS["zst"](log(0, 5))
    assert read(tmp_path, packed, "zst").lines == 5


def test_what_needs_too_much_memory_to_unpack_is_refused(tmp_path: Path) -> None:
    """Its header says so; nothing is allocated."""
    options = {int(zstd.CompressionParameter.window_log): 28, int(zstd.CompressionParameter.content_size_flag): 0}
    packer = zstd.ZstdCompressor(options=options)
    found = read(tmp_path, packer.compress(log(0, 5)) + packer.flush(), "zst")
    assert (found.lines, found.partial) == (0, True)
    assert any("memory" in problem for problem in found.problems)
