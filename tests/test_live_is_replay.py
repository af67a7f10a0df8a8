"""A session tracked while it is recorded, and the recording analysed later: the same events to the byte."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np

from firmware.recording import RecordingWriter, open_recording
from tests.motion import Stretch, cable, kick
from tracker.blocks import Announced, Announcement, Gap, RawBlock, RawSamples, Stream
from tracker.calibration import CableCalibration, Calibration, LoadCalibration, apply
from tracker.messages import Event, Rep, SetSummary
from tracker.pipeline import Tracker
from tracker.setup import SessionSetup

SETUP = SessionSetup(session="live", exercise="cable-kickback", leg="right", target="2-1-1-1")
CALIBRATION = Calibration(
    cable=CableCalibration(m_per_count=4.6e-5, zero_counts=311),
    load=LoadCalibration(n_per_count=4.57e-4, tare_counts=-1200),
)


def raw_session() -> RawBlock:
    """A set of five reps as the chips would count it, with a bus error in the third."""
    reps = [stretch for _ in range(5) for stretch in kick(0.42, 1.0, 0.9, 2.0, 1.1)]
    travel = cable([Stretch(0.0, 2.0), *reps, Stretch(0.0, 3.0)])
    t = np.arange(0.0, travel[-1, 0], 1.0 / 80.0)
    angle = np.rint(travel[:, 1:] / 4.6e-5).astype(np.int64) + 311
    load = np.rint(150.0 / 4.57e-4 + 900.0 * np.sin(7.0 * t)).astype(np.int64)[:, None] - 1200
    lost = (t >= 13.0) & (t < 13.3)
    return RawBlock(
        0.0,
        float(travel[-1, 0]) + 1.0,
        {
            Stream.CABLE: RawSamples(travel[:, 0], angle),
            Stream.LOAD: RawSamples(t[~lost], load[~lost]),
        },
        (Announced(30.0, Announcement.END_SET),),
        (Gap(Stream.LOAD, 13.0, 13.3, "bus error"),),
    )


def cut(block: RawBlock, every_s: float) -> Iterator[RawBlock]:
    edges = np.append(np.arange(block.start_s, block.end_s, every_s), block.end_s).tolist()
    for start_s, end_s in pairwise(edges):
        streams = {}
        for stream, raw in block.streams.items():
            first, last = np.searchsorted(raw.t_s, (start_s, end_s))
            streams[stream] = RawSamples(raw.t_s[first:last], raw.counts[first:last])
        yield RawBlock(
            start_s,
            end_s,
            streams,
            tuple(a for a in block.announced if start_s <= a.t_s < end_s),
            tuple(g for g in block.gaps if start_s <= g.end_s < end_s),
        )


def test_raw_blocks_tracked_live_equal_the_recording_analysed(tmp_path: Path) -> None:
    tracker = Tracker(SETUP)
    live: list[Event] = []
    with RecordingWriter(tmp_path / "live.mcap", SETUP, calibration=CALIBRATION) as writer:
        for block in cut(raw_session(), 0.02):
            writer.write(block)
            live += tracker.process(apply(CALIBRATION, block))
    live += tracker.finish()

    recording = open_recording(tmp_path / "live.mcap")
    again = Tracker(recording.setup)
    analysed = [*again.process(recording.block()), *again.finish()]
    assert [msgspec.json.encode(e) for e in live] == [msgspec.json.encode(e) for e in analysed]

    reps = [event for event in live if isinstance(event, Rep)]
    assert [rep.quality_reasons for rep in reps] == [(), (), ("gap_load",), (), ()]
    assert [rep.quality for rep in reps] == ["good", "good", "suspect", "good", "good"]
    assert [event.end_reason for event in live if isinstance(event, SetSummary)] == ["announced"]
