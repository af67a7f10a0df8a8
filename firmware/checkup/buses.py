"""Buses: every bus that the config names, who is on it, and its sensors one after another."""

from collections.abc import Iterator

from firmware.checkup.addresses import Others, named, scan
from firmware.checkup.finding import Finding, failure, fine, note, wrong
from firmware.checkup.sensors import EXAMINE, Bench
from firmware.config import Imu, Sensors
from firmware.errors import FaultError
from firmware.i2c import as5600, lsm6dsox, mpu6050, nau7802
from firmware.i2c.bus import Bus, BusUnavailableError
from tracker.blocks import Stream
from tracker.calibration import Calibration

_NO_BUS = "without sensors, kickback demo and kickback replay work on any computer"


def examine_buses(sensors: Sensors, measured: Calibration, bench: Bench) -> Iterator[Finding]:
    """Look at every bus and sensor that the config names; `measured`: what counts are."""
    places = {stream: _place(sensors, stream) for stream in sensors.enabled}
    for number in dict.fromkeys(number for number, _ in places.values()):
        there = {stream: address for stream, (on, address) in places.items() if on == number}
        try:
            bus = bench.open_bus(number)
        except BusUnavailableError as error:
            yield failure(f"bus {number}", error)
            yield note("sensors", f"{_listed(there)} not looked at, for want of bus {number}", _NO_BUS)
            continue
        try:
            yield from _examine_bus(bus, there, sensors, measured, bench)
        finally:
            bus.close()


def buses_of(sensors: Sensors) -> frozenset[int]:
    """The numbers of the buses that the sensors in use are on."""
    return frozenset(_place(sensors, stream)[0] for stream in sensors.enabled)


def _examine_bus(
    bus: Bus, there: dict[Stream, int], sensors: Sensors, measured: Calibration, bench: Bench
) -> Iterator[Finding]:
    others = scan(bus, frozenset(there.values()))
    if others.hangs:
        yield wrong(
            f"bus {bus.name}",
            f"it hangs, so {_listed(there)} were not looked at",
            "look for a line held low or a chip without power; switch all of them off and on",
        )
        return
    scanned = bus.errors.copy()
    before = bus.transactions
    for stream, address in there.items():
        try:
            yield from EXAMINE[stream](bus, stream, sensors, measured, bench)
        except FaultError as error:
            finding = failure(str(stream), error)
            elsewhere = _elsewhere(stream, address, others)
            yield wrong(finding.part, finding.what, elsewhere or finding.todo)
    yield _others(bus, others)
    transfers, errors = bus.transactions - before, (bus.errors - scanned).total()
    if errors:
        yield wrong(
            f"bus {bus.name}",
            f"{errors} of {transfers} transfers failed",
            "check plugs, cable length, pull-ups and bus speed; each costs time, and some cost samples",
        )
    else:
        yield fine(f"bus {bus.name}", f"{transfers} transfers without an error")


def _place(sensors: Sensors, stream: Stream) -> tuple[int, int]:
    """The bus and the address of a stream's sensor."""
    if stream is Stream.LOAD:
        return sensors.load.bus, nau7802.ADDRESS
    if stream is Stream.CABLE:
        return sensors.cable.bus, as5600.ADDRESS
    imu = (sensors.pelvis if stream is Stream.PELVIS else sensors.ankle) or Imu()
    return imu.bus, imu.address_of(stream)


def _elsewhere(stream: Stream, address: int, others: Others) -> str | None:
    """What to do when an inertial sensor does not work and one answers at another address."""
    for other in others.answering if stream in (Stream.ANKLE, Stream.PELVIS) else ():
        if other not in (*lsm6dsox.ADDRESSES, *mpu6050.ADDRESSES):
            continue
        key = f"sensors.{stream}.address = {other:#04x}"
        if (other in mpu6050.ADDRESSES) != (address in mpu6050.ADDRESSES):
            key = f'sensors.{stream}.chip = "{"mpu6050" if other in mpu6050.ADDRESSES else "lsm6dsox"}"'
        return f"{named(other)} answers: if that is the sensor, set {key}"
    return None


def _others(bus: Bus, others: Others) -> Finding:
    part = f"scan {bus.name}"
    found = [named(address) for address in others.answering]
    found += [f"{address:#04x} (claimed by a kernel driver)" for address in others.claimed]
    return fine(part, f"besides there is {', '.join(found)}" if found else "nobody else is on the bus")


def _listed(there: dict[Stream, int]) -> str:
    return ", ".join(map(str, there))
