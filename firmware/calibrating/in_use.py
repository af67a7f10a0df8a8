"""In use: which of the stored calibrations still hold for the sensors as they are set now."""

from pathlib import Path

import msgspec

from firmware.calibration_store import (
    CalibrationFileError,
    Stored,
    StoredCable,
    StoredImu,
    StoredLoad,
    read_stored,
)
from firmware.config import Cable, Sensors
from firmware.rig import cable_by_pulley
from tracker.blocks import Stream
from tracker.calibration import CableCalibration, Calibration, ImuCalibration, LoadCalibration

_SAME_PULLEY = 0.02

COMMANDS = {
    Stream.LOAD: "kickback calibrate load",
    Stream.CABLE: "kickback calibrate cable",
    Stream.ANKLE: "kickback calibrate cuff",
    Stream.PELVIS: "kickback calibrate cuff --sensor pelvis",
}
"""What measures the calibration of each stream."""


def belongs_to(sensors: Sensors, stream: Stream) -> dict[str, str | int | float]:
    """The settings that a calibration of this stream holds for; another range or cell is another matter."""
    if stream is Stream.LOAD:
        load = sensors.load
        return {
            "chip": "nau7802",
            "capacity_kg": load.capacity_kg,
            "sensitivity_mv_per_v": load.sensitivity_mv_per_v,
            "pulley_ratio": load.pulley_ratio,
        }
    if stream is Stream.CABLE:
        cable = sensors.cable
        return {
            "chip": "as5600",
            "pulley_diameter_m": cable.pulley_in_use_m,
            "direction": cable.direction,
        }
    imu = sensors.pelvis if stream is Stream.PELVIS else sensors.ankle
    if imu is None:
        return {}
    return {"chip": imu.chip, "accel_range_g": imu.accel_range_g, "gyro_range_dps": imu.gyro_range_dps}


def changes(entry: StoredImu | StoredCable | StoredLoad, sensors: Sensors, stream: Stream) -> list[str]:
    """Name the settings that are no longer those the calibration belongs to, with both values.

    Whoever writes the measured pulley into the config changed nothing.
    """
    now, then = belongs_to(sensors, stream), entry.belongs_to
    changed = [name for name in sorted(now.keys() | then.keys()) if now.get(name) != then.get(name)]
    if isinstance(entry, StoredCable) and _says_what_was_measured(sensors.cable, entry.calibration):
        changed = [name for name in changed if name not in ("pulley_diameter_m", "direction")]
    return [f"{name} is {now.get(name)} and was {then.get(name)}" for name in changed]


def _says_what_was_measured(cable: Cable, measured: CableCalibration) -> bool:
    return abs(cable_by_pulley(cable).m_per_count / measured.m_per_count - 1.0) <= _SAME_PULLEY


def still_holding(path: Path, sensors: Sensors) -> tuple[Calibration, tuple[str, ...]]:
    """Return what was measured and holds for the sensors as they are set, and a note on what does not.

    Never raises. A sensor has none without a file, with one that cannot be trusted, and when its settings
    are others than those it was measured at; `rig.calibrated` then takes the datasheet's figures. For the
    load cell there are none: it stays without a calibration, and no force is claimed.
    """
    notes = []
    try:
        stored = read_stored(path)
    except CalibrationFileError as error:
        stored = Stored()
        notes.append(str(error))
    holding: dict[str, ImuCalibration | CableCalibration | LoadCalibration] = {}
    for stream in sensors.enabled:
        entry = stored.of(stream)
        if entry is None:
            continue
        if changed := changes(entry, sensors, stream):
            reason = ", ".join(changed)
            notes.append(
                f"the {stream} calibration is for other settings ({reason}) and not used: {COMMANDS[stream]}"
            )
        else:
            holding[stream.value] = entry.calibration
    return msgspec.structs.replace(Calibration(), **holding), tuple(notes)
