"""Do the models notice a wrong register, bit or format? Each driver is altered, one constant at a time.

A scenario per driver uses the whole driver against its model and holds registers and values against
what the reference says, written again here. It must pass with the driver as it is and fail with at
least 95 % of its mutants; those that live on are named with the reason.
"""

from collections.abc import Callable
from functools import partial
from math import pi, radians
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from firmware.errors import FaultError
from firmware.i2c import as5600, lsm6dsox, mpu6050, nau7802
from firmware.i2c.bus import Bus
from tests.chips.as5600 import As5600Model
from tests.chips.bus import ModelBus
from tests.chips.chip import Chip, Register
from tests.chips.clock import VirtualClock
from tests.chips.lsm6dsox import Lsm6dsoxModel
from tests.chips.mpu6050 import Mpu6050Model
from tests.chips.mutants import Mutant, load, mutants, unaltered
from tests.chips.nau7802 import Nau7802Model

TURNING = (radians(60.0), radians(-90.0), radians(30.0))
PULLED = (3.0, -4.0, 8.0)

MARGIN = "a margin of the driver, not a constant of the chip: emptied a sample or three earlier"
WARINESS = "how long a gap is believed without the next sample's word, not a constant of the chip"
SURVIVORS = {
    "slots:NEAR 64 -> 65": WARINESS,
    "slots:NEAR 64 -> 128": WARINESS,
    "mpu6050:DEVICE_RESET 128 -> 129": "the reset clears the clock source written along with it",
    "mpu6050:USER_FIFO_RESET 4 -> 5": "resets the signal paths as well, as done just before",
    "mpu6050:_NEARLY_FULL_BYTES 3 -> 4": MARGIN,
    "mpu6050:_NEARLY_FULL_BYTES 3 -> 6": MARGIN,
    "nau7802:CAL_ERR 8 -> 9": "looks at a bit of CALMOD too, which is always 0 here",
    "nau7802:VLDO_3V0 40 -> 41": "the added bit is one of the gain's, which are all set",
}
"""Mutants that behave as the driver does, each with the reason."""


def expect(condition: object) -> None:
    """Fail unless true; plain asserts would cost a rewrite of their message for each mutant."""
    if not condition:
        raise AssertionError


def refuses(action: Callable[[], object], error: type[Exception] = FaultError) -> bool:
    """Tell whether the action raises the error."""
    try:
        action()
    except error:
        return True
    return False


def holds(chip: Chip, registers: dict[int, int]) -> bool:
    """Tell whether the chip's registers, by address, have these values."""
    return all(chip.values[address] == value for address, value in registers.items())


def forgets(driver: Any, chip: Chip, addresses: tuple[int, ...]) -> bool:
    """Tell whether the driver notices each of these registers being back at its reset value."""
    for address in addresses:
        kept = chip.values[address]
        chip.values[address] = chip.registers[address].reset
        if driver.healthy():
            return False
        chip.values[address] = kept
    return bool(driver.healthy())


def steady(value: float, _t_s: float) -> float:
    return value


def on_bus(clock: VirtualClock, address: int, chip: Chip) -> Bus:
    return Bus(ModelBus(clock, {address: chip}), "i2c-1")


