"""Sensors: each one set up and read for some seconds."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from firmware.calibrating.appliance_at_work import running_appliance
from firmware.calibrating.cable import magnet_checks
from firmware.calibrating.cable_path import CablePath
from firmware.calibrating.cuff import felt_gravity, sampling_checks, shaking_mps2, still, turning_dps
from firmware.calibrating.host import Host
from firmware.calibrating.imu_readings import read_imu
from firmware.calibrating.load_checks import converting_checks
from firmware.calibrating.load_readings import read_load
from firmware.checkup.finding import Finding, failed, fine, note, wrong
from firmware.config import Imu, Sensors
from firmware.i2c.as5600 import As5600
from firmware.i2c.bus import Bus
from firmware.i2c.mpu6050 import Mpu6050
from firmware.i2c.nau7802 import Nau7802
from firmware.rig import capacity_n, imu_of
from firmware.sampling.stuck import SENSES
from tracker.blocks import Stream
from tracker.calibration import Calibration

_READ_S = 3.0
_CABLE_S = 1.0

Progress = Callable[[str, float], AbstractContextManager[Callable[[float], None]]]


def _unseen(name: str, seconds: float) -> AbstractContextManager[Callable[[float], None]]:
    return nullcontext(lambda passed_s: None)


@dataclass(frozen=True, slots=True)
class Bench:
    """A machine to look at.

    `open_bus`: opens the bus of a number. `progress`: shows how the reading of a sensor gets on.
    `appliance`: the process that holds the sensors, None when none does.
    """

    host: Host = field(default_factory=Host)
    open_bus: Callable[[int], Bus] = Bus.open
    progress: Progress = _unseen
    appliance: Callable[[], int | None] = running_appliance


def _imu(
    bus: Bus, stream: Stream, sensors: Sensors, measured: Calibration, bench: Bench
) -> Iterator[Finding]:
    part = str(stream)
    section = sensors.pelvis if stream is Stream.PELVIS else sensors.ankle
    driver = imu_of(section or Imu(), stream, bus, bench.host.now)
    bench.host.set_up(driver)
    with bench.progress(part, _READ_S) as progress:
        readings = read_imu(driver, _READ_S, bench.host, progress)
    problems = list(failed(part, sampling_checks(readings, driver)))
    if isinstance(driver, Mpu6050) and driver.warning is not None:
        yield note(part, driver.warning)
    if any((readings.counts[:, sense] == readings.counts[0, sense]).all() for sense in SENSES[stream]):
        problems.append(wrong(part, "it repeats the same values", "switch all off and on, else replace it"))
    gravity_g, off = felt_gravity(readings, driver)
    if still(readings) and off is not None:
        problems.append(wrong(part, f"it feels {gravity_g:.2f} g at rest", off))
    yield from problems
    figures = (
        f"{driver.settings.rate_hz} by name gives {readings.rate_hz:.1f} samples/s, {gravity_g:.3f} g, noise "
        f"{turning_dps(readings):.2f} degrees/s and {shaking_mps2(readings):.3f} m/s2"
    )
    if not still(readings):
        yield note(part, f"it moves; {figures}", "lay it still for noise and gravity to be judged")
    elif not problems:
        yield fine(part, figures)


def _load(
    bus: Bus, stream: Stream, sensors: Sensors, measured: Calibration, bench: Bench
) -> Iterator[Finding]:
    part, cell = str(stream), sensors.load
    driver = Nau7802(bus, cell.settings, now=bench.host.now, sleep=bench.host.sleep)
    bench.host.set_up(driver)
    with bench.progress(part, _READ_S) as progress:
        readings = read_load(driver, _READ_S, bench.host, progress)
    problems = list(failed(part, converting_checks(readings, cell)))
    known = measured.load
    if known is not None:
        on_cell_n = abs((readings.mean - known.tare_counts) * known.n_per_count)
        if on_cell_n > capacity_n(cell):
            what = f"it bears {on_cell_n:.0f} N and is rated for {capacity_n(cell):.0f} N"
            problems.append(wrong(part, what, "take the load off; if it does not show 0 N then, it is bent"))
    yield from problems
    if not problems:
        figures = f"{cell.rate_sps} by name gives {readings.rate_hz:.1f} conversions/s"
        if known is not None:
            n_per_count = known.n_per_count * known.pulley_ratio
            pull_n = (readings.mean - known.tare_counts) * n_per_count
            noise_n = readings.noise * abs(n_per_count)
            figures += f", {pull_n:.1f} N on the cable now, noise {noise_n:.2f} N"
        yield fine(part, figures)


def _cable(
    bus: Bus, stream: Stream, sensors: Sensors, measured: Calibration, bench: Bench
) -> Iterator[Finding]:
    part = str(stream)
    driver = As5600(bus, sensors.cable.settings, now=bench.host.now)
    bench.host.set_up(driver)
    gain = driver.gain()
    problems = list(failed(part, magnet_checks(driver.magnet_fault(), gain)))
    path = CablePath(driver, bench.host)
    with bench.progress(part, _CABLE_S):
        _, span = path.rest(_CABLE_S)
    if path.corrupt:
        problems.append(
            wrong(
                part,
                f"{path.corrupt} readings were no angle",
                "check its wires, their length and the bus speed",
            )
        )
    yield from problems
    if not problems:
        yield fine(part, f"magnet seen, gain {gain} of 128, moves by {span} counts within {_CABLE_S:g} s")


EXAMINE = {Stream.CABLE: _cable, Stream.LOAD: _load, Stream.PELVIS: _imu, Stream.ANKLE: _imu}
"""How the sensor of each stream is looked at."""
