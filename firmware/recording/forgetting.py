"""Forgetting: recordings deleted, and those that stay freed of the sets they were compared with."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

import msgspec
from mcap.records import Channel, McapRecord, Message, Metadata

from firmware.durable import synchronise_folder
from firmware.errors import BadInputError, FaultError
from firmware.forgotten import Wish, began_of, without_comparison
from firmware.recording.header import Header
from firmware.recording.mcap_contents import metadata_text
from firmware.recording.mcap_damage import Damage, sound_records
from firmware.recording.mcap_part import PART_SUFFIX
from firmware.recording.mcap_reader import read_mcap
from firmware.recording.mcap_rewrite import REWRITE_SUFFIX, rewrite
from firmware.recording.mcap_schema import HEADER_RECORD, RESULTS_TOPIC, PublishedResult
from firmware.recording.pruning import session_of
from firmware.recording.recover import recover_part


def forget_recordings(folder: Path, wish: Wish, forgotten: Callable[[str], bool]) -> list[Path]:
    """Delete the recordings that are to go, those cut short or not readable too; return which.

    `forgotten`: sessions that the recordings which stay may not mention; a session is recorded with the sets
    that its own are compared with. Nothing that the appliance has not named is touched. Raise FaultError for
    what cannot be deleted or written anew.
    """
    deleted: list[Path] = []
    if not folder.is_dir():
        return deleted
    for path in sorted(folder.iterdir()):
        session = session_of(path.name.removesuffix(REWRITE_SUFFIX).removesuffix(PART_SUFFIX))
        if session is None:
            continue
        try:
            if path.name.endswith(REWRITE_SUFFIX):  # half of a copy
                path.unlink(missing_ok=True)
            elif wish.covers(session, _made(path, session)):
                path.unlink()
                deleted.append(path)
            elif any(forgotten(each.session) for each in _header(path).earlier):
                deleted += _freed(path, forgotten)
        except OSError as error:
            raise FaultError(f"{path}: cannot be forgotten ({error.strerror}); try again as root") from None
    synchronise_folder(folder)
    return deleted


def _made(path: Path, session: str) -> datetime:
    """When a recording was made: by its name or its last change, whichever is later, as for pruning."""
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return max(changed, began_of(session) or changed)


def _freed(path: Path, forgotten: Callable[[str], bool]) -> list[Path]:
    """Write a recording anew without forgotten sets; delete and return one that cannot be read."""
    stat = path.stat()
    if path.name.endswith(PART_SUFFIX):
        recovered = recover_part(path)
        path = path if recovered is None else recovered.path
    try:
        recording = read_mcap(path)
    except BadInputError:
        path.unlink()
        return [path]
    rewrite(path, path, recording, "; ".join(recording.lost), _Unmention(forgotten))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    return []


def _header(path: Path) -> Header:
    """What a recording says of itself; where that cannot be read, nothing."""
    for _, record in sound_records(path):
        if isinstance(record, Metadata) and record.name == HEADER_RECORD:
            with suppress(msgspec.DecodeError):
                return msgspec.json.decode(metadata_text(record) or "", type=Header)
    return Header(exercise="free")


class _Unmention:
    """Takes forgotten sessions out of a recording's records."""

    def __init__(self, forgotten: Callable[[str], bool]) -> None:
        self._forgotten = forgotten
        self._results: set[int] = set()

    def __call__(self, record: McapRecord | Damage) -> McapRecord | Damage:
        if isinstance(record, Channel) and record.topic == RESULTS_TOPIC:
            self._results.add(record.id)
        elif isinstance(record, Message) and record.channel_id in self._results:
            record.data = self._result(record.data)
        elif isinstance(record, Metadata) and record.name == HEADER_RECORD:
            record.metadata = self._header(record)
        return record

    def _header(self, record: Metadata) -> dict[str, str]:
        text = metadata_text(record)
        if text is None:
            return record.metadata
        header = msgspec.json.decode(text, type=Header)
        earlier = tuple(each for each in header.earlier if not self._forgotten(each.session))
        anew = msgspec.json.encode(msgspec.structs.replace(header, earlier=earlier))
        return {"json": anew.decode(), "crc32": f"{crc32(anew):08x}"}

    def _result(self, data: bytes) -> bytes:
        try:
            result = msgspec.json.decode(data, type=PublishedResult)
            against = msgspec.json.decode(result.payload, type=dict[str, object]).get("vs_last_session")
        except msgspec.DecodeError:
            return data
        if not isinstance(against, str) or not self._forgotten(against):
            return data
        payload = msgspec.Raw(without_comparison(bytes(result.payload)))
        return msgspec.json.encode(msgspec.structs.replace(result, payload=payload))
