"""Sensors that look at the body and the machine: rates that are off, noise, bias, steps and limits."""

from dataclasses import dataclass

import numpy as np

from tests.gym.machine import GRAVITY_MPS2
from tests.gym.rotation import about
from tests.gym.script import STEP_S
from tests.gym.session import SensorGrade
from tracker.blocks import FloatArray

LEVER_M = (0.045, 0.0, 0.03)
"""Where the sensor sits on the cuff, from the ankle in the shank's frame."""


@dataclass(frozen=True, slots=True)
class ImuGrade:
    """Noise densities, biases (standard deviation of an axis), step and limit of one sensor."""

    gyro_noise: float
    accel_noise: float
    gyro_bias: float
    accel_bias: float
    gyro_step: float
    accel_step: float
    gyro_limit: float
    accel_limit: float


def _grade(gyro_mdps: float, accel_ug: float, bias_dps: float, bias_mg: float) -> ImuGrade:
    """Ranges are 1000 degrees/s and 8 g over 16 bits."""
    g, rad = GRAVITY_MPS2, np.pi / 180.0
    return ImuGrade(
        gyro_mdps * 1e-3 * rad,
        accel_ug * 1e-6 * g,
        bias_dps * rad,
        bias_mg * 1e-3 * g,
        0.035 * rad,
        0.244e-3 * g,
        1000.0 * rad,
        8.0 * g,
    )


GRADES: dict[SensorGrade, ImuGrade] = {
    "good": _grade(3.8, 90.0, 0.3, 12.0),
    "poor": _grade(8.0, 400.0, 0.9, 35.0),
}
"""Of the class of an LSM6DSOX, and of an MPU-6050 whose large offset was roughly calibrated away."""


def mounting(turns_deg: tuple[float, float, float]) -> FloatArray:
    """Return the rotation (3, 3) that takes vectors of the sensor frame to those of what it is worn on."""
    x, y, z = np.radians(turns_deg)
    return np.asarray((about("x", x) @ about("y", y) @ about("z", z))[0])


def imu(signal: FloatArray, grade: ImuGrade, rate_hz: float, rng: np.random.Generator) -> FloatArray:
    """Return t_s, specific force (m/s2) and angular rate (rad/s) as a sensor sees them, sampled.

    `signal`: what it feels, as from `tests.gym.signals.felt`.
    """
    grid = np.arange(len(signal)) * STEP_S
    t = sample_times(len(signal), rate_hz, rng, 5e-5)
    bandwidth = (0.5 * rate_hz) ** 0.5
    columns = [t]
    for first, noise, bias, step, limit in (
        (0, grade.accel_noise, grade.accel_bias, grade.accel_step, grade.accel_limit),
        (3, grade.gyro_noise, grade.gyro_bias, grade.gyro_step, grade.gyro_limit),
    ):
        for axis in range(first, first + 3):
            seen = np.interp(t, grid, signal[:, axis])
            seen = seen + rng.normal(0.0, noise * bandwidth, len(t)) + rng.normal(0.0, bias)
            columns.append(np.clip(np.rint(seen / step) * step, -limit, limit))
    return np.column_stack(columns)


def encoder(travel_m: FloatArray, rate_hz: float, rng: np.random.Generator) -> FloatArray:
    """Return t_s and position_m of a 12-bit encoder on a 60 mm pulley, sampled."""
    t = sample_times(len(travel_m), rate_hz, rng, 2e-4)
    step = np.pi * 0.06 / 4096.0
    return np.column_stack(
        (t, np.rint(np.interp(t, np.arange(len(travel_m)) * STEP_S, travel_m) / step) * step)
    )


def load_cell(tension_n: FloatArray, rate_hz: float, rng: np.random.Generator) -> FloatArray:
    """Return t_s and force_n of a load cell with noise and a small offset, averaged over each conversion."""
    window = max(1, round(1.0 / rate_hz / STEP_S))
    summed = np.concatenate(([0.0], np.cumsum(tension_n)))
    averaged = (summed[window:] - summed[:-window]) / window
    t = sample_times(len(tension_n), rate_hz, rng, 1e-4)
    ends = np.arange(len(averaged)) * STEP_S + 0.5 * window * STEP_S
    offset = rng.normal(0.0, 0.4)
    return np.column_stack((t, np.interp(t, ends, averaged) + rng.normal(0.0, 0.6, len(t)) + offset))


def sample_times(n: int, rate_hz: float, rng: np.random.Generator, jitter_s: float) -> FloatArray:
    """Return increasing sample times (s) within the grid, at the true rate with jitter."""
    t = np.arange(0.002, (n - 2) * STEP_S, 1.0 / rate_hz)
    spread = np.clip(rng.normal(0.0, jitter_s, len(t)), -0.3 / rate_hz, 0.3 / rate_hz)
    return np.asarray(np.round(t + spread, 6))
