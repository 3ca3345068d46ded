"""The bytes of one log file, decompressed, in blocks of whole lines; capped, so that no file costs more than a block.

Opens read-only, without following a link or waiting on a pipe.
"""

import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from bot.errors import Rejected, Truncated, Unreachable
from bot.logs.unpack import Unpacker, packing_of

BLOCK_BYTES = 2 << 20
"""Fits the cache of a core a few times over, and outweighs what a block costs by itself."""

PADDING = 1024
"""Bytes that can be read behind every block, for readers that look at many bytes at once."""

LINE_BYTES_MAX = 1 << 20
"""A longer line is cut here and counted as skipped: Docker cuts at 16 KiB, CloudWatch at 256 KiB."""

CONTROLS_MAX = 0.05
"""The share of control characters from which a file is none of text, in whatever encoding: random bytes have a tenth."""

ZEROS_MAX = 0.6
"""The share of zero bytes likewise; UTF-16 has up to half of them."""

_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\x1b\0")

HOLE_EDGE_BYTES = 1 << 20
"""Zero bytes behind a hole before the text: filesystems keep holes by whole blocks, of up to a MiB."""

MARK_BYTES = 256
"""By which a file that was emptied, and has grown again, is told: enough to hold the time of its first line."""

HEAD_BYTES = 256 << 10
"""Of text, from which a file's format is told, whether it is a copy, and whether a packed one begins too late."""

_BINARY_BYTES = 8192
BOM = b"\xef\xbb\xbf"
_NEWLINE = ord("\n")


class Shrunk(Truncated):
    """A file was emptied while it was read: copytruncate has moved its lines elsewhere."""


class NoText(Rejected):
    """A file is a picture, a database, anything but a log."""


class Gone(Unreachable):
    """There is no file of that name any more."""


