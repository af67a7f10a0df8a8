"""Reads the records of an MCAP file as far as they are sound, past damage where the index allows.

Frames and messages are taken apart here, since the library's reader stops at the first damage and spends
most of its time on message indexes, which reading a whole file does not need; every other record is left to
the library.
Nothing that a file claims about sizes is believed before it is compared with a bound.
Layout: MCAP format specification, sections "Records" and "Message".
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import zstandard
from mcap.data_stream import ReadDataStream
from mcap.exceptions import EndOfFile, McapError, RecordLengthLimitExceeded
from mcap.opcode import Opcode
from mcap.records import (
    Channel,
    Chunk,
    ChunkIndex,
    DataEnd,
    Footer,
    McapRecord,
    Message,
    Metadata,
    Schema,
    Statistics,
)
from mcap.stream_reader import CRCValidationError, get_chunk_data_stream
from mcap.writer import MCAP0_MAGIC

LARGEST_RECORD_BYTES = 32 * 2**20
LARGEST_CHUNK_BYTES = 16 * 2**20
LZ4_MOST_EXPANSION = 255

UNREADABLE = (McapError, CRCValidationError, zstandard.ZstdError, struct.error, ValueError, OverflowError)
"""What the library raises for bytes that are no MCAP."""

_FRAME = struct.Struct("<BQ")
_MESSAGE = struct.Struct("<BQHIQQ")
_ENDING_BYTES = _FRAME.size + 20 + len(MCAP0_MAGIC)

_READ: Mapping[int, Callable[[ReadDataStream], McapRecord]] = {
    Opcode.SCHEMA: Schema.read,
    Opcode.CHANNEL: Channel.read,
    Opcode.CHUNK: Chunk.read,
    Opcode.CHUNK_INDEX: ChunkIndex.read,
    Opcode.METADATA: Metadata.read,
    Opcode.STATISTICS: Statistics.read,
    Opcode.DATA_END: DataEnd.read,
    Opcode.FOOTER: Footer.read,
}


@dataclass(frozen=True, slots=True)
class Damage:
    """A place in the file that cannot be read. `last`: nothing after it was read either."""

    byte: int
    reason: str
    last: bool


def sound_records(path: Path) -> Iterator[tuple[float, McapRecord | Damage]]:
    """Yield (share of the file read, record) of every record; chunks come opened, damage as `Damage`.

    The schemas and channels in the index of a finished file come first, since the first chunk, which defines
    them too, may be damaged. Message indexes, attachments and records of unknown kinds are passed over.
    Raises OSError when the file itself cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.read(len(MCAP0_MAGIC)) != MCAP0_MAGIC:
            yield 1.0, Damage(0, "it does not begin as one", last=True)
            return
        places, definitions = _index(file, size)
        yield from ((0.0, record) for record in definitions)
        file.seek(len(MCAP0_MAGIC))
        while True:
            at = file.tell()
            try:
                record = _next_record(file, size)
                if isinstance(record, Footer):
                    _require_end(file)
                    return
            except UNREADABLE as error:
                later = [place for place in places if place > at]
                yield at / size, Damage(at, _reason(error), last=not later)
                if not later:
                    return
                file.seek(later[0])
                continue
            if isinstance(record, Chunk):
                for inner in _opened(record, at):
                    yield at / size, inner
            elif record is not None:
                yield at / size, record


def _next_record(file: BinaryIO, size: int) -> McapRecord | None:
    head = file.read(_FRAME.size)
    if len(head) < _FRAME.size:
        raise EndOfFile
    opcode, length = _FRAME.unpack(head)
    if opcode == 0:
        raise ValueError("no record has this opcode")
    if length > LARGEST_RECORD_BYTES:
        raise RecordLengthLimitExceeded(opcode, length, LARGEST_RECORD_BYTES)
    if length > size - file.tell():
        raise EndOfFile
    if opcode != Opcode.MESSAGE and opcode not in _READ:
        file.seek(length, 1)
        return None
    stream = ReadDataStream(BytesIO(file.read(length)))
    return Message.read(stream, length) if opcode == Opcode.MESSAGE else _READ[opcode](stream)


def _require_end(file: BinaryIO) -> None:
    if file.read(len(MCAP0_MAGIC)) != MCAP0_MAGIC:
        raise EndOfFile


def _opened(chunk: Chunk, at: int) -> list[McapRecord | Damage]:
    try:
        _require_bounded(chunk)
        stream, length = get_chunk_data_stream(chunk, validate_crc=True)
        return list(_within(stream.read(length)))
    except UNREADABLE as error:
        return [Damage(at, _reason(error), last=False)]


def _within(data: bytes) -> Iterator[McapRecord]:
    at = 0
    while at < len(data):
        opcode, length = _FRAME.unpack_from(data, at)
        end = at + _FRAME.size + length
        if end > len(data):
            raise EndOfFile
        if opcode == Opcode.MESSAGE:
            _, _, channel, sequence, log_time, publish_time = _MESSAGE.unpack_from(data, at)
            yield Message(channel, log_time, data[at + _MESSAGE.size : end], publish_time, sequence)
        elif opcode in (Opcode.SCHEMA, Opcode.CHANNEL):
            yield _READ[opcode](ReadDataStream(BytesIO(data[at + _FRAME.size : end])))
        at = end


def _require_bounded(chunk: Chunk) -> None:
    if chunk.uncompressed_size > LARGEST_CHUNK_BYTES:
        raise ValueError("a chunk claims to be larger than any recording writes")
    if chunk.compression == "zstd":
        content = zstandard.frame_content_size(chunk.data)
        if content not in (-1, chunk.uncompressed_size):
            raise ValueError("a chunk is not as large as it says")
    elif chunk.compression == "lz4" and len(chunk.data) * LZ4_MOST_EXPANSION > 16 * LARGEST_CHUNK_BYTES:
        raise ValueError("a chunk may be larger than any recording writes")


def _index(file: BinaryIO, size: int) -> tuple[list[int], list[McapRecord]]:
    """Where the chunks begin, and all schemas and channels, as the end of a finished file says."""
    places: list[int] = []
    definitions: list[McapRecord] = []
    file.seek(max(0, size - _ENDING_BYTES))
    try:
        footer = _next_record(file, size)
        if not isinstance(footer, Footer) or not 0 < footer.summary_start < size:
            return [], []
        file.seek(footer.summary_start)
        while not isinstance(record := _next_record(file, size), Footer):
            if isinstance(record, ChunkIndex) and record.chunk_start_offset < size:
                places.append(record.chunk_start_offset)
            elif isinstance(record, Schema | Channel):
                definitions.append(record)
    except UNREADABLE:
        pass
    return sorted(places), definitions


def _reason(error: Exception) -> str:
    if isinstance(error, EndOfFile):
        return "the file ends in the middle"
    if isinstance(error, CRCValidationError):
        return "a checksum is wrong"
    return "the bytes make no sense"
