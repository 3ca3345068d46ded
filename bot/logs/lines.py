"""The lines of one log file, decompressed, with caps on what a hostile or broken file can cost. Opens read-only."""

import bz2
import gzip
import io
import lzma
import os
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from bot.errors import Rejected, Truncated, Unreachable

CHUNK_BYTES = 1 << 20
LINE_BYTES_MAX = 1 << 20
"""A longer line is cut here and counted as skipped: Docker cuts at 16 KiB, CloudWatch at 256 KiB."""

INFLATION_MAX = 500
"""Text bytes per compressed byte; logs reach 10 to 100, a gzip bomb 1,000."""

INFLATION_FREE_BYTES = 64 << 20
"""Text bytes before INFLATION_MAX counts, so that a small file of one repeated line is read."""

_MAGIC = ((b"\x1f\x8b", "gzip"), (b"\xfd7zXZ\x00", "xz"), (b"BZh", "bzip2"), (b"\x28\xb5\x2f\xfd", "zstd"))
_BOM = b"\xef\xbb\xbf"


class LineReader:
    """Iterates over (offset in the text, line without its end) of one file.

    Attributes:
        bytes_read: Bytes taken from disk so far.
        cut: Lines that were longer than LINE_BYTES_MAX.

    Raises:
        SourceError: the file cannot be opened, is of no readable kind, or ends in the middle (Truncated; what came
            before has been yielded).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._raw = _open_regular(path)
        self._size = os.fstat(self._raw.fileno()).st_size
        self.cut = 0

    @property
    def bytes_read(self) -> int:
        """Bytes taken from disk so far."""
        return self._size if self._raw.closed else self._raw.tell()

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        with self._raw:
            stream = self._decompressed()
            try:
                yield from self._split(stream)
            except (EOFError, zlib.error, lzma.LZMAError, OSError) as error:
                raise Truncated(f"{self._path}: broken off in the middle ({error}); read up to there") from error

    def _decompressed(self) -> BinaryIO:
        head = self._raw.read(6)
        self._raw.seek(0)
        kind = next((name for magic, name in _MAGIC if head.startswith(magic)), "")
        if kind == "zstd":
            raise Rejected(f"{self._path}: zstd is not read yet; decompress it first")
        if kind == "gzip":
            return cast("BinaryIO", gzip.GzipFile(fileobj=self._raw))
        if kind == "xz":
            return cast("BinaryIO", lzma.LZMAFile(self._raw))
        return cast("BinaryIO", bz2.BZ2File(self._raw)) if kind == "bzip2" else self._raw

    def _split(self, stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
        rest, offset, out, cutting = b"", 0, 0, False
        while chunk := stream.read(CHUNK_BYTES):
            if not out:
                self._refuse_binary(chunk)
                if chunk.startswith(_BOM):
                    chunk, offset = chunk[len(_BOM) :], len(_BOM)
            out += len(chunk)
            self._refuse_bomb(stream, out)
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                if not cutting:
                    yield offset, self._capped(line)
                cutting = False
                offset += len(line) + 1
            if len(rest) > LINE_BYTES_MAX:
                if not cutting:
                    yield offset, self._capped(rest)
                offset, rest, cutting = offset + len(rest), b"", True
        if rest and not cutting:
            yield offset, self._capped(rest)

    def _capped(self, line: bytes) -> bytes:
        if len(line) > LINE_BYTES_MAX:
            self.cut += 1
            return line[:LINE_BYTES_MAX]
        return line[:-1] if line.endswith(b"\r") else line

    def _refuse_binary(self, chunk: bytes) -> None:
        if b"\0" in chunk[:8192] and not chunk.lstrip(_BOM).lstrip().startswith(b"{"):
            raise Rejected(f"{self._path}: binary, or not UTF-8; not read")

    def _refuse_bomb(self, stream: BinaryIO, out: int) -> None:
        if stream is not self._raw and out > INFLATION_FREE_BYTES and out > INFLATION_MAX * self._raw.tell():
            raise Truncated(f"{self._path}: unpacks to over {INFLATION_MAX} times its size; reading stopped")


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
    return io.BufferedReader(io.FileIO(descriptor, "rb"), CHUNK_BYTES)