class _Stream(Protocol):
    def readinto1(self, buffer: memoryview, /) -> int: ...


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines, each with its end, except perhaps the last of the file; none where a long line is passed over.

    Args:
        offset: Where it begins in the (decompressed) text.
        data: Valid until the next block is asked for.
        room: The same and at least PADDING more bytes, whatever they are.
    """

    offset: int
    data: memoryview
    room: memoryview

    def cut(self, size: int) -> "Iterator[Block]":
        """Yield the lines in blocks of about so many bytes."""
        begin, end = 0, len(self.data)
        whole = bytes(self.data) if end > size else b""
        while begin < end:
            edge = whole.find(b"\n", begin + size - 1) + 1 if end - begin > size else 0
            behind = edge or end
            yield Block(self.offset + begin, self.data[begin:behind], self.room[begin : behind + PADDING])
            begin = behind


class BlockReader:
    """Reads one file in blocks. Close it, or use it as a context manager.

    Attributes:
        seekable: Whether the file is text as it stands, so that a part can be read by its offsets.
        identity: Device and inode: the same file, whatever its name.
        size: Bytes on disk when it was opened.
        begin: Where its text begins.
        bytes_read: Bytes taken from disk for blocks so far.

    Raises:
        SourceError: the file cannot be opened or is of no readable kind.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._raw = _open_regular(path)
        self.bytes_read = 0
        self._failure: Truncated | None = None
        self._head: bytes | None = None
        try:
            status = os.fstat(self._raw.fileno())
            self.identity, self.size = (status.st_dev, status.st_ino), status.st_size
            self.begin = self._behind_hole()
            self._mark = self.pread(MARK_BYTES, self.begin)
            self._packing = packing_of(self._mark, path)
            self.seekable = not self._packing
            if self.seekable:
                self._refuse_binary(self.pread(_BINARY_BYTES, self.begin))
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

    def check(self) -> None:
        """See that what was opened is still there.

        Raises:
            Shrunk: it was emptied, though it may have grown again.
        """
        is_shorter = os.fstat(self._raw.fileno()).st_size < self.size
        if is_shorter or self.pread(len(self._mark), self.begin) != self._mark:
            raise Shrunk(f"{self._path}: emptied while it was read (copytruncate); lines are missing")

    def head(self) -> bytes:
        """Return the lines at the beginning of the text, up to HEAD_BYTES.

        Raises:
            SourceError: it cannot be read, or is no text.
        """
        if self._head is None:
            room = bytearray(HEAD_BYTES)
            have = self._fill(self._text_from(self.begin), memoryview(room))
            head = bytes(room[:have]).removeprefix(BOM)
            self._refuse_binary(head[:_BINARY_BYTES])
            self._head = head if have < HEAD_BYTES else head[: head.rfind(b"\n") + 1] or head
            if not have and self._failure is not None:
                raise self._failure
        return self._head

    def blocks(self, start: int = 0, end: int | None = None) -> Iterator[Block]:
        """Yield the lines that begin in start <= offset < end, where both edges are beginnings of lines.

        Raises:
            Truncated: the file ends in the middle; what came before has been yielded.
        """
        before, start = self.bytes_read, max(start, self.begin)
        with _buffer() as buffer:
            for block in self._blocks(buffer, start, end):
                self.bytes_read = before + self._raw.tell() - start
                yield block
        if self._failure is not None:
            raise self._failure

    def _blocks(self, buffer: bytearray, start: int, end: int | None) -> Iterator[Block]:
        stream = self._text_from(start)
        view, padded = memoryview(buffer)[:BLOCK_BYTES], memoryview(buffer)
        have, offset, cutting = 0, start, False
        left = sys.maxsize if end is None else end - start
        at_end = False
        while not at_end:
            count = self._fill(stream, view[have : have + left])
            at_end = have + count < len(view)
            have, left = have + count, left - count
            if offset == self.begin and not cutting:
                offset, have = self._begin(view, have)
            begin = (buffer.find(b"\n", 0, have) + 1 or have) if cutting else 0
            whole = have if at_end else buffer.rfind(b"\n", begin, have) + 1
            if whole > begin:
                yield Block(offset + begin, view[begin:whole], padded[begin:])
                cutting = False
            elif begin:
                yield Block(offset + begin, view[:0], padded)
                cutting, whole = begin == have and buffer[have - 1] != _NEWLINE, begin
            elif have:
                yield Block(offset, view[: LINE_BYTES_MAX + 1], padded)
                cutting, whole = True, have
            view[: have - whole] = view[whole:have]
            offset, have = offset + whole, have - whole

    def _text_from(self, start: int) -> _Stream:
        self._failure = None
        self._raw.seek(start)
        return Unpacker(self._raw, self._packing, self._path) if self._packing else self._raw

    def _fill(self, stream: _Stream, room: memoryview) -> int:
        """Fill the room as far as the file reaches, and return how far that is."""
        have = 0
        try:
            while have < len(room) and (count := stream.readinto1(room[have:])):
                have += count
        except Truncated as error:
            self._failure = error
        except OSError as error:  # a disk that fails, a network drive that is gone
            self._failure = Truncated(f"{self._path}: {_reason(error)}; read up to there")
        try:
            self.check()
        except Shrunk as error:
            self._failure = error
        return have

    def _begin(self, view: memoryview, have: int) -> tuple[int, int]:
        """Look at the first bytes of the text; return the offset behind a byte order mark, and what is left."""
        head = bytes(view[: min(have, _BINARY_BYTES)])
        self._refuse_binary(head)
        if not head.startswith(BOM):
            return self.begin, have
        view[: have - len(BOM)] = view[len(BOM) : have]
        return self.begin + len(BOM), have - len(BOM)

    def _behind_hole(self) -> int:
        """Return where the text begins: after copytruncate, a writer that does not append leaves a hole before it.

        Raises:
            Rejected: there is nothing but the hole.
        """
        if self.pread(1, 0) != b"\0":
            return 0
        try:
            at = os.lseek(self._raw.fileno(), 0, os.SEEK_DATA)
        except OSError as error:
            raise Rejected(f"{self._path}: holds nothing but zero bytes; not read") from error
        edge = self.pread(HOLE_EDGE_BYTES, at)
        text = edge.lstrip(b"\0")
        return at + len(edge) - len(text) if text[:1] >= b" " else 0

    def _refuse_binary(self, head: bytes) -> None:
        if b"\0" in head and not head.removeprefix(BOM).lstrip().startswith(b"{"):
            controls = len(head) - len(head.translate(None, _CONTROLS))
            is_none = controls > CONTROLS_MAX * len(head) or head.count(0) > ZEROS_MAX * len(head)
            if is_none and not self._packing:  # nobody packs a picture
                raise NoText(f"{self._path}: binary, no log; not read")
            raise Rejected(f"{self._path}: not UTF-8; not read")


_spare: dict[int, list[bytearray]] = {}


@contextmanager
def _buffer() -> Iterator[bytearray]:
    """Lend a buffer for one file after the other: a fresh one costs 500 page faults, 1 ms a file."""
    size = BLOCK_BYTES + PADDING
    spare = _spare.setdefault(size, [])
    buffer = spare.pop() if spare else bytearray(size)
    try:
        yield buffer
    finally:
        spare.append(buffer)


def _open_regular(path: Path) -> io.BufferedReader:
    """Open without following a link or waiting on a pipe, and make sure that it is a regular file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise Gone(f"{path}: no such file") from error
    except PermissionError as error:
        raise Rejected(f"{path}: permission denied; give this user read access") from error
    except OSError as error:
        raise Unreachable(f"{path}: {_reason(error)}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Rejected(f"{path}: not a regular file; not read")
    return io.BufferedReader(io.FileIO(descriptor, "rb"))


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
