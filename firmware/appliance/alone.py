"""Alone: one program at a time reads the sensors, since what one takes out of a FIFO the other never sees."""

from pathlib import Path

from firmware.calibrating.appliance_at_work import running_appliance
from firmware.config import Sensors
from firmware.errors import FaultError


def require_alone(sensors: Sensors, dev: Path = Path("/dev"), proc: Path = Path("/proc")) -> None:
    """Raise FaultError when another `kickback run` is at work on this machine's buses."""
    sections = (sensors.ankle, sensors.pelvis, sensors.load, sensors.cable)
    numbers = {each.bus for each in sections if each is not None and each.enabled}
    if any((dev / f"i2c-{number}").exists() for number in numbers):
        process = running_appliance(proc)
        if process is not None:
            raise FaultError(
                f"kickback run is at work already (process {process}); stop it first, as a service with "
                "`sudo systemctl stop kickback`"
            )
