"""Counts to SI units: exact, named, and the same however a session is cut."""

from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.recording_samples import CALIBRATION, raw_block
from tracker.blocks import COLUMNS, Announced, Announcement, Gap, RawBlock, RawSamples, Stream
from tracker.calibration import CableCalibration, Calibration, ImuCalibration, LoadCalibration, apply


def one_sample(stream: Stream, *counts: int) -> RawBlock:
    return RawBlock(0.0, 1.0, {stream: RawSamples(np.array([0.5]), np.array([counts], dtype=np.int64))})


def test_an_imu_subtracts_its_bias_in_si_units() -> None:
    # +-4 g in 16 bits is 0.122 mg a count: 8197 counts are 8197 * 0.122e-3 * 9.80665 = 9.807 m/s2.
    g = 0.122e-3 * 9.80665
    imu = ImuCalibration(
        accel_mps2_per_count=g,
        gyro_radps_per_count=0.001,
        gyro_bias_radps=(0.5, 0.0, -0.25),
        accel_bias_mps2=(0.0, 0.0, 0.007),
    )
    block = apply(Calibration(ankle=imu), one_sample(Stream.ANKLE, 0, -1, 8197, 1000, 2000, -3000))
    expected = [0.5, 0.0, -g, 8197 * g - 0.007, 0.5, 2.0, -2.75]
    assert block.streams[Stream.ANKLE][0] == pytest.approx(expected, abs=1e-12)


def test_cable_travel_counts_from_its_zero_over_many_turns() -> None:
    # A 60 mm groove: pi * 60 mm a turn, 4096 counts. Ten turns are 1.885 m, outwards counting down here.
    cable = CableCalibration(m_per_count=-np.pi * 0.060 / 4096, zero_counts=100)
    block = apply(Calibration(cable=cable), one_sample(Stream.CABLE, 100 - 10 * 4096))
    assert block.streams[Stream.CABLE][0].tolist() == pytest.approx([0.5, 10 * np.pi * 0.060], abs=1e-12)


def test_cable_tension_is_the_load_above_the_tare_through_the_pulley() -> None:
    # 21475 counts a kilogram: 20 kg on the cell above the tare, half of it in each strand.
    load = LoadCalibration(n_per_count=9.80665 / 21475, tare_counts=-5000, pulley_ratio=0.5)
    block = apply(Calibration(load=load), one_sample(Stream.LOAD, -5000 + 20 * 21475))
    assert block.streams[Stream.LOAD][0].tolist() == pytest.approx([0.5, 98.0665], abs=1e-9)


def test_what_is_no_sample_passes_through() -> None:
    said = (Announced(0.25, Announcement.CALIBRATE),)
    gaps = (Gap(Stream.LOAD, 0.0, 0.5, "bus"),)
    block = apply(Calibration(), RawBlock(0.0, 1.0, {}, said, gaps))
    assert (block.start_s, block.end_s, block.announced, block.gaps) == (0.0, 1.0, said, gaps)


@pytest.mark.parametrize("stream", list(Stream))
def test_a_stream_without_calibration_is_named(stream: Stream) -> None:
    others = {s.value: getattr(CALIBRATION, s.value) for s in Stream if s is not stream}
    with pytest.raises(
        ValueError, match=f"the {stream.value} stream holds counts, and there is no {stream.value}"
    ):
        apply(Calibration(**others), raw_block(0.1))


@given(st.lists(st.integers(1, 799), max_size=8))
@settings(deadline=None)
def test_cutting_changes_no_bit(cuts: list[int]) -> None:
    whole = raw_block(4.0)
    one = apply(CALIBRATION, whole)
    for stream, raw in whole.streams.items():
        edges = [0, *sorted(cuts), len(raw.t_s)]
        pieces = []
        for low, high in pairwise(edges):
            part = RawBlock(0.0, 4.0, {stream: RawSamples(raw.t_s[low:high], raw.counts[low:high])})
            pieces.append(apply(CALIBRATION, part).streams[stream])
        assert np.concatenate(pieces)[: len(raw.t_s)].tobytes() == one.streams[stream].tobytes()
        assert one.streams[stream].shape == (len(raw.t_s), len(COLUMNS[stream]))


FINITE = st.floats(-1e9, 1e9)
SCALES = FINITE.filter(lambda x: x != 0.0)
VECTORS = st.tuples(FINITE, FINITE, FINITE)


@given(SCALES, SCALES, VECTORS, st.none() | VECTORS, st.integers(-(2**31), 2**31))
def test_json_and_dict_round_trips_are_exact(
    a: float, b: float, bias: tuple[float, float, float], other: tuple[float, float, float] | None, zero: int
) -> None:
    calibration = Calibration(
        ankle=ImuCalibration(
            accel_mps2_per_count=a, gyro_radps_per_count=b, gyro_bias_radps=bias, accel_bias_mps2=other
        ),
        cable=CableCalibration(m_per_count=a, zero_counts=zero),
        load=LoadCalibration(n_per_count=b, tare_counts=zero, pulley_ratio=a),
    )
    assert msgspec.json.decode(msgspec.json.encode(calibration), type=Calibration) == calibration
    assert msgspec.convert(msgspec.to_builtins(calibration), Calibration) == calibration


@pytest.mark.parametrize("scale", [0.0, float("nan"), float("inf"), -2e9])
def test_a_scale_must_mean_something(scale: float) -> None:
    with pytest.raises(ValueError, match="m_per_count must be a number other than zero"):
        CableCalibration(m_per_count=scale)
    with pytest.raises(ValueError, match="pulley_ratio"):
        LoadCalibration(n_per_count=1.0, pulley_ratio=scale)


def test_a_bias_must_mean_something() -> None:
    with pytest.raises(ValueError, match="gyro_bias_radps must be numbers of at most 1e\\+09"):
        ImuCalibration(
            accel_mps2_per_count=1.0, gyro_radps_per_count=1.0, gyro_bias_radps=(0.0, float("nan"), 0.0)
        )


def test_the_largest_counts_stay_finite() -> None:
    load = LoadCalibration(n_per_count=1e9, tare_counts=-(2**53), pulley_ratio=1e9)
    block = apply(Calibration(load=load), one_sample(Stream.LOAD, 2**53))
    assert np.isfinite(block.streams[Stream.LOAD]).all()


def test_a_misspelt_calibration_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="zero_count"):
        msgspec.convert({"cable": {"m_per_count": 0.1, "zero_count": 5}}, Calibration)
