"""Writes a recording anew: every record that can be read, some of them changed on the way."""

from collections.abc import Callable
from pathlib import Path

import msgspec
from mcap.records import Channel, McapRecord, Message, Metadata, Schema

from firmware.recording.mcap_damage import Damage, sound_records
from firmware.recording.mcap_part import PartFile
from firmware.recording.mcap_reader import DAMAGE_REASON
from firmware.recording.mcap_schema import GAPS_TOPIC, RECOVERY_RECORD, MissingSamples
from firmware.recording.recording import Recording

REWRITE_SUFFIX = ".recovering"

Edit = Callable[[McapRecord | Damage], McapRecord | Damage]


def rewrite(
    source: Path, target: Path, recording: Recording, note: str, edit: Edit = lambda record: record
) -> None:
    """Write `source` to the finished, indexed file `target`, which may be `source` itself.

    `recording`: what was read from it; its damaged stretches become gaps, once. `note`: on what was lost,
    kept in the file; empty for nothing. Raises FaultError on a fault of the disk; then `target` is as it was.
    """
    part = target.with_name(target.name + REWRITE_SUFFIX)
    file = PartFile(target, part=part, overwrite=target == source)
    try:
        file.guarded(lambda: _copy(source, file, recording, note, edit))
        file.guarded(file.finish)
    except BaseException:
        file.discard()
        raise


def _copy(source: Path, file: PartFile, recording: Recording, note: str, edit: Edit) -> None:
    copy = _Copier(file)
    for _, record in sound_records(source):
        copy(edit(record))
    for gap in recording.gaps:
        if gap.reason == DAMAGE_REASON:
            missing = MissingSamples(gap.end_s, gap.stream.value, gap.start_s, gap.reason)
            text = msgspec.json.encode(missing)
            if text not in copy.gaps:
                file.message(GAPS_TOPIC, copy.latest_ns, text)
    if note:
        file.metadata(RECOVERY_RECORD, msgspec.json.encode(note))


class _Copier:
    """Writes records of one file to another under new numbers of schemas and channels.

    `gaps`: the text of each gap that was copied. `latest_ns`: the latest time of a message.
    """

    def __init__(self, file: PartFile) -> None:
        self._writer = file.writer
        self._schemas = {0: 0}
        self._channels: dict[int, int] = {}
        self._of_gaps: set[int] = set()
        self.gaps: set[bytes] = set()
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
            if record.topic == GAPS_TOPIC:
                self._of_gaps.add(record.id)
        elif isinstance(record, Message) and record.channel_id in self._channels:
            self.latest_ns = max(self.latest_ns, record.log_time)
            if record.channel_id in self._of_gaps:
                self.gaps.add(record.data)
            self._writer.add_message(
                self._channels[record.channel_id],
                record.log_time,
                record.data,
                record.publish_time,
                record.sequence,
            )
        elif isinstance(record, Metadata):
            self._writer.add_metadata(record.name, record.metadata)
