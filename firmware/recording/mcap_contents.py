"""Gathers what an MCAP recording holds, sample by sample, without judging it."""

import contextlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from types import GenericAlias
from zlib import crc32

import msgspec
import numpy as np
from mcap.records import Channel, DataEnd, McapRecord, Message, Metadata, Statistics

from firmware.errors import BadInputError
from firmware.recording.mcap_damage import Damage, sound_records
from firmware.recording.mcap_schema import TOPICS, Row, fields_of
from tracker.blocks import FloatArray

MOST_MESSAGES = 10_000_000
DECODE_AT_ONCE = 4096
LARGEST_FILE_BYTES = 2**30


class DiskError(BadInputError):
    """A file that cannot be read now; what it holds may be whole."""


class TopicRows:
    """The messages of one topic, decoded in bunches so that little waits as text."""

    def __init__(self, kind: type[Row], *, numeric: bool) -> None:
        """`numeric`: keep arrays of numbers, not the messages themselves."""
        self._decode_all = msgspec.json.Decoder(GenericAlias(list, (kind,))).decode
        self._decode_one = msgspec.json.Decoder(kind).decode
        self._fields = fields_of[kind]
        self._numeric = numeric
        self._waiting: list[bytes] = []
        self._arrays: list[FloatArray] = []
        self._width = len(kind.__struct_fields__)
        self.rows: list[Row] = []
        self.count = 0
        self.unreadable = 0

    def add(self, data: bytes) -> None:
        """Take one message."""
        self._waiting.append(data)
        if len(self._waiting) >= DECODE_AT_ONCE:
            self.settle()

    def settle(self) -> None:
        """Decode what waits; count what is no message of this topic."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        rows = self._decoded(waiting)
        self.count += len(rows)
        if not self._numeric:
            self.rows += rows
        elif rows:
            self._arrays.append(np.array([self._fields(row) for row in rows], dtype=np.float64))

    def numbers(self) -> FloatArray:
        """Return all rows as an array (n, fields)."""
        self.settle()
        return np.concatenate(self._arrays) if self._arrays else np.empty((0, self._width))

    def _decoded(self, waiting: list[bytes]) -> list[Row]:
        rows: list[Row] = []
        with contextlib.suppress(msgspec.DecodeError, RecursionError):
            rows = self._decode_all(b"[" + b",".join(waiting) + b"]")
        if len(rows) == len(waiting):
            return rows
        rows = []
        for data in waiting:
            try:
                rows.append(self._decode_one(data))
            except (msgspec.DecodeError, RecursionError):
                self.unreadable += 1
        return rows


@dataclass(slots=True)
class Contents:
    """Everything read from a file.

    `metadata`: (record name, JSON text), None for text that fails its checksum. `damages`: each with the
    number of rows of every topic read before it. `foreign`: topics this program does not know. `stray`:
    messages whose topic is lost. `messages`: how many were read of the `expected`, None when the file does
    not say. `complete`: the end of the samples was reached.
    """

    size: int
    topics: dict[str, TopicRows] = field(default_factory=dict)
    metadata: list[tuple[str, str | None]] = field(default_factory=list)
    damages: list[tuple[Damage, dict[str, int]]] = field(default_factory=list)
    foreign: set[str] = field(default_factory=set)
    stray: int = 0
    messages: int = 0
    expected: int | None = None
    complete: bool = False
    _topic_by_channel: dict[int, TopicRows | None] = field(default_factory=dict)

    def take(self, record: McapRecord | Damage, wanted: Collection[str], numeric: Collection[str]) -> None:
        """Take one record; messages of topics that are not wanted are only counted."""
        if isinstance(record, Message):
            self._take_message(record)
        elif isinstance(record, Channel):
            self._take_channel(record, wanted, numeric)
        elif isinstance(record, Metadata):
            self.metadata.append((record.name, metadata_text(record)))
        elif isinstance(record, Statistics):
            self.expected = record.message_count
        elif isinstance(record, DataEnd):
            self.complete = True
        elif isinstance(record, Damage):
            for topic in self.topics.values():
                topic.settle()
            self.damages.append((record, {name: topic.count for name, topic in self.topics.items()}))

    def _take_channel(self, channel: Channel, wanted: Collection[str], numeric: Collection[str]) -> None:
        kind = TOPICS.get(channel.topic)
        if kind is None or channel.message_encoding != "json":
            self.foreign.add(channel.topic)
        if kind is None or channel.message_encoding != "json" or channel.topic not in wanted:
            self._topic_by_channel[channel.id] = None
            return
        rows = self.topics.setdefault(channel.topic, TopicRows(kind, numeric=channel.topic in numeric))
        self._topic_by_channel[channel.id] = rows

    def _take_message(self, message: Message) -> None:
        self.messages += 1
        if message.channel_id not in self._topic_by_channel:
            self.stray += 1
            return
        rows = self._topic_by_channel[message.channel_id]
        if rows is not None:
            rows.add(message.data)


def read_contents(
    path: Path, wanted: Collection[str], numeric: Collection[str], progress: Callable[[float], None]
) -> Contents:
    """Read the wanted topics of a file, those in `numeric` as arrays, and all its metadata.

    Raises BadInputError, one line, when there is no such file or it is larger than any recording; DiskError
    when the disk does not let it be read.
    """
    try:
        contents = Contents(size=_usable_size(path))
        done = 0.0
        for share, record in sound_records(path):
            contents.take(record, wanted, numeric)
            if share > done + 0.01:
                progress(done := share)
            if contents.messages > MOST_MESSAGES:
                raise BadInputError(f"{path}: holds more than {MOST_MESSAGES} messages; split the session")
    except OSError as error:
        raise DiskError(f"{path}: cannot be read ({error.strerror}); check disk and permissions") from None
    for topic in contents.topics.values():
        topic.settle()
    progress(1.0)
    return contents


def metadata_text(record: Metadata) -> str | None:
    """Return the JSON text of a metadata record, None when it fails its checksum."""
    text = record.metadata.get("json")
    if text is None or record.metadata.get("crc32") != f"{crc32(text.encode()):08x}":
        return None
    return text


def _usable_size(path: Path) -> int:
    if not path.exists():
        raise BadInputError(f"{path}: no such recording; check the path")
    if not path.is_file():
        raise BadInputError(f"{path}: is not a file; give an .mcap file or a recording's folder")
    size = path.stat().st_size
    if size == 0:
        raise BadInputError(f"{path}: is empty; nothing was recorded")
    if size > LARGEST_FILE_BYTES:
        raise BadInputError(f"{path}: has {size / 2**20:.0f} MB, more than any recording; split the session")
    return size
