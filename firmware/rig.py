"""Rig: the buses and chips of one machine as its config names them, and what their counts mean."""

import time
from collections.abc import Callable, Sequence
from math import pi

import msgspec

from firmware.config import Cable, Imu, Load, Sensors
from firmware.i2c.as5600 import COUNTS_PER_TURN, As5600
from firmware.i2c.bus import Bus
from firmware.i2c.lsm6dsox import Lsm6dsox
from firmware.i2c.lsm6dsox import Settings as Lsm6dsoxSettings
from firmware.i2c.mpu6050 import Mpu6050
from firmware.i2c.nau7802 import Nau7802
from firmware.sampling.wired import Wired
from tracker.blocks import Stream
from tracker.calibration import CableCalibration, Calibration, ImuCalibration, LoadCalibration

_GAIN = 128
_CONVERTER_COUNTS = 2**24
_STANDARD_GRAVITY = 9.80665
_SAME_SCALE = 0.1
"""The ranges of a chip are a factor of two apart, and no chip is as wrong as this."""


def wired(
    sensors: Sensors, open_bus: Callable[[int], Bus], now: Callable[[], float] = time.monotonic
) -> list[Wired]:
    """Return the sensors in use, bus by bus; each bus is opened once.

    Raise BusUnavailableError where `open_bus` does; a bus that is opened late never raises here.
    """
    buses = {number: open_bus(number) for number in dict.fromkeys(_bus_numbers(sensors))}

    def on(section: Imu | Load | Cable | None, number: int) -> bool:
        return section is not None and section.enabled and section.bus == number

    lines = []
    for number, bus in buses.items():
        cable, load, pelvis, ankle = sensors.cable, sensors.load, sensors.pelvis, sensors.ankle
        lines.append(
            Wired(
                bus,
                cable=As5600(bus, cable.settings, now=now) if on(cable, number) else None,
                load=Nau7802(bus, load.settings, now=now) if on(load, number) else None,
                pelvis=imu_of(pelvis, Stream.PELVIS, bus, now) if pelvis and on(pelvis, number) else None,
                ankle=imu_of(ankle, Stream.ANKLE, bus, now) if on(ankle, number) else None,
            )
        )
    return lines


def imu_of(
    imu: Imu, stream: Stream, bus: Bus, now: Callable[[], float] = time.monotonic
) -> Lsm6dsox | Mpu6050:
    """Return the driver of an inertial sensor; nothing is sent yet."""
    settings, address = imu.settings, imu.address_of(stream)
    if isinstance(settings, Lsm6dsoxSettings):
        return Lsm6dsox(bus, address, settings, now=now)
    return Mpu6050(bus, address, settings, now=now)


def nominal(sensors: Sensors) -> Calibration:
    """Return what the counts mean by datasheet and config, before anything was measured.

    Of the load cell nothing is known without its zero, so it has none: a force is never guessed.
    """
    there = sensors.enabled
    return Calibration(
        ankle=imu_by_datasheet(sensors.ankle) if Stream.ANKLE in there else None,
        pelvis=imu_by_datasheet(sensors.pelvis or Imu()) if Stream.PELVIS in there else None,
        cable=cable_by_pulley(sensors.cable) if Stream.CABLE in there else None,
    )


def calibrated(sensors: Sensors, stored: Calibration | None) -> tuple[Calibration, tuple[str, ...]]:
    """Return the calibration of the sensors in use, and a note on each thing that is not as it should be.

    What was measured counts; what the load cell is rated for is by the config. An inertial sensor's scale
    that was stored for another range is replaced by the datasheet's; its biases stay, being in SI units.
    """
    base = nominal(sensors)
    stored = stored or Calibration()
    notes = []
    found: dict[str, ImuCalibration | CableCalibration | LoadCalibration | None] = {}
    for stream in (Stream.ANKLE, Stream.PELVIS):
        by_datasheet, measured = getattr(base, stream.value), getattr(stored, stream.value)
        if by_datasheet is not None and measured is not None:
            found[stream.value], changed = _at_the_range_in_use(measured, by_datasheet)
            if changed:
                notes.append(
                    f"the {stream} sensor's range was changed; calibrate it: kickback calibrate cuff"
                )
    if Stream.CABLE in sensors.enabled:
        if stored.cable is not None:
            found["cable"] = stored.cable
        elif pulley_assumed(sensors, stored):
            by_mm = 1000 * sensors.cable.pulley_in_use_m
            notes.append(
                "the cable's pulley is neither measured nor in the config, so travel and speed are by "
                f"{by_mm:.0f} mm: kickback calibrate cable"
            )
    if Stream.LOAD in sensors.enabled:
        if stored.load is not None:
            found["load"] = msgspec.structs.replace(stored.load, capacity_n=capacity_n(sensors.load))
        else:
            notes.append("the load cell is not calibrated, so no force is shown: kickback calibrate load")
    return msgspec.structs.replace(base, **found), tuple(notes)


def pulley_assumed(sensors: Sensors, stored: Calibration | None) -> bool:
    """Whether the cable's travel is by a usual pulley, since nobody measured or named this one."""
    known = sensors.cable.pulley_diameter_m is not None or (stored is not None and stored.cable is not None)
    return Stream.CABLE in sensors.enabled and not known


def imu_by_datasheet(imu: Imu) -> ImuCalibration:
    """The datasheet's scale at the ranges in use, without bias."""
    settings = imu.settings
    return ImuCalibration(
        accel_mps2_per_count=settings.accel_mps2_per_count,
        gyro_radps_per_count=settings.gyro_radps_per_count,
    )


def cable_by_pulley(cable: Cable) -> CableCalibration:
    """Travel from the pulley's circumference."""
    m_per_count = pi * cable.pulley_in_use_m / COUNTS_PER_TURN
    return CableCalibration(m_per_count=cable.direction * m_per_count)


def load_by_rating(load: Load) -> LoadCalibration:
    """What the cell's printed rating says, without its zero; a measured calibration lies near it.

    The chip's full range of 2^24 counts is its supply over the gain, so the supply cancels out.
    """
    counts = load.sensitivity_mv_per_v * 1e-3 * _GAIN * _CONVERTER_COUNTS
    return LoadCalibration(
        n_per_count=capacity_n(load) / counts, pulley_ratio=load.pulley_ratio, capacity_n=capacity_n(load)
    )


def capacity_n(load: Load) -> float:
    """The force that the cell is rated for."""
    return load.capacity_kg * _STANDARD_GRAVITY


def _bus_numbers(sensors: Sensors) -> Sequence[int]:
    sections = (sensors.cable, sensors.load, sensors.pelvis, sensors.ankle)
    return [section.bus for section in sections if section is not None and section.enabled]


def _at_the_range_in_use(
    measured: ImuCalibration, by_datasheet: ImuCalibration
) -> tuple[ImuCalibration, bool]:
    accel = measured.accel_mps2_per_count / by_datasheet.accel_mps2_per_count
    gyro = measured.gyro_radps_per_count / by_datasheet.gyro_radps_per_count
    if abs(accel - 1.0) <= _SAME_SCALE and abs(gyro - 1.0) <= _SAME_SCALE:
        return measured, False
    scales = {
        "accel_mps2_per_count": by_datasheet.accel_mps2_per_count,
        "gyro_radps_per_count": by_datasheet.gyro_radps_per_count,
    }
    return msgspec.structs.replace(measured, **scales), True
