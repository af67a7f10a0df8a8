"""LSM6DSOX driver against its register-level model."""

import errno
from math import radians, sin

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.errors import BadInputError
from firmware.i2c.bus import Bus, TransferError
from firmware.i2c.drain import Drain
from firmware.i2c.lsm6dsox import Lsm6dsox, Settings, check_gravity, decode
from firmware.i2c.registers import ChipError
from firmware.i2c.slots import Word
from tests.chips.bus import BCM2835, CONTROLLERS, Controller, Fault, ModelBus
from tests.chips.clock import VirtualClock
from tests.chips.lsm6dsox import Lsm6dsoxModel
from tracker.blocks import CountArray

ADDRESS = 0x6A
TICK_S = 0.005


class Bench:
    """A chip on a bus, with what its driver has delivered so far."""

    def __init__(
        self,
        chip: Lsm6dsoxModel | None = None,
        *,
        controller: Controller = BCM2835,
        chosen: Settings | None = None,
        speed_hz: int = 400_000,
    ) -> None:
        self.clock = chip.clock if chip else VirtualClock()
        self.chip = chip or Lsm6dsoxModel(self.clock)
        self.model = ModelBus(
            self.clock, {ADDRESS: self.chip}, controller=controller, keep_log=True, speed_hz=speed_hz
        )
        self.bus = Bus(self.model, "i2c-1")
        self.driver = Lsm6dsox(self.bus, ADDRESS, chosen, now=self.clock.now, sleep=self.clock.sleep)
        self.drains: list[Drain] = []
        self.failures: list[int] = []

    def run(self, duration_s: float, every_s: float = 0.025) -> None:
        """Drain the FIFO regularly, as the sampler does."""
        end_s = self.clock.now() + duration_s
        while self.clock.now() < end_s:
            self.clock.sleep(every_s)
            self.drain()

    def drain(self) -> None:
        try:
            self.drains.append(self.driver.read())
        except TransferError as error:
            self.failures.append(error.errno)

    def empty(self) -> None:
        """Take out everything; sampling is stopped first so that an end exists."""
        self.chip.catch_up()
        self.chip.next_slot_s = None
        while self.chip.fifo:
            self.drain()

    def counts(self) -> CountArray:
        return np.concatenate([d.counts for d in self.drains])

    def ticks(self) -> CountArray:
        return np.concatenate([d.ticks for d in self.drains if d.ticks is not None])

    def accounted(self) -> int:
        return sum(len(d.counts) + d.lost + d.settling for d in self.drains)


def test_decode_reads_tag_counter_and_signed_little_endian_counts() -> None:
    # 0x12: tag 2 (accelerometer), counter 1, parity even: 0b00010_01_0 has two ones.
    # 0x20: tag 4, counter 0, one 1 bit, so the parity bit makes it 0x21. 0x0B: tag 1, counter 1, odd.
    data = bytes.fromhex("12 0100 ffff 0080 21 78563412 0000 0b 000000000000")
    accel, stamp, broken = decode(data)
    assert accel == Word(2, 1, (1, -1, -32768))
    assert (stamp.tag, stamp.counter, stamp.ticks) == (4, 0, 0x12345678)
    assert broken.tag == 0


def test_decode_refuses_a_cut_word() -> None:
    with pytest.raises(ValueError, match="8 bytes"):
        decode(bytes(8))


