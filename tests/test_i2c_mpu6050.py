"""MPU-6050 driver against its register-level model."""

import errno
from math import radians, sin

import numpy as np
import pytest

from firmware.errors import BadInputError
from firmware.i2c.bus import Bus, TransferError
from firmware.i2c.drain import Drain
from firmware.i2c.mpu6050 import Mpu6050, Settings, decode
from firmware.i2c.registers import ChipError
from tests.chips.bus import BCM2835, CONTROLLERS, Controller, Fault, ModelBus
from tests.chips.clock import VirtualClock
from tests.chips.mpu6050 import Mpu6050Model
from tracker.blocks import CountArray


class Bench:
    def __init__(
        self,
        chip: Mpu6050Model | None = None,
        *,
        controller: Controller = BCM2835,
        chosen: Settings | None = None,
        address: int = 0x68,
    ) -> None:
        self.clock = chip.clock if chip else VirtualClock()
        self.chip = chip or Mpu6050Model(self.clock)
        self.address = address
        self.model = ModelBus(self.clock, {address: self.chip}, controller=controller, keep_log=True)
        self.driver = Mpu6050(
            Bus(self.model, "i2c-1"), address, chosen, now=self.clock.now, sleep=self.clock.sleep
        )
        self.drains: list[Drain] = []
        self.failures: list[int] = []

    def run(self, duration_s: float, every_s: float = 0.025) -> None:
        end_s = self.clock.now() + duration_s
        while self.clock.now() < end_s:
            self.clock.sleep(every_s)
            self.drain()

    def drain(self) -> None:
        try:
            self.drains.append(self.driver.read())
        except TransferError as error:
            self.failures.append(error.errno)

    def counts(self) -> CountArray:
        return np.concatenate([d.counts for d in self.drains])


def test_decode_is_signed_big_endian_accelerometer_first() -> None:
    data = bytes.fromhex("0001 ffff 8000 7fff 0100 fffe") * 2
    assert decode(data).tolist() == [[1, -1, -32768, 32767, 256, -2]] * 2
    assert decode(b"").shape == (0, 6)
    with pytest.raises(ValueError, match="13 bytes"):
        decode(bytes(13))


def test_configuration_leaves_the_registers_as_the_recommended_sequence_does() -> None:
    bench = Bench()
    bench.driver.configure()
    expected = {
        "PWR_MGMT_1": 0x01,
        "PWR_MGMT_2": 0x00,
        "CONFIG": 0x03,
        "SMPLRT_DIV": 4,
        "GYRO_CONFIG": 0x10,
        "ACCEL_CONFIG": 0x10,
        "INT_ENABLE": 0x00,
        "USER_CTRL": 0x40,
        "FIFO_EN": 0x78,
    }
    assert {name: bench.chip[name] for name in expected} == expected
    assert bench.driver.healthy()
    assert bench.driver.warning is None


@pytest.mark.parametrize(
    ("chosen", "div", "gyro", "accel"),
    [
        (Settings(rate_hz=100, accel_range_g=2, gyro_range_dps=250), 9, 0x00, 0x00),
        (Settings(rate_hz=125, accel_range_g=4, gyro_range_dps=500), 7, 0x08, 0x08),
        (Settings(rate_hz=250, accel_range_g=16, gyro_range_dps=2000), 3, 0x18, 0x18),
    ],
)
def test_every_range_has_its_code_and_its_scale(chosen: Settings, div: int, gyro: int, accel: int) -> None:
    clock = VirtualClock()
    chip = Mpu6050Model(clock, rate=lambda t: (radians(60.0), 0.0, radians(-30.0)))
    bench = Bench(chip, chosen=chosen, address=0x69)
    bench.driver.configure()
    assert [chip[n] for n in ("SMPLRT_DIV", "GYRO_CONFIG", "ACCEL_CONFIG")] == [div, gyro, accel]
    bench.run(1.0)
    counts = bench.counts()
    assert len(counts) == pytest.approx(chosen.rate_hz, abs=12)
    assert counts[-1][2] * chosen.accel_mps2_per_count == pytest.approx(9.80665, rel=1e-3)
    assert counts[-1][3] * chosen.gyro_radps_per_count == pytest.approx(radians(60.0), rel=2e-3)
    assert counts[-1][5] * chosen.gyro_radps_per_count == pytest.approx(radians(-30.0), rel=2e-3)


