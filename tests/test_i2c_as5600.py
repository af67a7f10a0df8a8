"""AS5600 driver and the unwrapping of its angle."""

import re
from math import pi
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.errors import BadInputError
from firmware.i2c import as5600
from firmware.i2c.as5600 import Angle, As5600, Settings, Unwrapper, decode
from firmware.i2c.bus import Bus
from firmware.i2c.registers import ChipError
from tests.chips.as5600 import As5600Model
from tests.chips.bus import BCM2835, CONTROLLERS, Controller, Fault, ModelBus
from tests.chips.chip import Chip, ModelViolationError, Register, ScalarSignal
from tests.chips.clock import VirtualClock

TURN = 2.0 * pi


def bench(
    angle: ScalarSignal | None = None, controller: Controller = BCM2835, chosen: Settings | None = None
) -> tuple[VirtualClock, As5600Model, ModelBus, As5600]:
    clock = VirtualClock()
    chip = As5600Model(clock, angle=angle) if angle else As5600Model(clock)
    model = ModelBus(clock, {0x36: chip}, controller=controller, keep_log=True)
    return clock, chip, model, As5600(Bus(model, "i2c-1"), chosen, now=clock.now)


def test_decode_is_big_endian_and_refuses_more_than_twelve_bits() -> None:
    assert [decode(bytes.fromhex(h)) for h in ("0000", "0102", "0fff")] == [0, 0x102, 4095]
    for wrong in ("1000", "ffff", "00", "000000"):
        with pytest.raises(ValueError, match="no angle"):
            decode(bytes.fromhex(wrong))


@pytest.mark.parametrize(("samples", "high"), [(16, 0x00), (8, 0x01), (4, 0x02), (2, 0x03)])
def test_configuration_writes_the_filter_and_leaves_the_rest_at_zero(samples: int, high: int) -> None:
    _, chip, _, driver = bench(chosen=Settings(filter_samples=samples))
    driver.configure()
    assert (chip["CONF_HIGH"], chip["CONF_LOW"]) == (high, 0x00)
    assert driver.healthy()


def test_an_impossible_filter_is_refused() -> None:
    with pytest.raises(BadInputError, match="filter_samples is 3"):
        Settings(filter_samples=3)


@pytest.mark.parametrize("controller", CONTROLLERS, ids=lambda c: c.name)
@pytest.mark.parametrize("counts", [0, 1, 255, 256, 2048, 4095])
def test_the_raw_angle_arrives_in_one_transaction(counts: int, controller: Controller) -> None:
    _, _, model, driver = bench(lambda t: (counts + 0.5) / 4096 * TURN, controller)
    driver.configure()
    model.load.log.clear()
    angle = driver.read()
    assert angle is not None
    assert angle.counts == counts
    assert model.load.log == [(0x36, 0x0C, 2)]


def test_a_reading_carries_the_middle_of_its_transaction() -> None:
    clock, _, _, driver = bench()
    before_s = clock.now()
    angle = driver.read()
    assert angle is not None
    assert angle.host_s == pytest.approx((before_s + clock.now()) / 2)


@pytest.mark.parametrize(
    ("magnet", "words"),
    [("good", None), ("weak", "too weak: bring"), ("strong", "too strong: move"), ("lost", "no magnet: fix")],
)
def test_the_magnet_is_judged(magnet: str, words: str | None) -> None:
    _, chip, _, driver = bench()
    chip.magnet = magnet
    driver.configure()
    fault = driver.magnet_fault()
    assert fault is None if words is None else words in str(fault)


def test_the_gain_is_the_chips() -> None:
    _, chip, _, driver = bench()
    chip.values[0x1A] = 121
    assert driver.gain() == 121


def test_a_chip_with_other_status_bits_is_refused() -> None:
    clock = VirtualClock()
    gauge = Chip(clock)
    gauge.registers = {0x0B: Register("VERSION", reset=0x41)}
    gauge.power_up()
    bus = Bus(ModelBus(clock, {0x36: gauge}), "i2c-3")
    with pytest.raises(ChipError, match=r"AS5600 at 0x36 on i2c-3: status 0x41 .* battery gauge"):
        As5600(bus, now=clock.now).configure()


