"""Writes a session to an MCAP file while it happens, so that a power cut costs a second or two.

The file is called `NAME.mcap.part` until it is closed. Every `sync_every_s` of session time what was
written is made readable (a finished chunk) and safe (fsync). `recover` finishes what a crash left.
"""

from collections.abc import Callable, Iterable
from itertools import pairwise
from math import isfinite
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from firmware.recording.header import epoch_ns, header_of
from firmware.recording.mcap_part import PartFile
from firmware.recording.mcap_schema import (
    CALIBRATION_RECORD,
    COUNT_TYPES,
    EVENTS_TOPIC,
    GAPS_TOPIC,
    HEADER_RECORD,
    RESULTS_TOPIC,
    SI_TYPES,
    AnnouncedEvent,
    MissingSamples,
    PublishedResult,
    Sample,
    TimedCalibration,
    raw_topic,
    si_topic,
)
from firmware.recording.recording import LATEST_TIME_S
from tracker.blocks import FloatArray, RawBlock, RawSamples, SampleBlock, Stream
from tracker.calibration import Calibration
from tracker.setup import SessionSetup

SYNC_EVERY_S = 1.5


class RecordingWriter:
    """Writes one session; close it, or use it as a context manager.

    An fsync can take a good part of a second on an SD card, so write from a thread that nobody waits for.
    An exception inside the context leaves the `.part` file, which `recover` finishes.
    """

    def __init__(
        self,
        path: Path,
        setup: SessionSetup,
        *,
        started_at: str | None = None,
        simulated: bool = False,
        calibration: Calibration | None = None,
        notes: tuple[str, ...] = (),
        sync_every_s: float = SYNC_EVERY_S,
        overwrite: bool = False,
    ) -> None:
        """Create `PATH.part`.

        `path` ends in `.mcap`. `started_at`: RFC 3339 UTC of session time zero, None when the clock is not
        known to be right. `calibration`: needed for raw blocks. `notes`: what is known to be lost already.
        `overwrite`: a finished recording of that name may be replaced, when this one is finished.
        Raises BadInputError when the path cannot be used, FaultError on a fault of the disk.
        """
        header = header_of(setup, started_at=started_at, simulated=simulated, notes=notes)
        self._zero_ns = epoch_ns(header.started_at)
        self._sync_every_s = sync_every_s
        self._synced_s: float | None = None
        self._latest_s: dict[str, float] = {}
        self._encode = msgspec.json.Encoder().encode
        self._file = PartFile(path, overwrite=overwrite)
        try:
            self._file.guarded(lambda: self._file.metadata(HEADER_RECORD, self._encode(header)))
            if calibration is not None:
                self.calibrate(calibration)
            self._file.guarded(self._file.sync)
        except BaseException:
            self._file.discard()
            raise

    @property
    def path(self) -> Path:
        """Where the recording will be when it is closed."""
        return self._file.path

    @property
    def part(self) -> Path:
        """Where the recording is until then."""
        return self._file.part

    def calibrate(self, calibration: Calibration, from_s: float | None = None) -> None:
        """Record the calibration that holds for raw samples from a session time on, as after a tare."""
        record = self._encode(TimedCalibration(from_s=from_s, calibration=calibration))
        self._file.guarded(lambda: self._file.metadata(CALIBRATION_RECORD, record))

    def write(self, block: SampleBlock | RawBlock) -> None:
        """Append a block.

        Raises ValueError for samples that break the contract of blocks (time running backwards, a value
        that is not finite), before anything of the block is written.
        """
        self._file.require_open()
        messages = self._messages(block)
        self._file.guarded(lambda: self._append(messages))
        if self._synced_s is None:
            self._synced_s = block.start_s
        if block.end_s - self._synced_s >= self._sync_every_s:
            self._synced_s = block.end_s
            self._file.guarded(self._file.sync)

    def write_result(self, topic: str, t_s: float, payload: bytes) -> None:
        """Record a published result beside the samples it came from; ValueError when it is no JSON object."""
        if not abs(t_s) <= LATEST_TIME_S:
            raise ValueError(f"the result on {topic} has a time that is none, {t_s!r}")
        try:
            msgspec.json.decode(payload, type=dict[str, msgspec.Raw])
        except msgspec.DecodeError as error:
            raise ValueError(f"the result on {topic} is no JSON object: {error}") from None
        result = PublishedResult(t_s=t_s, topic=topic, payload=msgspec.Raw(payload))
        self._file.guarded(lambda: self._append([(RESULTS_TOPIC, t_s, self._encode(result))]))

    def close(self) -> None:
        """Finish the file and give it its name; a second call does nothing."""
        if not self._file.closed:
            self._file.guarded(self._file.finish)

    def abandon(self) -> None:
        """Leave the recording as a `.part` file, as a crash would."""
        self._file.abandon()

    def discard(self) -> None:
        """Close the file and remove it: nothing of an unfinished recording is kept."""
        self._file.discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def _messages(self, block: SampleBlock | RawBlock) -> list[tuple[str, float, bytes]]:
        """Encode a block, in the order of time and, at equal times, of `Stream`."""
        messages: list[tuple[str, float, bytes]] = []
        latest_s: dict[str, float] = {}
        for stream in Stream:
            if stream in block.streams:
                topic, kind, times_s, rows = _rows(stream, block.streams[stream])
                self._require_order(stream, topic, times_s)
                for t_s, row in zip(times_s, rows, strict=True):
                    if not all(map(isfinite, row)):
                        raise ValueError(f"the {stream} stream holds a value that is not finite at {t_s!r} s")
                    messages.append((topic, t_s, self._encode(kind(t_s, *row))))
                    latest_s[topic] = t_s
        for said in block.announced:
            event = AnnouncedEvent(said.t_s, said.text)
            messages.append((EVENTS_TOPIC, said.t_s, self._encode(event)))
        for gap in block.gaps:
            if not abs(gap.start_s) <= LATEST_TIME_S:
                raise ValueError(f"a gap of the {gap.stream} stream begins at no time, {gap.start_s!r}")
            missing = MissingSamples(gap.end_s, gap.stream.value, gap.start_s, gap.reason)
            messages.append((GAPS_TOPIC, gap.end_s, self._encode(missing)))
        for topic, t_s, _ in messages:
            if not abs(t_s) <= LATEST_TIME_S:
                raise ValueError(f"{topic} holds a time that is none, {t_s!r}")
        self._latest_s |= latest_s
        return sorted(messages, key=itemgetter(1))

    def _require_order(self, stream: Stream, topic: str, times_s: list[float]) -> None:
        other = raw_topic(stream) if topic == si_topic(stream) else si_topic(stream)
        if other in self._latest_s:
            raise ValueError(f"the {stream} stream came as {other} and now comes as {topic}")
        latest_s = self._latest_s.get(topic, -LATEST_TIME_S)
        for before_s, t_s in pairwise([latest_s, *times_s]):
            if not before_s <= t_s:
                raise ValueError(f"the {stream} stream runs backwards, {t_s!r} s after {before_s!r} s")

    def _append(self, messages: Iterable[tuple[str, float, bytes]]) -> None:
        for topic, t_s, data in messages:
            self._file.message(topic, self._stamp_ns(t_s), data)

    def _stamp_ns(self, t_s: float) -> int:
        """Log and publish time: since 1970 when the start is known, else session time; never negative."""
        return max(0, self._zero_ns + round(t_s * 1e9))


def _rows(
    stream: Stream, samples: FloatArray | RawSamples
) -> tuple[str, Callable[..., Sample], list[float], list[list[float]]]:
    if isinstance(samples, RawSamples):
        return raw_topic(stream), COUNT_TYPES[stream], samples.t_s.tolist(), samples.counts.tolist()
    return si_topic(stream), SI_TYPES[stream], samples[:, 0].tolist(), samples[:, 1:].tolist()