@pytest.mark.parametrize("wrong", [{"rate_hz": 300}, {"accel_range_g": 3}, {"gyro_range_dps": 125}])
def test_impossible_settings_are_refused_by_name(wrong: dict[str, int]) -> None:
    with pytest.raises(BadInputError, match=next(iter(wrong))):
        Settings(**wrong)


@pytest.mark.parametrize("controller", CONTROLLERS, ids=lambda c: c.name)
def test_every_sample_arrives_once_and_in_order(controller: Controller) -> None:
    clock = VirtualClock()
    chip = Mpu6050Model(clock, acceleration=lambda t: (5.0 * sin(7.0 * t), 0.0, 9.8), rate_error=-0.03)
    bench = Bench(chip, controller=controller)
    bench.driver.configure()
    bench.run(10.0)
    counts = bench.counts()
    left = len(chip.fifo) // 12
    assert len(counts) + left == chip.samples_made
    assert not any(d.overrun for d in bench.drains)
    shown_s = np.array(list(chip.times_s)[: len(counts)]) - 0.0049  # by the filter of 44 Hz
    truth = 5.0 * np.sin(7.0 * shown_s)
    # Rounding alone: half a count of 2.4 mm/s2.
    assert np.abs(counts[:, 0] * bench.driver.settings.accel_mps2_per_count - truth).max() < 0.0013


def test_a_drain_is_one_level_read_and_one_burst() -> None:
    bench = Bench()
    bench.driver.configure()
    bench.run(0.5)
    bench.model.load.log.clear()
    bench.clock.sleep(0.025)
    bench.drain()
    level, burst = bench.model.load.log
    assert level == (0x68, 0x72, 2)
    assert burst[:2] == (0x68, 0x74)
    assert burst[2] in (4 * 12, 5 * 12, 6 * 12)