def lsm6dsox_scenario(module: ModuleType) -> None:
    for address, variant, rate, accel, gyro, codes in (
        (0x6A, "lsm6dsox", 104, 2, 250, (0x44, 0x40, 0x40)),
        (0x6B, "lsm6dsox", 417, 16, 125, (0x66, 0x64, 0x62)),
        (0x6B, "lsm6dso", 208, 4, 500, (0x55, 0x58, 0x54)),
        (0x6A, "lsm6dso", 208, 8, 2000, (0x55, 0x5C, 0x5C)),
        (0x6A, "lsm6dso", 208, 16, 1000, (0x55, 0x54, 0x58)),
        (0x6A, "lsm6dso", 208, 2, 1000, (0x55, 0x50, 0x58)),
        (0x6A, "lsm6dsox", 208, 4, 1000, (0x55, 0x58, 0x58)),
        (0x6A, "lsm6dso32", 208, 4, 1000, (0x55, 0x50, 0x58)),
        (0x6A, "lsm6dso32", 208, 8, 1000, (0x55, 0x58, 0x58)),
        (0x6A, "lsm6dso32", 208, 16, 1000, (0x55, 0x5C, 0x58)),
        (0x6A, "lsm6dso32", 208, 32, 1000, (0x55, 0x54, 0x58)),
    ):
        clock = VirtualClock()
        chip = Lsm6dsoxModel(clock, variant=variant)
        chosen = module.Settings(variant, rate, accel, gyro)
        index = (0x6A, 0x6B).index(address)
        driver = module.Lsm6dsox(
            on_bus(clock, address, chip), module.ADDRESSES[index], chosen, now=clock.now, sleep=clock.sleep
        )
        driver.configure()
        expect(holds(chip, {0x09: codes[0], 0x10: codes[1], 0x11: codes[2]}))
        if rate != 208:
            clock.sleep(0.3)
            drains = [driver.read() for _ in range(8)]
            ticks = np.concatenate([d.ticks for d in drains])
            expect(len(ticks) > 15 and set(np.diff(ticks)) == {{104: 384, 417: 96}[rate]})
            clock.sleep(4.0)
            chip.catch_up()
            chip.next_slot_s = None
            drains += [driver.read() for _ in range(12)]
            expect(sum(d.lost + len(d.counts) + d.settling for d in drains) == chip.slots_made)

    clock = VirtualClock()
    chip = Lsm6dsoxModel(clock, acceleration=lambda t: PULLED, rate=lambda t: TURNING, rate_error=-0.03)
    driver = module.Lsm6dsox(on_bus(clock, 0x6A, chip), now=clock.now, sleep=clock.sleep)
    driver.configure()
    expect(
        holds(
            chip,
            {
                0x07: 24,
                0x08: 0x00,
                0x09: 0x55,
                0x0A: 0x46,
                0x10: 0x5C,
                0x11: 0x58,
                0x12: 0x44,
                0x13: 0x08,
                0x18: 0xE2,
                0x19: 0x20,
            },
        )
    )
    expect(abs(driver.tick_s - 25e-6 * 1.03) < 1e-8)
    expect(forgets(driver, chip, (0x07, 0x09, 0x0A, 0x10, 0x11, 0x13, 0x18, 0x19)))
    ticks, host_s, within_s = driver.read_time()
    expect(abs(ticks * 25e-6 * 1.03 - (host_s - chip.clock_zero_s)) <= within_s + 25e-6)
    drains = []
    for pause_s in (0.15, 0.05, 0.05, 0.6, 0.02, 0.02, 1.0, *([0.01] * 14)):
        clock.sleep(pause_s)
        drains.append(driver.read())
    chip.next_slot_s = None
    while chip.fifo:
        drains.append(driver.read())
    counts = np.concatenate([d.counts for d in drains])
    settings = driver.settings
    expect(np.allclose(counts[:, :3] * settings.accel_mps2_per_count, PULLED, atol=2e-3))
    expect(np.allclose(counts[:, 3:] * settings.gyro_radps_per_count, TURNING, atol=1e-3))
    expect(sum(d.lost + len(d.counts) + d.settling for d in drains) == chip.slots_made)
    expect(sum(d.overrun for d in drains) == driver.overruns == 1)
    expect(sum(d.corrupt for d in drains) == 0)
    expect(drains[6].left == (512 - 63) // 3 and drains[-1].left == 0)
    chip.brown_out()
    clock.sleep(0.02)
    expect(not driver.healthy())
    driver.configure()
    driver.close()
    expect(holds(chip, {0x0A: 0, 0x10: 0, 0x11: 0}))
    chip.identity = 0x6B
    chip.power_up()
    expect(refuses(driver.configure))
    words = module.decode(bytes.fromhex("12 0100 ffff 0080 21 78563412 0000 0b 000000000000"))
    expect([tuple(w) for w in words[:1]] == [(2, 1, (1, -1, -32768))])
    expect([words[1].tag, words[1].counter, words[1].ticks, words[2].tag] == [4, 0, 0x12345678, 0])
    assembly = module.Assembly()
    unready = module.decode(bytes.fromhex("0a fd7f 0000 0000 12 0000 0000 0000 22 0100 0000 0000"))
    expect([w.tag for w in unready] == [1, 2, 4])
    expect(assembly.add(w._replace(counter=1) for w in unready) == [])
    ready = module.decode(bytes.fromhex("0a fc7f 0000 0000 12 0000 0000 0000 22 0100 0000 0000"))
    expect(len(assembly.add(w._replace(counter=2) for w in ready)) == 1)


def mpu6050_scenario(module: ModuleType) -> None:
    for address, rate, accel, gyro, codes in (
        (0x68, 100, 2, 250, (9, 0x00, 0x00)),
        (0x69, 125, 4, 500, (7, 0x08, 0x08)),
        (0x69, 250, 16, 2000, (3, 0x18, 0x18)),
    ):
        clock = VirtualClock()
        chip = Mpu6050Model(clock)
        chosen = module.Settings(rate, accel, gyro)
        index = (0x68, 0x69).index(address)
        driver = module.Mpu6050(
            on_bus(clock, address, chip), module.ADDRESSES[index], chosen, now=clock.now, sleep=clock.sleep
        )
        driver.configure()
        expect(holds(chip, {0x19: codes[0], 0x1B: codes[1], 0x1C: codes[2]}))
    for identity in (0x68, 0x70, 0x71, 0x72, 0x73, 0x74, 0x98):
        clock = VirtualClock()
        chip = Mpu6050Model(clock, identity=identity)
        driver = module.Mpu6050(on_bus(clock, 0x68, chip), now=clock.now, sleep=clock.sleep)
        driver.configure()
        expect((driver.warning is None) == (identity == 0x68))

    clock = VirtualClock()
    chip = Mpu6050Model(clock, acceleration=lambda t: PULLED, rate=lambda t: TURNING)
    driver = module.Mpu6050(on_bus(clock, 0x68, chip), now=clock.now, sleep=clock.sleep)
    chip.values[0x6C] = 0x3F
    chip.values[0x38] = 0x01
    driver.configure()
    expected = {0x19: 4, 0x1A: 3, 0x1B: 0x10, 0x1C: 0x10, 0x23: 0x78, 0x38: 0, 0x6A: 0x40, 0x6B: 1, 0x6C: 0}
    expect(holds(chip, expected))
    expect(forgets(driver, chip, (0x19, 0x1A, 0x1B, 0x1C, 0x23, 0x6A, 0x6B)))
    drains = []
    for pause_s in (0.05, 0.05, 0.3, 0.02, 0.02):
        clock.sleep(pause_s)
        drains.append(driver.read())
    counts = np.concatenate([d.counts for d in drains])
    expect(len(counts) + len(chip.fifo) // 12 == chip.samples_made)
    expect(np.allclose(counts[:, :3] * driver.settings.accel_mps2_per_count, PULLED, atol=3e-3))
    expect(np.allclose(counts[:, 3:] * driver.settings.gyro_radps_per_count, TURNING, atol=2e-3))
    clock.sleep(1.0)
    expect(driver.read().overrun)
    clock.sleep(0.02)
    expect(len(driver.read().counts) in (3, 4))
    driver.close()
    expect(chip.values[0x6B] == 0x40)


def nau7802_scenario(module: ModuleType) -> None:
    for rate, ctrl2 in ((320, 0x70), (80, 0x30)):
        clock = VirtualClock()
        chip = Nau7802Model(clock, force=lambda t: 10.0 * 9.80665)
        chip.values[0x1B] = 0x21
        driver = module.Nau7802(
            on_bus(clock, 0x2A, chip), module.Settings(rate), now=clock.now, sleep=clock.sleep
        )
        driver.configure()
        expect(holds(chip, {0x00: 0x96, 0x01: 0x2F, 0x02: ctrl2, 0x15: 0x30, 0x1B: 0x00, 0x1C: 0x80}))
    expect(forgets(driver, chip, (0x00, 0x01, 0x02, 0x1C)))
    readings = []
    for force in (10.0, -7.0, 1e4, -1e4):
        chip.force = partial(steady, force * 9.80665)
        clock.sleep(0.03)
        driver.read()
        clock.sleep(0.013)
        readings.append(driver.read())
        expect(driver.read() is None)
    counts = [reading.counts for reading in readings]
    expect(np.allclose(counts[:2], [214748, -150324], atol=2))
    expect([reading.saturated for reading in readings] == [False, False, True, True])
    driver.close()
    expect(chip.values[0x00] == 0)
    chip.calibration_fails = True
    expect(refuses(driver.configure))
    chip.calibration_fails = False
    chip.registers = dict(chip.registers) | {0x1F: Register("DEVICE_REV", reset=0x0E)}
    expect(refuses(driver.configure))
    chip.registers = dict(chip.registers) | {0x1F: Register("DEVICE_REV", reset=0xFF)}
    driver.configure()


def as5600_scenario(module: ModuleType) -> None:
    for samples, code in ((16, 0x00), (8, 0x01), (4, 0x02), (2, 0x03)):
        clock = VirtualClock()
        chip = As5600Model(clock)
        driver = module.As5600(on_bus(clock, 0x36, chip), module.Settings(samples), now=clock.now)
        driver.configure()
        expect(holds(chip, {0x07: code, 0x08: 0}))
    expect(forgets(driver, chip, (0x07,)))
    for counts in (0, 1, 258, 4095):
        chip.angle = partial(steady, (counts + 0.5) / 4096 * 2 * pi)
        clock.sleep(0.001)
        expect(driver.read().counts == counts)
    for magnet, word in (("good", "None"), ("weak", "weak"), ("strong", "strong"), ("lost", "no magnet")):
        chip.magnet = magnet
        driver.configure()
        expect(word in str(driver.magnet_fault()))
    chip.values[0x1A] = 77
    expect(driver.gain() == 77)
    expect(refuses(lambda: module.decode(b"\x10\x00"), ValueError))
    for status in (0x01, 0x02, 0x04, 0x40, 0x80):
        stranger = Chip(clock)
        stranger.registers = {0x0B: Register("STATUS", reset=status)}
        stranger.power_up()
        expect(refuses(module.As5600(on_bus(clock, 0x36, stranger), now=clock.now).configure))
    unwrapper = module.Unwrapper()
    for index in range(100):
        step = unwrapper.step(module.Angle((index * 600) % 4096, index * 0.005))
        expect(step.position_counts == index * 600 and not step.ambiguous)


DRIVERS: dict[str, tuple[str, tuple[str, ...], Callable[[ModuleType], None], ModuleType, int]] = {
    "lsm6dsox": (
        "firmware.i2c.lsm6dsox",
        ("firmware.i2c.lsm6dsox", "firmware.i2c.slots"),
        lsm6dsox_scenario,
        lsm6dsox,
        100,
    ),
    "mpu6050": ("firmware.i2c.mpu6050", ("firmware.i2c.mpu6050",), mpu6050_scenario, mpu6050, 80),
    "nau7802": ("firmware.i2c.nau7802", ("firmware.i2c.nau7802",), nau7802_scenario, nau7802, 40),
    "as5600": ("firmware.i2c.as5600", ("firmware.i2c.as5600",), as5600_scenario, as5600, 20),
}


@pytest.mark.parametrize("name", list(DRIVERS))
def test_the_scenario_passes_with_the_driver_as_it_is(name: str) -> None:
    top, modules, scenario, driver, _ = DRIVERS[name]
    scenario(driver)
    for module in modules:
        scenario(load(unaltered(module), top))


@pytest.mark.parametrize("name", list(DRIVERS))
def test_altered_drivers_are_caught(name: str) -> None:
    top, modules, scenario, _, least = DRIVERS[name]
    total = 0
    survivors = []
    for module in modules:
        for mutant in mutants(module):
            total += 1
            if not _caught(scenario, mutant, top):
                survivors.append(mutant.label)
    print(f"{name}: {total - len(survivors)} of {total} mutants caught, living on: {survivors}")
    assert total >= least
    assert len(survivors) <= 0.05 * total
    assert set(survivors) == {label for label in SURVIVORS if label.split(":")[0] in _short(modules)}


def _caught(scenario: Callable[[ModuleType], None], mutant: Mutant, top: str) -> bool:
    try:
        scenario(load(mutant, top))
    except Exception:
        return True
    return False


def _short(modules: tuple[str, ...]) -> set[str]:
    return {module.rsplit(".", 1)[1] for module in modules}
