"""The bytes of one log file, decompressed, in blocks of whole lines; capped, so that no file costs more than a block.

Opens read-only, without following a link or waiting on a pipe.
"""

import bz2
import gzip
import io
import lzma
import os
import stat
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, Self, cast

from bot.errors import Rejected, Truncated, Unreachable

BLOCK_BYTES = 2 << 20
"""Fits the cache of a core a few times over, and outweighs what a block costs by itself."""

LINE_BYTES_MAX = 1 << 20
"""A longer line is cut here and counted as skipped: Docker cuts at 16 KiB, CloudWatch at 256 KiB."""

INFLATION_MAX = 500
"""Text bytes per compressed byte; logs reach 10 to 100, a gzip bomb 1,000."""

INFLATION_FREE_BYTES = 64 << 20
"""Text bytes before INFLATION_MAX counts, so that a small file of one repeated line is read."""

_HEAD_BYTES = 8192
_MAGIC = ((b"\x1f\x8b", "gzip"), (b"\xfd7zXZ\x00", "xz"), (b"BZh", "bzip2"), (b"\x28\xb5\x2f\xfd", "zstd"))
BOM = b"\xef\xbb\xbf"
_NEWLINE = ord("\n")


class _Stream(Protocol):
    def readinto1(self, buffer: memoryview, /) -> int: ...


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines, each with its end, except perhaps the last of the file.

    Args:
        offset: Where it begins in the (decompressed) text.
        data: Valid until the next block is asked for.
    """

    offset: int
    data: memoryview


class BlockReader:
    """Reads one file in blocks. Close it, or use it as a context manager.

    Attributes:
        seekable: Whether the file is text as it stands, so that a part can be read by its offsets.
        size: Bytes on disk when it was opened.
        bytes_read: Bytes taken from disk for blocks so far.

    Raises:
        SourceError: the file cannot be opened or is of no readable kind.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._raw = _open_regular(path)
        self.bytes_read = 0
        self._unpacked = 0
        self._start = 0
        self._failure: Exception | None = None
        try:
            self.size = os.fstat(self._raw.fileno()).st_size
            head = self.pread(_HEAD_BYTES, 0)
            self._kind = next((name for magic, name in _MAGIC if head.startswith(magic)), "")
            self.seekable = not self._kind
            self._refuse_unreadable(head)
        except BaseException:
            self._raw.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()

    def pread(self, size: int, offset: int) -> bytes:
        """Return bytes as they stand on disk, wherever the blocks are."""
        return os.pread(self._raw.fileno(), size, offset)

    def blocks(self, start: int = 0, end: int | None = None) -> Iterator[Block]:
        """Yield the lines that begin in start <= offset < end, where both edges are beginnings of lines.

        Raises:
            Truncated: the file ends in the middle; what came before has been yielded.
        """
        stream = self._decompressed(start)
        buffer = bytearray(BLOCK_BYTES)
        view = memoryview(buffer)
        have, offset, cutting = 0, start, False
        left = sys.maxsize if end is None else end - start
        at_end = False
        while not at_end:
            count = self._fill(stream, view[have : have + left])
            at_end = have + count < len(buffer)
            have, left = have + count, left - count
            if offset == 0 and not cutting:
                offset, have = self._begin(view, have)
            begin = (buffer.find(b"\n", 0, have) + 1 or have) if cutting else 0
            whole = have if at_end else buffer.rfind(b"\n", begin, have) + 1
            if whole > begin:
                yield Block(offset + begin, view[begin:whole])
                cutting = False
            elif begin:
                cutting, whole = begin == have and buffer[have - 1] != _NEWLINE, begin
            elif have:
                yield Block(offset, view[: LINE_BYTES_MAX + 1])
                cutting, whole = True, have
            view[: have - whole] = view[whole:have]
            offset, have = offset + whole, have - whole
        if self._failure is not None:
            error = self._failure
            raise Truncated(f"{self._path}: broken off in the middle ({error}); read up to there") from error

    def _decompressed(self, start: int) -> _Stream:
        self._failure = None
        self._start, self._unpacked = start, 0
        self._raw.seek(start)
        if self._kind == "gzip":
            return cast("_Stream", gzip.GzipFile(fileobj=self._raw))
        if self._kind == "xz":
            return cast("_Stream", lzma.LZMAFile(self._raw))
        return cast("_Stream", bz2.BZ2File(self._raw) if self._kind == "bzip2" else self._raw)

    def _fill(self, stream: _Stream, room: memoryview) -> int:
        """Fill the room as far as the file reaches, and return how far that is."""
        have = 0
        try:
            while have < len(room) and (count := stream.readinto1(room[have:])):
                have += count
        except (EOFError, zlib.error, lzma.LZMAError, OSError) as error:
            self._failure = error
        self.bytes_read = self._raw.tell() - self._start
        self._unpacked += have
        if self._kind and self._unpacked > max(INFLATION_FREE_BYTES, INFLATION_MAX * self.bytes_read):
            raise Truncated(f"{self._path}: unpacks to over {INFLATION_MAX} times its size; reading stopped")
        return have

    def _begin(self, view: memoryview, have: int) -> tuple[int, int]:
        """Look at the first bytes of the text; return the offset behind a byte order mark, and what is left."""
        head = bytes(view[: min(have, _HEAD_BYTES)])
        self._refuse_binary(head)
        if not head.startswith(BOM):
            return 0, have
        view[: have - len(BOM)] = view[len(BOM) : have]
        return len(BOM), have - len(BOM)

    def _refuse_unreadable(self, head: bytes) -> None:
        if self._kind == "zstd":
            raise Rejected(f"{self._path}: zstd is not read yet; decompress it first")
        if self.seekable:
            self._refuse_binary(head)

    def _refuse_binary(self, head: bytes) -> None:
        if b"\0" in head and not head.removeprefix(BOM).lstrip().startswith(b"{"):
            raise Rejected(f"{self._path}: binary, or not UTF-8; not read")


def _open_regular(path: Path) -> BinaryIO:
    """Open without following a link or waiting on a pipe, and make sure that it is a regular file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except PermissionError as error:
        raise Rejected(f"{path}: permission denied; give this user read access") from error
    except OSError as error:
        raise Unreachable(f"{path}: {(error.strerror or str(error)).lower()}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Rejected(f"{path}: not a regular file; not read")
    return io.BufferedReader(io.FileIO(descriptor, "rb"))