def test_a_backlog_is_worked_off_in_bursts_and_what_is_left_is_told() -> None:
    bench = Bench()
    bench.driver.configure()
    bench.run(0.2)
    bench.clock.sleep(0.35)
    bench.drain()
    last = bench.drains[-1]
    assert len(last.counts) == 36
    # Some samples came while the burst of 9.8 ms ran.
    assert last.left == pytest.approx(len(bench.chip.fifo) // 12, abs=3)
    assert last.left >= 33
    bench.run(0.2)
    assert bench.drains[-1].left == 0


def test_nothing_of_the_start_up_is_delivered() -> None:
    bench = Bench()
    bench.driver.configure()
    bench.run(0.5)
    assert set(bench.counts()[:, 3]) == {0}
    assert set(bench.counts()[:, 0]) == {0}


@pytest.mark.parametrize("stall_s", [0.38, 0.43, 0.6, 5.0])
def test_a_full_fifo_is_emptied_and_the_break_reported(stall_s: float) -> None:
    # 1024 bytes are 85 samples, 0.427 s; fewer than three free sample places count as full: 0.415 s.
    clock = VirtualClock()
    chip = Mpu6050Model(clock, acceleration=lambda t: (t, 0.0, 9.8))
    bench = Bench(chip)
    bench.driver.configure()
    bench.run(0.5)
    bench.clock.sleep(stall_s)
    bench.run(0.5)
    full = stall_s > 0.415
    assert bench.driver.overruns == int(full)
    assert sum(d.overrun for d in bench.drains) == int(full)
    # In step: the slowly rising first axis never falls, the third stays at its value.
    assert (np.diff(bench.counts()[:, 0]) >= 0).all()
    assert set(bench.counts()[:, 2]) == {round(9.8 / 9.80665 * 4096)}


@pytest.mark.parametrize("after_bytes", [0, 5, 12, 40])
def test_a_burst_that_breaks_off_never_delivers_samples_out_of_step(after_bytes: int) -> None:
    clock = VirtualClock()
    chip = Mpu6050Model(clock, acceleration=lambda t: (1.0, 2.0, 3.0))
    bench = Bench(chip)
    bench.driver.configure()
    bench.run(0.5)
    bench.clock.sleep(0.025)
    level_read = 1 if after_bytes >= 2 else 3
    bench.model.inject(Fault.SHORT, address=0x68, after_bytes=max(after_bytes, 2), times=level_read + 1)
    bench.drain()
    assert bench.failures == [errno.EIO]
    bench.model._injected.clear()
    bench.run(0.5)
    assert len({tuple(row) for row in bench.counts().tolist()}) == 1
    assert sum(d.overrun for d in bench.drains) == 1


def test_a_refused_address_costs_a_retry_and_nothing_else() -> None:
    bench = Bench()
    bench.driver.configure()
    bench.run(0.2)
    bench.model.inject(Fault.NACK, address=0x68, times=2)
    bench.run(0.2)
    assert bench.failures == []
    assert bench.driver.overruns == 0


def test_a_fifo_out_of_step_is_emptied_at_the_second_look() -> None:
    # One look may fall into the middle of a sample being written; two cannot.
    bench = Bench()
    bench.driver.configure()
    bench.run(0.2)
    bench.chip.fifo.append(0)
    bench.run(0.06)
    assert bench.driver.overruns == 1
    bench.run(0.2)
    assert bench.driver.overruns == 1


@pytest.mark.parametrize(("identity", "name"), [(0x70, "MPU-6500"), (0x72, "clone"), (0x98, "ICM-20689")])
def test_relatives_are_taken_with_a_warning(identity: int, name: str) -> None:
    clock = VirtualClock()
    bench = Bench(Mpu6050Model(clock, identity=identity))
    bench.driver.configure()
    assert name in str(bench.driver.warning)


@pytest.mark.fault(10)
def test_any_other_identity_is_refused() -> None:
    clock = VirtualClock()
    bench = Bench(Mpu6050Model(clock, identity=0xEA))
    with pytest.raises(ChipError, match=r"MPU-6050 at 0x68 on i2c-1: identity is 0xea, expected 0x68"):
        bench.driver.configure()
    assert bench.model.load.log == [(0x68, 0x75, 1)]


@pytest.mark.parametrize(
    "name", ["PWR_MGMT_1", "CONFIG", "SMPLRT_DIV", "GYRO_CONFIG", "ACCEL_CONFIG", "USER_CTRL", "FIFO_EN"]
)
def test_health_notices_any_setting_that_is_gone(name: str) -> None:
    bench = Bench()
    bench.driver.configure()
    assert bench.driver.healthy()
    address = next(a for a, register in bench.chip.registers.items() if register.name == name)
    bench.chip.values[address] = bench.chip.registers[address].reset
    assert not bench.driver.healthy()


def test_a_silent_reset_is_noticed_and_repaired() -> None:
    bench = Bench()
    bench.driver.configure()
    bench.run(0.3)
    bench.chip.brown_out()
    bench.clock.sleep(0.15)
    assert len(bench.driver.read().counts) == 0
    assert not bench.driver.healthy()
    bench.driver.configure()
    before = len(bench.counts())
    bench.run(0.5)
    assert len(bench.counts()) - before > 90


def test_a_fifo_restart_that_fails_is_tried_again() -> None:
    bench = Bench()
    bench.driver.configure()
    bench.run(0.2)
    bench.clock.sleep(1.0)
    bench.model.inject(Fault.SHORT, address=0x68, times=6, after_bytes=1)
    bench.run(1.0)
    assert len(bench.drains[-1].counts) > 0
    assert len({tuple(row) for row in bench.counts().tolist()}) == 1


def test_configuring_again_in_mid_session_starts_cleanly() -> None:
    bench = Bench()
    bench.driver.configure()
    bench.run(0.5)
    bench.driver.configure()
    bench.drains.clear()
    bench.run(0.5)
    assert bench.driver.healthy()
    assert 75 < len(bench.counts()) < 105
    assert sum(d.lost for d in bench.drains) == 0


def test_closing_puts_the_chip_to_sleep() -> None:
    bench = Bench()
    bench.driver.configure()
    bench.driver.close()
    assert bench.chip["PWR_MGMT_1"] == 0x40
