"""Mentions: whom a recording's sets were compared with, found in its records and taken out of them."""

from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import msgspec
from mcap.records import Channel, McapRecord, Message, Metadata

from firmware.forgotten import without_comparison
from firmware.recording.mcap_contents import metadata_text
from firmware.recording.mcap_damage import Damage, sound_records
from firmware.recording.mcap_schema import HEADER_RECORD, RESULTS_TOPIC, PublishedResult


def mentions(path: Path, forgotten: Callable[[str], bool]) -> bool:
    """Whether a recording mentions a forgotten session, or nobody can tell since its header is damaged.

    A sound header names everybody that the results are compared with; without one they are looked through.
    Raise OSError when the file cannot be read.
    """
    unmention = Unmention(forgotten)
    for _, record in sound_records(path):
        unmention(record)
        if unmention.changed:
            return True
        if isinstance(record, Metadata) and record.name == HEADER_RECORD and record.metadata:
            return False
    return False


class Unmention:
    """Takes forgotten sessions out of a recording's records. `changed`: whether there were any.

    A damaged header is emptied, since nobody reads it; what this version does not know of a sound one stays.
    """

    def __init__(self, forgotten: Callable[[str], bool]) -> None:
        self._forgotten = forgotten
        self._results: set[int] = set()
        self.changed = False

    def __call__(self, record: McapRecord | Damage) -> McapRecord | Damage:
        """Return a record without them."""
        if isinstance(record, Channel) and record.topic == RESULTS_TOPIC:
            self._results.add(record.id)
        elif isinstance(record, Message) and record.channel_id in self._results:
            data = self._result(record.data)
            self.changed |= data is not record.data
            record.data = data
        elif isinstance(record, Metadata) and record.name == HEADER_RECORD:
            header = self._header(record)
            self.changed |= header is not record.metadata
            record.metadata = header
        return record

    def _header(self, record: Metadata) -> dict[str, str]:
        if not record.metadata:
            return record.metadata
        try:
            fields = msgspec.json.decode(metadata_text(record) or "", type=dict[str, object])
        except (msgspec.DecodeError, RecursionError):
            return {}
        earlier = fields.get("earlier")
        if not isinstance(earlier, list):
            return record.metadata
        kept = [each for each in earlier if not self._is_forgotten(each)]
        if len(kept) == len(earlier):
            return record.metadata
        anew = msgspec.json.encode(fields | {"earlier": kept})
        return {"json": anew.decode(), "crc32": f"{crc32(anew):08x}"}

    def _is_forgotten(self, earlier: object) -> bool:
        session = earlier.get("session") if isinstance(earlier, dict) else None
        return isinstance(session, str) and self._forgotten(session)

    def _result(self, data: bytes) -> bytes:
        try:
            result = msgspec.json.decode(data, type=PublishedResult)
            against = msgspec.json.decode(result.payload, type=dict[str, object]).get("vs_last_session")
        except (msgspec.DecodeError, RecursionError):
            return data
        if not isinstance(against, str) or not self._forgotten(against):
            return data
        payload = msgspec.Raw(without_comparison(bytes(result.payload)))
        return msgspec.json.encode(msgspec.structs.replace(result, payload=payload))