def test_configuration_leaves_the_registers_as_the_recommended_sequence_does() -> None:
    bench = Bench()
    bench.driver.configure()
    expected = {
        "CTRL9_XL": 0xE2,
        "CTRL3_C": 0x44,
        "CTRL4_C": 0x08,
        "CTRL10_C": 0x20,
        "FIFO_CTRL1": 24,
        "FIFO_CTRL2": 0x00,
        "FIFO_CTRL3": 0x55,
        "CTRL1_XL": 0x5C,
        "CTRL2_G": 0x58,
        "FIFO_CTRL4": 0x46,
    }
    assert {name: bench.chip[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("chosen", "ctrl1", "ctrl2", "fifo"),
    [
        (Settings(rate_hz=104, accel_range_g=2, gyro_range_dps=250), 0x40, 0x40, 0x44),
        (Settings(rate_hz=417, accel_range_g=16, gyro_range_dps=2000), 0x64, 0x6C, 0x66),
        (Settings(variant="lsm6dso", accel_range_g=4, gyro_range_dps=125), 0x58, 0x52, 0x55),
        (Settings(variant="lsm6dso32", accel_range_g=32, gyro_range_dps=500), 0x54, 0x54, 0x55),
        (Settings(variant="lsm6dso32", accel_range_g=8), 0x58, 0x58, 0x55),
    ],
)
def test_every_range_has_its_code_and_its_scale(chosen: Settings, ctrl1: int, ctrl2: int, fifo: int) -> None:
    # The chip feels 1 g along z and turns at 60 degrees/s about x; counts times scale must say so.
    clock = VirtualClock()
    chip = Lsm6dsoxModel(clock, variant=chosen.variant, rate=lambda t: (radians(60.0), 0.0, radians(-30.0)))
    bench = Bench(chip, chosen=chosen)
    bench.driver.configure()
    assert (bench.chip["CTRL1_XL"], bench.chip["CTRL2_G"], bench.chip["FIFO_CTRL3"]) == (ctrl1, ctrl2, fifo)
    bench.run(0.5)
    last = bench.counts()[-1]
    assert last[2] * chosen.accel_mps2_per_count == pytest.approx(9.80665, rel=2e-3)
    assert last[3] * chosen.gyro_radps_per_count == pytest.approx(radians(60.0), rel=2e-3)
    assert last[5] * chosen.gyro_radps_per_count == pytest.approx(radians(-30.0), rel=2e-3)


@pytest.mark.parametrize(
    "wrong",
    [{"variant": "lsm6ds3"}, {"rate_hz": 200}, {"accel_range_g": 32}, {"gyro_range_dps": 300}],
)
def test_impossible_settings_are_refused_by_name(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInputError, match=next(iter(wrong))):
        Settings(**wrong)  # type: ignore[arg-type]  # a config file can hold anything


@pytest.mark.parametrize("controller", CONTROLLERS, ids=lambda c: c.name)
def test_every_sample_arrives_once_with_its_own_time(controller: Controller) -> None:
    # Specific force along x is a known function of time; each count must fit the time of its own stamp.
    clock = VirtualClock()
    chip = Lsm6dsoxModel(clock, acceleration=lambda t: (5.0 * sin(7.0 * t), 0.0, 9.80665), rate_error=0.03)
    bench = Bench(chip, controller=controller)
    bench.driver.configure()
    bench.run(10.0)
    bench.empty()
    assert bench.accounted() == chip.slots_made
    assert sum(d.lost for d in bench.drains) == 0
    ticks = bench.ticks()
    assert set(np.diff(ticks)) == {192}
    true_s = chip.clock_zero_s + ticks * 25e-6 / 1.03
    scale = bench.driver.settings.accel_mps2_per_count
    # One tick of 25 us at 35 m/s3 is 0.9 mm/s2, half a count 1.2 mm/s2.
    assert np.abs(bench.counts()[:, 0] * scale - 5.0 * np.sin(7.0 * true_s)).max() < 0.0025
    assert bench.driver.tick_s == pytest.approx(25e-6 / 1.03, rel=1e-3)


def test_the_first_tenth_of_a_second_is_discarded_as_settling() -> None:
    bench = Bench()
    bench.driver.configure()
    bench.run(1.0)
    # 4000 ticks of 25 us are 0.1 s: 20.8 periods of 192 ticks.
    assert bench.ticks()[0] >= 4000
    assert sum(d.settling for d in bench.drains) in (20, 21)
    assert np.abs(bench.counts()[:, :2]).max() == 0


def test_a_drain_is_one_status_read_and_one_burst() -> None:
    bench = Bench()
    bench.driver.configure()
    bench.run(1.0)
    bench.model.load.log.clear()
    bench.clock.sleep(0.025)
    bench.drain()
    status, burst = bench.model.load.log
    assert status == (ADDRESS, 0x3A, 2)
    assert burst[:2] == (ADDRESS, 0x78)
    assert burst[2] in (15 * 7, 18 * 7)


def test_an_empty_fifo_costs_one_transaction() -> None:
    bench = Bench()
    bench.driver.configure()
    bench.drain()
    bench.model.load.log.clear()
    assert len(bench.driver.read().counts) == 0
    assert len(bench.model.load.log) == 1


@pytest.mark.parametrize("stall_s", [0.5, 0.9, 3.0])
def test_a_stall_delivers_or_counts_every_sample(stall_s: float) -> None:
    bench = Bench()
    bench.driver.configure()
    bench.run(1.0)
    bench.clock.sleep(stall_s)
    bench.run(2.0)
    bench.empty()
    assert bench.accounted() == bench.chip.slots_made
    # The FIFO holds 512 words: 170 samples and two words, 0.82 s.
    overran = stall_s > 0.82
    assert bench.driver.overruns == int(overran)
    assert any(d.overrun for d in bench.drains) is overran
    assert (sum(d.lost for d in bench.drains) > 0) is overran
    assert (np.diff(bench.ticks()) % 192 == 0).all()
    assert (np.diff(bench.ticks()) > 0).all()


def test_a_backlog_is_worked_off_in_bursts_shorter_than_the_timeout() -> None:
    # 63 words of 7 bytes are 441 bytes, 40 ms at 100 kHz; the full FIFO at once would take 323 ms.
    bench = Bench(speed_hz=100_000)
    bench.driver.configure()
    bench.run(0.5)
    bench.clock.sleep(1.0)
    bench.run(3.0, every_s=0.01)
    assert bench.failures == []
    assert max(entry[2] for entry in bench.model.load.log) == 441
    assert len(bench.chip.fifo) < 60


FAULTS = st.tuples(st.integers(0, 120), st.sampled_from(list(Fault)), st.integers(0, 60))


@pytest.mark.fault(2)
@given(st.lists(FAULTS, max_size=12))
@settings(max_examples=25, deadline=None)
def test_whatever_the_bus_does_every_sample_is_delivered_or_counted(
    faults: list[tuple[int, Fault, int]],
) -> None:
    bench = Bench()
    bench.driver.configure()
    for wait, fault, after in faults:
        bench.run(0.025 * wait / 4)
        if fault in BCM2835.numbers:
            bench.model.inject(fault, address=ADDRESS, times=1 + wait % 4, after_bytes=after)
    bench.run(1.0)
    bench.empty()
    assert bench.accounted() == bench.chip.slots_made
    assert (np.diff(bench.ticks()) > 0).all()


def test_a_burst_that_breaks_off_loses_its_samples_and_says_so() -> None:
    bench = Bench()
    bench.driver.configure()
    bench.run(1.0)
    bench.clock.sleep(0.05)
    # Twice: the status read of 2 bytes passes before its byte 50, the burst does not.
    bench.model.inject(Fault.SHORT, address=ADDRESS, after_bytes=50, times=2)
    bench.drain()
    assert bench.failures == [errno.EIO]
    bench.run(0.5)
    bench.empty()
    # 50 bytes are 7 whole words and the tag of an eighth: two samples gone, the third without two words.
    assert sum(d.lost for d in bench.drains) == 3
    assert bench.accounted() == bench.chip.slots_made


@pytest.mark.fault(8)
@given(st.integers(0, 104), st.integers(0, 7))
@settings(max_examples=60, deadline=None)
def test_one_flipped_bit_costs_at_most_its_own_sample(byte: int, bit: int) -> None:
    bench = Bench()
    bench.driver.configure()
    bench.run(0.5)
    bench.chip.flips[0x78] = [(byte, bit)]
    bench.run(0.5)
    bench.empty()
    assert 0x78 not in bench.chip.flips
    assert sum(d.lost for d in bench.drains) <= 1
    assert bench.accounted() == bench.chip.slots_made
    steps = np.diff(bench.ticks())
    # The four lowest bits of a time pass as they are: an error of at most 0.1 ms (4 ticks).
    assert ((steps % 192 <= 4) | (steps % 192 >= 188)).all()
    assert (steps > 0).all()


def test_a_full_scale_value_in_mid_session_is_delivered_as_saturated() -> None:
    clock = VirtualClock()
    hit_s = 1.5
    chip = Lsm6dsoxModel(clock, acceleration=lambda t: (200.0 if t > hit_s else 0.0, 0.0, 9.8))
    bench = Bench(chip)
    bench.driver.configure()
    bench.run(2.0)
    assert bench.counts()[-1, 0] == 32767
    assert sum(d.lost for d in bench.drains) == 0


def test_identity_is_checked_before_anything_is_written() -> None:
    clock = VirtualClock()
    bench = Bench(Lsm6dsoxModel(clock, identity=0x70))
    with pytest.raises(ChipError, match=r"LSM6DSOX at 0x6a on i2c-1: identity is 0x70, expected 0x6c"):
        bench.driver.configure()
    assert bench.model.load.log == [(ADDRESS, 0x0F, 1)]


def test_a_missing_chip_says_what_to_check() -> None:
    bench = Bench()
    bench.chip.present = False
    with pytest.raises(TransferError, match=r"nothing answers .*; check power, wiring and the address"):
        bench.driver.configure()


@pytest.mark.parametrize("name", ["FIFO_CTRL3", "FIFO_CTRL4", "CTRL1_XL", "CTRL2_G", "CTRL9_XL", "CTRL10_C"])
def test_health_notices_any_setting_that_is_gone(name: str) -> None:
    bench = Bench()
    bench.driver.configure()
    bench.run(0.3)
    assert bench.driver.healthy()
    address = next(a for a, register in bench.chip.registers.items() if register.name == name)
    bench.chip.values[address] = bench.chip.registers[address].reset
    assert not bench.driver.healthy()


def test_a_silent_reset_is_noticed_and_repaired() -> None:
    bench = Bench()
    bench.driver.configure()
    bench.run(1.0)
    bench.chip.brown_out()
    bench.clock.sleep(0.02)
    assert len(bench.driver.read().counts) == 0
    assert not bench.driver.healthy()
    bench.driver.configure()
    assert bench.driver.healthy()
    before = len(bench.counts())
    bench.run(0.5)
    assert len(bench.counts()) - before > 70
    assert sum(d.lost for d in bench.drains) == 0


def test_the_clock_of_the_chip_can_be_read() -> None:
    bench = Bench()
    bench.driver.configure()
    zero_s = bench.chip.clock_zero_s
    bench.clock.sleep(1.0)
    ticks, host_s, within_s = bench.driver.read_time()
    assert ticks * 25e-6 == pytest.approx(host_s - zero_s, abs=within_s)
    # Two bytes out and back, four in: 66 bits of 2.5 us.
    assert within_s == pytest.approx(66 * 2.5e-6 / 2)


def test_the_wrap_of_the_chip_clock_loses_nothing() -> None:
    # Two jumps, each an unread half of the clock's 29.8 hours, bring it to 1 s before its wrap.
    bench = Bench()
    bench.driver.configure()
    bench.run(1.0)
    for jump in (11_184_000 * 192, 11_185_000 * 192 - 96_192):
        bench.chip.clock_zero_ticks += jump
        bench.run(0.2)
    assert bench.ticks()[-1] > 2**32 - 40_000 * 4
    before = sum(d.lost for d in bench.drains)
    bench.run(5.0)
    bench.empty()
    assert bench.ticks()[-1] < 200_000
    assert sum(d.lost for d in bench.drains) == before == 22_369_000 - 501


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


def test_closing_stops_the_sensors() -> None:
    bench = Bench()
    bench.driver.configure()
    bench.driver.close()
    assert [bench.chip[n] for n in ("FIFO_CTRL4", "CTRL1_XL", "CTRL2_G")] == [0, 0, 0]


def test_gravity_at_rest_tells_a_wrong_variant() -> None:
    # A DSO32 at its code 3 has 16 g where a DSOX has 8 g: 1 g gives 2049 counts of 0.488 mg, read as 0.5 g.
    clock = VirtualClock()
    bench = Bench(Lsm6dsoxModel(clock, variant="lsm6dso32"))
    bench.driver.configure()
    bench.run(0.5)
    with pytest.raises(ChipError, match=r"0\.50 g .* lsm6dso32"):
        check_gravity(bench.counts()[:, :3], bench.driver.settings)
    right = Bench()
    right.driver.configure()
    right.run(0.5)
    assert check_gravity(right.counts()[:, :3], right.driver.settings) == pytest.approx(1.0, abs=1e-3)
    with pytest.raises(ChipError, match=r"2\.00 g .* lsm6dsox or lsm6dso"):
        check_gravity(right.counts()[:, :3], Settings(variant="lsm6dso32", accel_range_g=16))