def test_a_silent_reset_is_noticed_and_repaired() -> None:
    clock, chip, _, driver = bench()
    driver.configure()
    chip.brown_out()
    clock.sleep(0.02)
    assert not driver.healthy()
    angle = driver.read()
    assert angle is not None
    assert angle.counts == int(1.0 / TURN * 4096)
    driver.configure()
    assert driver.healthy()


@pytest.mark.fault(8)
def test_a_flipped_bit_above_the_angle_is_counted_not_delivered() -> None:
    _, chip, _, driver = bench()
    driver.configure()
    chip.flips[0x0C] = [(0, 6)]
    assert driver.read() is None
    assert driver.corrupt == 1
    assert driver.read() is not None


def test_a_nack_costs_a_retry_and_no_reading() -> None:
    _, _, model, driver = bench()
    driver.configure()
    model.inject(Fault.NACK, address=0x36)
    assert driver.read() is not None


def test_nothing_in_the_driver_can_burn_the_chip() -> None:
    source = Path(as5600.__file__).read_text(encoding="utf-8")
    assert not re.search(r"0xFF\b|255|\bBURN\b|ZPOS|MPOS|MANG", source)
    _, _, _, driver = bench()
    with pytest.raises(ModelViolationError, match="undefined register 0xff"):
        driver._registers.write(0xFF, 0x40)


@pytest.mark.fault(19)
def test_unwrapping_follows_the_cable_exactly() -> None:
    # 3 m/s on a 60 mm pulley are 15.9 turns/s; the cable goes out and back ten turns.
    def turns(t_s: float) -> float:
        return 10.0 * (t_s if t_s < 1.0 else 2.0 - t_s) * 1.59

    clock, chip, _, driver = bench(lambda t: turns(t) * TURN)
    driver.configure()
    unwrapper = Unwrapper()
    worst = 0.0
    while clock.now() < 2.0:
        clock.sleep(0.005)
        angle = driver.read()
        assert angle is not None
        step = unwrapper.step(angle)
        assert not step.ambiguous
        worst = max(worst, abs(step.position_counts / 4096 - turns(angle.host_s)))
    # 150 us of sampling and 60 us of transfer at 15.9 turns/s are 0.0033 turns, one count 0.0002.
    assert worst < 0.004
    assert chip.raw(clock.now()) >= 0


@given(st.lists(st.integers(-614, 614), min_size=1, max_size=60), st.integers(0, 4095))
def test_steps_within_the_speed_limit_are_exact(moves: list[int], start: int) -> None:
    # 614 counts in 5 ms are 29.98 turns/s, just inside 30.
    unwrapper = Unwrapper()
    position = unwrapper.step(Angle(start, 0.0)).position_counts
    assert position == start
    for index, move in enumerate(moves, 1):
        position += move
        step = unwrapper.step(Angle(position % 4096, index * 0.005))
        assert step == as5600.Step(position, ambiguous=False)


@pytest.mark.fault(20)
@given(st.integers(-20000, 20000), st.floats(0.001, 0.2))
def test_a_step_is_never_wrong_without_being_flagged(move: int, elapsed_s: float) -> None:
    # The axle keeps to the speed limit; whatever the pause, a step not flagged is the true one.
    limit = int(elapsed_s * 30.0 * 4096)
    move = max(-limit, min(limit, move))
    unwrapper = Unwrapper()
    unwrapper.step(Angle(100, 0.0))
    step = unwrapper.step(Angle((100 + move) % 4096, elapsed_s))
    assert step.ambiguous or step.position_counts == 100 + move
    assert not step.ambiguous or elapsed_s > 0.016


def test_a_jump_faster_than_any_cable_is_flagged() -> None:
    unwrapper = Unwrapper()
    unwrapper.step(Angle(0, 0.0))
    assert unwrapper.step(Angle(1500, 0.005)).ambiguous
    assert not unwrapper.step(Angle(1500, 0.010)).ambiguous


def test_a_speed_limit_must_be_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        Unwrapper(0.0)
