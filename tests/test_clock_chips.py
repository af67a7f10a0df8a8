"""Whole chains in virtual time: modelled chips, bus, drivers and sample clocks together."""

from dataclasses import dataclass
from math import cos, pi, sin
from random import Random

import numpy as np
import pytest

from firmware.i2c.as5600 import As5600, Unwrapper
from firmware.i2c.bus import Bus, TransferError
from firmware.i2c.lsm6dsox import Lsm6dsox
from firmware.i2c.mpu6050 import Mpu6050
from firmware.i2c.nau7802 import Nau7802
from firmware.sampling.clock import ChipClock, SampleClock
from tests.chips.as5600 import As5600Model
from tests.chips.bus import BCM2835, CONTROLLERS, Controller, Fault, ModelBus
from tests.chips.chip import Chip, Vector
from tests.chips.clock import VirtualClock
from tests.chips.lsm6dsox import Lsm6dsoxModel
from tests.chips.mpu6050 import Mpu6050Model
from tests.chips.nau7802 import Nau7802Model
from tracker.blocks import FloatArray

TICK_S = 0.005
DRAIN_TICKS = 5


def swinging(t_s: float) -> Vector:
    return (6.0 * sin(3.0 * t_s), 0.0, 9.8)


@dataclass
class Bench:
    """The sensors of one person on one bus, read as on the appliance: 5 ms ticks, FIFO every 25 ms."""

    controller: Controller = BCM2835
    rate_error: float = 0.0
    pelvis: bool = True
    lateness_s: float = 0.0
    seed: int = 1

    def __post_init__(self) -> None:
        clock = self.clock = VirtualClock()
        self.random = Random(self.seed)
        self.ankle_chip = Lsm6dsoxModel(clock, acceleration=swinging, rate_error=self.rate_error)
        self.load_chip = Nau7802Model(
            clock, force=lambda t: 200.0 + 150.0 * sin(2.0 * t), rate_error=self.rate_error
        )
        self.cable_chip = As5600Model(clock, angle=lambda t: 8.0 * pi * (1.0 - cos(2.0 * t)))
        chips: dict[int, Chip] = {0x6A: self.ankle_chip, 0x2A: self.load_chip, 0x36: self.cable_chip}
        if self.pelvis:
            chips[0x6B] = Lsm6dsoxModel(clock, rate_error=-self.rate_error)
        self.model = ModelBus(clock, chips, controller=self.controller)
        bus = self.bus = Bus(self.model, "i2c-1")
        self.imus = [
            Lsm6dsox(bus, address, now=clock.now, sleep=clock.sleep) for address in chips if address >= 0x6A
        ]
        self.load = Nau7802(bus, now=clock.now, sleep=clock.sleep)
        self.cable = As5600(bus, now=clock.now)
        self.load.configure()
        self.cable.configure()
        for imu in self.imus:
            imu.configure()
        self.ankle_clock = ChipClock(self.imus[0].tick_s)
        self.load_clock = SampleClock(80.0)
        self.unwrapper = Unwrapper()
        self.ankle: list[FloatArray] = []
        self.forces: list[tuple[float, int]] = []
        self.positions: list[tuple[float, int]] = []
        self.ambiguous = 0
        self.load_lost = 0

    def run(self, duration_s: float) -> None:
        start_s = self.clock.now()
        for tick in range(round(duration_s / TICK_S)):
            self.clock.until(start_s + tick * TICK_S + self.random.random() * self.lateness_s)
            self._tick(tick)

    def _tick(self, tick: int) -> None:
        angle = self.cable.read()
        if angle is not None:
            step = self.unwrapper.step(angle)
            self.ambiguous += step.ambiguous
            self.positions.append((angle.host_s, step.position_counts))
        conversion = self.load.read()
        if conversion is not None:
            times_s, lost = self.load_clock.place(1, conversion.host_s, since_s=conversion.since_s)
            self.load_lost += lost
            self.forces.append((float(times_s[0]), conversion.counts))
        if tick % 200 == 0:
            self.ankle_clock.observe(*self.imus[0].read_time())
            assert all(imu.healthy() for imu in self.imus)
            assert self.load.healthy()
            assert self.cable.healthy()
        if tick % DRAIN_TICKS == 0:
            for imu in self.imus:
                drain = imu.read()
                if imu is self.imus[0]:
                    assert drain.ticks is not None
                    times_s = self.ankle_clock.times(drain.ticks)
                    self.ankle.append(np.column_stack([times_s, drain.counts]))


def test_all_sensors_at_their_defaults_take_less_than_thirty_percent_of_a_fast_bus() -> None:
    bench = Bench()
    before_s, started_s = bench.model.load.busy_s, bench.clock.now()
    bench.run(20.0)
    load = (bench.model.load.busy_s - before_s) / (bench.clock.now() - started_s)
    # Two IMUs at 208 Hz with times 10.8 % each, encoder at 200 Hz 2.4 %, 200 looks and 80 results
    # of the load cell 3.1 %, health and clock once a second 0.2 %.
    assert load == pytest.approx(0.273, abs=0.01)
    assert load < 0.30


