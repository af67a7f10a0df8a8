"""The models' shortcuts change nothing: a burst gives the bytes, and leaves the chip, as byte by byte."""

from collections.abc import Callable
from random import Random

import numpy as np
import pytest

from firmware.i2c.bus import Bus
from firmware.i2c.lsm6dsox import Lsm6dsox
from firmware.i2c.mpu6050 import Mpu6050
from tests.chips.bus import ModelBus
from tests.chips.chip import Chip, Vector
from tests.chips.clock import VirtualClock
from tests.chips.lsm6dsox import Lsm6dsoxModel
from tests.chips.mpu6050 import Mpu6050Model
from tests.chips.signals import GridScalar, GridVector

BYTE_S = 9 / 400_000
BYTEWISE = Chip.send_burst
Imu = Lsm6dsoxModel | Mpu6050Model


def shaken(t_s: float) -> Vector:
    return (np.sin(7.0 * t_s), 0.1 * t_s, 9.8)


def lsm6dsox() -> tuple[Imu, int, int]:
    clock = VirtualClock()
    chip = Lsm6dsoxModel(clock, acceleration=shaken, rate_error=0.02)
    bus = Bus(ModelBus(clock, {0x6A: chip}), "i2c-1")
    Lsm6dsox(bus, now=clock.now, sleep=clock.sleep).configure()
    return chip, 0x78, 7


def mpu6050() -> tuple[Imu, int, int]:
    clock = VirtualClock()
    chip = Mpu6050Model(clock, acceleration=shaken, rate_error=0.02)
    bus = Bus(ModelBus(clock, {0x68: chip}), "i2c-1")
    Mpu6050(bus, now=clock.now, sleep=clock.sleep).configure()
    return chip, 0x74, 1


def state(chip: Chip) -> dict[str, object]:
    return {name: value for name, value in vars(chip).items() if name not in ("clock", "random")}


@pytest.mark.parametrize("make", [lsm6dsox, mpu6050])
def test_a_burst_is_the_same_as_its_bytes_one_by_one(make: Callable[[], tuple[Imu, int, int]]) -> None:
    random = Random(5)
    (quick, register, width), (slow, _, _) = make(), make()
    full = 0
    for _ in range(150):
        pause_s = random.choice((0.0, 0.004, 0.02, 0.1, 0.8, 1.4))
        for chip in (quick, slow):
            chip.clock.sleep(pause_s)
            chip.catch_up()
            chip.started()
            chip.pointer = register
        held = len(quick.fifo)
        full += held * width in (512 * 7, 1024)
        count = random.choice((held * width, random.randint(0, held * width)))
        assert quick.send_burst(count, BYTE_S) == BYTEWISE(slow, count, BYTE_S)
        assert quick.clock.now() == pytest.approx(slow.clock.now(), abs=1e-9)
        quick.clock.until(slow.clock.now())
        slow.clock.until(quick.clock.now())
        assert quick.pointer == slow.pointer
        for chip in (quick, slow):
            chip.catch_up()
        assert state(quick) == state(slow)
    assert 20 < full < 130


def test_a_signal_on_a_grid_is_straight_between_its_points_and_still_beyond_them() -> None:
    values = np.random.default_rng(1).normal(size=(5000, 3))
    one, three = GridScalar(values[:, 0], 0.001, 1000.0), GridVector(values, 0.001, 1000.0)
    grid = 1000.0 + np.arange(5000) * 0.001
    asked = [*np.linspace(999.5, 1006.0, 3001).tolist(), 1002.0, 1000.0]
    for t_s in asked:
        expected = [float(np.interp(t_s, grid, values[:, axis])) for axis in range(3)]
        assert one(t_s) == pytest.approx(expected[0], abs=1e-5)
        assert three(t_s) == pytest.approx(expected, abs=1e-5)
