"""Calibration: what was measured of each sensor in use, when, and whether it still holds."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from firmware.calibrating.in_use import COMMANDS, changes
from firmware.calibration_store import CalibrationFileError, Origin, read_stored
from firmware.checkup.finding import Finding, failure, fine, note, wrong
from firmware.config import Sensors
from tracker.blocks import Stream

OLD_DAYS = 365

_WITHOUT = {
    Stream.CABLE: "not measured: travel is by the config's pulley diameter",
    Stream.ANKLE: "not measured: the gyroscope's bias is found while lifting",
    Stream.PELVIS: "not measured: the gyroscope's bias is found while lifting",
}


def examine_calibration(path: Path, sensors: Sensors, now: datetime | None = None) -> Iterator[Finding]:
    """Look at the calibration file and at what it says of each sensor in use."""
    try:
        stored = read_stored(path)
    except CalibrationFileError as error:
        yield failure("calibration", error)
        return
    if not path.exists():
        yield note("calibration", f"{path} is not there yet")
    for stream in sensors.enabled:
        part = f"calibration {stream}"
        entry = stored.of(stream)
        if entry is None and stream is Stream.LOAD:
            yield wrong(part, "not measured, so no force is shown", COMMANDS[stream])
        elif entry is None and stream is Stream.CABLE and sensors.cable.pulley_diameter_m is None:
            by_mm = 1000 * sensors.cable.pulley_in_use_m
            what = f"neither measured nor in the config: travel and speed are by {by_mm:.0f} mm"
            yield wrong(part, what, COMMANDS[stream])
        elif entry is None:
            yield note(part, _WITHOUT[stream], COMMANDS[stream])
        elif changed := changes(entry, sensors, stream):
            yield wrong(part, f"for other settings and not used: {', '.join(changed)}", COMMANDS[stream])
        else:
            yield _aged(part, entry, now or datetime.now(UTC), COMMANDS[stream])


def _aged(part: str, entry: Origin, now: datetime, todo: str) -> Finding:
    days = (now - entry.made).days
    date = entry.made.date().isoformat()
    if not entry.clock_set or days < 0:
        return note(part, f"measured on {date} by a clock that was not set", f"when in doubt, {todo}")
    if days > OLD_DAYS:
        return note(part, f"measured on {date}, {days} days ago: cells and belts change", todo)
    return fine(part, f"measured on {date}, {days} days ago")
