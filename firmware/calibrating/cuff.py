"""Cuff: what an inertial sensor shows while it lies still, and whether it is the chip the config names."""

from collections.abc import Iterator
from math import degrees, hypot

import numpy as np

from firmware.calibrating.checks import Check, Measured, require
from firmware.calibrating.console import Console
from firmware.calibrating.host import Host
from firmware.calibrating.imu_readings import ImuReadings, read_imu
from firmware.i2c.lsm6dsox import Lsm6dsox, check_gravity
from firmware.i2c.mpu6050 import Mpu6050
from firmware.i2c.registers import ChipError
from tracker.calibration import ImuCalibration

_STILL_S = 5.0
_RATE_WITHIN = 0.1
_TURNING_DPS = 0.3
_SHAKING_MPS2 = 0.15
_DRIFT_DPS = 0.2
_LARGEST_BIAS_DPS = {Lsm6dsox: 10.0, Mpu6050: 25.0}
"""The datasheets' typical zero-rate levels are 1 and 20 degrees/s."""

_STANDARD_GRAVITY = 9.80665


def calibrate_cuff(driver: Lsm6dsox | Mpu6050, host: Host, console: Console) -> Measured[ImuCalibration]:
    """Set the chip up and measure its gyroscope's bias; raise RefusedError when a check fails.

    The accelerometer's bias cannot be told from one position and is left open.
    """
    console.ready("Lay the cuff on something firm and do not touch it.")
    host.set_up(driver)
    with console.progress("lying still", _STILL_S) as progress:
        readings = read_imu(driver, _STILL_S, host, progress)
    require(cuff_checks(readings, driver), console, "cuff")
    settings = driver.settings
    bias = readings.gyro_radps.mean(axis=0).tolist()
    return Measured(
        ImuCalibration(
            accel_mps2_per_count=settings.accel_mps2_per_count,
            gyro_radps_per_count=settings.gyro_radps_per_count,
            gyro_bias_radps=(bias[0], bias[1], bias[2]),
        ),
        {
            "rate_hz": readings.rate_hz,
            "gravity_g": felt_gravity(readings, driver)[0],
            "gyro_noise_dps": turning_dps(readings),
            "accel_noise_mps2": shaking_mps2(readings),
            "gyro_bias_dps": degrees(hypot(*bias)),
        },
    )


def cuff_checks(readings: ImuReadings, driver: Lsm6dsox | Mpu6050) -> Iterator[Check]:
    """Tell whether a sensor that should lie still does, and shows what it should."""
    yield from sampling_checks(readings, driver)
    turning, shaking, drift = turning_dps(readings), shaking_mps2(readings), _drift_dps(readings)
    yield Check(
        "not turned",
        f"{turning:.2f} degrees/s of noise, at most {_TURNING_DPS:g}",
        turning <= _TURNING_DPS,
        "it moved: lay it on something firm, keep hands off and begin again",
    )
    yield Check(
        "not shaken",
        f"{shaking:.3f} m/s2 of noise, at most {_SHAKING_MPS2:g}",
        shaking <= _SHAKING_MPS2,
        "it was shaken: lay it on something that does not shake and begin again",
    )
    yield Check(
        "steady",
        f"{drift:.2f} degrees/s between begin and end, at most {_DRIFT_DPS:g}",
        drift <= _DRIFT_DPS,
        "it turned, or is still warming up: wait a minute and begin again",
    )
    gravity_g, wrong = felt_gravity(readings, driver)
    yield Check("gravity", f"{gravity_g:.3f} g, 0.9 to 1.1", wrong is None, wrong or "")
    bias = degrees(float(np.abs(readings.gyro_radps.mean(axis=0)).max()))
    largest = _LARGEST_BIAS_DPS[type(driver)]
    yield Check(
        "gyroscope's bias",
        f"{bias:.2f} degrees/s, at most {largest:g}",
        bias <= largest,
        "it turns, or the chip is broken: lay it still and begin again, else replace it",
    )


def sampling_checks(readings: ImuReadings, driver: Lsm6dsox | Mpu6050) -> Iterator[Check]:
    """Tell whether every sample comes, at about the rate that was set, and none at its end."""
    name = driver.settings.rate_hz
    yield Check(
        "measured rate",
        f"{readings.rate_hz:.1f} per second, {name} by name",
        abs(readings.rate_hz - name) <= _RATE_WITHIN * name,
        "end what else uses the bus; else the chip is broken or not what it claims to be",
    )
    yield Check(
        "lost samples",
        f"{readings.lost} and {readings.overruns} overruns, must be 0",
        readings.lost == 0 and readings.overruns == 0,
        "end what else uses the bus or the computer; check the wires and the bus speed",
    )
    yield Check(
        "saturated samples",
        f"{readings.saturated} of {len(readings.counts)}, must be 0",
        readings.saturated == 0,
        "keep it still; lying still it cannot be at its end, unless an axis is broken",
    )


def felt_gravity(readings: ImuReadings, driver: Lsm6dsox | Mpu6050) -> tuple[float, str | None]:
    """Return the length of the mean acceleration in g, and what is wrong with it."""
    gravity_g = hypot(*readings.accel_mps2.mean(axis=0).tolist()) / _STANDARD_GRAVITY
    if isinstance(driver, Lsm6dsox):
        try:
            check_gravity(readings.counts[:, :3], driver.settings)
        except ChipError as error:
            return gravity_g, str(error).partition(": ")[2]
        return gravity_g, None
    if 0.9 <= gravity_g <= 1.1:
        return gravity_g, None
    return gravity_g, "hold the sensor still and try again, or replace it"


def still(readings: ImuReadings) -> bool:
    """Whether the sensor lay still, by the noise of its axes."""
    return turning_dps(readings) <= _TURNING_DPS and shaking_mps2(readings) <= _SHAKING_MPS2


def turning_dps(readings: ImuReadings) -> float:
    """The noisiest axis of the gyroscope: standard deviation in degrees/s."""
    return degrees(float(readings.gyro_radps.std(axis=0).max()))


def shaking_mps2(readings: ImuReadings) -> float:
    """The noisiest axis of the accelerometer: standard deviation in m/s2."""
    return float(readings.accel_mps2.std(axis=0).max())


def _drift_dps(readings: ImuReadings) -> float:
    third = len(readings.gyro_radps) // 3
    first, last = readings.gyro_radps[:third].mean(axis=0), readings.gyro_radps[-third:].mean(axis=0)
    return degrees(float(np.abs(last - first).max()))
