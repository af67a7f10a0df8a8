"""Calibration: from the chips' counts to SI units.

Elementwise arithmetic on each sample alone, so the result is the same however a session is cut into
blocks. Counts beyond 2^53 are not exact in float64; no chip here delivers more than 32 bits.
"""

from collections.abc import Iterator
from math import inf
from typing import Annotated

import msgspec
import numpy as np

from tracker.blocks import OVERLOAD, FloatArray, Gap, RawBlock, RawSamples, SampleBlock, Stream

Vector = tuple[float, float, float]
Offset = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]

LARGEST = 1e9
"""No scale or bias is larger; with counts below 2^53 every converted value is finite."""


class ImuCalibration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Scale and bias of an inertial sensor, in the sensor frame.

    `accel_mps2_per_count`, `gyro_radps_per_count`: scale at the range the chip was set to.
    `gyro_bias_radps`: angular rate shown at rest, subtracted.
    `accel_bias_mps2`: specific force shown beyond the true one, subtracted; None when not measured.
    Raises ValueError for a scale of zero and for numbers that no sensor has.
    """

    accel_mps2_per_count: float
    gyro_radps_per_count: float
    gyro_bias_radps: Vector = (0.0, 0.0, 0.0)
    accel_bias_mps2: Vector | None = None

    def __post_init__(self) -> None:
        _require_scale("accel_mps2_per_count", self.accel_mps2_per_count)
        _require_scale("gyro_radps_per_count", self.gyro_radps_per_count)
        _require_numbers("gyro_bias_radps", *self.gyro_bias_radps)
        _require_numbers("accel_bias_mps2", *(self.accel_bias_mps2 or ()))


class CableCalibration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cable travel from the encoder: `(angle_counts - zero_counts) * m_per_count`.

    `m_per_count`: cable travel per count; negative when the encoder counts down as the cable comes out.
    `zero_counts`: unwrapped angle at zero travel.
    """

    m_per_count: float
    zero_counts: Offset = 0

    def __post_init__(self) -> None:
        _require_scale("m_per_count", self.m_per_count)


class LoadCalibration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cable tension from the load cell: `(load_counts - tare_counts) * n_per_count * pulley_ratio`.

    `n_per_count`: force on the cell per count; negative when the cell is wired the other way round.
    `tare_counts`: reading without load.
    `pulley_ratio`: cable tension at the ankle over the force on the cell; 1 where the cell hangs in
    the cable itself, 0.5 where it carries a pulley with both strands of the cable.
    `capacity_n`: force on the cell that it is rated for; unset where nobody said. What is more is measured
    all the same, and said to be an overload.
    """

    n_per_count: float
    tare_counts: Offset = 0
    pulley_ratio: float = 1.0
    capacity_n: float | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        _require_scale("n_per_count", self.n_per_count)
        _require_scale("pulley_ratio", self.pulley_ratio)
        if self.capacity_n is not msgspec.UNSET and not 0.0 < self.capacity_n <= LARGEST:
            raise ValueError(f"capacity_n must be over zero and at most {LARGEST:g}, not {self.capacity_n:g}")

    @property
    def most_n(self) -> float:
        """Cable tension at the cell's capacity (N); infinite where that is not known."""
        return inf if self.capacity_n is msgspec.UNSET else self.capacity_n * abs(self.pulley_ratio)


class Calibration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The calibration of every sensor of a machine; None for one that is not there.

    To and from JSON with `msgspec.json`, to and from plain dicts with `msgspec.to_builtins` and
    `msgspec.convert`: exact in both directions.
    """

    ankle: ImuCalibration | None = None
    pelvis: ImuCalibration | None = None
    cable: CableCalibration | None = None
    load: LoadCalibration | None = None


def apply(calibration: Calibration, block: RawBlock) -> SampleBlock:
    """Convert a block of counts to SI units; times, announcements and gaps pass through.

    Each sample of the load cell beyond its capacity is handed on, and a gap of no length says so. Raises
    ValueError naming a stream that has samples but no calibration.
    """
    streams = {stream: si_samples(calibration, stream, raw) for stream, raw in block.streams.items()}
    gaps = block.gaps
    if calibration.load is not None and Stream.LOAD in streams:
        gaps = (*gaps, *overloads(calibration.load, streams[Stream.LOAD]))
    return SampleBlock(block.start_s, block.end_s, streams, block.announced, gaps)


def overloads(load: LoadCalibration, samples: FloatArray) -> Iterator[Gap]:
    """Yield a gap of no length for each sample (t_s, N) that is more than the cell is rated for."""
    for t_s in samples[np.abs(samples[:, 1]) > load.most_n, 0].tolist():
        yield Gap(Stream.LOAD, t_s, t_s, OVERLOAD)


def si_samples(calibration: Calibration, stream: Stream, raw: RawSamples) -> FloatArray:
    """Convert the samples of one stream to an array (n, columns) with the columns of `COLUMNS`.

    Raises ValueError naming the stream when it has no calibration.
    """
    chosen = getattr(calibration, stream.value)
    counts = raw.counts.astype(np.float64)
    if isinstance(chosen, ImuCalibration):
        values = _imu_si(chosen, counts)
    elif isinstance(chosen, CableCalibration):
        values = (counts - chosen.zero_counts) * chosen.m_per_count
    elif isinstance(chosen, LoadCalibration):
        values = (counts - chosen.tare_counts) * (chosen.n_per_count * chosen.pulley_ratio)
    else:
        raise ValueError(f"the {stream} stream holds counts, and there is no {stream} calibration")
    return np.column_stack((raw.t_s, values))


def _imu_si(calibration: ImuCalibration, counts: FloatArray) -> FloatArray:
    accel_bias = calibration.accel_bias_mps2 or (0.0, 0.0, 0.0)
    scales = [calibration.accel_mps2_per_count] * 3 + [calibration.gyro_radps_per_count] * 3
    scale: FloatArray = np.array(scales)
    bias: FloatArray = np.array([*accel_bias, *calibration.gyro_bias_radps])
    return counts * scale - bias


def _require_scale(name: str, value: float) -> None:
    if not 0.0 < abs(value) <= LARGEST:
        raise ValueError(f"{name} must be a number other than zero and at most {LARGEST:g}, not {value:g}")


def _require_numbers(name: str, *values: float) -> None:
    if not all(abs(value) <= LARGEST for value in values):
        raise ValueError(f"{name} must be numbers of at most {LARGEST:g}, not {values}")
