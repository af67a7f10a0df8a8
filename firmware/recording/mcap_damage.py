"""Reads the records of an MCAP file as far as they are sound, past damage where the index allows.

Nothing that a file claims about sizes is believed before it is compared with a bound.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

import zstandard
from mcap.exceptions import EndOfFile, McapError
from mcap.reader import SeekingReader
from mcap.records import Chunk, McapRecord
from mcap.stream_reader import CRCValidationError, StreamReader, breakup_chunk

LARGEST_RECORD_BYTES = 32 * 2**20
LARGEST_CHUNK_BYTES = 16 * 2**20
LZ4_MOST_EXPANSION = 255

UNREADABLE = (McapError, CRCValidationError, zstandard.ZstdError, struct.error, ValueError, RuntimeError)
"""What the library raises for bytes that are no MCAP."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A place in the file that cannot be read. `last`: nothing after it was read either."""

    byte: int
    reason: str
    last: bool


class BoundedFile:
    """A binary file whose `read` never allocates more than is left in the file."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        """Read from where `file` stands."""
        self._file = file
        self._size = size

    def read(self, length: int = -1) -> bytes:
        """Return up to `length` bytes."""
        left = max(0, self._size - self._file.tell())
        return self._file.read(left if length < 0 else min(length, left))

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move as a file does."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the position."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Files are."""
        return True


def sound_records(path: Path) -> Iterator[tuple[float, McapRecord | Damage]]:
    """Yield (share of the file read, record) of every record; chunks come opened, damage as `Damage`.

    Raises OSError when the file itself cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as raw:
        file = BoundedFile(raw, size)
        restarts = _chunk_places(file)
        file.seek(0)
        at, magic_read = 0, False
        while True:
            reader = StreamReader(
                cast(IO[bytes], file),
                skip_magic=magic_read,
                emit_chunks=True,
                record_size_limit=LARGEST_RECORD_BYTES,
            )
            failure: Exception
            try:
                for record in reader.records:
                    share = file.tell() / size
                    for inner in _opened(record, at):
                        yield share, inner
                    at = file.tell()
                return
            except UNREADABLE as error:
                failure = error
            later = [place for place in restarts if place > at]
            yield file.tell() / size, Damage(at, _reason(failure), last=not later)
            if not later:
                return
            at, magic_read = later[0], True
            file.seek(at)


def _opened(record: McapRecord, at: int) -> list[McapRecord | Damage]:
    if not isinstance(record, Chunk):
        return [record]
    try:
        _require_bounded(record)
        return list(breakup_chunk(record, validate_crc=True))
    except UNREADABLE as error:
        return [Damage(at, _reason(error), last=False)]


def _require_bounded(chunk: Chunk) -> None:
    if chunk.uncompressed_size > LARGEST_CHUNK_BYTES:
        raise ValueError("a chunk claims to be larger than any recording writes")
    if chunk.compression == "zstd":
        content = zstandard.frame_content_size(chunk.data)
        if content not in (-1, chunk.uncompressed_size):
            raise ValueError("a chunk is not as large as it says")
    elif chunk.compression == "lz4" and len(chunk.data) * LZ4_MOST_EXPANSION > 16 * LARGEST_CHUNK_BYTES:
        raise ValueError("a chunk may be larger than any recording writes")


def _chunk_places(file: BoundedFile) -> list[int]:
    """Where the chunks begin, as the index at the end of a finished file says; [] without one."""
    try:
        summary = SeekingReader(cast(IO[bytes], file), record_size_limit=LARGEST_RECORD_BYTES).get_summary()
    except (*UNREADABLE, OSError):
        return []
    return sorted(index.chunk_start_offset for index in summary.chunk_indexes) if summary else []


def _reason(error: Exception) -> str:
    if isinstance(error, EndOfFile):
        return "the file ends in the middle"
    if isinstance(error, CRCValidationError):
        return "a checksum is wrong"
    return "the bytes make no sense"