@pytest.mark.parametrize("controller", CONTROLLERS, ids=lambda c: c.name)
@pytest.mark.parametrize("rate_error", [-0.03, 0.03])
def test_every_stream_carries_the_right_value_at_the_right_time(
    controller: Controller, rate_error: float
) -> None:
    bench = Bench(controller=controller, rate_error=rate_error, pelvis=False, lateness_s=0.003)
    bench.run(12.0)
    settled_s = bench.clock.now() - 8.0
    ankle = np.concatenate(bench.ankle)
    ankle = ankle[ankle[:, 0] > settled_s]
    truth = 6.0 * np.sin(3.0 * ankle[:, 0])
    # Rising at up to 18 m/s3: 0.3 ms of error are 5 mm/s2, half a count 1.2.
    measured = ankle[:, 1] * bench.imus[0].settings.accel_mps2_per_count
    assert np.abs(measured - truth).max() < 0.0066
    forces = np.array([f for f in bench.forces if f[0] > settled_s])
    truth = 200.0 + 150.0 * np.sin(2.0 * forces[:, 0])
    # 21474.8 counts per kg; 300 N/s: 2.5 ms of error are 0.75 N.
    assert np.abs(forces[:, 1] / 21474.8 * 9.80665 - truth).max() < 0.75
    positions = np.array(bench.positions)
    truth = 4.0 * (1.0 - np.cos(2.0 * positions[:, 0])) * 4096.0
    # The first reading fixes the whole turns. 8 turns/s at most: 0.22 ms are 7 counts.
    whole = round((truth[0] - positions[0, 1]) / 4096.0) * 4096
    assert np.abs(positions[:, 1] + whole - truth).max() < 8.0
    assert bench.ambiguous == 0
    assert bench.load_lost == 0


def test_the_rates_of_both_kinds_of_clock_are_found() -> None:
    bench = Bench(rate_error=0.03, pelvis=False, lateness_s=0.004)
    bench.run(30.0)
    assert bench.ankle_clock.tick_s == pytest.approx(25e-6 / 1.03, rel=2e-4)
    assert bench.load_clock.rate_hz == pytest.approx(80.0 * 1.03, rel=2e-4)
    assert bench.ankle_clock.residual_s < 1e-3


def test_one_dead_chip_leaves_the_others_at_their_rate() -> None:
    # Every look at a chip that hangs costs twice 50 ms; looked at once a second it takes 10 % of the time.
    bench = Bench(pelvis=False)
    bench.run(1.0)
    made, load_overwritten = bench.ankle_chip.slots_made, bench.load_chip.overwritten
    for _ in range(5):
        bench.model.inject(Fault.HANG, address=0x36, times=2)
        with pytest.raises(TransferError, match="hangs"):
            bench.cable.read()
        bench.run(0.9)
    # Each 100 ms of hanging cost the load cell seven or eight conversions of 12.5 ms, and it says so.
    assert bench.load_lost == bench.load_chip.overwritten - load_overwritten
    assert 30 <= bench.load_lost <= 40
    drains = [bench.imus[0].read() for _ in range(4)]
    delivered = sum(len(block) for block in bench.ankle) + sum(len(d.counts) for d in drains)
    assert bench.imus[0].overruns == 0
    assert bench.ankle_chip.slots_made - made > 1000
    assert bench.ankle_chip.slots_made - delivered <= 21
    assert sum(d.lost for d in drains) == 0


@pytest.mark.fault(7)
@pytest.mark.parametrize("rate_error", [-0.03, 0.017, 0.03])
def test_the_mpu6050_accounts_for_every_sample_through_breaks(rate_error: float) -> None:
    clock = VirtualClock()
    random = Random(11)
    chip = Mpu6050Model(clock, rate_error=rate_error)
    model = ModelBus(clock, {0x68: chip})
    driver = Mpu6050(Bus(model, "i2c-1"), now=clock.now, sleep=clock.sleep)
    driver.configure()
    samples = SampleClock(200.0)
    delivered = lost = 0
    for drain_number in range(6000):
        clock.sleep(0.025 + random.uniform(0.0, 0.002))
        if drain_number % 400 == 300:
            clock.sleep(random.uniform(0.5, 2.0))
        if drain_number % 700 == 650:
            model.inject(Fault.SHORT, address=0x68, after_bytes=17, times=2)
        try:
            drain = driver.read()
        except TransferError:
            continue
        if drain.overrun:
            samples.broke()
        _, missing = samples.place(len(drain.counts), drain.host_s, left=drain.left)
        delivered += len(drain.counts)
        lost += missing
    made_in_gaps = chip.samples_made - delivered - len(chip.fifo) // 12
    assert driver.overruns > 20
    # While the FIFO is being emptied the chip samples on without keeping: up to one per break, which
    # the count of time includes and the model's count of kept samples does not.
    assert 0 <= lost - made_in_gaps <= driver.overruns
