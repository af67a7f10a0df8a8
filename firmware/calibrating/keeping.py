"""Keeping: one sensor opened, measured, and its calibration put into the store if it is accepted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from firmware.calibrating.appliance_at_work import running_appliance
from firmware.calibrating.cable import calibrate_cable
from firmware.calibrating.checks import Measured
from firmware.calibrating.console import Console
from firmware.calibrating.cuff import calibrate_cuff
from firmware.calibrating.host import Host
from firmware.calibrating.in_use import belongs_to, changes
from firmware.calibrating.load import calibrate_load, tare_moved
from firmware.calibrating.load_checks import Hung
from firmware.calibration_store import (
    StoredCable,
    StoredImu,
    StoredLoad,
    read_stored,
    write_stored,
)
from firmware.config import Cable, Imu, Load, Sensors
from firmware.errors import BadInputError, FaultError
from firmware.i2c.as5600 import As5600
from firmware.i2c.bus import Bus
from firmware.i2c.nau7802 import Nau7802
from firmware.rig import imu_of
from firmware.wall_clock import set_by_network
from tracker.blocks import Stream

S = TypeVar("S", Load, Cable, Imu)


@dataclass(frozen=True, slots=True)
class Bench:
    """A machine whose sensors are to be measured.

    `path`: the calibration file. `open_bus`: opens the bus of a number. `utc`, `clock_set`: the wall clock
    and whether the network set it. `appliance`: the process that holds the sensors, None when none does.
    """

    sensors: Sensors
    path: Path
    console: Console
    host: Host = field(default_factory=Host)
    open_bus: Callable[[int], Bus] = Bus.open
    utc: Callable[[], datetime] = lambda: datetime.now(UTC)
    clock_set: Callable[[], bool] = set_by_network
    appliance: Callable[[], int | None] = running_appliance


def calibrate_load_of(bench: Bench, known_n: float | None, hung: Hung = "cell") -> bool:
    """Calibrate the load cell; return whether the result was kept."""
    cell = _in_use(bench.sensors.load, Stream.LOAD)
    bus = _opened(bench, cell.bus)
    try:
        driver = Nau7802(bus, cell.settings, now=bench.host.now, sleep=bench.host.sleep)
        measured = calibrate_load(driver, cell, bench.host, bench.console, known_n, hung)
    finally:
        bus.close()
    before = read_stored(bench.path).load
    if before is not None and not changes(before, bench.sensors, Stream.LOAD):
        moved = tare_moved(measured.calibration, before.calibration, cell)
        if moved is not None:
            bench.console.say(f"  Note: {moved}.")
    return _kept(bench, Stream.LOAD, StoredLoad, measured)


def calibrate_cable_of(bench: Bench, length_m: float | None) -> bool:
    """Calibrate the encoder; return whether the result was kept."""
    cable = _in_use(bench.sensors.cable, Stream.CABLE)
    bus = _opened(bench, cable.bus)
    try:
        driver = As5600(bus, cable.settings, now=bench.host.now)
        measured = calibrate_cable(driver, cable, bench.host, bench.console, length_m)
    finally:
        bus.close()
    return _kept(bench, Stream.CABLE, StoredCable, measured)


def calibrate_imu_of(bench: Bench, stream: Stream) -> bool:
    """Calibrate an inertial sensor; return whether the result was kept."""
    section = bench.sensors.pelvis if stream is Stream.PELVIS else bench.sensors.ankle
    imu = _in_use(section, stream)
    bus = _opened(bench, imu.bus)
    try:
        measured = calibrate_cuff(imu_of(imu, stream, bus, bench.host.now), bench.host, bench.console)
    finally:
        bus.close()
    return _kept(bench, stream, StoredImu, measured)


def _in_use(section: S | None, stream: Stream) -> S:
    if section is None:
        raise BadInputError(f"the config has no {stream} sensor; give it a table [sensors.{stream}]")
    if not section.enabled:
        raise BadInputError(f"the {stream} sensor is switched off in the config: sensors.{stream}.enabled")
    return section


def _opened(bench: Bench, number: int) -> Bus:
    """Open a bus, when the store can take the result and nobody else reads the sensors."""
    read_stored(bench.path)
    process = bench.appliance()
    if process is not None:
        raise FaultError(
            f"kickback run (process {process}) holds the sensors; stop it first: sudo systemctl stop kickback"
        )
    return bench.open_bus(number)


def _kept(bench: Bench, stream: Stream, entry: Callable[..., object], measured: Measured[Any]) -> bool:
    if not bench.console.accepts(f"Keep this calibration in {bench.path}?"):
        bench.console.say("Nothing was saved.")
        return False
    made = entry(
        made=bench.utc(),
        clock_set=bench.clock_set(),
        software=_software(),
        belongs_to=belongs_to(bench.sensors, stream),
        figures=measured.figures,
        calibration=measured.calibration,
    )
    write_stored(bench.path, msgspec.structs.replace(read_stored(bench.path), **{stream.value: made}))
    bench.console.say(f"Saved in {bench.path}. It is used from the next start of kickback run.")
    return True


def _software() -> str:
    try:
        return version("kickback-tracker")
    except PackageNotFoundError:
        return "not installed"
