"""What `kickback doctor` finds on modelled buses, with each fault of a chip, its wires and its address."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from firmware.calibrating.host import Host
from firmware.checkup.buses import examine_buses
from firmware.checkup.finding import Finding, State
from firmware.checkup.sensors import Bench
from firmware.config import Cable, Imu, Load, Sensors
from firmware.i2c.bus import Bus, BusUnavailableError
from tests.calibration_bench import G, Machine
from tests.chips.bus import CONTROLLERS, Controller, Fault, ModelBus
from tests.chips.chip import Chip, Register
from tests.chips.lsm6dsox import Lsm6dsoxModel
from tracker.calibration import Calibration, LoadCalibration

COUNTS_PER_N = 21474.8 / G
MEASURED = Calibration(load=LoadCalibration(n_per_count=1 / COUNTS_PER_N, tare_counts=0))


ANY = {0x00: Register("ANY", reset=0x42)}


class Stranger(Chip):
    """A chip that nobody expects, and that answers whoever reads a byte."""

    name = "stranger"
    registers = ANY


def look(
    machine: Machine, sensors: Sensors | None = None, measured: Calibration | None = None
) -> list[Finding]:
    seen: list[str] = []

    @contextmanager
    def progress(name: str, seconds: float) -> Iterator[Callable[[float], None]]:
        seen.append(name)
        yield lambda passed_s: None

    bench = Bench(
        host=Host(machine.clock.now, machine.clock.sleep),
        open_bus=lambda number: Bus(machine.bus, f"i2c-{number}"),
        progress=progress,
    )
    findings = list(examine_buses(sensors or Sensors(), measured or MEASURED, bench))
    assert machine.bus.closed
    return findings


def only(findings: list[Finding], part: str) -> Finding:
    found = [each for each in findings if each.part == part]
    assert len(found) == 1, findings
    return found[0]


def wrongs(findings: list[Finding]) -> list[Finding]:
    return [each for each in findings if each.state is State.WRONG]


@pytest.mark.parametrize("controller", CONTROLLERS, ids=lambda each: each.name)
def test_a_machine_in_order_is_fine_in_every_line(controller: Controller) -> None:
    machine = Machine()
    machine.bus = ModelBus(machine.clock, machine.chips, controller=controller)
    machine.force_n = 12.0
    findings = look(machine)
    assert [(each.part, each.state, each.todo) for each in findings] == [
        ("cable", State.FINE, ""),
        ("load", State.FINE, ""),
        ("ankle", State.FINE, ""),
        ("scan i2c-1", State.FINE, ""),
        ("bus i2c-1", State.FINE, ""),
    ]
    assert "gain 64 of 128" in only(findings, "cable").what
    assert "80 by name gives 80.0 conversions/s, 12.0 N on the cable now" in only(findings, "load").what
    assert "208 by name gives 208." in only(findings, "ankle").what
    assert "1.000 g" in only(findings, "ankle").what
    assert "nobody else" in only(findings, "scan i2c-1").what
    assert "transfers without an error" in only(findings, "bus i2c-1").what


def test_without_a_calibration_no_force_is_claimed() -> None:
    found = only(look(Machine(), measured=Calibration()), "load")
    assert found.state is State.FINE
    assert " N" not in found.what


def test_the_second_inertial_sensor_and_an_mpu_are_looked_at_too() -> None:
    machine = Machine()
    machine.with_mpu()
    machine.chips[0x6B] = Lsm6dsoxModel(machine.clock, acceleration=machine._specific_force)
    machine.chips[0x6B].noise_counts = 1.0
    findings = look(machine, Sensors(ankle=Imu(chip="mpu6050"), pelvis=Imu()))
    assert wrongs(findings) == []
    assert "200 by name gives 200." in only(findings, "ankle").what
    assert only(findings, "pelvis").state is State.FINE


def lost_magnet(machine: Machine) -> None:
    machine.encoder.magnet = "lost"


def weak_magnet(machine: Machine) -> None:
    machine.encoder.magnet = "weak"


def far_magnet(machine: Machine) -> None:
    machine.set_gain(128)


def disturbed_angle(machine: Machine) -> None:
    machine.encoder.flips[0x0C] = [(0, 7)]


def broken_wire(machine: Machine) -> None:
    machine.load.broken_wire = True


def loose_cell(machine: Machine) -> None:
    machine.force_noise_n = 0.0


def noisy_cell(machine: Machine) -> None:
    machine.force_noise_n = 20.0


def silent_converter(machine: Machine) -> None:
    machine.load.silent = True


def failing_converter(machine: Machine) -> None:
    machine.load.calibration_fails = True


def other_variant(machine: Machine) -> None:
    machine.ankle.variant = "lsm6dso32"


def other_chip(machine: Machine) -> None:
    machine.ankle.values[0x0F] = 0x70


def slow_imu(machine: Machine) -> None:
    machine.ankle.rate_error = -0.2


def silent_imu(machine: Machine) -> None:
    machine.ankle._sample = lambda t_s: None  # type: ignore[method-assign]


def stuck_imu(machine: Machine) -> None:
    machine.gyro_noise_radps = 0.0


def overload(machine: Machine) -> None:
    machine.force_n = 2500.0


def battery_gauge(machine: Machine) -> None:
    machine.encoder.fetched = lambda address: 0xC8  # type: ignore[method-assign]


def gone(address: int) -> Callable[[Machine], None]:
    def fault(machine: Machine) -> None:
        machine.chips[address].present = False

    return fault


def claimed(machine: Machine) -> None:
    machine.bus.claimed.add(0x36)


FAULTS = {
    "no magnet": (lost_magnet, "cable", "no magnet", "0.5 to 3 mm before the chip"),
    "weak magnet": (weak_magnet, "cable", "too weak", "bring it closer"),
    "far magnet": (far_magnet, "cable", "gain for the magnet: 128", "closer to the chip"),
    "disturbed angle": (disturbed_angle, "cable", "1 readings were no angle", "check its wires"),
    "battery gauge": (battery_gauge, "cable", "status 0xc8 is none of an AS5600", "a battery gauge perhaps"),
    "no encoder": (gone(0x36), "cable", "nothing answers", "check power, wiring and the address"),
    "kernel driver": (claimed, "cable", "claimed by a kernel driver", "remove its dtoverlay"),
    "broken wire": (broken_wire, "load", "saturated samples: ", "a wire is broken"),
    "loose cell": (loose_cell, "load", "different values: 1", "the cell is not connected"),
    "noisy cell": (noisy_cell, "load", "noise: ", "shield the cell's lead"),
    "silent converter": (silent_converter, "load", "a conversion did not finish", "check its supply"),
    "failing converter": (failing_converter, "load", "its calibration failed", "check the cell's wiring"),
    "no converter": (gone(0x2A), "load", "nothing answers", "check power"),
    "other variant": (other_variant, "ankle", "feels 0.50 g at rest", "set the variant to lsm6dso32"),
    "other chip": (other_chip, "ankle", "identity is 0x70", "another chip is at this address"),
    "slow": (slow_imu, "ankle", "measured rate: 166", "not what it claims to be"),
    "stuck": (stuck_imu, "ankle", "repeats the same values", "else replace it"),
    "overload": (overload, "load", "bears 2500 N and is rated for 1961 N", "take the load off"),
    "silent": (silent_imu, "ankle", "sampled nothing for 1 s", "check its supply and wiring"),
    "no sensor": (gone(0x6A), "ankle", "nothing answers", "check power"),
}


@pytest.mark.parametrize(("fault", "part", "what", "todo"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_at_its_part_and_the_others_are_looked_at(
    fault: Callable[[Machine], None], part: str, what: str, todo: str
) -> None:
    machine = Machine()
    fault(machine)
    findings = look(machine)
    here = [each for each in wrongs(findings) if each.part == part]
    assert any(what in each.what and todo in each.todo for each in here), findings
    assert all(each.todo for each in here)
    for other in {"cable", "load", "ankle"} - {part}:
        assert only(findings, other).state is State.FINE
    assert {each.part for each in wrongs(findings)} <= {part, "bus i2c-1"}


def test_a_sensor_that_moves_is_not_judged_for_gravity_and_noise() -> None:
    machine = Machine()
    machine.gravity, machine.shake_mps2 = (0.0, 0.0, 16.0), 3.0
    found = only(look(machine), "ankle")
    assert found.state is State.NOTE
    assert found.what.startswith("it moves; 208 by name")


def test_a_clone_is_noted_and_used() -> None:
    machine = Machine()
    machine.with_mpu(identity=0x72)
    findings = [each for each in look(machine, Sensors(ankle=Imu(chip="mpu6050"))) if each.part == "ankle"]
    assert [each.state for each in findings] == [State.NOTE, State.FINE]
    assert "a clone of the MPU-6050" in findings[0].what


def test_a_sensor_at_its_other_address_is_found() -> None:
    machine = Machine()
    machine.chips[0x6B] = machine.chips.pop(0x6A)
    machine.ankle.pointer = 0x0F
    findings = look(machine)
    assert only(findings, "ankle").todo == (
        "0x6b (LSM6DSO, LSM6DSOX or LSM6DSO32) answers: "
        "if that is the sensor, set sensors.ankle.address = 0x6b"
    )


def test_a_sensor_of_the_other_family_is_found() -> None:
    machine = Machine()
    machine.with_mpu().pointer = 0x75
    findings = look(machine)
    assert 'set sensors.ankle.chip = "mpu6050"' in only(findings, "ankle").todo


def test_others_on_the_bus_are_named_and_left_alone() -> None:
    machine = Machine()
    machine.chips[0x3C] = Stranger(machine.clock)
    machine.chips[0x1E] = Stranger(machine.clock)
    machine.bus.claimed.add(0x68)
    found = only(look(machine), "scan i2c-1")
    assert found.state is State.FINE
    assert found.what == (
        "besides there is 0x1e (unknown), 0x3c (display SSD1306 or SH1106), 0x68 (claimed by a kernel driver)"
    )


def test_a_stuck_bus_is_said_once_and_costs_a_second() -> None:
    machine = Machine()
    machine.bus.stuck = True
    findings = look(machine)
    assert [(each.part, each.state) for each in findings] == [("bus i2c-1", State.WRONG)]
    assert "cable, load, ankle were not looked at" in findings[0].what
    assert "held low" in findings[0].todo
    assert machine.clock.now() < 1.0


def test_transfers_that_were_repeated_are_counted() -> None:
    machine = Machine()
    machine.bus.inject(Fault.NACK, address=0x2A, times=2)
    findings = look(machine)
    assert only(findings, "load").state is State.FINE
    bus = only(findings, "bus i2c-1")
    assert bus.state is State.WRONG
    assert bus.what.startswith("2 of ")


def test_a_bus_that_is_not_there_is_one_wrong_line_and_the_other_bus_is_looked_at() -> None:
    machine = Machine()

    def opened(number: int) -> Bus:
        if number == 3:
            raise BusUnavailableError("i2c-3: no such bus; switch I2C on or correct its number")
        return Bus(machine.bus, f"i2c-{number}")

    sensors = Sensors(cable=Cable(bus=3), load=Load(bus=3))
    bench = Bench(host=Host(machine.clock.now, machine.clock.sleep), open_bus=opened)
    findings = list(examine_buses(sensors, MEASURED, bench))
    assert wrongs(findings) == [
        Finding("bus 3", State.WRONG, "i2c-3: no such bus", "switch I2C on or correct its number")
    ]
    assert "cable, load not looked at" in only(findings, "sensors").what
    assert only(findings, "ankle").state is State.FINE
