"""Sessions with every stream, for the tests of recordings, and strategies that draw such sessions."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from firmware.recording import Recording, RecordingWriter
from tracker.blocks import COLUMNS, Announced, Announcement, FloatArray, Gap, RawBlock, RawSamples, Stream
from tracker.calibration import CableCalibration, Calibration, ImuCalibration, LoadCalibration
from tracker.setup import SessionSetup

RATES_HZ: Mapping[Stream, float] = {
    Stream.CABLE: 100.0,
    Stream.LOAD: 80.0,
    Stream.PELVIS: 52.0,
    Stream.ANKLE: 208.0,
}

CALIBRATION = Calibration(
    ankle=ImuCalibration(
        accel_mps2_per_count=0.0024, gyro_radps_per_count=0.0006, gyro_bias_radps=(0.01, -0.02, 0.003)
    ),
    pelvis=ImuCalibration(
        accel_mps2_per_count=0.0012, gyro_radps_per_count=0.0003, accel_bias_mps2=(0.1, 0.0, -0.1)
    ),
    cable=CableCalibration(m_per_count=-0.000046, zero_counts=1234),
    load=LoadCalibration(n_per_count=0.000457, tare_counts=-5021, pulley_ratio=0.5),
)


def session(length_s: float = 8.0, name: str = "monday") -> Recording:
    """Every stream at its own rate, values with all their digits, two announcements and a gap."""
    streams: dict[Stream, FloatArray] = {}
    for stream, rate_hz in RATES_HZ.items():
        i = np.arange(round(length_s * rate_hz))
        t_s = (i + 0.3 * np.sin(i)) / rate_hz
        values = [np.sin((k + 1) * t_s) * 9.80665 + 0.1 * k for k in range(len(COLUMNS[stream]) - 1)]
        streams[stream] = np.column_stack([np.sort(t_s) + 0.5, *values])
    announced = (Announced(1.25, Announcement.CALIBRATE), Announced(5.0, Announcement.NEW_SET))
    gaps = (Gap(Stream.LOAD, 2.0, 2.5, "bus error, 3 tries"),)
    setup = SessionSetup(session=name, leg="left", leg_length_m=0.812, target="3-1-2-1")
    return Recording(setup, streams, announced, "2026-05-01T17:30:00Z", True, (), gaps)


def raw_block(length_s: float = 8.0) -> RawBlock:
    """Every stream in counts."""
    streams = {}
    for stream, rate_hz in RATES_HZ.items():
        i = np.arange(round(length_s * rate_hz))
        width = len(COLUMNS[stream]) - 1
        counts = np.column_stack([(i * (k + 3) * 97) % 65536 - 32768 for k in range(width)]).astype(np.int64)
        streams[stream] = RawSamples(i / rate_hz, counts)
    return RawBlock(0.0, length_s, streams)


def write(path: Path, recording: Recording, block_s: float = 0.1) -> Path:
    """Write a recording to a finished MCAP file."""
    with RecordingWriter(
        path, recording.setup, started_at=recording.started_at, simulated=recording.simulated
    ) as writer:
        for block in recording.blocks(block_s):
            writer.write(block)
    return path


def same(one: Recording, other: Recording) -> bool:
    """Whether two recordings hold the same session, to the last bit of every sample."""
    return (
        (one.setup, one.announced, one.started_at, one.simulated, one.gaps, list(one.streams))
        == (other.setup, other.announced, other.started_at, other.simulated, other.gaps, list(other.streams))
    ) and all(one.streams[s].tobytes() == other.streams[s].tobytes() for s in one.streams)


FLOATS = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def sessions(draw: st.DrawFn) -> Recording:
    """Any session: some streams, any finite values, times that do not decrease, within one day."""
    chosen = draw(st.lists(st.sampled_from(list(Stream)), min_size=1, unique=True))
    start_s = draw(st.floats(-1e6, 1e6))
    times = st.floats(0.0, 3600.0).map(lambda t: start_s + t)
    streams = {}
    for stream in sorted(chosen, key=list(Stream).index):
        t_s = sorted(draw(st.lists(times, min_size=1, max_size=12)))
        width = len(COLUMNS[stream]) - 1
        rows = draw(
            st.lists(st.lists(FLOATS, min_size=width, max_size=width), min_size=len(t_s), max_size=len(t_s))
        )
        streams[stream] = np.column_stack([t_s, np.array(rows)])
    said = sorted(draw(st.lists(times, max_size=3)))
    announced = tuple(Announced(t, draw(st.sampled_from(list(Announcement)))) for t in said)
    gaps = []
    for _ in range(draw(st.integers(0, 2))):
        first, last = sorted((draw(times), draw(times)))
        gaps.append(
            Gap(draw(st.sampled_from(list(Stream))), first, last, draw(st.sampled_from(["bus", 'a "b", c'])))
        )
    setup = SessionSetup(
        session=draw(st.sampled_from(["monday", "Ärger 7", "a,b"])),
        exercise=draw(st.sampled_from(["cable-kickback", "free"])),
        leg=draw(st.sampled_from(["left", "right", None])),
        leg_length_m=draw(st.none() | st.floats(0.3, 1.3)),
        pulley_distance_m=draw(st.none() | st.floats(0.0, 10.0)),
        target=draw(st.sampled_from([None, "3-1-2-1", "3-0-X-1"])),
    )
    started_at = draw(st.sampled_from([None, "2026-05-01T17:30:00Z", "2026-05-01T17:30:00.123456Z"]))
    by_end = tuple(sorted(gaps, key=lambda gap: gap.end_s))
    return Recording(setup, streams, announced, started_at, draw(st.booleans()), (), by_end)
