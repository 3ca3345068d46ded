"""Compressed bytes as a stream of text: gzip, zstd, xz and bzip2, of one piece or many; capped, so that none is a bomb."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol, cast

from bot.errors import Rejected, Truncated

CHUNK_BYTES = 16 << 10
"""Packed bytes taken at a time: their text fits the cache, and no more of it is lost before a damaged place."""

INFLATION_MAX = 500
"""Text bytes per packed byte; logs reach 10 to 100, a gzip bomb 1,000, a zstd bomb 30,000."""

INFLATION_FREE_BYTES = 64 << 20
"""Text bytes before INFLATION_MAX counts, so that a small file of one repeated line is read."""

TEXT_BYTES_MAX = 64 << 30
"""Text bytes of one file: a busy day; more is for a deadline to end, and this where there is none."""

WINDOW_BYTES_MAX = 128 << 20
"""What unpacking may keep in memory: as much as `zstd -d` grants unasked; `xz -9` needs half of it."""

EMPTY_PIECES_MAX = 10_000
"""Pieces without text in a row: each costs time, and none is counted by the other caps."""

_MAGIC = (
    (re.compile(rb"\x1f\x8b\x08"), "gzip"),
    (re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"), "zstd"),  # pzstd begins with a frame to skip
    (re.compile(rb"\xfd7zXZ\x00"), "xz"),
    (re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"), "bzip2"),
)
_UNREAD = (
    (re.compile(rb"PK\x03\x04"), "zip"),
    (re.compile(rb"\x04\x22\x4d\x18"), "lz4"),
    (re.compile(rb"\x1f\x9d"), "compress"),
    (re.compile(rb"7z\xbc\xaf\x27\x1c"), "7-Zip"),
)


class _Decompressor(Protocol):
    """Unpacks one piece; `bz2.BZ2Decompressor` was the first of this shape."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /, max_length: int = -1) -> bytes: ...


class _Codec(NamedTuple):
    make: Callable[[], _Decompressor]
    error: type[Exception]


def packing_of(head: bytes, path: Path) -> str:
    """Return by its first bytes how a file is packed; "" for text as it stands.

    Raises:
        Rejected: it is packed in a way that is not read.
    """
    for magic, name in _UNREAD:
        if magic.match(head):
            raise Rejected(f"{path}: packed with {name}, which is not read; unpack it, or use gzip or zstd")
    return next((name for magic, name in _MAGIC if magic.match(head)), "")


class Unpacker:
    """Reads the text of a packed file from its beginning.

    Args:
        raw: The packed bytes.
        packing: As `packing_of` names it.
        path: For what is raised.
    """

    def __init__(self, raw: BinaryIO, packing: str, path: Path) -> None:
        self._raw = raw
        self._path = path
        self._codec = _CODECS[packing]()
        self._piece = self._codec.make()
        self._packed = self._text = self._empty = 0

    def readinto1(self, room: memoryview, /) -> int:
        """Fill some of the room and return how much; 0 at the end.

        Raises:
            Truncated: the file breaks off, is damaged or is a bomb; all text before has been returned.
        """
        while (data := self._next()) is not None:
            try:
                text = self._piece.decompress(data, len(room))
            except (self._codec.error, EOFError, ValueError) as error:
                raise self._stopped(f"damaged ({error})") from error
            if text:
                room[: len(text)] = text
                self._count(len(text))
                return len(text)
        return 0

    def _next(self) -> bytes | None:
        """Return what to unpack next, of this piece or of the one after it; None at the end."""
        if not self._piece.eof:
            data = self._take() if self._piece.needs_input else b""
            if self._piece.needs_input and not data:
                raise self._stopped("broken off in the middle")
            return data
        rest = self._piece.unused_data.lstrip(b"\0")  # pieces may be padded with zero bytes
        while not rest and (data := self._take()):
            rest = data.lstrip(b"\0")
        self._empty += 1
        if self._empty > EMPTY_PIECES_MAX:
            raise self._stopped("thousands of empty pieces")
        self._piece = self._codec.make()
        return rest or None

    def _take(self) -> bytes:
        data = self._raw.read(CHUNK_BYTES)
        self._packed += len(data)
        return data

    def _count(self, size: int) -> None:
        self._text += size
        self._empty = 0
        if self._text > max(INFLATION_FREE_BYTES, INFLATION_MAX * self._packed):
            raise self._stopped(f"unpacks to over {INFLATION_MAX} times its size")
        if self._text > TEXT_BYTES_MAX:
            raise self._stopped("too much text")

    def _stopped(self, why: str) -> Truncated:
        return Truncated(f"{self._path}: {why}; reading stopped after {self._text >> 20:,} MiB of text")


def _gzip() -> _Codec:
    from isal import igzip_lib  # noqa: PLC0415 - only for who has such a file, as below

    return _Codec(
        lambda: igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP), cast("type[Exception]", igzip_lib.IsalError)
    )


def _zstd() -> _Codec:
    if sys.version_info >= (3, 14):
        from compression import zstd  # noqa: PLC0415
    else:
        from backports import zstd  # noqa: PLC0415

    options = {int(zstd.DecompressionParameter.window_log_max): WINDOW_BYTES_MAX.bit_length() - 1}
    return _Codec(lambda: zstd.ZstdDecompressor(options=options), zstd.ZstdError)


def _xz() -> _Codec:
    import lzma  # noqa: PLC0415

    return _Codec(lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=WINDOW_BYTES_MAX), lzma.LZMAError)


def _bzip2() -> _Codec:
    import bz2  # noqa: PLC0415

    return _Codec(bz2.BZ2Decompressor, OSError)


_CODECS = {"gzip": _gzip, "zstd": _zstd, "xz": _xz, "bzip2": _bzip2}
