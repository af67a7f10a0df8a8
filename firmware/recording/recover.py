"""Finishes the recordings that a crash or a power cut left as `NAME.mcap.part`."""

import fcntl
import os
from itertools import count
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from mcap.records import Channel, McapRecord, Message, Metadata, Schema

from firmware.durable import synchronise_folder
from firmware.errors import BadInputError, FaultError
from firmware.recording.mcap_damage import Damage, sound_records
from firmware.recording.mcap_part import PART_SUFFIX, PartFile
from firmware.recording.mcap_reader import DAMAGE_REASON, read_mcap
from firmware.recording.mcap_schema import GAPS_TOPIC, RECOVERY_RECORD, MissingSamples
from firmware.recording.recording import Recording

REWRITE_SUFFIX = ".recovering"
UNREADABLE_SUFFIX = ".unreadable"


class Recovered(NamedTuple):
    """What became of one unfinished recording: the file that is there now, and a line on what happened."""

    path: Path
    note: str


def recover(folder: Path) -> list[Recovered]:
    """Turn every unfinished recording in a folder into a whole one, in the order of their names.

    Raises FaultError when the folder cannot be read, and nothing for what a file holds.
    """
    return [found for part in unfinished(folder) if (found := recover_part(part)) is not None]


def unfinished(folder: Path) -> list[Path]:
    """The unfinished recordings in a folder; raises FaultError when it cannot be read."""
    try:
        return sorted(path for path in folder.iterdir() if path.name.endswith(f".mcap{PART_SUFFIX}"))
    except OSError as error:
        raise FaultError(f"{folder}: cannot be read ({error.strerror}); check disk and permissions") from None


def recover_part(part: Path) -> Recovered | None:
    """Turn an unfinished recording into a whole one; None when somebody is still writing it.

    Everything that can be read goes into a new indexed file, which is opened again and compared before the
    unfinished one is removed. One that cannot be read is set aside as `NAME.mcap.unreadable`, one that cannot
    be rewritten now (a full disk) stays.
    """
    try:
        with part.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return _recover(part)
    except BlockingIOError:
        return None
    except (OSError, FaultError) as error:
        return Recovered(part, f"{part}: could not be recovered now and was kept ({error})")


def _recover(part: Path) -> Recovered:
    whole = part.with_name(part.name.removesuffix(PART_SUFFIX))
    if part.stat().st_size == 0:
        part.unlink()
        return Recovered(part, f"{part}: nothing had been recorded, removed")
    try:
        recording = read_mcap(part)
    except BadInputError as error:
        aside = _free(whole.name + UNREADABLE_SUFFIX, whole.parent)
        os.replace(part, aside)
        return Recovered(aside, f"{error}; set aside as {aside.name}")
    target = whole if not whole.exists() else _free(f"{whole.stem}-recovered.mcap", whole.parent)
    note = _account(recording)
    _rewrite(part, target, recording, note)
    if not _same(recording, read_mcap(target)):
        target.unlink()
        return Recovered(part, f"{part}: did not read back the same after recovery and was kept")
    part.unlink()
    synchronise_folder(part.parent)
    return Recovered(target, f"{target}: {note}")


def _account(recording: Recording) -> str:
    samples = sum(map(len, recording.streams.values()))
    length_s = recording.end_s - recording.start_s
    return "; ".join((f"recovered {length_s:.1f} s with {samples} samples", *recording.notes))


def _rewrite(part: Path, target: Path, recording: Recording, note: str) -> None:
    file = PartFile(target, part=target.with_name(target.name + REWRITE_SUFFIX))
    try:
        file.guarded(lambda: _copy(part, file, recording, note))
        file.guarded(file.finish)
    except BaseException:
        file.discard()
        raise


def _copy(part: Path, file: PartFile, recording: Recording, note: str) -> None:
    """Copy every sound record, and say where samples are missing."""
    copy = _Copier(file)
    for _, record in sound_records(part):
        copy(record)
    for gap in recording.gaps:
        if gap.reason == DAMAGE_REASON:
            missing = MissingSamples(gap.end_s, gap.stream.value, gap.start_s, gap.reason)
            file.message(GAPS_TOPIC, copy.latest_ns, msgspec.json.encode(missing))
    file.metadata(RECOVERY_RECORD, msgspec.json.encode(note))


class _Copier:
    """Writes records of one file to another under new numbers of schemas and channels."""

    def __init__(self, file: PartFile) -> None:
        self._writer = file.writer
        self._schemas = {0: 0}
        self._channels: dict[int, int] = {}
        self.latest_ns = 0

    def __call__(self, record: McapRecord | Damage) -> None:
        if isinstance(record, Schema) and record.id not in self._schemas:
            new = self._writer.register_schema(record.name, record.encoding, record.data)
            self._schemas[record.id] = new
        elif isinstance(record, Channel) and record.id not in self._channels:
            schema = self._schemas.get(record.schema_id, 0)
            self._channels[record.id] = self._writer.register_channel(
                record.topic, record.message_encoding, schema, record.metadata
            )
        elif isinstance(record, Message) and record.channel_id in self._channels:
            self.latest_ns = max(self.latest_ns, record.log_time)
            self._writer.add_message(
                self._channels[record.channel_id],
                record.log_time,
                record.data,
                record.publish_time,
                record.sequence,
            )
        elif isinstance(record, Metadata):
            self._writer.add_metadata(record.name, record.metadata)


def _same(one: Recording, other: Recording) -> bool:
    return (
        one.setup == other.setup
        and one.announced == other.announced
        and one.streams.keys() == other.streams.keys()
        and all(np.array_equal(one.streams[stream], other.streams[stream]) for stream in one.streams)
    )


def _free(name: str, folder: Path) -> Path:
    """A path in the folder that does not exist yet."""
    path = folder / name
    stem, dot, suffix = name.partition(".mcap")
    for number in count(2):
        if not path.exists():
            return path
        path = folder / f"{stem}-{number}{dot}{suffix}"
    raise AssertionError
